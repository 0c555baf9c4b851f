"""One process of the service. Light to import, so that a new one answers its supervisor while it still loads the rest."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from socket import socket
from typing import List, Optional

from bot.settings import Settings


def work(settings: Settings, listening: Optional[List[socket]]) -> None:
    """Serve on these sockets until asked to stop, or until the supervisor is gone."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        threading.Thread(target=_end_with, args=(supervisor,), daemon=True).start()
    from bot.channels.server import run

    # uvicorn dies of the signal that it was asked to end with; so what is to be closed after it is still closed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    asyncio.run(run(settings, listening))


def _end_with(supervisor: "multiprocessing.process.BaseProcess") -> None:
    """A supervisor that was killed must not leave workers behind, which would hold the port."""
    supervisor.join()
    os.kill(os.getpid(), signal.SIGTERM)
