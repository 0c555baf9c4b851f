"""The two ways to run the channel: long polling by itself, or a route inside the web service."""

import asyncio
import signal

from bot.channels.telegram.service import Service, token_of
from bot.channels.telegram.webhook import WebhookRoute
from bot.engine import Engine
from bot.settings import Settings


async def run_polling(settings: Settings) -> None:
    """Answer by long polling until the process is asked to end.

    Raises SettingError when the token is missing or refused, and what Engine.start raises.
    """
    token_of(settings)
    engine = await Engine.start(settings)
    await engine.open()
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    try:
        await Service(engine, engine.database, settings).poll(stop)
    finally:
        await engine.shut()


def webhook_route(engine: Engine, settings: Settings) -> WebhookRoute:
    """The route to mount in the web service; `await route.open()` when it starts, `await route.close()` when it ends.

    Raises SettingError when token, secret or public address are missing or cannot be used.
    """
    return WebhookRoute(Service(engine, engine.database, settings), settings)
