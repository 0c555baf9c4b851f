"""The service as a process."""

import signal
import subprocess
import sys
from typing import Any, Dict

import pytest

from bot.channels import server
from bot.errors import SettingError
from bot.settings import Secret, Settings

SERVICE = """
from starlette.applications import Starlette
from bot.channels import server
from bot.settings import Settings

class Engine:
    @staticmethod
    async def start(settings):
        return Engine()

    async def open(self):
        print("open", flush=True)

    async def shut(self):
        print("closed", flush=True)

server.Engine = Engine
server.application = lambda engine, settings: Starlette()
server.serve(Settings({}), "127.0.0.1", 0, 1)
"""


def test_asked_to_end_it_closes_what_it_opened_and_ends_well() -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SERVICE], stdout=subprocess.PIPE, text=True
    ) as service:
        assert service.stdout is not None
        assert service.stdout.readline().startswith("interlude is listening")
        assert service.stdout.readline() == "open\n"
        service.send_signal(signal.SIGTERM)
        assert service.stdout.read() == "closed\n"
    assert service.returncode == 0


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"telegram_webhook_secret": Secret("short")}, "INTERLUDE_TELEGRAM_WEBHOOK_SECRET"),
        ({"public_address": "http://bot.example"}, "INTERLUDE_PUBLIC_ADDRESS"),
        ({"telegram_token": Secret("")}, "INTERLUDE_TELEGRAM_TOKEN"),
    ],
)
def test_a_webhook_that_cannot_work_is_an_error_before_anything_listens(
    changes: Dict[str, Any], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    good = dict(
        telegram_token=Secret("1:token"),
        telegram_webhook_secret=Secret("s" * 32),
        public_address="https://bot.example",
        secret_key=Secret("s" * 32),
    )
    with pytest.raises(SettingError, match=named):
        server.serve(Settings({}).replace(**{**good, **changes}), "127.0.0.1", 0, 1)
    assert "listening" not in capsys.readouterr().out
