"""Schemathesis makes requests from the interface's own description: every answer is one that the description names."""

import asyncio
import tempfile
import time
from pathlib import Path

import schemathesis
from hypothesis import settings

from bot.channels.web import WebSettings, create_app
from bot.workers.one_machine import OneMachine
from tests.channels.fake_engine import FakeEngine

REST_TOKEN = "a-token-of-the-operator"

engine = FakeEngine()
app = create_app(
    engine,
    WebSettings("s" * 32, rest_token=REST_TOKEN, rate_per_minute=1_000_000, address_rate_per_minute=1_000_000),
    OneMachine(Path(tempfile.mkdtemp()), time.time),
)
description = schemathesis.openapi.from_asgi("/api/openapi.json", app)


async def somebody(session: str) -> None:
    """A person who wrote something."""
    await engine.handle(await engine.person("web", session), "web", "hello")


@schemathesis.auth(refresh_interval=None)
class Tokens:
    """Lets each request in: with a session in which something was written, or with the channel's token.

    Whoever listens to events wrote nothing yet, since the answer would not end otherwise.
    """

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        if case.operation.path.startswith("/webhooks/"):
            return REST_TOKEN
        tokens = app.state.services.tokens
        session: str = tokens.new_session()
        if case.operation.path != "/api/events":
            asyncio.run(somebody(session))
        return str(tokens.sign_session(session))

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@description.parametrize()
@settings(max_examples=30, derandomize=True, deadline=None)
def test_every_answer_is_one_that_the_description_names(case: schemathesis.Case) -> None:
    case.call_and_validate()
