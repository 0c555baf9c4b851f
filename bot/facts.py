"""What is true of an installation and fills placeholders of what is said: who reads, what is notified, what backups keep."""

from typing import Dict

from bot.core.guide.turn import fill
from bot.core.library import Library
from bot.core.profile import Profile
from bot.core.review import redaction
from bot.settings import Settings


def facts_of(settings: Settings, library: Library, profile: Profile) -> Dict[str, str]:
    """The facts by the names of their placeholders."""

    def said(name: str) -> str:
        return library.sayings[name].texts[0]

    notified = bool(settings.alert_webhook or settings.alert_email)
    days = settings.retention_days
    encrypted = bool(settings.database_keys or settings.database_file_key)
    least = str(profile.minimum_age or "")
    agreement = said("facts.agreement_of_age" if least else "facts.agreement")
    return {
        "readers": profile.readers,
        "notify": said("facts.notified" if notified else "facts.not_notified"),
        "backups": settings.backup_note or said("facts.backups_unknown"),
        "operator": settings.operator,
        "retention": fill(said(f"facts.{'purged' if days else 'not_purged'}"), {"days": str(days)}),
        "encryption": said(f"facts.{'encrypted' if encrypted else 'not_encrypted'}"),
        # Without what hides names and numbers the practitioner's room stays closed.
        "practitioners": "yes" if profile.practitioner_mode and redaction.installed() else "no",
        "share_days": str(settings.share_days),
        "minimum_age": least,
        "agreement": fill(agreement, {"minimum_age": least}),
    }
