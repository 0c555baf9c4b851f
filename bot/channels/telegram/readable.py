"""Updates in a form that python-telegram-bot reads, whatever Telegram puts into them."""

import logging
import uuid
from typing import Any, Dict, Optional

from telegram import Update

logger = logging.getLogger(__name__)

_MALFORMED = (ValueError, TypeError, KeyError, AttributeError)


def readable(raw: Any) -> Optional[Dict[str, Any]]:
    """The update as it came, or its words alone when the rest cannot be read; None when it is no update.

    The library raises for a whole batch when Telegram sends one thing it does not know. An update without any readable
    words keeps its id, so that it can be passed over.
    """
    if _reads(raw):
        return dict(raw)
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        return None
    logger.error("telegram_update_not_readable id=%s", uuid.uuid4().hex)
    only_words = _only_words(raw)
    return only_words if _reads(only_words) else {"update_id": raw["update_id"]}


def _only_words(raw: Dict[str, Any]) -> Dict[str, Any]:
    words: Dict[str, Any] = {"update_id": raw["update_id"]}
    for kind in ("message", "edited_message"):
        message = raw.get(kind)
        if isinstance(message, dict) and isinstance(message.get("chat"), dict):
            words[kind] = {
                "message_id": message.get("message_id", 0),
                "date": message.get("date"),
                "chat": {name: message["chat"].get(name) for name in ("id", "type")},
                "text": message.get("text", message.get("caption")),
            }
    return words


def _reads(raw: Any) -> bool:
    try:
        return Update.de_json(raw, None) is not None
    except _MALFORMED:
        return False
