"""News between the processes of one machine: each has a socket in a folder, and a message goes to all others."""

import asyncio
import json
import socket
import uuid
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Callable, DefaultDict, List, Optional

from bot.errors import SettingError

# The topic of those who may have missed news of the others; the message is empty.
MISSED = "missed"
LARGEST = 65_536
# The system keeps only a few messages for a process that is busy; then they are sent again, for about five seconds.
PAUSE, TRIES = 0.05, 100
LONGEST_PATH = 100

Take = Callable[[str], None]


class News:
    """Sends and hears short messages by topic. Sockets of processes that are gone are cleared away when met."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / f"{uuid.uuid4().hex[:12]}.sock"
        self._socket: Optional[socket.socket] = None
        self._listeners: DefaultDict[str, List[Take]] = defaultdict(list)

    def on(self, topic: str, take: Take) -> None:
        """Call `take` with each message of a topic."""
        self._listeners[topic].append(take)

    def hear(self, topic: str, message: str) -> None:
        """Give a message to all who wait for its topic."""
        for take in self._listeners[topic]:
            take(message)

    async def open(self) -> None:
        """Begin to hear. Raises SettingError when the folder's path is too long for a socket."""
        if len(str(self._path)) > LONGEST_PATH:
            raise SettingError(
                f"The path {self._folder} is too long for the sockets of the workers: the whole path may have "
                f"{LONGEST_PATH} characters. Move the project folder to a shorter one."
            )
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))
        asyncio.get_running_loop().add_reader(self._socket, self._read)

    async def close(self) -> None:
        """Hear no more."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._socket = None
            self._path.unlink(missing_ok=True)

    def send(self, topic: str, message: str) -> None:
        """Send to all other processes that hear; nothing before `open`."""
        if self._socket is not None:
            data = json.dumps([topic, message]).encode()
            for path in self._folder.glob("*.sock"):
                if path != self._path:
                    self._send(path, data, TRIES)

    def _send(self, path: Path, data: bytes, tries: int) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(data, str(path))
        except BlockingIOError:
            if tries:
                asyncio.get_running_loop().call_later(PAUSE, self._send, path, data, tries - 1)
        except OSError:
            path.unlink(missing_ok=True)

    def _read(self) -> None:
        with suppress(BlockingIOError):
            while self._socket is not None:
                self.hear(*json.loads(self._socket.recv(LARGEST)))
