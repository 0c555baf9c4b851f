"""What every page works with, and what all of them do with a request: who asks, may they, is the form theirs."""

import logging
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any, Awaitable, Callable, List, Mapping, Optional, Tuple
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from bot.core import library as shelves
from bot.core.library import Library
from bot.core.review import redaction
from bot.core.review.loop import Trainer
from bot.errors import InputError, InterludeError
from bot.review import accounts, policy
from bot.review.config import ReviewSettings
from bot.review.numbers import NothingThere, counted
from bot.review.overview import Agreement
from bot.review.policy import Reviewer
from bot.review.transcript import Reading
from bot.storage.database import Database
from bot.workers.shared import Shared

log = logging.getLogger(__name__)

BASE = "/review"
COOKIE = "interlude_review"
LARGEST_FORM = 200
# Of one account, whatever it asks for: enough to work fast, too few to copy what was shared.
REQUESTS_A_MINUTE = 120
HERE = Path(__file__).parent


def _utc_now() -> datetime:
    return datetime.now(timezone.utc)


@dataclass
class Room:
    """The services of the room, made once by `review_routes`."""

    database: Database
    settings: ReviewSettings
    trainer: Trainer
    shared: Shared
    clock: Callable[[], datetime] = _utc_now
    shelf: Optional[Library] = None
    templates: Environment = field(init=False)
    agreement: Optional[Tuple[int, Agreement]] = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            # What is printed is no markup.
            autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.globals.update(base=BASE, link=link)
        self.templates.filters.update(
            words=_words, moment=_moment, day=_day, figure=_figure, count=counted, one_line=_one_line
        )

    @cached_property
    def library(self) -> Library:
        """The library as it was when the room opened: the `shelf` given, or that of `data`. Raises ContentError."""
        return self.shelf or shelves.load(self.settings.data)

    def prepare(self) -> None:
        """Load the recognisers and put all pages' templates together, which takes seconds the first time."""
        redaction.prepare()
        for name in self.templates.list_templates():
            self.templates.get_template(name)

    def render(self, name: str, status: int = 200, **values: Any) -> Response:
        """A page from a template."""
        return HTMLResponse(self.templates.get_template(name).render(**values), status)


@dataclass(frozen=True)
class Ask:
    """One request: who asks, what the form and the address hold, and when."""

    request: Request
    who: Reviewer
    form: FormData
    now: datetime
    csrf: str

    @property
    def query(self) -> Mapping[str, str]:
        """What stands behind the question mark of the address."""
        return self.request.query_params

    @property
    def is_part(self) -> bool:
        """Whether only a part of the page is wanted."""
        return self.request.headers.get("hx-request") == "true"

    def may(self, verb: str, what: Any = None) -> bool:
        """Whether the reviewer may do this."""
        return policy.may(self.who, verb, what)

    def must(self, verb: str, what: Any = None) -> None:
        """Stop the request unless the reviewer may do this."""
        if not self.may(verb, what):
            raise HTTPException(403, "Your account may not do this. A lead or an admin may know who can.")

    def number(self, name: str) -> int:
        """A number in the path."""
        return int(self.request.path_params[name])

    def text(self, name: str) -> str:
        """A field of the form, empty when it is missing."""
        value = self.form.get(name, "")
        return value if isinstance(value, str) else ""

    def chosen(self, name: str) -> List[str]:
        """All values of a field that may come several times."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def reading(self, room: Room) -> Reading:
        """How this reviewer reads now: without redaction only when the address asks for it and policy allows it."""
        unredacted = self.query.get("words") == "all"
        if unredacted:
            self.must("read_unredacted")
        # Loading takes seconds, in which nobody may hold the lock that conversations need to be stored.
        redaction.prepare()
        return Reading(self.who, self.now, room.settings.staff_read_at_risk, redacted=not unredacted)

    def page(self, room: Room, name: str, status: int = 200, **values: Any) -> Response:
        """A page with what every page shows."""
        return room.render(name, status, ask=self, who=self.who, csrf=self.csrf, **values)


Handler = Callable[[Room, Ask], Response]


def endpoint(room: Room, handler: Handler, verb: str) -> Callable[[Request], Awaitable[Response]]:
    """The handler behind the gates: a session, the verb, and, where something changes, a form that is the session's."""

    async def answer(request: Request) -> Response:
        token = request.cookies.get(COOKIE, "")
        now = room.clock()
        # A page that refreshes itself must not keep a session open for somebody who left.
        alive = "seen" not in request.query_params
        known = (room.database, room.settings, token, now, alive)
        who = await run_in_threadpool(accounts.reviewer_of, *known) if token else None
        if who is None:
            return signed_out(request)
        seconds = ceil(await room.shared.wait(f"reviewer {who.id}", REQUESTS_A_MINUTE))
        if seconds:
            message = f"Your account asked for more than {REQUESTS_A_MINUTE} pages in a minute. Wait {seconds} s."
            raise HTTPException(429, message, {"Retry-After": str(seconds)})
        csrf = accounts.csrf_token(room.settings, token)
        form = FormData()
        if request.method != "GET":
            form = await own_form(request, csrf)
        ask = Ask(request, who, form, now, csrf)
        ask.must(verb)
        return await run_in_threadpool(handler, room, ask)

    return answer


async def own_form(request: Request, csrf: str) -> FormData:
    """The form of a request. Raises HTTPException when it was not made by our page for this session."""
    form = await request.form(max_files=0, max_fields=LARGEST_FORM)
    given = form.get("csrf", "")
    own = isinstance(given, str) and secrets.compare_digest(given.encode(), csrf.encode())
    if not own or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403, "This form is not from this page or is too old. Load the page again and repeat it.")
    return form


def signed_out(request: Request) -> Response:
    """To the sign-in page, also out of a part of a page."""
    where = f"{BASE}/sign-in"
    if request.headers.get("hx-request") == "true":
        return Response(status_code=401, headers={"HX-Redirect": where})
    return RedirectResponse(where, 303)


def link(path: str, **query: Any) -> str:
    """An address inside the room; parts of the query that are None are left out."""
    kept = {name: value for name, value in query.items() if value is not None}
    return f"{BASE}{path}{'?' + urlencode(kept) if kept else ''}"


def go(path: str, fragment: str = "", **query: Any) -> Response:
    """To another page after something changed."""
    return RedirectResponse(link(path, **query) + (f"#{fragment}" if fragment else ""), 303)


def refused(room: Room) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers what went wrong on purpose, and what nobody foresaw, without a word of a conversation."""

    async def answer(request: Request, error: Exception) -> Response:
        headers = None
        if isinstance(error, HTTPException):
            status, message, headers = error.status_code, error.detail, error.headers
        elif isinstance(error, InterludeError):
            status = 404 if isinstance(error, NothingThere) else 422 if isinstance(error, InputError) else 503
            message = str(error)
        else:
            number = secrets.token_hex(4)
            log.error("review page failed: id=%s error=%s", number, type(error).__name__)
            status, message = 500, f"Something failed here. The operator finds it in the log under {number}."
        if request.headers.get("hx-request") == "true":
            return PlainTextResponse(message, status, headers)
        page = room.render("refused.html", status, message=message, who=None)
        page.headers.update(headers or {})
        return page

    return answer


def not_found() -> HTTPException:
    """What is not there and what may not be read look the same."""
    return HTTPException(404, "There is nothing to read here. It may not be shared, not any more, or never have been.")


def _words(name: Optional[str]) -> str:
    return (name or "").replace("_", " ").replace("technique.", "")


def _moment(at: Optional[datetime]) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else ""


def _day(at: Optional[datetime]) -> str:
    return at.strftime("%Y-%m-%d") if at else ""


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _figure(value: Optional[float]) -> str:
    return "–" if value is None else f"{value:.2f}"
