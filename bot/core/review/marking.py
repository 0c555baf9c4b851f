"""A text cut into runs, so that several marks can lie over each other and redacted words never reach the page."""

from dataclasses import dataclass
from itertools import pairwise
from typing import List, Sequence, Tuple

from bot.core.review.redaction import Redaction


@dataclass(frozen=True)
class Mark:
    """A name (a theme, `risk`) over a character range."""

    name: str
    start: int
    end: int


@dataclass(frozen=True)
class Run:
    """Some words and the names of all marks over them. A redacted run holds the kind in brackets, not the words."""

    text: str
    marks: Tuple[str, ...]
    redacted: bool = False


def runs(text: str, marks: Sequence[Mark], redactions: Sequence[Redaction]) -> List[Run]:
    """Cut `text` wherever a mark or a redaction begins or ends. Ranges outside the text are cut to it."""
    cuts = {0, len(text)}
    for mark in marks:
        cuts |= {min(max(mark.start, 0), len(text)), min(max(mark.end, 0), len(text))}
    # A redaction stays in one piece, whatever marks end inside it.
    for hidden in redactions:
        cuts = {cut for cut in cuts if not hidden.start < cut < hidden.end} | {hidden.start, hidden.end}
    edges = sorted(cuts)
    found = []
    for start, end in pairwise(edges):
        names = tuple(sorted({mark.name for mark in marks if mark.start < end and mark.end > start}))
        kind = next((hidden.kind for hidden in redactions if hidden.start <= start < hidden.end), None)
        found.append(Run(text[start:end] if kind is None else f"[{kind}]", names, kind is not None))
    return found
