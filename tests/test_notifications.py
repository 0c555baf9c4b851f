"""The people who run this are told that a level was raised, and never what was written."""

import asyncio
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Dict, Iterator, List, Tuple

import pytest

from bot.notifications import Notice, Notifier
from bot.settings import Settings

NOTICE = Notice("raised", "risk", "suicide", "2026-03-02T18:01:00+00:00", 7)


@pytest.fixture
def receiver() -> Iterator[Tuple[str, List[Dict[str, Any]]]]:
    received: List[Dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", received
    server.shutdown()


def test_nothing_is_sent_by_default() -> None:
    async def run() -> None:
        notifier = Notifier(Settings({}))
        notifier.send(NOTICE)
        await notifier.settle()

    asyncio.run(run())


def test_a_webhook_gets_level_kind_and_time_and_nothing_else(receiver: Any) -> None:
    address, received = receiver

    async def run() -> None:
        notifier = Notifier(Settings({"INTERLUDE_ALERT_WEBHOOK": address}))
        notifier.send(NOTICE)
        await notifier.settle()

    asyncio.run(run())
    assert received == [{"event": "raised", "level": "risk", "kind": "suicide", "at": NOTICE.at, "turn": 7}]


def test_an_e_mail_holds_level_kind_and_time_and_nothing_else() -> None:
    received: List[str] = []
    server = socket.create_server(("127.0.0.1", 0))

    def receive() -> None:
        """As much of a mail server as one letter needs."""
        connection, _ = server.accept()
        with connection, connection.makefile("rw", newline="\r\n") as talk:
            talk.write("220 here\n")
            talk.flush()
            for line in talk:
                word = line.strip().upper()
                if word == "DATA":
                    talk.write("354 go on\n")
                    talk.flush()
                    received.extend(iter(lambda: talk.readline().strip(), "."))
                talk.write("221 bye\n" if word == "QUIT" else "250 fine\n")
                talk.flush()

    threading.Thread(target=receive, daemon=True).start()

    async def run() -> None:
        smtp = f"127.0.0.1:{server.getsockname()[1]}"
        notifier = Notifier(Settings({"INTERLUDE_ALERT_EMAIL": "duty@example.org", "INTERLUDE_SMTP": smtp}))
        notifier.send(NOTICE)
        await notifier.settle()

    asyncio.run(run())
    server.close()
    assert "Subject: interlude: raised, risk" in received and "To: duty@example.org" in received
    assert received[received.index("") + 1 :] == [
        "event: raised",
        "level: risk",
        "kind: suicide",
        f"at: {NOTICE.at}",
        "turn: 7",
    ]


def test_a_receiver_that_is_down_does_not_break_the_talk(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        notifier = Notifier(Settings({"INTERLUDE_ALERT_WEBHOOK": "http://127.0.0.1:9/"}))
        notifier.send(NOTICE)
        await notifier.settle()
        await asyncio.sleep(0)

    asyncio.run(run())
    assert "notice_not_sent" in caplog.text
