"""Training examples in files: where they were written, and taking a person's out of them.

`work` is the folder where examples are put together for training (`folder`).
"""

import logging
from pathlib import Path
from typing import Collection, Set, Tuple

from bot.core.review.training_data import without

logger = logging.getLogger(__name__)

REGISTER = "exported.txt"


def folder(project: Path) -> Path:
    """Where a project's examples are put together, and where it is kept in mind into which files they were exported."""
    return project / "var" / "review"


def remember(work: Path, file: Path) -> None:
    """Keep in mind that examples were exported into a file."""
    work.mkdir(parents=True, exist_ok=True)
    known = {*_registered(work), file.resolve()}
    (work / REGISTER).write_text("".join(f"{path}\n" for path in sorted(known)), encoding="utf-8")


def take_out(work: Path, turn_ids: Collection[int]) -> Tuple[int, int]:
    """Remove the examples of these messages from every file that is still where it was written.

    Gives how many examples that were, and how many files could not be changed.
    """
    gone = left = 0
    for file in sorted({*_registered(work), *work.glob("*.yml")}):
        try:
            if file.is_file():
                text, count = without(file.read_text(encoding="utf-8"), turn_ids)
                if count:
                    file.write_text(text, encoding="utf-8")
                gone += count
        except (OSError, ValueError) as error:
            logger.error("examples_not_taken_out error=%s", type(error).__name__)
            left += 1
    return gone, left


def _registered(work: Path) -> Set[Path]:
    register = work / REGISTER
    lines = register.read_text(encoding="utf-8").splitlines() if register.is_file() else []
    return {Path(line) for line in lines if line}
