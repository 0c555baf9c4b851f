"""The composition root: what actions and engine share, built once per process."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, Optional

from bot import settings as configuration
from bot.core import library as shelves
from bot.core.library import Library
from bot.core.profile import Profile, load_profile
from bot.core.retrieval import Shelf, sections_with_messages
from bot.facts import facts_of
from bot.nlu.shared import shared_encoder
from bot.settings import Settings


@dataclass(frozen=True)
class Services:
    """Library, retrieval, profile, and the facts that fill placeholders of what is said."""

    settings: Settings
    library: Library
    shelf: Shelf
    profile: Profile
    facts: Dict[str, str]


_settings: Optional[Settings] = None


def use(settings: Settings) -> None:
    """Let this process use `settings` instead of the environment's."""
    global _settings
    _settings = settings
    services.cache_clear()


@lru_cache(maxsize=1)
def services() -> Services:
    """The services of this process."""
    return _build(_settings or configuration.read())


def _build(settings: Settings) -> Services:
    """Services for `settings`. Raises ContentError or SettingError when something cannot be used."""
    data = settings.project / "data"
    library = shelves.load(data)
    profile = load_profile(data, settings.profile)
    return Services(
        settings,
        library,
        Shelf(library, shared_encoder(), settings.project / ".cache" / "library", sections_with_messages(data / "nlu")),
        profile,
        facts_of(settings, library, profile),
    )
