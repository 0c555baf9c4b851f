"""The pages people read in a browser, and the description of the interface."""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.templating import Jinja2Templates

from bot.channels.web import answers
from bot.channels.web.services import services

FOLDER = Path(__file__).resolve().parent.parent
STATIC = FOLDER / "static"
DESCRIPTION = Path(__file__).with_name("openapi.json")

# `title`, `intro` and `sections`; each has a `heading`, `paragraphs` and, for figures, `columns` and `rows`.
Document = Mapping[str, Any]
Documents = Mapping[str, Callable[[], Document]]

templates = Jinja2Templates(directory=FOLDER / "templates")


async def demonstration(request: Request) -> Response:
    """GET /: a place to try it, with a friendly start."""
    return templates.TemplateResponse(request, "index.html", _surroundings(request))


async def embedding(request: Request) -> Response:
    """GET /embed: how to put the chat on another site."""
    return templates.TemplateResponse(request, "embed.html", _surroundings(request))


async def document(request: Request) -> Response:
    """GET /protocol and /privacy: what the running configuration says of itself."""
    name = request.url.path.strip("/")
    documents: Documents = request.app.state.documents
    content = {**_surroundings(request), "document": await run_in_threadpool(documents[name])}
    return templates.TemplateResponse(request, "document.html", content)


def _surroundings(request: Request) -> dict[str, Any]:
    settings = services(request).settings
    address = settings.public_address or f"{request.url.scheme}://{request.url.netloc}"
    documents: Documents = request.app.state.documents
    return {"address": address.rstrip("/"), "documents": sorted(documents)}


async def description(request: Request) -> Response:
    """GET /api/openapi.json: the interface, described."""
    return JSONResponse(_description())


@lru_cache(maxsize=1)
def _description() -> dict[str, Any]:
    described: dict[str, Any] = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return described


async def not_served(request: Request, error: Exception) -> Response:
    """An unknown address: a page with a way on for who mistyped it in a browser, JSON for programs."""
    nowhere = isinstance(error, HTTPException) and error.status_code == 404
    if nowhere and "text/html" in request.headers.get("accept", ""):
        return templates.TemplateResponse(request, "missing.html", _surroundings(request), status_code=404)
    return await answers.not_served(request, error)


async def health(request: Request) -> Response:
    """GET /healthz: the process answers."""
    return JSONResponse({"status": "ok"})
