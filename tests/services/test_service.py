"""`interlude serve` with two workers: what they share, and what happens when one of them, or all of it, is killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Set

import httpx
import pytest

from bot.benching.servers import Redis
from bot.benching.service import free_port
from tests.conftest import PROJECT

# Seconds after which a service that does not do what it should is given up: nothing here is about speed.
PATIENCE = 300
INTERLUDE = [sys.executable, "-c", "from bot.cli import main; main()"]


class Service:
    """A running service, and how often a person may write to it in a minute."""

    def __init__(self, database: str, rate: int, redis: str = "") -> None:
        self.port = free_port()
        self.rate = rate
        settings = {
            "INTERLUDE_HOME": str(PROJECT),
            "INTERLUDE_DATABASE": database,
            "INTERLUDE_REDIS": redis,
            "INTERLUDE_SECRET_KEY": "k" * 32,
            "INTERLUDE_RATE_PER_MINUTE": str(rate),
            "INTERLUDE_TRUSTED_PROXIES": "127.0.0.1",
        }
        self.process = subprocess.Popen(
            [*INTERLUDE, "serve", "--port", str(self.port), "--workers", "2"],
            env={**os.environ, **settings},
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def workers(self) -> Set[int]:
        """The ids of its worker processes."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "spawn_main"], capture_output=True, text=True, check=False
        )
        return {int(number) for number in found.stdout.split()}

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request over a connection of its own, tried again until somebody answers."""
        late = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < late:
            try:
                return httpx.request(method, f"http://127.0.0.1:{self.port}{path}", timeout=60, **options)
            except httpx.TransportError:
                # Not there yet, or killed under this request.
                time.sleep(0.05)
        raise AssertionError("the service ended, or answered nobody")

    def session(self) -> Dict[str, str]:
        return {"Authorization": f"Bearer {self.call('POST', '/api/session').json()['token']}"}

    def say(self, session: Dict[str, str], text: str, **headers: str) -> httpx.Response:
        return self.call("POST", "/api/messages", json={"text": text}, headers={**session, **headers})

    def close(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@contextmanager
def running(database: str, rate: int = 1_000_000, redis: str = "") -> Iterator[Service]:
    service = Service(database, rate, redis)
    try:
        service.call("GET", "/healthz")
        yield service
    finally:
        service.close()


@pytest.fixture(params=("sqlite", "postgresql"))
def kind(request: Any, tmp_path: Path, new_database: Callable[[], str], redis: Redis) -> Dict[str, str]:
    """SQLite and files, or PostgreSQL and Redis."""
    if request.param == "sqlite":
        return {"database": f"sqlite:///{tmp_path / 'service.db'}"}
    return {"database": new_database(), "redis": redis.url}


def test_pages_hear_of_every_message_whichever_worker_answered_it(kind: Dict[str, str]) -> None:
    with running(**kind) as service:
        session = service.session()
        service.say(session, "hi")
        heard: List[str] = []
        address = f"http://127.0.0.1:{service.port}/api/events"
        with httpx.stream("GET", address, headers=session, timeout=60) as page:
            lines = page.iter_lines()
            wait_for(lines, heard, 1)
            for number in range(12):
                assert service.say(session, f"thing number {number}").json()["stored"]
                wait_for(lines, heard, 2 + number)
        assert heard[0] == "ready" and set(heard[1:]) <= {"turn", "reload"}
        turns = service.call("GET", "/api/history", headers=session).json()["turns"]
        assert [turn["text"] for turn in turns] == ["hi", *(f"thing number {number}" for number in range(12))]


def wait_for(lines: Iterator[str], heard: List[str], count: int) -> None:
    for line in lines:
        if line.startswith("event: "):
            heard.append(line.removeprefix("event: "))
        if len(heard) == count:
            return
    raise AssertionError(f"the page heard {heard}")


def test_workers_count_the_messages_of_a_session_and_an_address_together(kind: Dict[str, str]) -> None:
    with running(rate=8, **kind) as service:
        began = time.monotonic()
        session = service.session()
        answers = [service.say(session, "hi").status_code for _ in range(14)]
        # A token comes back every seven seconds and a half.
        refilled = int((time.monotonic() - began) * 8 / 60) + 1
        assert 8 <= answers.count(200) <= 8 + refilled and answers.count(429) == 14 - answers.count(200)
        # Another address, as the proxy tells it, has tokens of its own.
        others = [service.call("POST", "/api/session", headers={"X-Forwarded-For": "203.0.113.7"}) for _ in range(3)]
        assert [other.status_code for other in others] == [201] * 3


def test_a_killed_worker_is_replaced_and_nobody_goes_unanswered(kind: Dict[str, str]) -> None:
    with running(**kind) as service:
        session = service.session()
        before = service.workers()
        assert len(before) == 2
        keys = [f"message-{number}" for number in range(10)]
        for number, key in enumerate(keys):
            if number == 3:
                os.kill(min(before), signal.SIGKILL)
            answer = service.say(session, f"thing {key}", **{"Idempotency-Key": key})
            assert answer.status_code == 200 and answer.json()["stored"]
        turns = service.call("GET", "/api/history", headers=session).json()["turns"]
        assert [turn["key"] for turn in turns] == keys
        late = time.monotonic() + PATIENCE
        while len(service.workers() - {min(before)}) < 2:
            assert time.monotonic() < late, "the killed worker was not replaced"
            time.sleep(0.1)


def test_workers_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    with running(f"sqlite:///{tmp_path / 'service.db'}") as service:
        service.process.kill()
        service.process.wait()
        late = time.monotonic() + PATIENCE
        while time.monotonic() < late:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", service.port)):
                    return
            time.sleep(0.1)
        raise AssertionError("workers go on without their supervisor")


@pytest.mark.parametrize("kind_of_database", ["sqlite", "postgresql"])
def test_no_answered_message_is_lost_or_doubled_by_kills_at_random_moments(
    kind_of_database: str, new_database: Callable[[], str]
) -> None:
    arguments = ["--kills", "5"]
    if kind_of_database == "postgresql":
        arguments += ["--database", new_database()]
    found = subprocess.run(
        [sys.executable, "-W", "ignore", str(PROJECT / "benchmarks" / "kill.py"), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    counts = json.loads(found.stdout[found.stdout.index("{") :])
    assert counts["answered"] >= 5
    assert [counts[name] for name in ("lost", "changed", "doubled", "tangled_conversations")] == [0] * 4
