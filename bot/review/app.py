"""The room as routes, to be mounted under `/review`."""

from typing import Any, List, Tuple

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.core.review.loop import Trainer
from bot.errors import InterludeError
from bot.review.config import ReviewSettings
from bot.review.pages import access, library, models, overview, queue, transcript
from bot.review.pages import brief as briefs
from bot.review.room import BASE, HERE, Handler, Room, endpoint, refused
from bot.storage.database import Database
from bot.workers.shared import Shared

HEADERS = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

# Address, verb, what answers. An address with {..:row} takes only what can be a row's number (bot.review.numbers).
GETS: Tuple[Tuple[str, str, Handler], ...] = (
    ("/queue", "see_queue", queue.queue_page),
    ("/conversations/{id:row}", "see_queue", transcript.conversation_page),
    ("/conversations/{id:row}/brief", "read_brief", briefs.brief_page),
    ("/conversations/{id:row}/brief.pdf", "read_brief", briefs.brief_pdf),
    ("/turns/{id:row}", "read_shared", transcript.turn_part),
    ("/disagreements", "sign_off", transcript.disagreements),
    ("/overview", "see_overview", overview.overview_page),
    ("/models", "see_models", models.models_page),
    ("/library", "see_library", library.library_page),
    ("/library/inbox", "see_inbox", library.inbox_page),
    ("/library/drafts", "see_library", library.drafts_page),
    ("/library/entries/{entry_id}", "see_library", library.entry_page),
    ("/accounts", "manage_accounts", access.account_list),
)
POSTS: Tuple[Tuple[str, str, Handler], ...] = (
    ("/sign-out", "see_queue", access.sign_out),
    ("/conversations/{id:row}/move", "see_queue", queue.move),
    ("/turns/{id:row}/decide/{aspect}", "decide", transcript.decide),
    ("/turns/{id:row}/adjudicate/{aspect}", "decide", transcript.adjudicate),
    ("/turns/{id:row}/remark", "note", transcript.remark),
    ("/models/train", "train_candidate", models.train),
    ("/models/{id:row}/promote", "see_models", models.promote),
    ("/models/{id:row}/discard", "discard", models.discard),
    ("/models/roll-back", "roll_back", models.roll_back),
    ("/library/inbox/{id:row}/done", "edit_library", library.inbox_done),
    ("/library/entries/{entry_id}/draft", "edit_library", library.write_draft),
    ("/library/drafts/{id:row}/approve", "see_library", library.approve),
    ("/library/drafts/{id:row}/discard", "edit_library", library.discard),
    ("/accounts/{id:row}/end", "manage_accounts", access.end_account),
)


def review_routes(
    database: Database, settings: ReviewSettings, trainer: Trainer, shared: Shared, **options: Any
) -> List[BaseRoute]:
    """The room as one list of routes for `Mount("/review", routes=...)`, with its own headers and error pages.

    The pages bring their own Content-Security-Policy: an outer one with `form-action 'none'` or Trusted Types would
    stop their forms. `options` go to `Room` (a `clock`, a `shelf`). Empty when the profile bars practitioner mode.
    """
    if not settings.practitioner_mode:
        return []
    room = Room(database, settings, trainer, shared, **options)
    errors = refused(room)
    routes: List[BaseRoute] = [
        Route("/", lambda request: RedirectResponse(f"{BASE}/queue", 303)),
        Route("/sign-in", access.sign_in(room), methods=["GET", "POST"]),
        *(Route(path, endpoint(room, handler, verb), methods=["GET"]) for path, verb, handler in GETS),
        *(Route(path, endpoint(room, handler, verb), methods=["POST"]) for path, verb, handler in POSTS),
        # Pages are not compressed: their length would tell of the secrets in them.
        Mount("/static", GZipMiddleware(StaticFiles(directory=HERE / "static"))),
    ]
    app = Starlette(
        routes=routes,
        exception_handlers={HTTPException: errors, InterludeError: errors, Exception: errors},
    )
    return [Mount("", app=_Headers(_Contained(app)))]


class _Headers:
    """Adds the headers to every answer; files that never change may be kept."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if "/static/" in scope["path"]:
                    headers["Cache-Control"] = "no-cache"
            await send(message)

        await self._app(scope, receive, send_safely)


class _Contained:
    """Keeps an error that was answered from going on to the server's log, where its text could hold words."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answered = False

        async def note_start(message: Message) -> None:
            nonlocal answered
            answered = answered or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note_start)
        except Exception:
            if not answered:
                raise
