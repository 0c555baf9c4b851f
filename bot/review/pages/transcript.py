"""One conversation: reading it, and deciding on its messages."""

from typing import Any

from starlette.responses import Response

from bot.core.conversation import Level
from bot.core.themes import AREAS, THEMES
from bot.errors import InputError
from bot.review import accounts, decisions, queue, steps, transcript
from bot.review.numbers import whole_number
from bot.review.pages.queue import query_of
from bot.review.queue import Filters
from bot.review.refresh import refresh
from bot.review.room import Ask, Room, go, not_found
from bot.storage.review import may_be_read

DISPUTES = 10
COLOURS = {theme: place % 8 for place, theme in enumerate(THEMES)}


def conversation_page(room: Room, ask: Ask) -> Response:
    """A page of a conversation."""
    refresh(room.database, ask.now, room.settings.staff_read_at_risk)
    conversation_id, filters = ask.number("id"), Filters.read(ask.query, ask.who.id)
    reading = ask.reading(room)
    with room.database.transaction() as session:
        item = queue.item(session, conversation_id)
        found = transcript.load(session, room.library, conversation_id, reading, _start(ask)) if item else None
        if item is None or found is None:
            raise not_found()
        before, after = queue.neighbours(session, filters, conversation_id)
        deciders, moves = decisions.deciders(session, conversation_id), steps.history(session, conversation_id)
    return ask.page(
        room,
        "conversation.html",
        item=item,
        transcript=found,
        before=before,
        after=after,
        query=query_of(filters),
        deciders=deciders,
        moves=moves,
        accounts=[account for account in accounts.accounts(room.database) if account.ended_at is None],
        **_turn_values(room, ask),
    )


def turn_part(room: Room, ask: Ask) -> Response:
    """One message anew, with the form to correct it when asked."""
    return _turn(room, ask)


def decide(room: Room, ask: Ask) -> Response:
    """Keep a decision on themes, level or reply."""
    aspect, reading = ask.request.path_params["aspect"], ask.reading(room)
    with room.database.transaction() as session:
        turn = transcript.readable_turn(session, ask.number("id"), reading)
        if turn is None:
            raise not_found()
        about = decisions.subject(session, turn, aspect, ask.text("position"))
        value = decisions.value_from(ask.form, aspect, ask.chosen("themes"))
        decisions.decide(session, turn, ask.who, about, value, ask.now)
        if about.entry_id and ask.text("better").strip():
            decisions.say_better(session, turn, ask.who.id, about.entry_id, ask.text("better"), ask.now)
    return _turn(room, ask)


def adjudicate(room: Room, ask: Ask) -> Response:
    """A lead's word between reviewers who disagree."""
    aspect, reading = ask.request.path_params["aspect"], ask.reading(room)
    with room.database.transaction() as session:
        turn = transcript.readable_turn(session, ask.number("id"), reading)
        if turn is None:
            raise not_found()
        about = decisions.subject(session, turn, aspect, ask.text("position"))
        settled = decisions.settled_on(decisions.decisions_on(session, [turn.id]).get(turn.id, []), None).get(about)
        if settled is None or not settled.disputed:
            raise InputError("There is no disagreement here to settle. Load the page again to see what was decided.")
        ask.must("adjudicate", settled.by)
        value = decisions.value_from(ask.form, aspect, ask.chosen("themes"))
        decisions.decide(session, turn, ask.who, about, value, ask.now, final=True)
    return _turn(room, ask)


def remark(room: Room, ask: Ask) -> Response:
    """Keep a note, or set or take off a flag."""
    kind, reading = ask.text("kind"), ask.reading(room)
    keep = {"note": decisions.write_note, "flag": decisions.toggle_flag}.get(kind)
    if keep is None:
        raise InputError(f"A remark of kind {kind!r} cannot be kept. Allowed are note and flag.")
    with room.database.transaction() as session:
        turn = transcript.readable_turn(session, ask.number("id"), reading)
        if turn is None:
            raise not_found()
        keep(session, turn, ask.who.id, ask.text("text"), ask.now)
    return _turn(room, ask)


def disagreements(room: Room, ask: Ask) -> Response:
    """Messages that wait for this lead's word."""
    reading, after = ask.reading(room), whole_number(ask.query.get("after", "")) or 0
    readable = may_be_read(reading.now, reading.staff_read_at_risk)
    with room.database.transaction() as session:
        ids = decisions.disputed(session, ask.who, readable, after, DISPUTES + 1)
        found = transcript.load_turns(session, room.library, ids[:DISPUTES], reading)
    following = ids[DISPUTES - 1] if len(ids) > DISPUTES else None
    return ask.page(
        room, "disagreements.html", turns=found, following=following, after=after, **_turn_values(room, ask)
    )


def _turn(room: Room, ask: Ask) -> Response:
    reading = ask.reading(room)
    with room.database.transaction() as session:
        found = transcript.load_turn(session, room.library, ask.number("id"), reading)
    if found is None:
        raise not_found()
    if not ask.is_part:
        query = {
            "start": max(1, found.number - 5),
            "words": ask.query.get("words"),
            "correct": ask.query.get("correct"),
        }
        return go(f"/conversations/{found.conversation_id}", f"turn-{found.number}", state="all", **query)
    return ask.page(room, "turn_part.html", turn=found, **_turn_values(room, ask))


def _turn_values(room: Room, ask: Ask) -> Any:
    return {
        "areas": AREAS,
        "colours": COLOURS,
        "levels": list(Level),
        "correcting": ask.query.get("correct"),
        "people": {account.id: account.name for account in accounts.accounts(room.database)},
        "words": ask.query.get("words"),
    }


def _start(ask: Ask) -> int:
    return max(1, whole_number(ask.query.get("start", "")) or 1)
