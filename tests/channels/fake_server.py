"""Serves the web channel over the stand-in engine: `python -m tests.channels.fake_server PORT [SETTING=VALUE ...]`."""

import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvicorn

from bot.channels.web import WebSettings, create_app
from bot.workers.one_machine import OneMachine
from tests.channels.fake_engine import FakeEngine

DOCUMENTS = {
    name: {
        "title": name.capitalize(),
        "intro": "Not yet clinically reviewed.",
        "sections": [
            {"heading": "Levels", "paragraphs": ["What happens."], "columns": ["Level", "Count"], "rows": [["risk", 0]]}
        ],
    }
    for name in ("protocol", "privacy")
}


# Typed in the web chat, it brings what was said in Telegram.
LINK_CODE = "TEST-CDES"


async def _from_telegram(engine: FakeEngine) -> None:
    person = await engine.person("telegram", "42")
    await engine.handle(person, "telegram", "written in Telegram")
    engine.codes[LINK_CODE] = person


def main(port: int, changes: dict[str, Any]) -> None:
    """Serve until stopped."""
    settings = WebSettings(
        **{"secret_key": "k" * 32, "rate_per_minute": 10_000, "address_rate_per_minute": 100_000, **changes}
    )
    engine = FakeEngine(pause=0.05)
    asyncio.run(_from_telegram(engine))
    shared = OneMachine(Path(tempfile.mkdtemp()), time.time)
    app = create_app(engine, settings, shared, {name: lambda name=name: DOCUMENTS[name] for name in DOCUMENTS})  # type: ignore[misc]
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)


if __name__ == "__main__":
    given = dict(argument.split("=", 1) for argument in sys.argv[2:])
    numbers = {name: float(value) for name, value in given.items() if value.replace(".", "").isdigit()}
    lists = {"allowed_origins": tuple(given["allowed_origins"].split(","))} if "allowed_origins" in given else {}
    main(int(sys.argv[1]), {**given, **numbers, **lists})
