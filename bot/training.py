"""Training the model, and knowing when that is needed."""

import contextlib
import hashlib
import io
import logging
import sys
import threading
import time
from pathlib import Path
from typing import Dict, Iterator, List, Sequence, TextIO

import bot
from bot.errors import ModelError
from bot.versions import newest_model

KEPT = 5
# What a model is made of. Libraries are pinned by the lock file.
_SOURCES = ("config.yml", "domain.yml", "data/nlu", "data/stories", "data/library/risk")
_CODE = (
    "core/encoder_build.py",
    "encoder",
    "core/reading.py",
    "core/reading_train.py",
    "core/text.py",
    "core/themes.py",
    "core/risk",
    "nlu",
)


def inputs_hash(project: Path) -> str:
    """A hash over everything a model is made from; 16 hex digits."""
    digest = hashlib.sha256()
    for path in _files(project, _SOURCES) + _files(Path(bot.__file__).parent, _CODE):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def up_to_date(project: Path) -> bool:
    """Whether the newest model was trained from exactly these inputs, or promoted after training on corrections too.

    Both have names that begin with the hash of the inputs.
    """
    try:
        return newest_model(project / "models").name.startswith(inputs_hash(project))
    except ModelError:
        return False


def train(project: Path) -> Dict[str, object]:
    """Train with `rasa train`'s own function; the same inputs give the same model.

    Gives the model's file name and the seconds it took. Raises ModelError when training does not produce a model.
    """
    began = time.perf_counter()
    path = _train(project, project / "models", inputs_hash(project), [project / "data"])
    return {"model": path.name, "seconds": round(time.perf_counter() - began, 1)}


def train_candidate(project: Path, examples: Path) -> Path:
    """Train on the project's data and a file of Rasa YAML, into `models/candidates/`: nothing takes it from there unasked.

    Raises ModelError when training does not produce a model.
    """
    name = f"{inputs_hash(project)}-{hashlib.sha256(examples.read_bytes()).hexdigest()[:8]}"
    return _train(project, project / "models" / "candidates", name, [project / "data", examples])


def keep_newest(folder: Path) -> None:
    """Delete all but the newest five models of a folder."""
    for path in sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)[:-KEPT]:
        path.unlink()


def _train(project: Path, folder: Path, name: str, files: Sequence[Path]) -> Path:
    from rasa.model_training import train as rasa_train

    # Rasa prints bars and the deprecation warnings of its libraries by the hundred; errors are raised, not printed.
    printed = io.StringIO()
    logging.getLogger("rasa").setLevel(logging.WARNING)
    with _signs_of_life(sys.stdout), contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        result = rasa_train(
            domain=str(project / "domain.yml"),
            config=str(project / "config.yml"),
            training_files=[str(path) for path in files],
            output=str(folder),
            fixed_model_name=name,
        )
    if result.model is None:
        raise ModelError(
            "Training made no model. Run `rasa data validate`, which names what is wrong in data/ or domain.yml."
        )
    keep_newest(folder)
    return Path(result.model)


@contextlib.contextmanager
def _signs_of_life(out: TextIO) -> Iterator[None]:
    """Say every minute that training goes on: it is silent otherwise, and what is silent for long is taken for dead."""
    over = threading.Event()

    def tell() -> None:
        minutes = 0
        while not over.wait(60):
            minutes += 1
            print(f"... training goes on ({minutes} min)", file=out, flush=True)

    telling = threading.Thread(target=tell, daemon=True)
    telling.start()
    try:
        yield
    finally:
        over.set()
        telling.join()


def _files(root: Path, names: Sequence[str]) -> List[Path]:
    """The files named, and those with code or data below the folders named."""
    found: List[Path] = []
    for path in (root / name for name in names):
        inner = (item for item in path.rglob("*") if item.suffix in (".py", ".yml", ".onnx"))
        found += sorted(inner) if path.is_dir() else filter(Path.is_file, [path])
    return found
