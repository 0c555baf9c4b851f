"""Checks an installation and says what is wrong and how to mend it."""

from dataclasses import dataclass
from typing import Callable, List

from bot import library_desk, training
from bot.core import library as shelves
from bot.errors import InterludeError
from bot.nlu.shared import shared_encoder
from bot.personal_data import open_database
from bot.settings import TABLE, Secret, Settings
from bot.workers.many_machines import check_reachable


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, how to mend it."""

    what: str
    ok: bool
    found: str
    mend: str = ""


def examine(settings: Settings) -> List[Finding]:
    """Run every check; none of them changes anything but the encoder's cache and the database's tables."""
    return [
        _settings(settings),
        _try(
            "library",
            lambda: f"{len(list(shelves.load(settings.project / 'data').entries()))} entries",
            "interlude library check",
        ),
        _try("encoder", lambda: shared_encoder().version, "uv sync, then start again"),
        _model(settings),
        _try("database", lambda: _database(settings), "see the setting INTERLUDE_DATABASE"),
        *([_try("redis", lambda: _redis(settings), "see the setting INTERLUDE_REDIS")] if settings.redis else []),
        _helplines(settings),
    ]


def _settings(settings: Settings) -> Finding:
    changed = [
        item.name
        for item in TABLE
        if not isinstance(item.default, Secret) and getattr(settings, item.name) != item.default
    ]
    return Finding("settings", True, f"{len(TABLE)} known, changed: {', '.join(changed) or 'none'}")


def _model(settings: Settings) -> Finding:
    fresh = training.up_to_date(settings.project)
    return Finding(
        "model",
        fresh,
        "trained from the current inputs" if fresh else "missing or older than its inputs",
        "interlude train",
    )


def _database(settings: Settings) -> str:
    database = open_database(settings)
    database.close()
    return "reachable, tables up to date"


def _redis(settings: Settings) -> str:
    check_reachable(settings.redis.reveal())
    return "reachable"


def _helplines(settings: Settings) -> Finding:
    stale = library_desk.stale_helplines(settings.project)
    return Finding(
        "helplines",
        not stale,
        f"{len(stale)} not confirmed in the last 180 days",
        "interlude helplines stale, then confirm",
    )


def _try(what: str, check: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(what, True, check())
    except InterludeError as error:
        return Finding(what, False, str(error), mend)
