"""Nobody but Telegram gets an update in."""

import json
from typing import Any, Dict

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram.service import Service
from bot.channels.telegram.webhook import HEADER, PATH, WebhookRoute
from bot.errors import SettingError
from bot.settings import Secret, Settings
from bot.storage.database import Database

from .conftest import SECRET, FakeTime
from .fake_engine import FakeEngine

UPDATE: Dict[str, Any] = {
    "update_id": 5,
    "message": {
        "message_id": 1,
        "date": 1_770_000_000,
        "chat": {"id": 7, "type": "private"},
        "from": {"id": 7, "is_bot": False, "first_name": "Ana"},
        "text": "i carry it all",
    },
}


@pytest.fixture
def route(engine: FakeEngine, database: Database, settings: Settings, clock: FakeTime) -> WebhookRoute:
    return WebhookRoute(Service(engine, database, settings, clock), settings)


async def post(route: WebhookRoute, body: bytes, headers: Dict[str, str]) -> int:
    transport = httpx.ASGITransport(Starlette(routes=[route]))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return (await client.post(PATH, content=body, headers=headers)).status_code


@pytest.mark.parametrize(
    "headers",
    [{}, {HEADER: ""}, {HEADER: "wrong"}, {HEADER: SECRET + "x"}, {HEADER: SECRET[:-1]}, {"X-Secret": SECRET}],
)
async def test_a_forged_update_is_refused_and_not_heard(
    route: WebhookRoute, engine: FakeEngine, headers: Dict[str, str]
) -> None:
    assert await post(route, json.dumps(UPDATE).encode(), headers) == 403
    assert engine.heard == []


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b"{}", b'"text"'])
async def test_what_is_no_update_is_refused(route: WebhookRoute, engine: FakeEngine, body: bytes) -> None:
    assert await post(route, body, {HEADER: SECRET}) == 400
    assert engine.heard == []


async def test_what_nobody_can_read_is_passed_over(route: WebhookRoute, engine: FakeEngine) -> None:
    assert await post(route, b'{"update_id": 5, "message": 3}', {HEADER: SECRET}) == 200
    assert engine.heard == []


async def test_words_are_answered_although_something_beside_them_cannot_be_read(
    route: WebhookRoute, engine: FakeEngine, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = {**UPDATE, "message": {**UPDATE["message"], "sticker": {"of": "a new kind"}}}
    # Nobody carries the answer away here, so the update is to come again.
    assert await post(route, json.dumps(unknown).encode(), {HEADER: SECRET}) == 503
    assert engine.heard == [("telegram", "i carry it all")]
    assert "telegram_update_not_readable" in caplog.text
    assert "carry" not in caplog.text


async def test_a_body_beyond_all_measure_is_refused(route: WebhookRoute) -> None:
    assert await post(route, b" " * 1_100_000, {HEADER: SECRET}) == 400


async def test_an_update_whose_answer_cannot_be_sent_is_to_come_again(route: WebhookRoute, engine: FakeEngine) -> None:
    # Nothing listens at the address of the settings.
    assert await post(route, json.dumps(UPDATE).encode(), {HEADER: SECRET}) == 503
    assert engine.heard == [("telegram", "i carry it all")]


@pytest.mark.parametrize("secret", ["", "short", "sixteen letters and blanks"])
def test_the_webhook_needs_a_secret_that_telegram_takes(
    secret: str, engine: FakeEngine, database: Database, settings: Settings
) -> None:
    weak = settings.replace(telegram_webhook_secret=Secret(secret))
    with pytest.raises(SettingError, match="INTERLUDE_TELEGRAM_WEBHOOK_SECRET cannot be used"):
        WebhookRoute(Service(engine, database, weak), weak)


def test_the_webhook_needs_a_public_address(engine: FakeEngine, database: Database, settings: Settings) -> None:
    hidden = settings.replace(public_address="")
    with pytest.raises(SettingError, match="INTERLUDE_PUBLIC_ADDRESS"):
        WebhookRoute(Service(engine, database, hidden), hidden)
