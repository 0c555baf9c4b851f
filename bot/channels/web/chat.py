"""The conversation: sessions, messages, history, and what happens in other open pages."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.channels.web.answers import Refusal, compact, reply_json
from bot.channels.web.hub import server_sent
from bot.channels.web.ports import TurnResult
from bot.channels.web.services import CHANNEL, Sender, address_of, bearer, check_address_rate, services, session_of
from bot.channels.web.turns import begin_turn, card_of, check_rates, read_message
from bot.core.conversation import PERSONAL

HISTORY_TURNS = 200
HEARTBEAT_SECONDS = 15
# A page reconnects after so long; nothing is kept open for a page that is gone.
HEARTBEATS = 240
KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
STREAM = "text/event-stream"
STREAM_HEADERS = {"X-Accel-Buffering": "no"}


async def open_session(request: Request) -> Response:
    """POST /api/session: a new session. Nothing is stored before its first message."""
    await check_address_rate(request)
    tokens = services(request).tokens
    return JSONResponse({"token": tokens.sign_session(tokens.new_session())}, 201)


async def send_message(request: Request) -> Response:
    """POST /api/messages: one message, answered as JSON or, when the page accepts it, as a stream of events."""
    web, session = services(request), session_of(request)
    sender = Sender(CHANNEL, session)
    waits = await web.session_wait(session), await web.address_wait(address_of(request))
    data = await read_message(request, "text", sender)
    await check_rates(web, data["text"], sender, *waits)
    key = request.headers.get("idempotency-key")
    if key is not None and not KEY.fullmatch(key):
        raise Refusal(400, "bad_key", "The Idempotency-Key must have 8 to 64 letters, digits, - or _.")
    token = web.tokens.sign_session(session)
    turn = begin_turn(web, sender, data["text"], key, PERSONAL)
    if STREAM in request.headers.get("accept", ""):
        return StreamingResponse(_stream(turn, token), media_type=STREAM, headers=STREAM_HEADERS)
    result = await turn
    return JSONResponse({**_outcome(result, token), "replies": [*map(reply_json, result.replies)]})


async def _stream(turn: "asyncio.Future[TurnResult]", token: str) -> AsyncIterator[str]:
    yield server_sent("typing", "{}")
    try:
        result = await turn
    except Refusal as refusal:
        error = {"code": refusal.code, "message": refusal.message, **refusal.facts}
        yield server_sent("refused", compact({"error": error, **refusal.safety}))
        return
    for reply in result.replies:
        yield server_sent("reply", compact(reply_json(reply)))
    yield server_sent("done", compact(_outcome(result, token)))


def _outcome(result: TurnResult, token: str) -> dict[str, Any]:
    return {"level": result.level, "stored": result.stored, "turn": result.turn_id, "token": token}


async def history(request: Request) -> Response:
    """GET /api/history: the last turns of this session's person, and the conversation's level."""
    web, session = services(request), session_of(request)
    person = await web.engine.find(CHANNEL, session)
    turns = [] if person is None else await web.engine.history(person, HISTORY_TURNS)
    rows = [
        {
            "text": turn["text"],
            "at": turn["at"],
            "key": turn["client_key"],
            "level": turn["level"],
            "replies": [*map(reply_json, turn["replies"])],
        }
        for turn in turns
        # Of a forgotten one nothing is left to show.
        if turn["text"] or turn["replies"]
    ]
    level = turns[-1]["level"] if turns else "none"
    # Another page may have written since. Looking alone keeps no session alive: the page may be one that was left open.
    written = datetime.fromisoformat(turns[-1]["at"]).timestamp() if turns else 0.0
    return JSONResponse({"turns": rows, "level": level, "token": web.tokens.renewed(bearer(request), written)})


async def events(request: Request) -> Response:
    """GET /api/events: turns that happen in other pages of the same person; 204 before there is anything to follow."""
    web, session = services(request), session_of(request)
    person = await web.engine.find(CHANNEL, session)
    if person is None:
        return Response(status_code=204)
    if web.hub.full(person):
        raise Refusal(429, "too_many_pages", "Too many pages of this session are open. Close one.", {"retry_after": 60})

    async def follow() -> AsyncIterator[str]:
        with web.hub.page(person) as queue:
            yield server_sent("ready", "{}")
            for _ in range(HEARTBEATS):
                try:
                    yield await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                except asyncio.TimeoutError:
                    yield ": still here\n\n"

    return StreamingResponse(follow(), media_type=STREAM, headers=STREAM_HEADERS)


async def help_card(request: Request) -> Response:
    """GET /api/help: the helpline card, with or without a session, also one that ended: it is always one tap away."""
    sender = None
    with suppress(Refusal):
        sender = Sender(CHANNEL, session_of(request))
    return JSONResponse(reply_json(await card_of(services(request), sender)))
