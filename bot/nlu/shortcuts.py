"""Work that Rasa repeats at every turn with the same result, done once."""

from functools import lru_cache
from typing import Any, Dict

from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event


def take_shortcuts() -> None:
    """Let Rasa remember the classes of events, and leave out its check of answers made in this process.

    Rasa walks through all classes for every event it reads, 0.2 ms each, and rebuilds a JSON schema for every answer of
    an action, 15 ms a call. An answer made by rasa_sdk in this process has the right form.
    """
    if not hasattr(Event.resolve_by_type, "cache_info"):
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=None)(Event.resolve_by_type))
    RemoteAction._validate_action_result = staticmethod(_as_it_is)


def _as_it_is(result: Dict[str, Any]) -> bool:
    return True
