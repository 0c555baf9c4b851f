"""The queue, and the steps of a conversation."""

from dataclasses import asdict
from hashlib import sha256
from typing import Any, Dict

from starlette.responses import Response

from bot.core.conversation import Level
from bot.core.review.queue import STATES, next_state
from bot.core.themes import AREAS
from bot.errors import InputError
from bot.review import accounts, decisions, queue
from bot.review.queue import Filters
from bot.review.refresh import refresh
from bot.review.room import Ask, Room, go

STEPS = {"assign": "take", "save": "take", "review": "take", "take_back": "take", "sign_off": "sign_off"}


def queue_page(room: Room, ask: Ask) -> Response:
    """The list with its filters; asked for as a part, only its rows, and nothing when they are the same as before."""
    refresh(room.database, ask.now, room.settings.staff_read_at_risk)
    filters = Filters.read(ask.query, ask.who.id)
    with room.database.reading() as session:
        found = queue.page(session, filters, ask.query.get("after"))
        values: Dict[str, Any] = {"page": found, "query": query_of(filters), "seen": _fingerprint(found)}
        if ask.is_part:
            if ask.query.get("seen") == values["seen"]:
                return Response(status_code=204)
            return ask.page(room, "queue_rows.html", updated=True, **values)
        total, channels = queue.count(session, filters), queue.channels(session)
    return ask.page(
        room,
        "queue.html",
        updated=False,
        filters=filters,
        total=total,
        most=queue.COUNTED,
        channels=channels,
        areas=AREAS,
        levels=list(Level),
        states=STATES,
        accounts=accounts.accounts(room.database),
        **values,
    )


def move(room: Room, ask: Ask) -> Response:
    """Let a conversation take a step."""
    event, conversation_id = ask.text("event"), ask.number("id")
    if event not in STEPS:
        raise InputError(f"There is no such step. Allowed are {', '.join(STEPS)}.")
    ask.must(STEPS[event])
    to = ask.who.id
    if event == "assign" and ask.text("to"):
        to = _account(room, ask.text("to"))
        if to != ask.who.id:
            ask.must("assign_others")
    with room.database.transaction() as session:
        before = queue.item(session, conversation_id)
        if event == "take_back" and before is not None and before.state in ("reviewed", "signed_off"):
            ask.must("sign_off")
        if event == "sign_off":
            ask.must("sign_off", decisions.deciders(session, conversation_id))
        if before is not None and to == ask.who.id and not ask.text("confirmed") and _takes_over(before, event, to):
            return ask.page(room, "take_over.html", 409, item=before, event=event)
        queue.move(session, conversation_id, event, ask.who.id, ask.now, to)
    return go(f"/conversations/{conversation_id}")


def query_of(filters: Filters) -> Dict[str, str]:
    """Filters as they stand in an address."""
    values = {name: value for name, value in asdict(filters).items() if value is not None and name != "viewer"}
    return {name: value.name if isinstance(value, Level) else str(value) for name, value in values.items()}


def _takes_over(item: queue.Item, event: str, who: int) -> bool:
    """Whether this step takes a conversation from a colleague who works on it."""
    leaves_it = event == "sign_off" or (item.state == "reviewed" and event in ("review", "take_back"))
    possible = next_state(item.state, event) is not None
    return possible and not leaves_it and item.state in queue.HELD and item.reviewer_id not in (None, who)


def _account(room: Room, text: str) -> int:
    for account in accounts.accounts(room.database):
        if str(account.id) == text and account.ended_at is None and account.role != "admin":
            return account.id
    raise InputError("There is no such reviewer. Choose one of the list.")


def _fingerprint(page: queue.Page) -> str:
    shown = "|".join(f"{item.key} {item.machine_level} {item.standing} {item.last_at}" for item in page.items)
    return sha256(shown.encode()).hexdigest()[:12]
