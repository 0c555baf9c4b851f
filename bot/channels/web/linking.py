"""One history here and in another channel: a code that is shown on one side and typed on the other."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web.answers import Refusal
from bot.channels.web.hub import RELOAD, server_sent
from bot.channels.web.services import (
    CHANNEL,
    CODE_CHANNEL,
    DEVICE_CHANNEL,
    Services,
    check_address_rate,
    services,
    session_of,
    small_object,
)
from bot.core import linking
from bot.errors import UnknownPersonError

OURS = (CHANNEL, DEVICE_CHANNEL, CODE_CHANNEL)


async def show_code(request: Request) -> Response:
    """POST /api/link/code: a code that carries this history to another channel; an older one ends."""
    web, session = services(request), session_of(request)
    await check_address_rate(request)
    person = await web.engine.find(CHANNEL, session)
    if person is None:
        raise Refusal(409, "nothing_yet", "There is nothing yet that a code could carry. Send a message first.")
    minutes = int(linking.VALID_FOR.total_seconds() // 60)
    return JSONResponse({"code": await web.engine.link_code(person), "minutes": minutes}, 201)


async def linked(request: Request) -> Response:
    """GET, POST and DELETE /api/link: where else this history is, taking a code, and parting from it."""
    if request.method == "POST":
        return await _take(request)
    return await (_part(request) if request.method == "DELETE" else _elsewhere(request))


async def _elsewhere(request: Request) -> Response:
    web, session = services(request), session_of(request)
    return JSONResponse({"channels": await _others(web, await web.engine.find(CHANNEL, session))})


async def _take(request: Request) -> Response:
    """Go on with the history of a code. One that was begun here is given up for it, which has to be confirmed."""
    web, session = services(request), session_of(request)
    await check_address_rate(request)
    data = await small_object(request)
    typed, device = data.get("code"), data.get("device")
    if not isinstance(typed, str):
        raise Refusal(422, "bad_request", "code must be a string. Send the code from the other side there.")
    code = await _good(web, typed, session)
    before = await web.engine.find(CHANNEL, session)
    if before is not None and data.get("confirm") is not True:
        if await web.engine.history(before, 1):
            message = 'What was written here before would be given up. Send {"confirm": true} with the code to do it.'
            raise Refusal(409, "confirm_needed", message)
    person = await web.engine.redeem(code, CHANNEL, session)
    if person is None:
        raise _unknown_code()
    if before is not None and before != person:
        await _give_up(web, before, person, device if isinstance(device, str) else "")
    return JSONResponse({"channels": await _others(web, person)})


async def _good(web: Services, typed: str, session: str) -> str:
    """The code in what was typed, checked before anybody agrees to give something up for it. Raises Refusal."""
    code = linking.read(typed)
    standing = await web.engine.link_standing(code, CHANNEL, session) if code is not None else None
    if code is None or standing is linking.Standing.unknown:
        raise _unknown_code()
    if standing is linking.Standing.own:
        message = "This code leads to the conversation that is open here. It still works: type it on the other side."
        raise Refusal(409, "own_code", message)
    return code


def _unknown_code() -> Refusal:
    return Refusal(
        404, "unknown_code", "This code does not work. It may be mistyped, already used, or older than ten minutes."
    )


async def _give_up(web: Services, before: str, person: str, device: str) -> None:
    """Let nothing of this browser lead to what was before, and erase that unless a device or channel still does."""
    address = web.tokens.device_address(device)
    if address is not None and await web.engine.find(DEVICE_CHANNEL, address) == before:
        await web.engine.link(person, DEVICE_CHANNEL, address)
    await web.engine.unlink(before, CODE_CHANNEL)
    # Sessions that ended may still lead there. When nothing at all did, taking the code has erased it already.
    if set(await web.engine.channels(before)) <= {CHANNEL}:
        with suppress(UnknownPersonError):
            await web.engine.erase(before)
    web.hub.publish(before, RELOAD)


async def _part(request: Request) -> Response:
    """Part the web chat, with its devices and return codes, from a history that goes on in another channel."""
    web, session = services(request), session_of(request)
    await check_address_rate(request)
    person = await web.engine.find(CHANNEL, session)
    others = await _others(web, person)
    if person is None or not others:
        raise Refusal(409, "only_way", "Nothing else leads to this history. Link it first, or erase it.")
    for channel in OURS:
        await web.engine.unlink(person, channel)
    web.hub.publish(person, server_sent("unlinked", "{}"), "unlinked")
    return JSONResponse({"channels": others})


async def _others(web: Services, person: str | None) -> list[str]:
    """The other channels that lead to a person."""
    return [] if person is None else [name for name in await web.engine.channels(person) if name not in OURS]
