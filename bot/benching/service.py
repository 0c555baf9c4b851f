"""`interlude serve` and `interlude train` in processes of their own: start-up, memory, throughput, training time."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, Mapping, Tuple

from bot.benching.load import turns_a_second
from bot.benching.timing import database_bytes, resident_megabytes, text_of
from bot.errors import SetupError

TOKEN = "only-for-this-measurement"
FEW, MANY = 100, 10_000
SESSIONS, TURNS_EACH = (1, 20, 200), 5
START_SECONDS = 120.0
# All that a training reads of the project.
_READ = ("config.yml", "domain.yml", "data", ".cache")


def memory(project: Path, folder: Path) -> Dict[str, float]:
    """`startup_s` to the first answer over HTTP, `rss_mb` after 100 conversations and after 10,000.

    Raises SetupError when the service does not start.
    """
    began = time.perf_counter()
    with served(project, {"INTERLUDE_DATABASE": f"sqlite:///{folder / 'memory.db'}"}) as (port, number):
        startup = time.perf_counter() - began
        _talk(port, 1, FEW)
        few = resident_megabytes(number)
        _talk(port, FEW, MANY)
        return {"startup_s": startup, "rss_mb": few, "rss_mb_after_10000": resident_megabytes(number)}


def throughput(project: Path, folder: Path, shared: "Mapping[str, str] | None") -> Dict[str, Any]:
    """`turns_per_second`, `bytes_per_turn`, `scaling_2_workers`, and `throughput` by workers and sessions at once.

    `shared` are the settings for PostgreSQL and Redis; without them two workers are not measured.
    """
    file = folder / "load.db"
    found: Dict[str, float] = {}
    most = SESSIONS[-1]
    with served(project, {"INTERLUDE_DATABASE": f"sqlite:///{file}"}) as (port, _):
        for sessions in SESSIONS:
            before = database_bytes(file)
            rounds = max(TURNS_EACH, 100 // sessions)
            found[_named(1, "SQLite", sessions)] = _load(port, sessions, rounds)
        kept = (database_bytes(file) - before) / (most * rounds)
    if shared is not None:
        for workers in (1, 2):
            with served(project, shared, workers) as (port, _):
                found[_named(workers, "PostgreSQL and Redis", most)] = _load(port, most, TURNS_EACH)
    one, two = (found.get(_named(workers, "PostgreSQL and Redis", most)) for workers in (1, 2))
    return {
        "turns_per_second": found[_named(1, "SQLite", most)],
        "bytes_per_turn": kept,
        "scaling_2_workers": two / one if one and two else None,
        "throughput": found,
    }


@contextmanager
def served(project: Path, settings: Mapping[str, str], workers: int = 1) -> Iterator[Tuple[int, int]]:
    """A running service that has answered once: its port and the number of its process."""
    port = free_port()
    given = {
        "INTERLUDE_HOME": str(project),
        "INTERLUDE_SECRET_KEY": "0" * 64,
        "INTERLUDE_REST_TOKEN": TOKEN,
        "INTERLUDE_RATE_PER_MINUTE": "1000000",
        **settings,
    }
    command = [*_interlude(), "serve", "--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(
        command, env={**os.environ, **given}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _first_answer(process, port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def training_seconds(project: Path, folder: Path) -> float:
    """How long `interlude train` takes from nothing; the project's own models stay as they are."""
    home = folder / "home"
    home.mkdir()
    for name in _READ:
        (home / name).symlink_to(project / name)
    began = time.perf_counter()
    subprocess.run(
        [*_interlude(), "train"],
        cwd=home,
        env={**os.environ, "INTERLUDE_HOME": str(home)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - began


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _named(workers: int, where: str, sessions: int) -> str:
    return f"{workers} worker{'s' * (workers > 1)}, {where}, {sessions} session{'s' * (sessions > 1)}"


def _load(port: int, sessions: int, turns_each: int) -> float:
    return asyncio.run(turns_a_second(port, TOKEN, sessions, turns_each, f"of {sessions}"))


def _interlude() -> list:
    return [sys.executable, "-c", "from bot.cli import main; main()"]


def _first_answer(process: "subprocess.Popen[bytes]", port: int) -> None:
    began = time.perf_counter()
    while time.perf_counter() - began < START_SECONDS and process.poll() is None:
        try:
            return _say(port, 0)
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.02)
    raise SetupError("The service did not answer within two minutes. See what `interlude serve` says.")


def _talk(port: int, first: int, until: int) -> None:
    """One message each in new conversations."""
    for number in range(first, until):
        _say(port, number)


def _say(port: int, number: int) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/webhooks/rest/webhook",
        json.dumps({"sender": f"bench {number}", "message": text_of(number)}).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"},
    )
    with urllib.request.urlopen(request) as answer:
        answer.read()
