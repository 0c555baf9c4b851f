"""Updates that Telegram brings itself, to an address inside `interlude serve`."""

import asyncio
import hmac
import logging
import re
import uuid
from typing import Optional

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Update
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.polling import back_off
from bot.channels.telegram.service import Service, token_of, token_refused
from bot.channels.telegram.updates import WANTED
from bot.errors import SettingError
from bot.settings import Settings

logger = logging.getLogger(__name__)

PATH = "/webhooks/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_BYTES = 1_000_000

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


class WebhookRoute(Route):
    """The route that takes updates. `open` tells Telegram about it, `close` ends what goes on by itself."""

    def __init__(self, service: Service, settings: Settings) -> None:
        """Raises SettingError when the secret or the public address cannot be used."""
        check(settings)
        super().__init__(PATH, self._receive, methods=["POST"])
        self._service = service
        self._secret = settings.telegram_webhook_secret.reveal()
        self._url = settings.public_address.rstrip("/") + PATH
        self._announcing: Optional[asyncio.Task[None]] = None

    async def open(self) -> None:
        """Tell Telegram where to bring updates; while it cannot be reached, that is tried again in the background."""
        self._announcing = asyncio.create_task(self._announce())

    async def close(self) -> None:
        """End what is under way."""
        if self._announcing is not None:
            self._announcing.cancel()
        await self._service.close()

    async def _announce(self) -> None:
        failures = 0
        while True:
            try:
                await self._service.bot.initialize()
                await self._service.bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=WANTED)
                return await self._service.show_menu()
            except InvalidToken:
                # The web chat goes on without Telegram.
                logger.error("telegram_off %s", token_refused(self._service.api))
                return None
            except TelegramError as error:
                pause = back_off(failures)
                failures += 1
                logger.warning("telegram_webhook_not_set error=%s next_try_in=%s", type(error).__name__, pause)
                await self._service.clock.sleep(pause)

    async def _receive(self, request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            return Response(status_code=403)
        update = await self._read(request)
        if update is None:
            return Response(status_code=400)
        return Response(status_code=200 if await self._answer(update) else 503)

    async def _read(self, request: Request) -> Optional[Update]:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BYTES:
                return None
        return self._service.read_update(bytes(body))

    async def _answer(self, update: Update) -> bool:
        """Whether the update was answered; if not, Telegram brings it again."""
        try:
            async with self._service.updates.in_order(update):
                await self._service.updates.take(update)
        except Exception as error:
            logger.error("telegram_update_failed id=%s error=%s", uuid.uuid4().hex, type(error).__name__)
            return False
        return True


def check(settings: Settings) -> None:
    """Raises SettingError when the token, the secret or the public address cannot be used."""
    token_of(settings)
    if not _SECRET.fullmatch(settings.telegram_webhook_secret.reveal()):
        raise SettingError(
            "INTERLUDE_TELEGRAM_WEBHOOK_SECRET cannot be used. Allowed are 16 to 256 letters, digits, _ and -. "
            "Make one: openssl rand -hex 32"
        )
    if not settings.public_address.startswith("https://"):
        raise SettingError(
            f"INTERLUDE_PUBLIC_ADDRESS is {settings.public_address!r}, but Telegram brings updates to https:// "
            "only. Set it to the address people use, or run `interlude telegram`, which needs none."
        )
