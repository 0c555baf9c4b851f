"""A few hundred hostile inputs, as `benchmarks/hostile_inputs.py` sends ten thousand: nothing breaks, leaks, or is set from outside."""

import random
import time
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from starlette.testclient import TestClient

from benchmarks.hostile_inputs import (
    MARK,
    NUMBER,
    PATHS,
    PLANTED,
    REST_TOKEN,
    Body,
    any_content,
    bodies,
    planted,
    problems_of_body,
    problems_of_text,
    texts,
)
from bot.channels.web import WebSettings, create_app
from bot.workers.one_machine import OneMachine
from tests.channels.fake_engine import FakeEngine

TEXTS, BODIES, MADE_UP = 120, 250, 100


@pytest.mark.asyncio(loop_scope="session")
async def test_a_hostile_text_is_answered_and_neither_leaks_nor_sets_a_slot(
    engine: Any, caplog: Any, capfd: Any
) -> None:
    made, found = texts(random.Random(11)), Counter()  # type: ignore[var-annotated]
    for number in range(TEXTS):
        person = await engine.person("hostile", str(number // 10))
        found.update(await problems_of_text(engine, person, next(made)))
    assert found == {}
    assert MARK not in caplog.text + "".join(capfd.readouterr())


@pytest.fixture(scope="module")
def http(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    limits = {"rate_per_minute": 10**7, "address_rate_per_minute": 10**7}
    shared = OneMachine(tmp_path_factory.mktemp("shared"), time.time)
    app = create_app(FakeEngine(), WebSettings("s" * 32, rest_token=REST_TOKEN, **limits), shared)
    return TestClient(app, raise_server_exceptions=False)


@pytest.fixture(scope="module")
def session(http: TestClient) -> dict:
    return {"Authorization": f"Bearer {http.post('/api/session').json()['token']}"}


def test_a_hostile_request_is_answered_with_json_and_never_quoted(
    http: Any, session: dict, caplog: Any, capfd: Any
) -> None:
    made = bodies(random.Random(11), session)
    assert Counter(problem for _ in range(BODIES) for problem in problems_of_body(http, next(made))) == {}
    assert MARK not in caplog.text + "".join(capfd.readouterr())


@settings(max_examples=MADE_UP, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=any_content(), path=some.sampled_from(PATHS))
def test_no_content_whatever_breaks_the_interface(http: TestClient, session: dict, content: bytes, path: str) -> None:
    headers = {**session, "Content-Type": "application/json"}
    if path.startswith("/webhooks"):
        headers["Authorization"] = f"Bearer {REST_TOKEN}"
    assert problems_of_body(http, Body(path, content, headers)) == []


def test_json_too_deep_and_too_large_at_once_is_refused_and_not_an_error(http: TestClient, session: dict) -> None:
    deep = b'{"text":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001
    answer = http.post("/api/messages", content=deep, headers={**session, "Content-Type": "application/json"})
    assert answer.status_code == 413


def test_what_was_set_from_outside_would_be_noticed() -> None:
    assert planted({"session": {"stage": [PLANTED]}}) and planted({"session": NUMBER})
    assert not planted({"session": {"quote": f"{PLANTED} {NUMBER}"}})
