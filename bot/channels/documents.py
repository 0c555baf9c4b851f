"""The pages /protocol and /privacy, filled from the running configuration."""

from functools import partial
from typing import Any, Callable, Dict, Mapping

import yaml

from bot import reporting
from bot.core.entries import Status
from bot.core.guide.turn import fill
from bot.engine import Engine


def of(engine: Engine) -> Mapping[str, Callable[[], Mapping[str, Any]]]:
    """The documents of one running engine, by name."""
    folder = engine.settings.project / "data" / "pages"
    pages = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.yml"))}
    return {name: partial(_filled, page, engine) for name, page in pages.items()}


def _filled(page: Mapping[str, Any], engine: Engine) -> Dict[str, Any]:
    values = _values(engine, page.get("facts", {}))

    def text(value: Any) -> Any:
        if isinstance(value, str):
            return fill(value, values)
        if isinstance(value, list):
            return [text(item) for item in value]
        return {key: text(item) for key, item in value.items()}

    return {name: text(value) for name, value in page.items() if name != "facts"}


def _values(engine: Engine, facts: Mapping[str, str]) -> Dict[str, str]:
    services, settings = engine.services, engine.settings
    entries = list(services.library.entries())
    lines = services.library.helplines
    days = settings.retention_days or services.profile.retention_days
    measured = reporting.detection(settings.project, engine.model_version, engine.risk_screen)
    return {
        **services.facts,
        "session_hours": f"{settings.session_hours:g}",
        "disclosure_hours": f"{services.profile.disclosure_hours:g}",
        "minimum_age": str(services.profile.minimum_age or 18),
        "profile": services.profile.title,
        "basis": services.profile.basis,
        "approved": f"{sum(entry.status is Status.approved for entry in entries)} of {len(entries)}",
        "helplines": str(len(lines)),
        "confirmed": str(sum(line.status == "confirmed" for line in lines)),
        "model": engine.model_version,
        "measured_on": str(measured["n"]),
        **{name: f"{100 * measured[name]:.1f} %" for name in reporting.FIGURES},
        "library": engine.library_version,
        "encryption": facts.get("encrypted" if settings.database_keys else "not_encrypted", ""),
        "retention": fill(facts.get("purged" if days else "kept", ""), {"days": str(days)}),
    }
