"""Approved versions into the library's files, where the bot reads them."""

import json
import re
from pathlib import Path
from typing import Any, Dict, List, Sequence, Set

import yaml

from bot import library_desk
from bot.core import library as shelves
from bot.core.library import Library
from bot.errors import ContentError
from bot.review import desk
from bot.review.checking import entry_fields, phrases
from bot.storage.database import Database

WIDTH = 120


def publish(database: Database, data: Path) -> List[str]:
    """Write the newest approved version of each entry into `data/library/`; gives the ids that changed.

    An entry that is there keeps its place in its file, and the rest of the file stays as it is. An imported one goes
    into a file of its own, with its article and section in `sources.yml`. When the library cannot be read afterwards,
    or `interlude library check` would find more in it than before, every file is put back. Raises ContentError.
    """
    with database.reading() as session:
        newest = {name: row.content for name, row in desk.newest_approved(session).items()}
        taken = phrases(session, data)
    before = shelves.load(data)
    shipped = {**before.reflections, **before.techniques}
    changed = [name for name in newest if name not in shipped or shipped[name].version < newest[name]["version"]]
    kept: Dict[Path, str] = {}
    try:
        for name in changed:
            _write(data / "library", newest[name], kept)
        _check(before, shelves.load(data), changed, taken)
    except ContentError:
        for path, content in kept.items():
            if content:
                path.write_text(content, encoding="utf-8")
            else:
                path.unlink()
        raise
    return changed


def _check(before: Library, after: Library, changed: Sequence[str], taken: Set[str]) -> None:
    known = set(library_desk.problems_in(before, taken))
    of_changed = tuple(f"{name}, " for name in changed)
    found = [
        problem
        for problem in library_desk.problems_in(after, taken)
        if problem not in known or problem.startswith(of_changed)
    ]
    if found:
        raise ContentError(
            f"Nothing was published: {'; '.join(found)}. Rewrite it at the library desk, approve it, and publish again."
        )


def _write(shelf: Path, content: Dict[str, Any], kept: Dict[Path, str]) -> None:
    entry = _as_yaml(entry_fields(content))
    folder = shelf / ("techniques" if "steps" in content else "reflections")
    # An entry reaches from its id to the next thing that begins a line.
    there = re.compile(rf"^- id: ['\"]?{re.escape(content['id'])}['\"]?[ \t]*\n(?:[ \t]+.*\n|\n)*", re.MULTILINE)
    for path in sorted(folder.glob("*.yml")):
        lines = path.read_text(encoding="utf-8")
        if there.search(lines):
            _save(path, there.sub(lambda _: entry, lines, count=1), kept)
            return
    slug = content["id"].split(".")[1]
    path = folder / f"own_{slug}.yml"
    _save(path, (path.read_text(encoding="utf-8") if path.is_file() else "") + entry, kept)
    _add_section(shelf / "sources.yml", content, slug, kept)


def _add_section(path: Path, content: Dict[str, Any], slug: str, kept: Dict[Path, str]) -> None:
    lines, article = path.read_text(encoding="utf-8"), f"own_{slug}"
    sources = yaml.safe_load(lines)
    if all(item["id"] != article for item in sources["articles"]):
        lines = _behind("articles:", lines, {"id": article, "title": content["article"]})
    if all(item["id"] != content["section"] for item in sources["sections"]):
        section = {"id": content["section"], "article": article, "heading": content["heading"]}
        lines = _behind("sections:", lines, {**section, "themes": content["themes"]})
    _save(path, lines, kept)


def _behind(heading: str, lines: str, item: Dict[str, Any]) -> str:
    return re.sub(
        rf"^{heading}[ \t]*\n", lambda found: found.group() + _as_yaml(item), lines, count=1, flags=re.MULTILINE
    )


def _as_yaml(item: Dict[str, Any]) -> str:
    plain = json.loads(json.dumps(item, default=str))
    return str(yaml.safe_dump([plain], sort_keys=False, allow_unicode=True, width=WIDTH))


def _save(path: Path, lines: str, kept: Dict[Path, str]) -> None:
    kept.setdefault(path, path.read_text(encoding="utf-8") if path.is_file() else "")
    path.write_text(lines, encoding="utf-8")
