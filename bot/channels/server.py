"""The service: engine, web chat, REST channel and practitioner's room, in one process or in several."""

# Before all others: it decides what Rasa imports.
import bot.nlu.rasa_lean  # noqa: F401  # isort: skip
import secrets
from functools import partial
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import List, Optional

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from uvicorn.supervisors import Multiprocess

from bot import reviewing
from bot.channels import documents
from bot.channels.telegram import webhook
from bot.channels.telegram.run import webhook_route
from bot.channels.web.app import create_app
from bot.channels.web.config import WebSettings
from bot.channels.worker import work
from bot.engine import Engine
from bot.settings import Secret, Settings

SECRET_FILE = Path("var/secret_key")
# A worker that does not answer its supervisor for so long is ended and started anew.
HUNG_SECONDS = 60


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until stopped. Raises SettingError or StorageError when the settings cannot be used.

    A worker that dies is started anew; its conversations go on with the others meanwhile.
    """
    web = web_settings(settings)
    if settings.telegram_webhook_secret:
        webhook.check(settings)
    reviewing.tidy(settings, Secret(web.secret_key))
    config = uvicorn.Config(
        "", host=host, port=port, workers=workers, log_level="warning", timeout_worker_healthcheck=HUNG_SECONDS
    )
    listening = [config.bind_socket()]
    # A socket made here lacks what uvicorn sets on its own: without it each answer waits 40 ms for the next packet.
    listening[0].setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    print(f"interlude is listening on http://{host}:{port} (ready in a few seconds)", flush=True)
    if workers == 1:
        work(settings, listening)
    else:
        Multiprocess(config, target=partial(work, settings), sockets=listening).run()


async def run(settings: Settings, listening: Optional[List[socket]]) -> None:
    """One worker: an engine and the pages around it, on these sockets, until asked to stop."""
    engine = await Engine.start(settings)
    telegram = webhook_route(engine, settings) if settings.telegram_webhook_secret else None
    try:
        await engine.open()
        app = application(engine, settings)
        if telegram is not None:
            app.router.routes.append(telegram)
            await telegram.open()
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            # Done in the application, for the proxies that the settings name.
            proxy_headers=False,
            timeout_graceful_shutdown=5,
        )
        await uvicorn.Server(config).serve(listening)
    finally:
        if telegram is not None:
            await telegram.close()
        await engine.shut()


def application(engine: Engine, settings: Settings) -> Starlette:
    """The ASGI application around one engine."""
    web = web_settings(settings)
    app = create_app(engine, web, engine.shared, documents.of(engine))
    app.router.routes.append(Mount("/review", routes=reviewing.routes(engine, settings, Secret(web.secret_key))))
    return app


def web_settings(settings: Settings) -> WebSettings:
    """What the web channel needs of the settings; a secret key is made once when none is set."""
    return WebSettings(
        secret_key=settings.secret_key.reveal() or _kept_secret(settings.project / SECRET_FILE),
        allowed_origins=settings.allowed_origins,
        session_hours=settings.session_hours,
        rate_per_minute=settings.rate_per_minute,
        address_rate_per_minute=3 * settings.rate_per_minute,
        rest_token=settings.rest_token.reveal() or None,
        rest_may_manage_data=settings.rest_may_manage_data,
        public_address=settings.public_address,
        trusted_proxies=settings.trusted_proxies,
    )


def _kept_secret(path: Path) -> str:
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48), encoding="utf-8")
    return path.read_text(encoding="utf-8")
