"""A person's own things: being remembered, coming back, a copy, erasure."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.readable_copy import as_markdown
from bot.channels.web.answers import Refusal
from bot.channels.web.hub import server_sent
from bot.channels.web.services import (
    CHANNEL,
    CODE_CHANNEL,
    DEVICE_CHANNEL,
    check_address_rate,
    services,
    session_of,
    small_object,
)

FORMATS = {"json": "conversation.json", "markdown": "conversation.md"}


async def remembering(request: Request) -> Response:
    """POST and DELETE /api/remember: being remembered begins, or ends everywhere."""
    return await (_remember(request) if request.method == "POST" else _forget_devices(request))


async def _remember(request: Request) -> Response:
    """A token for this device and a return code, shown this once; older codes end."""
    web, session = services(request), session_of(request)
    await check_address_rate(request)
    person = await web.engine.person(CHANNEL, session)
    device, device_address = web.tokens.new_device()
    code, code_address = web.tokens.new_code()
    await web.engine.unlink(person, CODE_CHANNEL)
    await web.engine.link(person, DEVICE_CHANNEL, device_address)
    await web.engine.link(person, CODE_CHANNEL, code_address)
    return JSONResponse({"device": device, "code": code}, 201)


async def _forget_devices(request: Request) -> Response:
    """No device and no code leads back here any more."""
    web, session = services(request), session_of(request)
    person = await web.engine.find(CHANNEL, session)
    count = 0
    if person is not None:
        count = await web.engine.unlink(person, DEVICE_CHANNEL) + await web.engine.unlink(person, CODE_CHANNEL)
    return JSONResponse({"forgotten": count})


async def come_back(request: Request) -> Response:
    """POST /api/return: a new session for the person of a device's token or a return code.

    `here` says whether the session that was sent along, if any, leads to the same conversation.
    """
    web = services(request)
    await check_address_rate(request)
    data = await small_object(request)
    device, code = data.get("device"), data.get("code")
    person = None
    if isinstance(device, str):
        address = web.tokens.device_address(device)
        person = await web.engine.find(DEVICE_CHANNEL, address) if address else None
    elif isinstance(code, str):
        person = await web.engine.find(CODE_CHANNEL, web.tokens.code_address(code))
    else:
        raise Refusal(422, "bad_request", "Send either device or code, as a string.")
    if person is None:
        raise Refusal(
            404, "unknown_return", "Nothing is kept under this code or device. It may be mistyped, old or revoked."
        )
    here = False
    with suppress(Refusal):
        here = await web.engine.find(CHANNEL, session_of(request)) == person
    session = web.tokens.new_session()
    await web.engine.link(person, CHANNEL, session)
    return JSONResponse({"token": web.tokens.sign_session(session), "here": here}, 201)


async def export(request: Request) -> Response:
    """GET /api/export: everything that is kept about this person as a file, for programs or (format=markdown) to read."""
    web, session = services(request), session_of(request)
    wanted = request.query_params.get("format", "json")
    if wanted not in FORMATS:
        raise Refusal(422, "bad_request", f"There is no such format. Allowed are {' and '.join(FORMATS)}.")
    await check_address_rate(request)
    person = await web.engine.find(CHANNEL, session)
    content = {} if person is None else dict(await web.engine.export(person))
    headers = {"Content-Disposition": f'attachment; filename="{FORMATS[wanted]}"'}
    if wanted == "markdown":
        return Response(as_markdown(content).encode("utf-8", "replace"), media_type="text/markdown", headers=headers)
    return JSONResponse(content, headers=headers)


async def erase(request: Request) -> Response:
    """POST /api/erase: erases this person everywhere; the answer is the receipt."""
    web, session = services(request), session_of(request)
    data = await small_object(request)
    if data.get("confirm") is not True:
        raise Refusal(422, "bad_request", 'Erasing cannot be undone. Send {"confirm": true} to do it.')
    person = await web.engine.find(CHANNEL, session)
    if person is None:
        return JSONResponse({"receipt": {}})
    receipt = await web.engine.erase(person)
    web.hub.publish(person, server_sent("erased", "{}"), "erased")
    return JSONResponse({"receipt": dict(receipt)})
