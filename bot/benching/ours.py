"""Our side of `interlude bench`: the engine as channels call it, and the service in processes of its own."""

import statistics
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict

from bot.benching import service
from bot.benching.servers import shared_by_workers
from bot.benching.timing import TEXTS, by_length, by_position, megabytes_on_disk
from bot.core.text import clean
from bot.engine import Engine
from bot.settings import Settings

REPEATS = 60
PATIENCE = 600.0


async def latency(settings: Settings, quick: bool, wait: Callable[[], None]) -> Dict[str, Any]:
    """Milliseconds a turn by position; unless `quick` also by length, and `parts`: encoding, the screen on top, reading on top.

    `wait` returns when others have loaded too; nothing is timed before.
    """
    with tempfile.TemporaryDirectory() as folder:
        engine = await Engine.start(settings.replace(database=f"sqlite:///{Path(folder) / 'turns.db'}"))
        wait()
        clock = {"now": datetime(2026, 1, 5, 9, 0, tzinfo=timezone.utc)}

        async def say(who: str, text: str) -> None:
            clock["now"] += timedelta(minutes=1)
            # As a channel does: first who it is, then the turn.
            await engine.handle(await engine.person("bench", who), "bench", text, now=clock["now"])

        try:
            found = await by_position(say, quick, PATIENCE)
            if not quick:
                found.update(by_length=await by_length(say), parts=_parts(engine))
            return found
        finally:
            engine.close()


def service_figures(project: Path, tell: Callable[[str], None]) -> Dict[str, Any]:
    """Start-up, memory, throughput, bytes a turn, training and the size of the environment."""
    with tempfile.TemporaryDirectory() as folder, shared_by_workers() as shared:
        tell("ours: turns a second")
        found = service.throughput(project, Path(folder), shared)
        tell("ours: start-up, and memory over 10,000 conversations")
        found.update(service.memory(project, Path(folder)))
        tell("ours: training")
        found["train_s"] = service.training_seconds(project, Path(folder))
        found["environment_mb"] = megabytes_on_disk(Path(sys.prefix))
        return found


def _parts(engine: Engine) -> Dict[str, float]:
    """Median milliseconds of encoding, of the risk screen on top of it, and of reading on top of it."""
    encoder = engine.encoder

    def timed(work: Callable[[str], Any], encoded_before: bool) -> float:
        spent = []
        for number in range(REPEATS):
            text = clean(TEXTS[number % len(TEXTS)].format(n=number))
            encoder.forget()
            if encoded_before:
                encoder.encode([text])
            began = time.perf_counter()
            work(text)
            spent.append((time.perf_counter() - began) * 1000)
        return statistics.median(spent)

    return {
        "encoding": timed(lambda text: encoder.encode([text]), False),
        "screen_on_top": timed(engine.judge, True),
        "reading_on_top": timed(engine.reader.read, True),
    }
