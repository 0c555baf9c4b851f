"""An organisation's own article as drafts: one entry a section, its passage as material for people to rewrite."""

import re
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from bot.errors import InputError
from bot.review import desk
from bot.storage.database import Database

KINDS = (".txt", ".md", ".html", ".htm")
LARGEST = 2_000_000


@dataclass(frozen=True)
class Passage:
    """One section of an article: its heading and its text."""

    heading: str
    text: str


def import_article(database: Database, path: Path, now: datetime) -> List[str]:
    """Read an article (txt, md, html) and keep a draft for each section; gives the ids of the drafts.

    The drafts hold the article's passage where the reflection will stand and no question: nobody can approve them until
    a person has rewritten them. Raises InputError for a file that cannot be used.
    """
    title, passages = read(path)
    slug = re.sub(r"[^a-z0-9]+", "_", path.stem.lower()).strip("_") or "article"
    made: List[str] = []
    with database.transaction() as session:
        for number, passage in enumerate(passages, 1):
            entry_id = f"own.{slug}.{number}"
            version = desk.next_version(session, entry_id, 0)
            content: Dict[str, Any] = {
                "id": entry_id,
                "version": version,
                "status": "draft",
                "section": f"own.{slug}.s{number}",
                "themes": [],
                "text": passage.text,
                "question": "",
                "more": "",
                "source": "article",
                "article": title,
                "heading": passage.heading,
            }
            desk.add_version(session, entry_id, version, content, f"{path.name}: {passage.heading}"[:255], None, now)
            made.append(entry_id)
    return made


def read(path: Path) -> Tuple[str, List[Passage]]:
    """Title and sections of an article. Raises InputError."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise InputError(f"{path.name} cannot be imported. Allowed are files that end in {', '.join(KINDS)}.")
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path.name} cannot be read as UTF-8 text ({type(error).__name__}). Save it as UTF-8."
        ) from None
    if len(content) > LARGEST:
        raise InputError(f"{path.name} has {len(content)} characters; at most {LARGEST} are taken. Split it.")
    blocks = _html(content) if kind in (".html", ".htm") else _text(content, markdown=kind == ".md")
    title = next((text for is_heading, text in blocks if is_heading), path.stem)
    passages = _passages(blocks, title)
    if not passages:
        raise InputError(f"{path.name} holds no text. An article needs at least one paragraph.")
    return title, passages


Block = Tuple[bool, str]


def _passages(blocks: List[Block], title: str) -> List[Passage]:
    heading = title
    parts: List[str] = []
    found: List[Passage] = []

    def close() -> None:
        if parts:
            found.append(Passage(heading, "\n\n".join(parts)))

    for is_heading, text in blocks:
        if is_heading:
            close()
            heading, parts = text, []
        else:
            parts.append(text)
    close()
    return found


def _text(content: str, markdown: bool) -> List[Block]:
    found: List[Block] = []
    for block in re.split(r"\n\s*\n", content.strip()):
        lines = block.strip().splitlines()
        if markdown and lines and lines[0].startswith("#"):
            found.append((True, lines[0].lstrip("#").strip()))
            lines = lines[1:]
        joined = " ".join(line.strip() for line in lines if line.strip())
        if joined:
            # In plain text a short line without a full stop, alone between blank lines, is a heading.
            alone = not markdown and len(lines) == 1 and len(joined) <= 80 and joined[-1] not in ".!?:;,"
            found.append((alone, joined))
    return found


def _html(content: str) -> List[Block]:
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return [(is_heading, text) for is_heading, text in reader.blocks if text]


class _Reader(HTMLParser):
    """Headings and paragraphs of a page, without scripts, styles and navigation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: List[Block] = []
        self._parts: List[str] = []
        self._heading = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        if tag in ("script", "style", "nav", "head", "footer"):
            self._hidden += 1
        if tag in ("p", "li", "blockquote", "div", "h1", "h2", "h3", "h4"):
            self._end()
            self._heading = tag.startswith("h")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "nav", "head", "footer"):
            self._hidden = max(0, self._hidden - 1)
        if tag in ("p", "li", "blockquote", "div", "h1", "h2", "h3", "h4"):
            self._end()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._parts.append(data)

    def close(self) -> None:
        super().close()
        self._end()

    def _end(self) -> None:
        text = " ".join("".join(self._parts).split())
        self.blocks.append((self._heading, text))
        self._parts, self._heading = [], False
