"""Tells the people who run this that a level was raised: level, kind and time, never a word of the conversation."""

import asyncio
import json
import logging
import smtplib
import ssl
import urllib.request
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from typing import Optional, Set

from bot.settings import Settings

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Notice:
    """What is told: `event` is raised or unscreened, `at` ISO 8601, `turn` its number, None when it could not be stored."""

    event: str
    level: str
    kind: str
    at: str
    turn: Optional[int]


class Notifier:
    """Sends notices in the background, by webhook and by e-mail where these are set. A failure is logged, not raised."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._under_way: Set[asyncio.Task[None]] = set()

    def send(self, notice: Notice) -> None:
        """Start sending; returns at once."""
        ways = [
            way
            for way, wanted in ((self._post, self._settings.alert_webhook), (self._mail, self._settings.alert_email))
            if wanted
        ]
        for way in ways:
            task = asyncio.get_running_loop().create_task(asyncio.to_thread(way, notice))
            self._under_way.add(task)
            task.add_done_callback(self._done)

    async def settle(self) -> None:
        """Wait until everything under way was sent or failed."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._under_way.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("notice_not_sent error=%s", type(task.exception()).__name__)

    def _post(self, notice: Notice) -> None:
        request = urllib.request.Request(
            self._settings.alert_webhook,
            data=json.dumps(asdict(notice)).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS):
            pass

    def _mail(self, notice: Notice) -> None:
        message = EmailMessage()
        message["From"] = message["To"] = self._settings.alert_email
        message["Subject"] = f"interlude: {notice.event}, {notice.level}"
        message.set_content("\n".join(f"{name}: {value}" for name, value in asdict(notice).items()))
        host, _, port = self._settings.smtp.partition(":")
        with smtplib.SMTP(host, int(port or 25), timeout=TIMEOUT_SECONDS) as server:
            if self._settings.smtp_user:
                server.starttls(context=ssl.create_default_context())
                server.login(self._settings.smtp_user, self._settings.smtp_password.reveal())
            server.send_message(message)
