"""The library desk: how entries were received, drafts by one person, approval by another, every version kept."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple, Union

from sqlalchemy import and_, func, insert, select, update
from sqlalchemy.orm import Session, aliased

from bot.core.entries import Reflection, Technique
from bot.core.library import Library
from bot.errors import InputError
from bot.review.checking import Refused, check
from bot.storage.review_tables import library_inbox, library_versions, reviewers
from bot.storage.tables import corrections, ratings, replies, technique_runs, turns

PAGE = 20
LOOKED_AT = 500
LIGHTER = ("lighter", "better", "calmer", "good")
Shown = Union[Reflection, Technique]
_approver = aliased(reviewers)
_VERSIONS = (
    select(library_versions, reviewers.c.name.label("writer"), _approver.c.name.label("approver"))
    .outerjoin(reviewers, reviewers.c.id == library_versions.c.written_by)
    .outerjoin(_approver, _approver.c.id == library_versions.c.approved_by)
)


@dataclass(frozen=True)
class Received:
    """How an entry was received: times used, times it was refused ("not it", or stopped), times it helped.

    Nobody is asked whether a reflection helped: then `helped` is None.
    """

    used: int
    helped: Optional[int]
    refused: int


def browse(library: Library, words: str, kind: str) -> List[Shown]:
    """Reflections and techniques that hold all the words, by id; `kind` is `reflection`, `technique` or empty."""
    wanted = words.lower().split()
    found: List[Shown] = []
    if kind != "technique":
        found += library.reflections.values()
    if kind != "reflection":
        found += library.techniques.values()
    return [entry for entry in sorted(found, key=lambda item: item.id) if _holds(entry, wanted)]


def received(session: Session, entries: Sequence[Shown]) -> Dict[str, Received]:
    """How these entries were received so far."""
    ids = [entry.id for entry in entries]
    used = _counts(session, replies.c.entry_id, ids)
    refused = _counts(session, corrections.c.shown_entry_id, ids)
    runs = select(technique_runs.c.technique_id, technique_runs.c.event, func.count()).where(
        technique_runs.c.technique_id.in_(ids)
    )
    events: Dict[Tuple[str, str], int] = {
        (name, event): count
        for name, event, count in session.execute(runs.group_by(technique_runs.c.technique_id, technique_runs.c.event))
    }
    found: Dict[str, Received] = {}
    for entry in entries:
        if isinstance(entry, Technique):
            stopped = events.get((entry.id, "stopped"), 0)
            found[entry.id] = Received(events.get((entry.id, "started"), 0), _helped(session, entry.id), stopped)
        else:
            found[entry.id] = Received(used.get(entry.id, 0), None, refused.get(entry.id, 0))
    return found


def versions(session: Session, entry_id: Optional[str] = None, status: Optional[str] = None) -> List[Any]:
    """Versions written at the desk, newest first."""
    wanted = _VERSIONS
    if entry_id is not None:
        wanted = wanted.where(library_versions.c.entry_id == entry_id)
    if status is not None:
        wanted = wanted.where(library_versions.c.status == status)
    return list(session.execute(wanted.order_by(library_versions.c.id.desc()).limit(200)).all())


def newest_approved(session: Session) -> Dict[str, Any]:
    """The newest approved version of each entry, by the entry's id."""
    approved = select(func.max(library_versions.c.id)).where(library_versions.c.status == "approved")
    newest = library_versions.c.id.in_(approved.group_by(library_versions.c.entry_id))
    rows = session.execute(_VERSIONS.where(newest).order_by(library_versions.c.id)).all()
    return {row.entry_id: row for row in rows}


def not_in_use(session: Session, library: Library) -> List[Any]:
    """The newest approved versions that the library in use does not hold yet."""
    shipped = {**library.reflections, **library.techniques}
    found = newest_approved(session)
    return [row for name, row in found.items() if name not in shipped or shipped[name].version < row.version]


def fields_of(content: Mapping[str, Any]) -> Dict[str, str]:
    """The texts of an entry that can be edited, by the path to them (`text`, `steps.0.say`)."""
    names = ("text", "question", "more", "name", "offer", "when", "why", "closing", "small_step")
    found = {name: content[name] for name in names if isinstance(content.get(name), str)}
    for place, step in enumerate(content.get("steps", [])):
        found |= {
            f"steps.{place}.{part}": step[part]
            for part in ("say", "say_if_skipped", "reply")
            if isinstance(step.get(part), str)
        }
    return found


def content_of(session: Session, library: Library, entry_id: str) -> Dict[str, Any]:
    """The newest words of an entry: its latest version that was not discarded, or the library's. Raises InputError."""
    latest = next((row for row in versions(session, entry_id) if row.status not in ("discarded", "replaced")), None)
    if latest is not None:
        return dict(latest.content)
    entry = library.reflections.get(entry_id) or library.techniques.get(entry_id)
    if entry is None:
        raise InputError("There is no such reflection or technique. Search for it in the library.")
    return dict(json.loads(entry.json()))


def write(
    session: Session,
    library: Library,
    taken: Set[str],
    entry_id: str,
    texts: Mapping[str, str],
    themes: Sequence[str],
    writer: int,
    now: datetime,
    seen: Optional[int] = None,
) -> int:
    """Keep a draft with other words (and, where given, other themes); gives its version.

    `taken` are runs of words it may not share (`checking.phrases`); `seen` is the version that the writer had before them.
    Raises Refused for words that cannot stand in the library or are the same as before, and where somebody wrote a version
    meanwhile; InputError for an unknown entry.
    """
    content = content_of(session, library, entry_id)
    if seen is not None and seen < content["version"]:
        raise Refused(
            [
                f"somebody wrote version {content['version']} while you rewrote version {seen}: read it under Versions; "
                "keeping yours now puts it in its place"
            ]
        )
    before = _words_of(content)
    for path in fields_of(content):
        if path in texts:
            _put(content, path, " ".join(texts[path].split()))
    if themes:
        content["themes"] = list(themes)
    if _words_of(content) == before:
        raise Refused([f"nothing is changed: these are the words and themes of version {content['version']}"])
    version = next_version(session, entry_id, int(content["version"]))
    content.update(version=version, status="draft", approved_by=None, approved_on=None)
    check(content, taken)
    add_version(session, entry_id, version, content, "desk", writer, now)
    return version


def add_version(
    session: Session,
    entry_id: str,
    version: int,
    content: Mapping[str, Any],
    source: str,
    writer: Optional[int],
    now: datetime,
) -> None:
    """Keep a version as a draft; one that still waits gives way to it."""
    waiting = and_(library_versions.c.entry_id == entry_id, library_versions.c.status == "draft")
    session.execute(update(library_versions).where(waiting).values(status="replaced"))
    session.execute(
        insert(library_versions).values(
            entry_id=entry_id,
            version=version,
            status="draft",
            content=content,
            source=source,
            written_by=writer,
            written_at=now,
        )
    )


def is_kept(session: Session, library: Library, beginning: str) -> bool:
    """Whether any id of the library begins like this, or that of an entry with a version but those discarded or replaced."""
    if any(name.startswith(beginning) for name in (*library.reflections, *library.techniques, *library.sections)):
        return True
    columns = library_versions.c
    kept = columns.entry_id.startswith(beginning, autoescape=True) & columns.status.in_(("draft", "approved"))
    return session.scalar(select(columns.id).where(kept).limit(1)) is not None


def next_version(session: Session, entry_id: str, shipped: int) -> int:
    """One more than any version so far."""
    newest = session.scalar(select(func.max(library_versions.c.version)).where(library_versions.c.entry_id == entry_id))
    return max(newest or 0, shipped) + 1


def draft(session: Session, version_id: int) -> Any:
    """A draft that waits. Raises InputError."""
    row = session.execute(select(library_versions).where(library_versions.c.id == version_id)).first()
    if row is None or row.status != "draft":
        raise InputError("This draft does not wait any more. Load the page again to see what became of it.")
    return row


def approve(session: Session, taken: Set[str], version_id: int, approver: int, name: str, now: datetime) -> None:
    """Approve a draft. Raises Refused for one that cannot stand in the library, InputError for one that does not wait."""
    row = draft(session, version_id)
    content = {**row.content, "status": "approved", "approved_by": name, "approved_on": now.date().isoformat()}
    check(content, taken)
    session.execute(
        update(library_versions)
        .where(library_versions.c.id == version_id)
        .values(status="approved", content=content, approved_by=approver, approved_at=now)
    )


def discard(session: Session, version_id: int) -> None:
    """Put a draft away; it stays readable. Raises InputError."""
    draft(session, version_id)
    session.execute(update(library_versions).where(library_versions.c.id == version_id).values(status="discarded"))


def inbox(session: Session) -> List[Any]:
    """What reviewers would have said instead, oldest first, as far as nobody dealt with it."""
    wanted = (
        select(library_inbox, reviewers.c.name.label("writer"), turns.c.conversation_id, turns.c.number)
        .join(reviewers, reviewers.c.id == library_inbox.c.reviewer_id)
        .join(turns, turns.c.id == library_inbox.c.turn_id)
    )
    waiting = wanted.where(library_inbox.c.done_at.is_(None)).order_by(library_inbox.c.id)
    return list(session.execute(waiting.limit(100)).all())


def close_inbox(session: Session, inbox_id: int, now: datetime) -> None:
    """Mark an entry of the inbox as done."""
    session.execute(update(library_inbox).where(library_inbox.c.id == inbox_id).values(done_at=now))


def _holds(entry: Shown, words: Sequence[str]) -> bool:
    if not words:
        return True
    everything = " ".join([entry.id, *entry.themes, *fields_of(json.loads(entry.json())).values()]).lower()
    return all(word in everything for word in words)


def _counts(session: Session, column: Any, ids: Sequence[str]) -> Dict[str, int]:
    rows = session.execute(select(column, func.count()).where(column.in_(ids)).group_by(column))
    return {name: int(count) for name, count in rows}


def _helped(session: Session, technique_id: str) -> int:
    """How many of the last 500 words after an exercise say that it is lighter; the words may be encrypted."""
    said = select(ratings.c.value).where(ratings.c.technique_id == technique_id, ratings.c.scale == "exercise")
    values = session.scalars(said.order_by(ratings.c.id.desc()).limit(LOOKED_AT)).all()
    return sum(any(word in (value or "").lower() for word in LIGHTER) for value in values)


def _words_of(content: Mapping[str, Any]) -> Tuple[Dict[str, str], Set[str]]:
    """What a draft can change, however it is spaced and ordered."""
    return {path: " ".join(text.split()) for path, text in fields_of(content).items()}, set(content["themes"])


def _put(content: Dict[str, Any], path: str, text: str) -> None:
    *parents, last = path.split(".")
    target: Any = content
    for part in parents:
        target = target[int(part)] if part.isdigit() else target[part]
    target[last] = text
