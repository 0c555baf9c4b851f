"""Jurisdiction profiles: small files that set what an installation discloses and allows. An engineering reading, not legal advice."""

from pathlib import Path
from typing import Dict, Optional

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError

from bot.errors import ContentError, SettingError

HOURLY = 1


class Profile(BaseModel):
    """What one jurisdiction or kind of service asks for."""

    name: str
    title: str
    disclosure_hours: float = Field(gt=0)
    minors: bool
    minimum_age: Optional[int] = Field(None, ge=10, le=21)
    practitioner_mode: bool
    staff_read_at_risk: bool = False
    retention_days: Optional[int] = Field(None, ge=1)
    readers: str
    report: str
    basis: str

    class Config:
        extra = Extra.forbid
        frozen = True


def load_profile(data: Path, name: str) -> Profile:
    """The profile `name` from `data/library/profiles/`. Raises SettingError for an unknown name, ContentError for a broken file."""
    folder = data / "library" / "profiles"
    known = sorted(path.stem for path in folder.glob("*.yml"))
    if name not in known:
        raise SettingError(f"There is no profile {name!r}. Allowed: {', '.join(known)}.")
    try:
        content: Dict[str, object] = yaml.safe_load((folder / f"{name}.yml").read_text(encoding="utf-8"))
        profile = Profile.parse_obj({"name": name, **content})
    except (yaml.YAMLError, ValidationError, TypeError) as error:
        raise ContentError(
            f"profiles/{name}.yml cannot be used: {type(error).__name__}. Compare it with default.yml."
        ) from error
    against = _against(profile)
    if against:
        raise ContentError(f"profiles/{name}.yml {against}")
    return profile


def _against(profile: Profile) -> Optional[str]:
    """What in a profile does not go together, as the end of a sentence; None when all does."""
    if profile.staff_read_at_risk and not profile.practitioner_mode:
        return "lets staff read although practitioner mode is not allowed."
    if profile.staff_read_at_risk and "danger" not in profile.readers:
        return "lets staff read conversations in danger, and `readers`, which people are told first, does not say so."
    if profile.minors and profile.disclosure_hours > HOURLY:
        return f"allows minors; they are told every hour or more often what this is: disclosure_hours is {profile.disclosure_hours:g}."
    return None
