"""The service as a process."""

import signal
import subprocess
import sys

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
