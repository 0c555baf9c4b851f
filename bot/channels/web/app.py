"""The web channel as one ASGI application."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.channels.web import chat, journey, linking, pages, personal, rest
from bot.channels.web.answers import HANDLERS
from bot.channels.web.config import WebSettings
from bot.channels.web.ports import Engine
from bot.channels.web.security import AllowedOrigins, QuietErrors, SecurityHeaders
from bot.channels.web.services import Services
from bot.workers.shared import Shared

INTERFACE = (
    Route("/api/session", chat.open_session, methods=["POST"]),
    Route("/api/messages", chat.send_message, methods=["POST"]),
    Route("/api/history", chat.history),
    Route("/api/events", chat.events),
    Route("/api/help", chat.help_card),
    Route("/api/remember", personal.remembering, methods=["POST", "DELETE"]),
    Route("/api/return", personal.come_back, methods=["POST"]),
    Route("/api/link", linking.linked, methods=["GET", "POST", "DELETE"]),
    Route("/api/link/code", linking.show_code, methods=["POST"]),
    Route("/api/export", personal.export),
    Route("/api/erase", personal.erase, methods=["POST"]),
    Route("/api/journey", journey.journey),
    Route("/api/journey.svg", journey.journey_picture),
    Route("/api/openapi.json", pages.description),
    Route("/healthz", pages.health),
    Route("/webhooks/rest/", rest.health),
    Route("/webhooks/rest/webhook", rest.webhook, methods=["POST"]),
)


def create_app(
    engine: Engine,
    settings: WebSettings,
    shared: Shared,
    documents: Mapping[str, Callable[[], pages.Document]] = MappingProxyType({}),
    clock: Callable[[], float] = time.time,
) -> Starlette:
    """The application: interface, webhook, widget and pages.

    `shared` holds rates and news for all workers. `documents` are further pages by name (`protocol`, `privacy`), asked for their content at every request; see
    `pages.Document`. `clock` gives seconds since 1970.
    """
    app = Starlette(
        routes=[
            *INTERFACE,
            Mount("/static", GZipMiddleware(StaticFiles(directory=pages.STATIC))),
            Route("/", pages.demonstration),
            Route("/embed", pages.embedding),
            *(Route(f"/{name}", pages.document) for name in documents),
        ],
        middleware=[
            Middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies)),
            Middleware(SecurityHeaders, settings=settings),
            Middleware(AllowedOrigins, settings=settings),
            Middleware(QuietErrors),
        ],
        exception_handlers={**HANDLERS, HTTPException: pages.not_served},
    )
    app.state.services = Services(engine, settings, shared, clock)
    app.state.documents = documents
    return app
