"""The web channel: sessions, messages, events, pages and the embeddable widget."""

from bot.channels.web.app import create_app
from bot.channels.web.config import WebSettings
from bot.channels.web.ports import Engine

__all__ = ["Engine", "WebSettings", "create_app"]
