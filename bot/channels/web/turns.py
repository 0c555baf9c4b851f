"""One message through the engine; and what is done for a message that cannot be taken."""

import asyncio
import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request

from bot.channels.web.answers import Refusal, compact, reply_json
from bot.channels.web.hub import server_sent
from bot.channels.web.ports import TurnResult
from bot.channels.web.services import Sender, Services, read_body, read_object, services, too_fast, too_large
from bot.core.conversation import Level, Reply
from bot.errors import InterludeError

log = logging.getLogger(__name__)

# Of a body that is too large, so much is still read and screened.
SCREENED_BYTES = 262_144
PIECE, OVERLAP = 2_000, 200
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")

_under_way: set["asyncio.Task[TurnResult]"] = set()


async def read_message(request: Request, field: str, sender: Sender | None) -> dict[str, Any]:
    """The JSON object with a message in `field`, once its size is allowed.

    A refused message is screened all the same: if it raises a level, the refusal carries level and card. `sender` is
    whose card that is, if that is known. Raises Refusal.
    """
    web = services(request)
    body, complete = await read_body(request, SCREENED_BYTES)
    if len(body) > web.settings.max_bytes or not complete:
        raise await with_safety(web, too_large(web.settings.max_bytes), _readable(body, field), sender)
    data = read_object(request, body)
    text = data.get(field)
    if not isinstance(text, str):
        raise Refusal(422, "bad_request", f"{field} must be a string. Send the message there.")
    # Half a surrogate pair is legal JSON, but no text that can be stored.
    data[field] = text = text.encode("utf-8", "replace").decode("utf-8")
    limit = web.settings.max_characters
    if len(text) > limit:
        message = f"The message has {len(text)} characters. Allowed are {limit}. Send it in parts."
        raise await with_safety(web, Refusal(413, "too_long", message, {"limit": limit}), text, sender)
    return data


async def check_rates(web: Services, text: str, sender: Sender, *waits: float) -> None:
    """Refuse a message while any of `waits` (seconds) is above 0; it is screened all the same. Raises Refusal (429)."""
    if max(waits) > 0:
        raise await with_safety(web, too_fast(max(waits)), text, sender)


def begin_turn(
    web: Services, sender: Sender, text: str, key: str | None, capabilities: tuple[str, ...]
) -> "asyncio.Future[TurnResult]":
    """Let the engine answer, and tell the person's other open pages. Awaiting it raises Refusal when the engine fails.

    A turn that began is finished even when the page that asked is gone.
    """
    task = asyncio.ensure_future(_answer(web, sender, text, key, capabilities))
    _under_way.add(task)
    task.add_done_callback(_finished)
    return asyncio.shield(task)


def _finished(task: "asyncio.Task[TurnResult]") -> None:
    _under_way.discard(task)
    if not task.cancelled():
        # Asked for here, since the page that would ask may be gone.
        task.exception()


async def _answer(
    web: Services, sender: Sender, text: str, key: str | None, capabilities: tuple[str, ...]
) -> TurnResult:
    try:
        person = await web.engine.person(*sender)
        result = await web.engine.handle(person, sender.channel, text, client_key=key, capabilities=capabilities)
    except Exception as error:
        log.error("turn failed: channel=%s error=%s", sender.channel, type(error).__name__)
        message = "The message could not be answered and may not be saved. Send it again with the same Idempotency-Key."
        raise await with_safety(web, Refusal(503, "unavailable", message, {"retry_after": 5}), text, sender) from None
    if any(reply.data.get("request") == "erase" for reply in result.replies):
        web.hub.publish(person, server_sent("erased", "{}"), "erased")
        return result
    at = datetime.fromtimestamp(web.clock(), timezone.utc).isoformat(timespec="seconds")
    turn = {"text": text, "at": at, "key": key, "level": result.level, "replies": [*map(reply_json, result.replies)]}
    web.hub.publish(person, server_sent("turn", compact(turn)))
    return result


async def with_safety(web: Services, refusal: Refusal, text: str, sender: Sender | None) -> Refusal:
    """The refusal, with `level` and `card` beside it when the refused text raises a level."""
    level = Level.none
    for piece in pieces(text):
        level = max(level, web.engine.screen(piece))
        # Others are answered in between, however long the text is.
        await asyncio.sleep(0)
    if level > Level.none:
        refusal.safety = {"level": level.name, "card": reply_json(await card_of(web, sender))}
    return refusal


async def card_of(web: Services, sender: Sender | None) -> Reply:
    """The helpline card for what is known of a sender; while the database is away, the one for everybody."""
    try:
        person = await web.engine.find(*sender) if sender else None
        return await web.engine.card(person)
    except InterludeError:
        # Better the numbers of no country than none at all.
        return await web.engine.card(None)


def pieces(text: str) -> Iterator[str]:
    """A text in overlapping pieces of at most 2,000 characters, so that no sentence is cut in all of them."""
    for start in range(0, max(1, len(text) - OVERLAP), PIECE - OVERLAP):
        yield text[start : start + PIECE]


def _readable(body: bytes, field: str) -> str:
    """What can be read of a message in a body that may have been cut off or be no JSON at all."""
    raw = body.decode("utf-8", "ignore")
    name = f'"{field}"'
    start = max(0, raw.find('"', raw.find(name) + len(name))) if name in raw else 0
    try:
        return str(json.JSONDecoder().raw_decode(raw, start)[0])
    except (ValueError, RecursionError):
        return ESCAPED.sub(lambda match: chr(int(match[1], 16)), raw[start:]).replace("\\n", " ")
