"""Whether words may stand in the library: the same check as `interlude library check`, and none of the imported words."""

from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence, Set

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import library_desk
from bot.core.entries import Reflection, Technique
from bot.core.themes import THEMES
from bot.errors import InputError
from bot.storage.review_tables import library_versions

# What an imported draft carries besides the fields of an entry.
OF_THE_ARTICLE = ("article", "heading")


class Refused(InputError):
    """Words that cannot stand in the library; `reasons` say why, one each, beginning with the field."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"This cannot be an entry yet. {'; '.join(reasons)}.")
        self.reasons = list(reasons)


def check(content: Mapping[str, Any], taken: Set[str]) -> None:
    """Whether this can be an entry of the library; `taken` are `phrases`. Raises Refused."""
    reasons = _problems(content, taken)
    if reasons:
        raise Refused(reasons)


def phrases(session: Session, data: Path) -> Set[str]:
    """Runs of words that no entry may share: of the articles behind the library, and of every article imported."""
    imported = session.scalars(select(library_versions.c.content).where(library_versions.c.written_by.is_(None)))
    own = [content.get("text", "") for content in imported]
    return library_desk.phrases_of([*library_desk.article_texts(data.parent), *own])


def entry_fields(content: Mapping[str, Any]) -> Dict[str, Any]:
    """What belongs into the library's file."""
    return {name: value for name, value in content.items() if name not in OF_THE_ARTICLE}


def _problems(content: Mapping[str, Any], taken: Set[str]) -> List[str]:
    model = Technique if "steps" in content else Reflection
    found = [f"themes: there is no theme {name}" for name in content["themes"] if name not in THEMES]
    if not content["themes"]:
        return ["themes: choose at least one"]
    try:
        entry = model.parse_obj(entry_fields(content))
    except ValidationError as error:
        parts = ((".".join(map(str, problem["loc"])), problem["msg"]) for problem in error.errors())
        return found + [f"{where}: {what}" for where, what in parts]
    return found + library_desk.problems_of(entry, taken)
