"""Every kind of database the storage must behave the same on. Add one to `KINDS` and the whole suite runs on it."""

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest

from bot.core.conversation import Heard, Judgement, Level, Reply, ThemeScore
from bot.storage.database import Database
from bot.storage.repository import Repository
from bot.storage.rows import TurnRecord

KINDS = ("memory", "file")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=timezone.utc)


def address_of(kind: str, folder: Path) -> str:
    return {"memory": "sqlite://", "file": f"sqlite:///{folder / 'interlude.db'}"}[kind]


@pytest.fixture(params=KINDS)
def database(request: Any, tmp_path: Path) -> Iterator[Database]:
    opened = Database(address_of(request.param, tmp_path))
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def file_database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(address_of("file", tmp_path))
    opened.upgrade()
    yield opened
    opened.close()


Talk = Callable[..., int]


@pytest.fixture
def talk() -> Talk:
    """Stores one turn of whoever has the address, in their running conversation."""

    def store(database: Database, address: str, text: str, at: datetime = NOON, **changes: Any) -> int:
        with database.transaction() as session:
            repository = Repository(session)
            person = repository.person_at("web", address, at)
            conversation = repository.current_conversation(person) or repository.open_conversation(person, "web", at)
            values = {
                "person_id": person,
                "conversation_id": conversation.id,
                "at": at,
                "channel": "web",
                "heard": heard(text),
                "replies": [Reply("mirror.one", f"You said {text}", ("Yes", "No"), {"card": ["999"]})],
                "conversation_level": Level.none,
                "model_version": "m1",
                "library_version": "l1",
                "milliseconds": 4.5,
            }
            return repository.record_turn(TurnRecord(**{**values, **changes}))

    return store


def heard(text: str, level: Level = Level.none) -> Heard:
    return Heard(
        text=text,
        kind="theme",
        confidence=0.875,
        themes=(ThemeScore("burden", 0.75, (0, 3)), ThemeScore("control", 0.5)),
        near=(ThemeScore("pride", 0.25),),
        judgement=Judgement(
            level, "suicide" if level else None, "self", "now", f"because {text}", ((0, 2),), "rule-1", 0.5
        ),
    )


def person_of(database: Database, address: str) -> str:
    with database.transaction() as session:
        return Repository(session).person_at("web", address, NOON)


def later(**passed: float) -> datetime:
    return NOON + timedelta(**passed)
