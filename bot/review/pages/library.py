"""The library desk."""

from types import MappingProxyType
from typing import Any, Dict, Mapping, Sequence, Set

from starlette.responses import Response

from bot.core.themes import AREAS
from bot.review import desk
from bot.review.checking import Refused, phrases
from bot.review.numbers import whole_number
from bot.review.room import Ask, Room, go
from bot.review.transcript import source_of


def library_page(room: Room, ask: Ask) -> Response:
    """Entries by search, with how they were received."""
    words, kind = ask.query.get("words", "")[:100], ask.query.get("kind", "")
    first = whole_number(ask.query.get("start", "")) or 0
    found = desk.browse(room.library, words, kind)
    here = found[first : first + desk.PAGE]
    with room.database.reading() as session:
        received = desk.received(session, here)
    following = first + desk.PAGE if len(found) > first + desk.PAGE else None
    values: Dict[str, Any] = {"words": words, "kind": kind, "following": following, "total": len(found)}
    return ask.page(room, "library.html", entries=here, received=received, **values)


def entry_page(room: Room, ask: Ask) -> Response:
    """One entry as people see it, its versions, and the form to rewrite it."""
    return _entry(room, ask)


def write_draft(room: Room, ask: Ask) -> Response:
    """Keep a draft; one that cannot stand comes back with the reasons and what was typed."""
    entry_id, themes = ask.request.path_params["entry_id"], ask.chosen("themes")
    texts, taken = {name: ask.text(name) for name in ask.form}, _taken(room)
    try:
        with room.database.transaction() as session:
            desk.write(
                session,
                room.library,
                taken,
                entry_id,
                texts,
                themes,
                ask.who.id,
                ask.now,
                whole_number(ask.text("seen")),
            )
    except Refused as refused:
        return _entry(room, ask, refused.reasons, texts, themes)
    return go(f"/library/entries/{entry_id}")


def drafts_page(room: Room, ask: Ask) -> Response:
    """Drafts that wait for a second person."""
    return _drafts(room, ask)


def approve(room: Room, ask: Ask) -> Response:
    """Approve a draft of somebody else; one that cannot stand stays, with the reasons beside it."""
    number, taken = ask.number("id"), _taken(room)
    try:
        with room.database.transaction() as session:
            ask.must("approve_library", desk.draft(session, number).written_by)
            desk.approve(session, taken, number, ask.who.id, ask.who.name, ask.now)
    except Refused as refused:
        return _drafts(room, ask, {number: refused.reasons})
    return go("/library/drafts")


def discard(room: Room, ask: Ask) -> Response:
    """Put a draft away."""
    with room.database.transaction() as session:
        desk.discard(session, ask.number("id"))
    return go("/library/drafts")


def inbox_page(room: Room, ask: Ask) -> Response:
    """What reviewers would have said instead."""
    with room.database.reading() as session:
        waiting = desk.inbox(session)
    known = room.library.reflections.keys() | room.library.techniques.keys()
    return ask.page(room, "inbox.html", waiting=waiting, known=known)


def inbox_done(room: Room, ask: Ask) -> Response:
    """Mark an entry of the inbox as dealt with."""
    with room.database.transaction() as session:
        desk.close_inbox(session, ask.number("id"), ask.now)
    return go("/library/inbox")


def _taken(room: Room) -> Set[str]:
    # Read before the lock is taken that conversations need to be stored.
    with room.database.reading() as session:
        return phrases(session, room.settings.data)


def _entry(
    room: Room, ask: Ask, reasons: Sequence[str] = (), typed: Mapping[str, str] = MappingProxyType({}), themes: Any = ()
) -> Response:
    entry_id = ask.request.path_params["entry_id"]
    with room.database.reading() as session:
        content = desk.content_of(session, room.library, entry_id)
        entry = room.library.reflections.get(entry_id) or room.library.techniques.get(entry_id)
        received = desk.received(session, [entry])[entry_id] if entry else None
        versions = desk.versions(session, entry_id)
    return ask.page(
        room,
        "entry.html",
        422 if reasons else 200,
        entry_id=entry_id,
        content=content,
        fields={path: typed.get(path, text) for path, text in desk.fields_of(content).items()},
        chosen=themes or content["themes"],
        reasons=reasons,
        received=received,
        versions=[(row, desk.fields_of(row.content)) for row in versions],
        source=source_of(room.library, entry_id),
        areas=AREAS,
    )


def _drafts(room: Room, ask: Ask, reasons: Mapping[int, Sequence[str]] = MappingProxyType({})) -> Response:
    with room.database.reading() as session:
        drafts = desk.versions(session, status="draft")
        approved = desk.not_in_use(session, room.library)
    return ask.page(room, "drafts.html", 422 if reasons else 200, drafts=drafts, approved=approved, reasons=reasons)
