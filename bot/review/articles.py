"""An organisation's own article as drafts: one entry a section, its passage as material for people to rewrite."""

import re
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from bot.core.library import Library
from bot.errors import InputError
from bot.review import desk
from bot.storage.database import Database

KINDS = (".txt", ".md", ".html", ".htm")
LARGEST = 2_000_000
LONGEST_TITLE = 80


@dataclass(frozen=True)
class Passage:
    """One section of an article: its heading and its text."""

    heading: str
    text: str


def import_article(
    database: Database,
    library: Library,
    path: Path,
    now: datetime,
    title: Optional[str] = None,
    name: Optional[str] = None,
) -> List[str]:
    """Read an article (txt, md, html) and keep a draft for each section; gives the ids of the drafts.

    The drafts hold the article's passage where the reflection will stand and no question: nobody can approve them until
    a person has rewritten them. Published entries name the `title` as their source: the first heading unless it is
    given, or else the first words. Ids hold the `name`, or else the file's: one that an article has whose drafts were not all
    discarded, or of which the library holds anything, is refused, so that nobody's work is replaced. Raises InputError,
    also for a file that cannot be used.
    """
    title, passages = read(path, title)
    slug = re.sub(r"[^a-z0-9]+", "_", (name or path.stem).lower()).strip("_") or "article"
    made: List[str] = []
    with database.transaction() as session:
        if desk.is_kept(session, library, f"own.{slug}."):
            raise InputError(
                f"An article is kept under the name {slug!r} already, and its drafts and entries would be replaced. "
                "Give this one another name (--name); a name of which nothing is published is free again when all its "
                "drafts are discarded."
            )
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


def read(path: Path, title: Optional[str] = None) -> Tuple[str, List[Passage]]:
    """Title (as given, if it is) and sections of an article. Raises InputError."""
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
    named = " ".join((title or "").split()) or _title(blocks)
    passages = _passages(blocks, named)
    if not passages:
        raise InputError(f"{path.name} holds no text. An article needs at least one paragraph.")
    return named, passages


def _title(blocks: List[Tuple[bool, str]]) -> str:
    """The first heading; where there is none, the first words, so that whoever is told the source knows which it is."""
    heading = next((text for is_heading, text in blocks if is_heading), None)
    if heading is not None or not blocks:
        return heading or ""
    first = re.split(r"(?<=[.!?])\s", blocks[0][1])[0]
    return first.rstrip(".") if len(first) <= LONGEST_TITLE else first[:LONGEST_TITLE].rsplit(" ", 1)[0] + "…"


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
    if markdown:
        # What tools wrote in front for themselves.
        content = re.sub(r"\A---\n.*?\n---\n", "", content, flags=re.DOTALL)
    blocks = [block.strip() for block in re.split(r"\n\s*\n", content.strip()) if block.strip()]
    found = [part for block in blocks for part in (_markdown(block) if markdown else _plain(block))]
    if markdown:
        return found
    # A short line that nothing follows is the last thing said, not a heading.
    last = max((place for place, (is_heading, _) in enumerate(found) if not is_heading), default=-1)
    return [(is_heading and place < last, text) for place, (is_heading, text) in enumerate(found)]


def _plain(block: str) -> List[Block]:
    """In plain text a short line without a full stop, alone between blank lines, is a heading."""
    text = _joined(block.splitlines())
    return [(len(block.splitlines()) == 1 and len(text) <= 80 and text[-1] not in ".!?:;,", text)]


def _markdown(block: str) -> List[Block]:
    """Headings, paragraphs and items of lists, without the marks."""
    if _RULE.fullmatch(block) or _FENCE.fullmatch(block):
        return []
    found: List[Block] = []
    lines: List[str] = []
    for line in block.splitlines():
        line = re.sub(r"^\s*(?:>\s?)+", "", line)
        heading = re.match(r"#{1,6}\s*(\S.*?)\s*#*\s*$", line)
        underlined = lines and re.fullmatch(r"\s*(?:=+|-{2,})\s*", line)
        item = re.match(r"\s*(?:[-*+]|\d{1,3}[.)])\s+(.*)", line)
        if heading or underlined or item:
            before, lines = lines, []
            found += [(bool(underlined), _unmarked(before))] if before else []
            found += [(True, _unmarked([heading.group(1)]))] if heading else []
            lines = [item.group(1)] if item else []
        elif not _FENCE.fullmatch(line):
            lines.append(line)
    found += [(False, _unmarked(lines))] if lines else []
    return [(is_heading, text) for is_heading, text in found if text]


def _unmarked(lines: List[str]) -> str:
    text = _joined(lines)
    for pattern, kept in _MARKS:
        text = pattern.sub(kept, text)
    return " ".join(unescape(text).split())


def _joined(lines: List[str]) -> str:
    return " ".join(line.strip() for line in lines if line.strip())


_RULE = re.compile(r"\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})")
_FENCE = re.compile(r"\s*(?:`{3,}|~{3,})\s*\w*\s*")
# What is between the marks stays; of pictures and links their words.
_MARKS = tuple(
    (re.compile(pattern), kept)
    for pattern, kept in (
        (r"<!--.*?-->", ""),
        (r"<br\s*/?>", " "),
        (r"</?[a-zA-Z][^<>]*>", ""),
        (r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])", r"\1"),
        (r"\[\^[^\[\]]+\]:?", ""),
        (r"<(https?://[^<>\s]+)>", r"\1"),
        (r"(`+)(.+?)\1", r"\2"),
        (r"(?<!\\)(\*\*\*|\*\*|\*|~~)(?=\S)(.+?)(?<![\s\\])\1", r"\2"),
        (r"(?<![\w\\])(___|__|_)(?=\S)(.+?)(?<![\s\\])\1(?!\w)", r"\2"),
        (r"\\([\\`*_{}\[\]()#+.!~>-])", r"\1"),
    )
)


def _html(content: str) -> List[Block]:
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return [(is_heading, text) for is_heading, text in reader.blocks if text]


_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HIDDEN = ("script", "style", "nav", "head", "footer", "template", "noscript")
# Words before and after one of these belong to different blocks; all other tags stand inside words.
_BLOCKS = (
    *_HEADINGS,
    *("address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl", "dt", "figcaption"),
    *("figure", "form", "header", "hr", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tr", "ul"),
)


class _Reader(HTMLParser):
    """Headings and paragraphs of a page, without scripts, styles and navigation."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: List[Block] = []
        self._parts: List[str] = []
        self._heading = False
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        if tag == "body":
            # The end of the head may be left out.
            self._hidden = 0
        if tag in _BLOCKS:
            self._end()
            self._heading = tag in _HEADINGS
        elif tag in ("br", "td", "th"):
            self._parts.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        if tag in _BLOCKS:
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
