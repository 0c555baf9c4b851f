"""What this installation says of itself: how well danger is found, and the yearly counts without identifiers."""

import asyncio
import hashlib
import json
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, Optional

from bot.core.profile import load_profile
from bot.core.risk.evaluation import evaluate_risk
from bot.core.risk.screen import RiskScreen
from bot.personal_data import open_database
from bot.settings import Settings
from bot.storage import figures
from bot.versions import newest_model

MEASURED_ON = "data/eval/risk.jsonl"
FIGURES = ("recall", "imminent_recall", "false_alarm", "raised_on_none")


def transparency(settings: Settings, year: int) -> Dict[str, Any]:
    """Counts of one calendar year (UTC) and the method with its figures, JSON-ready. Nothing in it points to a person.

    Raises ModelError when there is no trained model to measure.
    """
    start, end = datetime(year, 1, 1, tzinfo=timezone.utc), datetime(year + 1, 1, 1, tzinfo=timezone.utc)
    profile = load_profile(settings.project / "data", settings.profile)
    path = newest_model(settings.project / "models")
    with open_database(settings).reading() as session:
        counts = figures.counts_between(session, start, end)
    return {
        "year": year,
        "operator": settings.operator,
        "profile": profile.name,
        "counts": counts,
        "counted_as": profile.report,
        "method": "Two judges look at every text before anything else: a list of wordings read with negation, person and "
        "tense, and a classifier over sentence vectors. Either can raise the level.",
        "measured": detection(settings.project, path.name.removesuffix(".tar.gz")),
    }


def detection(project: Path, model: str, screen: Optional[RiskScreen] = None) -> Dict[str, Any]:
    """How a model's risk screen does on the shipped test messages, which nobody trains on; measured once for each model.

    `on`, `model`, `n`, and the shares (0 to 1) of FIGURES. Without `screen` the model is loaded when it was not measured yet.
    """
    lines = (project / MEASURED_ON).read_bytes()
    kept = project / ".cache" / "detection" / f"{model}-{hashlib.sha256(lines).hexdigest()[:12]}.json"
    if not kept.is_file():
        rows = [json.loads(line) for line in lines.decode().splitlines() if line.strip()]
        found = evaluate_risk(rows, screen or _screen_of(project / "models" / f"{model}.tar.gz"))
        figures = {name: found["metrics"][name] for name in FIGURES}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps({"on": MEASURED_ON, "model": model, "n": len(rows), **figures}), encoding="utf-8")
    return dict(json.loads(kept.read_text(encoding="utf-8")))


def _screen_of(path: Path) -> RiskScreen:
    # Loads Rasa, which the rest of a report does not need.
    from bot.nlu.model import load_model

    return asyncio.run(load_model(path)).risk_screen
