"""The composition root: what actions and engine share, built once per process."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, Optional

from bot import settings as configuration
from bot.core import library as shelves
from bot.core.guide.turn import fill
from bot.core.library import Library
from bot.core.profile import Profile, load_profile
from bot.core.retrieval import Shelf
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
        Shelf(library, shared_encoder(), settings.project / ".cache" / "library"),
        profile,
        _facts(settings, library, profile),
    )


def _facts(settings: Settings, library: Library, profile: Profile) -> Dict[str, str]:
    def said(name: str) -> str:
        return library.sayings[name].texts[0]

    notified = bool(settings.alert_webhook or settings.alert_email)
    least = str(profile.minimum_age or "")
    agreement = said("facts.agreement_of_age" if least else "facts.agreement")
    return {
        "readers": profile.readers,
        "notify": said("facts.notified" if notified else "facts.not_notified"),
        "backups": settings.backup_note or said("facts.backups_unknown"),
        "operator": settings.operator,
        "practitioners": "yes" if profile.practitioner_mode else "no",
        "share_days": str(settings.share_days),
        "minimum_age": least,
        "agreement": fill(agreement, {"minimum_age": least}),
    }
