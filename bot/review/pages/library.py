"""The library desk."""

from typing import Any, Dict

from starlette.responses import Response

from bot.core.themes import AREAS
from bot.review import desk
from bot.review.room import Ask, Room, go
from bot.review.transcript import source_of


def library_page(room: Room, ask: Ask) -> Response:
    """Entries by search, with how they were received."""
    words, kind = ask.query.get("words", "")[:100], ask.query.get("kind", "")
    start = ask.query.get("start", "0")
    first = int(start) if start.isdigit() else 0
    found = desk.browse(room.library, words, kind)
    here = found[first : first + desk.PAGE]
    with room.database.reading() as session:
        received = desk.received(session, here)
    following = first + desk.PAGE if len(found) > first + desk.PAGE else None
    values: Dict[str, Any] = {"words": words, "kind": kind, "following": following, "total": len(found)}
    return ask.page(room, "library.html", entries=here, received=received, **values)


def entry_page(room: Room, ask: Ask) -> Response:
    """One entry as people see it, its versions, and the form to rewrite it."""
    entry_id = ask.request.path_params["entry_id"]
    with room.database.reading() as session:
        content = desk.content_of(session, room.library, entry_id)
        entry = room.library.reflections.get(entry_id) or room.library.techniques.get(entry_id)
        received = desk.received(session, [entry])[entry_id] if entry else None
        versions = desk.versions(session, entry_id)
    return ask.page(
        room,
        "entry.html",
        entry_id=entry_id,
        content=content,
        fields=desk.fields_of(content),
        received=received,
        versions=[(row, desk.fields_of(row.content)) for row in versions],
        source=source_of(room.library, entry_id),
        areas=AREAS,
    )


def write_draft(room: Room, ask: Ask) -> Response:
    """Keep a draft."""
    entry_id = ask.request.path_params["entry_id"]
    texts = {name: ask.text(name) for name in ask.form}
    with room.database.transaction() as session:
        desk.write(session, room.library, entry_id, texts, ask.chosen("themes"), ask.who.id, ask.now)
    return go(f"/library/entries/{entry_id}")


def drafts_page(room: Room, ask: Ask) -> Response:
    """Drafts that wait for a second person."""
    with room.database.reading() as session:
        drafts = desk.versions(session, status="draft")
    return ask.page(room, "drafts.html", drafts=drafts)


def approve(room: Room, ask: Ask) -> Response:
    """Approve a draft of somebody else."""
    with room.database.transaction() as session:
        ask.must("approve_library", desk.draft(session, ask.number("id")).written_by)
        desk.approve(session, ask.number("id"), ask.who.id, ask.who.name, ask.now)
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
