"""The parts of the Telegram channel put together."""

import asyncio
import json
import logging
import re
from typing import Any, Dict, Optional

from telegram import Bot, BotCommand, Update
from telegram.error import InvalidToken
from telegram.request import HTTPXRequest

from bot.channels.telegram.commands import COMMANDS
from bot.channels.telegram.ledger import Ledger
from bot.channels.telegram.pace import RealTime, Time
from bot.channels.telegram.polling import Polling
from bot.channels.telegram.ports import Engine
from bot.channels.telegram.readable import readable
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.updates import Updates
from bot.channels.telegram.words import Words
from bot.core import library as shelves
from bot.errors import SettingError
from bot.settings import Settings
from bot.storage.database import Database

CONNECTIONS = 32
TIMEOUT = 20.0

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class _UpdatesRequest(HTTPXRequest):
    """Fetches updates, none of which keeps the others from being read."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Dict[str, Any]:
        data: Dict[str, Any] = HTTPXRequest.parse_json_payload(payload)
        if isinstance(data.get("result"), list):
            data["result"] = [update for update in map(readable, data["result"]) if update is not None]
        return data


class Service:
    """One bot and what answers for it."""

    def __init__(self, engine: Engine, database: Database, settings: Settings, clock: Optional[Time] = None) -> None:
        """Raises SettingError when there is no token, or none that could be one."""
        token = token_of(settings)
        # They would write addresses or updates, and with them the token or texts, into the log; some as critical.
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.api = settings.telegram_api.rstrip("/")
        self.clock = clock or RealTime()
        self.bot = Bot(
            token,
            base_url=f"{self.api}/bot",
            request=HTTPXRequest(connection_pool_size=CONNECTIONS, read_timeout=TIMEOUT, pool_timeout=TIMEOUT),
            get_updates_request=_UpdatesRequest(connection_pool_size=1),
        )
        self._words = Words(shelves.sayings_of(settings.project / "data"))
        self.updates = Updates(
            engine,
            Sender(self.bot, self.clock),
            Ledger(database),
            self._words,
            self.clock,
            bot_id=token.partition(":")[0],
            per_minute=settings.rate_per_minute,
        )

    async def show_menu(self) -> None:
        """Set the menu of commands."""
        await self.bot.set_my_commands([BotCommand(name, self._words.text(f"command.{name}")) for name in COMMANDS])

    def read_update(self, body: bytes) -> Optional[Update]:
        """The update in a request's body; None when there is none."""
        try:
            raw = readable(json.loads(body))
        except (ValueError, RecursionError):
            return None
        return Update.de_json(raw, self.bot) if raw is not None else None

    async def poll(self, stop: asyncio.Event) -> None:
        """Answer by long polling until `stop` is set. Raises SettingError when Telegram refuses the token."""
        try:
            await Polling(self.bot, self.updates, self.clock, self._begin_polling).run(stop)
        except InvalidToken:
            raise SettingError(token_refused(self.api)) from None
        finally:
            await self.close()

    async def close(self) -> None:
        """End what goes on by itself, and the connections."""
        await self.updates.close()
        await self.bot.shutdown()

    async def _begin_polling(self) -> None:
        await self.bot.initialize()
        await self.bot.delete_webhook()
        await self.show_menu()


def token_of(settings: Settings) -> str:
    """The token. Raises SettingError when it is missing or cannot be one."""
    token: str = settings.telegram_token.reveal()
    if not token:
        raise SettingError("INTERLUDE_TELEGRAM_TOKEN is not set. Get a token from @BotFather in Telegram and set it.")
    if not _TOKEN.fullmatch(token):
        raise SettingError(
            "INTERLUDE_TELEGRAM_TOKEN does not look like a token. Allowed is what @BotFather gives: digits, a colon, "
            "then letters, digits, _ and -, with nothing before or after."
        )
    return token


def token_refused(api: str) -> str:
    """What to do about a token that Telegram does not know."""
    return (
        f"{api} refused INTERLUDE_TELEGRAM_TOKEN: no bot has this token, or it was revoked. Compare it with what "
        "@BotFather shows for the bot, and set it again."
    )
