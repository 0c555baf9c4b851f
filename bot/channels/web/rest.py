"""`POST /webhooks/rest/webhook` in the format of Rasa's REST channel, for front ends that know it."""

import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.channels.web.answers import Refusal
from bot.channels.web.services import Sender, Services, bearer, check_address_rate, services
from bot.channels.web.turns import begin_turn, check_rates, read_message
from bot.core.conversation import PERSONAL, Reply

CHANNEL = "rest"
MAX_SENDER = 255


async def health(request: Request) -> Response:
    """GET /webhooks/rest/: that the channel is there, as Rasa's own says it. 404 while no channel token is set."""
    _token(services(request))
    return JSONResponse({"status": "ok"})


def _token(web: Services) -> str:
    if web.settings.rest_token is None:
        raise HTTPException(404)
    return web.settings.rest_token


async def webhook(request: Request) -> Response:
    """One message of a front end's user; a list of `{recipient_id, text, buttons}`. 404 while no channel token is set.

    The token comes as `Authorization: Bearer ...` or, as Rasa's front ends send it, as `?token=...`. The format lets a
    caller claim to be anyone, so senders are kept apart by token and may not manage data unless the operator allows it.
    """
    web = services(request)
    token = _token(web)
    given = bearer(request) or request.query_params.get("token", "")
    if not hmac.compare_digest(given.encode(), token.encode()):
        await check_address_rate(request)
        raise Refusal(401, "token_needed", "The channel token is missing or wrong. Send it as a Bearer token.")
    data = await read_message(request, "message", None)
    name = data.get("sender", "default")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_SENDER:
        raise Refusal(422, "bad_request", f"sender must be a string of 1 to {MAX_SENDER} characters.")
    address = hmac.new(token.encode(), name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()
    sender = Sender(CHANNEL, address)
    await check_rates(web, data["message"], sender, await web.session_wait(address))
    capabilities = PERSONAL if web.settings.rest_may_manage_data else ()
    result = await begin_turn(web, sender, data["message"], None, capabilities)
    return JSONResponse(_in_rasas_format(name, result.replies))


def _in_rasas_format(name: str, replies: Sequence[Reply]) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    for reply in replies:
        message: dict[str, Any] = {"recipient_id": name, "text": reply.text}
        if reply.buttons:
            message["buttons"] = [{"title": button, "payload": button} for button in reply.buttons]
        messages.append(message)
    return messages
