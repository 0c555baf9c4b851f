"""Answers of the interface: replies as JSON, refusals with a code that a page can put into words."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from bot.core.conversation import Reply
from bot.errors import InterludeError


class Refusal(Exception):
    """A request that is not carried out: HTTP status, a code for programs, a message for programmers.

    The message never holds a person's words. `facts` are added to the error (`limit`, `retry_after`); `safety` stands
    beside it (`level`, `card`) when the refused text raised a level.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        facts: Mapping[str, Any] | None = None,
        safety: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message
        self.facts, self.safety = dict(facts or {}), dict(safety or {})


def reply_json(reply: Reply) -> dict[str, Any]:
    """A reply as pages get it."""
    return {"id": reply.id, "text": reply.text, "buttons": list(reply.buttons), "data": dict(reply.data)}


def compact(data: Any) -> str:
    """JSON on one line."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


async def refused(request: Request, error: Exception) -> JSONResponse:
    """Turn a Refusal into its answer."""
    assert isinstance(error, Refusal)
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if "retry_after" in error.facts:
        headers["Retry-After"] = str(error.facts["retry_after"])
    content = {"error": {"code": error.code, "message": error.message, **error.facts}, **error.safety}
    return JSONResponse(content, error.status, headers)


async def not_served(request: Request, error: Exception) -> JSONResponse:
    """Unknown addresses and methods, in the same form as every refusal."""
    assert isinstance(error, HTTPException)
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "bad_request")
    message = f"{request.method} is not served here. /api/openapi.json lists what is."
    return JSONResponse({"error": {"code": code, "message": message}}, error.status_code, error.headers)


async def unavailable(request: Request, error: Exception) -> JSONResponse:
    """Something of ours failed: the same message may be sent again with the same key."""
    message = "The service could not do this just now. Try again in a moment, with the same Idempotency-Key."
    return JSONResponse({"error": {"code": "unavailable", "message": message}}, 503, {"Retry-After": "5"})


HANDLERS = {
    Refusal: refused,
    InterludeError: unavailable,
}
