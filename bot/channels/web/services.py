"""What every endpoint works with, and what all of them do with a request."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from starlette.requests import Request

from bot.channels.web.answers import Refusal
from bot.channels.web.config import WebSettings
from bot.channels.web.hub import Hub
from bot.channels.web.limits import network_of
from bot.channels.web.ports import Engine
from bot.channels.web.tokens import Tokens
from bot.workers.shared import Shared

CHANNEL, DEVICE_CHANNEL, CODE_CHANNEL = "web", "web-device", "web-code"


class Sender(NamedTuple):
    """Who wrote, as a channel knows them."""

    channel: str
    address: str


@dataclass
class Services:
    """The engine and the parts of the web channel, made once by `create_app`."""

    engine: Engine
    settings: WebSettings
    shared: Shared
    clock: Callable[[], float]

    def __post_init__(self) -> None:
        self.tokens = Tokens(self.settings, self.clock)
        self.hub = Hub(self.shared)

    async def session_wait(self, session: str) -> float:
        """Count a message of a session: the seconds until it may be sent, 0.0 for at once."""
        return await self.shared.wait(f"session {session}", self.settings.rate_per_minute)

    async def address_wait(self, address: str) -> float:
        """Count a request from a network address likewise."""
        return await self.shared.wait(f"address {address}", self.settings.address_rate_per_minute)


def services(request: Request) -> Services:
    """The services of the app that a request came to."""
    found: Services = request.app.state.services
    return found


def bearer(request: Request) -> str:
    """The token in the Authorization header; empty when there is none."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def session_of(request: Request) -> str:
    """The session that a request belongs to. Raises Refusal (401)."""
    token = bearer(request)
    if not token:
        raise Refusal(
            401, "session_needed", "No session. Get one with POST /api/session and send it as a Bearer token."
        )
    return services(request).tokens.read_session(token)


def address_of(request: Request) -> str:
    """The network address a request came from, as far as it counts for rates."""
    return network_of(request.client.host) if request.client else "unknown"


async def check_address_rate(request: Request) -> None:
    """Count a request against its address. Raises Refusal (429)."""
    seconds = await services(request).address_wait(address_of(request))
    if seconds:
        raise too_fast(seconds)


def too_fast(seconds: float) -> Refusal:
    """The refusal of a request that comes too soon."""
    wait = max(1, round(seconds + 0.5))
    return Refusal(429, "too_fast", f"Too many requests. Wait {wait} seconds.", {"retry_after": wait})


async def read_body(request: Request, limit: int) -> tuple[bytes, bool]:
    """At most `limit` bytes of the body, and whether that is all of it."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk[: limit + 1 - len(body)]
        if len(body) > limit:
            return bytes(body[:limit]), False
    return bytes(body), True


def read_object(request: Request, body: bytes) -> dict[str, Any]:
    """The JSON object in a body. Raises Refusal (415, 400)."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Refusal(415, "not_json", "The Content-Type must be application/json.")
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Refusal(400, "bad_request", "The body must be one JSON object in UTF-8.")
    return data


async def small_object(request: Request) -> dict[str, Any]:
    """The JSON object of a request that carries no message. Raises Refusal."""
    body, complete = await read_body(request, services(request).settings.max_bytes)
    if not complete:
        raise too_large(services(request).settings.max_bytes)
    return read_object(request, body)


def too_large(limit: int) -> Refusal:
    """The refusal of a request with too many bytes."""
    return Refusal(413, "too_large", f"The request is larger than {limit} bytes. Send less at once.", {"limit": limit})
