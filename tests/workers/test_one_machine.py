"""Processes of one machine: what one holds the others wait for, and what a killed one held is free."""

import asyncio
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Iterator

import pytest

from bot.errors import SettingError, StorageError
from bot.workers import one_machine
from bot.workers.news import News
from bot.workers.one_machine import OneMachine

from .conftest import Clock, Heard

HOLDS = """
import asyncio, sys, time
from pathlib import Path
from bot.workers.one_machine import OneMachine

async def hold():
    async with OneMachine(Path(sys.argv[1]), time.time).lock("ana"):
        print("held", flush=True)
        sys.stdin.readline()

asyncio.run(hold())
"""


@pytest.fixture
def holder(tmp_path: Path) -> "Iterator[subprocess.Popen[str]]":
    """Another process that holds the lock until it reads a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


async def test_a_lock_of_a_killed_process_is_free_at_once(
    tmp_path: Path, holder: "subprocess.Popen[str]", clock: Clock
) -> None:
    async def taken() -> bool:
        async with OneMachine(tmp_path, clock).lock("ana"):
            return True

    waiting = asyncio.create_task(taken())
    await asyncio.sleep(0)
    assert not waiting.done()
    holder.send_signal(signal.SIGKILL)
    assert await asyncio.wait_for(waiting, 120)


async def test_a_lock_that_is_never_given_back_is_given_up_with_what_to_do(
    tmp_path: Path, holder: "subprocess.Popen[str]", clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(one_machine, "PATIENCE", 0.01)
    with pytest.raises(StorageError, match="Nothing was stored"):
        async with OneMachine(tmp_path, clock).lock("ana"):
            pass


async def test_closing_one_way_into_a_folder_does_not_give_up_what_another_holds(tmp_path: Path, clock: Clock) -> None:
    async with OneMachine(tmp_path, clock).lock("ana"):
        other = OneMachine(tmp_path, clock)
        async with other.lock("ben"):
            pass
        del other
        asks = HOLDS.replace("async def", "import bot.workers.one_machine as here\nhere.PATIENCE = -1\n\nasync def")
        asked = subprocess.run([sys.executable, "-c", asks, str(tmp_path)], capture_output=True, text=True, check=False)
        assert "StorageError" in asked.stderr and asked.stdout == ""


async def test_what_a_killed_process_left_behind_is_cleared_away(tmp_path: Path) -> None:
    left = tmp_path / "gone.sock"
    gone = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    gone.bind(str(left))
    gone.close()
    one, other = News(tmp_path), News(tmp_path)
    await one.open()
    await other.open()
    heard = Heard()
    other.on("pages", heard.take)
    one.send("pages", "ana")
    assert await heard.until(1) == ["ana"] and not left.exists()
    await one.close()
    await other.close()
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_too_deep_for_sockets_says_so(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="too long"):
        await News(tmp_path / ("deep" * 30)).open()
