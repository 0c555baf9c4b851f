"""Headers that keep pages and answers safe, and the list of web sites that may call the interface."""

import logging
import secrets
from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.config import WebSettings, origin_of

log = logging.getLogger(__name__)

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# The widget is public code that other sites load as a module.
STATIC_HEADERS: Mapping[str, str] = {
    **HEADERS,
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "no-cache",
}
HSTS = "max-age=31536000"


class SecurityHeaders:
    """Adds the security headers to every answer; one that brings its own, as the practitioner's room does, keeps them."""

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._https = settings.public_address.startswith("https://")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = STATIC_HEADERS if scope["path"].startswith("/static/") else HEADERS

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in wanted.items():
                    headers.setdefault(name, value)
                if self._https:
                    headers["Strict-Transport-Security"] = HSTS
            await send(message)

        await self._app(scope, receive, send_safely)


class AllowedOrigins:
    """Refuses calls of the interface that come from a web site which is not on the list.

    Sessions travel in a header, never in a cookie, so that no other site can act for a person; this also keeps other
    sites from opening sessions of their own. The refusal, and nothing else, can be read by any site, so that the chat
    there can say why it does not work.
    """

    def __init__(self, app: ASGIApp, settings: WebSettings) -> None:
        self._app = app
        self._allowed = settings.origins
        self._cors = _readable_by(app, sorted(self._allowed))
        self._refusing = _readable_by(_refuse_origin, ["*"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/api/"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        own = f"{scope['scheme']}://{headers.get('host', '')}".lower()
        if origin is None or origin.lower() == own:
            await self._app(scope, receive, send)
        elif origin_of(origin) in self._allowed:
            await self._cors(scope, receive, send)
        else:
            await self._refusing(scope, receive, send)


def _readable_by(app: ASGIApp, origins: list[str]) -> CORSMiddleware:
    return CORSMiddleware(
        app,
        allow_origins=origins,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key"],
        expose_headers=["Retry-After"],
        max_age=600,
    )


async def _refuse_origin(scope: Scope, receive: Receive, send: Send) -> None:
    message = "This web site may not use the chat. The operator allows sites with INTERLUDE_ALLOWED_ORIGINS."
    await JSONResponse({"error": {"code": "origin_refused", "message": message}}, 403)(scope, receive, send)


class QuietErrors:
    """Answers what nobody foresaw, and logs only its kind and an id: a traceback could hold a person's words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def note_start(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except ClientDisconnect:
            # Gone before the request was whole: there is nobody to answer and nothing to mend.
            return
        except Exception as error:
            if scope["type"] != "http":
                raise
            number = secrets.token_hex(4)
            log.error("web request failed: id=%s error=%s path=%s", number, type(error).__name__, scope["path"])
            if not started:
                message = f"Something failed here. The operator finds it in the log under {number}."
                await JSONResponse({"error": {"code": "unavailable", "message": message}}, 500)(scope, receive, send)
