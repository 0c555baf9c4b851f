"""Runs in the stock environment for `interlude bench`: trains a stock assistant, or loads it, says so, waits for a line, and times it and prints JSON.

.venv-stock/bin/python benchmarks/stock/driver.py prepare FOLDER EXAMPLES_EACH
.venv-stock/bin/python benchmarks/stock/driver.py measure FOLDER quick|full
"""

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict

BEGAN = time.perf_counter()
HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
FEW, MANY, SESSIONS = 100, 10_000, 200
# The long conversation ends after this many seconds: each of its turns takes longer than the one before.
QUICK_PATIENCE, PATIENCE = 25.0, 240.0
# So many for 10,000 conversations; what memory they take is left out when that is too little.
MANY_PATIENCE = 150.0


def prepare(folder: Path, examples_each: int) -> None:
    """Train on the first messages of each intent; leaves `model.tar.gz` and how long it took in `folder`."""
    import yaml
    from rasa.model_training import train

    folder.mkdir(parents=True, exist_ok=True)
    blocks: Dict[str, list] = {}
    for path in sorted((PROJECT / "data/nlu").rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            lines = block["examples"].splitlines() if isinstance(block["examples"], str) else []
            blocks.setdefault(block["intent"], []).extend(lines)
    nlu = [{"intent": name, "examples": "\n".join(lines[:examples_each])} for name, lines in blocks.items()]
    (folder / "nlu.yml").write_text(
        yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True), encoding="utf-8"
    )
    began = time.perf_counter()
    train(
        domain=str(PROJECT / "domain.yml"),
        config=str(HERE / "config.yml"),
        training_files=[str(folder / "nlu.yml"), str(PROJECT / "data/stories")],
        output=str(folder),
        fixed_model_name="model",
    )
    seconds = time.perf_counter() - began
    (folder / "prepared.json").write_text(json.dumps({"train_s": seconds}), encoding="utf-8")


async def measure(folder: Path, quick: bool) -> Dict[str, Any]:
    """The figures of one stock assistant with its action server beside it."""
    from bot.benching.service import free_port
    from bot.benching.timing import (
        by_length,
        by_position,
        database_bytes,
        megabytes_on_disk,
        resident_megabytes,
        text_of,
    )

    port = free_port()
    actions = subprocess.Popen(
        [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)],
        cwd=PROJECT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "stock.db"
            say = await _assistant(folder / "model.tar.gz", port, file)
            await say("the first", text_of(0))
            startup = time.perf_counter() - BEGAN
            print("loaded", file=sys.__stdout__, flush=True)
            sys.stdin.readline()
            found: Dict[str, Any] = await by_position(say, quick, QUICK_PATIENCE if quick else PATIENCE)
            if quick:
                return found
            found["by_length"] = await by_length(say)
            for number in range(FEW):
                await say(f"talk {number}", text_of(number))
            memory = resident_megabytes(os.getpid(), actions.pid)
            before, began = database_bytes(file), time.perf_counter()
            await asyncio.gather(*(say(f"session {number}", text_of(number)) for number in range(SESSIONS)))
            rate = SESSIONS / (time.perf_counter() - began)
            kept = (database_bytes(file) - before) / SESSIONS
            reached = await _talks(say)
            trained = json.loads((folder / "prepared.json").read_text(encoding="utf-8"))
            return {
                **found,
                **trained,
                "startup_s": startup,
                "rss_mb": memory,
                "rss_mb_after_10000": resident_megabytes(os.getpid(), actions.pid) if reached else None,
                "turns_per_second": rate,
                "bytes_per_turn": kept,
                "environment_mb": megabytes_on_disk(Path(sys.prefix)),
            }
    finally:
        actions.terminate()
        actions.wait()


async def _talks(say: Any) -> bool:
    """One message each in 10,000 conversations; False when it did not come that far in its time."""
    from bot.benching.timing import text_of

    ends = time.perf_counter() + MANY_PATIENCE
    for number in range(FEW, MANY):
        await say(f"talk {number}", text_of(number))
        if time.perf_counter() > ends:
            return False
    return True


async def _assistant(model: Path, port: int, file: Path) -> Any:
    import structlog
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    _wait_for(f"http://127.0.0.1:{port}/health")
    endpoints = AvailableEndpoints(
        action=EndpointConfig(f"http://127.0.0.1:{port}/webhook"),
        tracker_store=EndpointConfig(type="SQL", dialect="sqlite", db=str(file)),
    )
    agent = await load_agent(model_path=str(model), endpoints=endpoints)

    async def say(who: str, text: str) -> None:
        await agent.handle_message(UserMessage(text, sender_id=who))

    return say


def _wait_for(address: str) -> None:
    for _ in range(600):
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(address).read()
            return
        time.sleep(0.1)
    raise RuntimeError("The action server did not start.")


if __name__ == "__main__":
    command, folder, how = sys.argv[1:]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        result = None if command == "measure" else prepare(Path(folder), int(how))
        if command == "measure":
            result = asyncio.run(measure(Path(folder), how == "quick"))
    print(json.dumps(result))
