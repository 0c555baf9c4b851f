"""Signing in and out, and the accounts."""

import secrets
from typing import Awaitable, Callable

from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.review import accounts
from bot.review.pages import overview
from bot.review.room import BASE, COOKIE, Ask, Room, go, own_form

BEFORE = "interlude_review_before"


def sign_in(room: Room) -> Callable[[Request], Awaitable[Response]]:
    """The page before there is a session, and what its form does."""

    async def answer(request: Request) -> Response:
        before = request.cookies.get(BEFORE) or secrets.token_urlsafe(16)
        csrf = accounts.csrf_token(room.settings, before)
        if request.method == "GET":
            empty = _form(room, before, csrf, failed=False)
            # While a password is typed, so that the pages behind it come at once.
            empty.background = BackgroundTask(overview.prepare, room)
            return empty
        form = await own_form(request, csrf)
        name, password, code = (str(form.get(field, ""))[:200] for field in ("name", "password", "code"))
        address = request.client.host if request.client else "unknown"
        token = await run_in_threadpool(
            accounts.sign_in, room.database, room.settings, name.strip(), password, code, address, room.clock()
        )
        if token is None:
            return _form(room, before, csrf, failed=True)
        opened = RedirectResponse(f"{BASE}/queue", 303)
        _set_cookie(room, opened, COOKIE, token)
        opened.delete_cookie(BEFORE, path=BASE)
        return opened

    return answer


def sign_out(room: Room, ask: Ask) -> Response:
    """End the session."""
    accounts.sign_out(room.database, ask.request.cookies[COOKIE])
    left = go("/sign-in")
    left.delete_cookie(COOKIE, path=BASE)
    return left


def account_list(room: Room, ask: Ask) -> Response:
    """All accounts."""
    return ask.page(room, "accounts.html", accounts=accounts.accounts(room.database))


def end_account(room: Room, ask: Ask) -> Response:
    """Close an account."""
    accounts.end_account(room.database, ask.number("id"), ask.now)
    return go("/accounts")


def _form(room: Room, before: str, csrf: str, failed: bool) -> Response:
    page = room.render("sign_in.html", 401 if failed else 200, csrf=csrf, failed=failed, who=None)
    _set_cookie(room, page, BEFORE, before)
    return page


def _set_cookie(room: Room, response: Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path=BASE, secure=room.settings.https, httponly=True, samesite="strict")
