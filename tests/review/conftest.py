"""A room on a database of its own: people who talk and share, reviewers who sign in, a clock that is moved by hand."""

import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Collection, Iterator, List, Optional, Sequence, Set, Tuple

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import update
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from bot.core import library as shelves
from bot.core.conversation import Heard, Judgement, Level, Reply, ThemeScore
from bot.core.library import Library
from bot.core.review.loop import Evaluation, Reading
from bot.core.review.training_data import Example
from bot.review import accounts
from bot.review.app import review_routes
from bot.review.config import ReviewSettings
from bot.review.policy import Role
from bot.settings import Secret
from bot.storage import consents
from bot.storage import review as sharing
from bot.storage.database import Database
from bot.storage.repository import Repository
from bot.storage.rows import TurnRecord
from bot.storage.tables import people
from bot.workers.one_machine import OneMachine

PROJECT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=timezone.utc)
PASSWORD = "correct horse battery"


class Clock:
    """The time of the room."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def later(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class FakeTrainer:
    """Keeps models as sets of texts that they recognise; a candidate also knows what it was trained on."""

    def __init__(self) -> None:
        self.names = ["first"]
        self.trained_on: List[str] = []
        self.discarded: List[str] = []
        self.kept_candidates: Optional[Set[str]] = None
        self.recall = {"first": 0.95}
        self.next_recall = 0.95
        self.metrics = {"top1_hit": 0.8, "micro_f1": 0.7, "none_silence": 0.9}

    def current(self) -> str:
        return self.names[0]

    def models(self) -> Sequence[str]:
        return list(self.names)

    def train_candidate(self, examples: Path) -> str:
        self.trained_on.append(examples.read_text(encoding="utf-8"))
        name = f"candidate-{len(self.trained_on)}"
        self.recall[name] = self.next_recall
        return name

    def evaluate(self, model: str, corrections: Sequence[Example]) -> Evaluation:
        wanted = frozenset({"exhaustion"})
        found = wanted if model != "first" else frozenset()
        held = tuple(Reading(f"turn {row.turn_id}", frozenset(row.themes), frozenset(), found) for row in corrections)
        test = (Reading("t-1", wanted, frozenset(), found), Reading("t-2", frozenset(), frozenset(), frozenset()))
        return Evaluation(model, test, held, self.recall[model], 0.01, self.metrics)

    def promote(self, model: str) -> None:
        self.names.insert(0, model)

    def discard(self, model: str) -> None:
        self.discarded.append(model)

    def keep_candidates(self, names: Collection[str]) -> None:
        self.kept_candidates = set(names)

    def roll_back(self, model: str) -> None:
        self.names.remove(model)
        self.names.insert(0, model)


@pytest.fixture(autouse=True)
def light_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Real hashing takes its time on purpose; the tests need not wait for it."""
    light = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(accounts, "_hasher", light)
    monkeypatch.setattr(accounts, "_NOBODY", light.hash("nobody"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'review.db'}")
    opened.upgrade()
    yield opened
    opened.close()


@pytest.fixture
def review_settings(tmp_path: Path) -> ReviewSettings:
    return ReviewSettings(data=PROJECT / "data", work=tmp_path / "work", secret=Secret("x" * 32))


@pytest.fixture
def trainer() -> FakeTrainer:
    return FakeTrainer()


class House:
    """People, reviewers and pages."""

    def __init__(self, database: Database, settings: ReviewSettings, trainer: FakeTrainer, clock: Clock) -> None:
        self.database, self.settings, self.trainer, self.clock = database, settings, trainer, clock
        self.shared = OneMachine(Path(tempfile.mkdtemp()), lambda: clock().timestamp())
        self.secrets: dict = {}

    @property
    def library(self) -> Library:
        return shelves.load(self.settings.data)

    def person(self, address: str) -> str:
        with self.database.transaction() as session:
            return Repository(session).person_at("web", address, self.clock.now)

    def talk(self, address: str, text: str, **changes: Any) -> int:
        """One turn; `level`, `themes` (name to score), `words` (theme to those it lies in), `near`, `notes`, `reply` or
        `replies`, `said`; gives its id."""
        self.clock.later(seconds=1)
        person, level = self.person(address), changes.get("level", Level.none)
        themes = changes.get("themes", {})

        def span(name: str) -> Tuple[int, int]:
            words = changes.get("words", {}).get(name, text[:4])
            return text.index(words), text.index(words) + len(words)

        with self.database.transaction() as session:
            repository = Repository(session)
            conversation = repository.current_conversation(person) or repository.open_conversation(
                person, "web", self.clock.now
            )
            heard = Heard(
                text=text,
                kind="theme",
                confidence=0.9,
                themes=tuple(ThemeScore(name, score, span(name)) for name, score in themes.items()),
                near=tuple(ThemeScore(name, score) for name, score in changes.get("near", {}).items()),
                judgement=Judgement(
                    level,
                    "suicide" if level else None,
                    "self",
                    "now",
                    "words of risk" if level else "",
                    (),
                    "rule",
                    0.9,
                ),
            )
            record = TurnRecord(
                person_id=person,
                conversation_id=conversation.id,
                at=self.clock.now,
                channel="web",
                heard=heard,
                replies=[
                    Reply(entry, changes.get("said", "A mirror of words."))
                    for entry in (changes["replies"] if "replies" in changes else [changes.get("reply", "h.cost.1")])
                ],
                conversation_level=level,
                model_version="first",
                library_version="l1",
                milliseconds=5.0,
                notes=changes.get("notes", ()),
            )
            return repository.record_turn(record)

    def conversation(self, address: str) -> int:
        with self.database.reading() as session:
            found = Repository(session).current_conversation(self.person(address))
        assert found is not None
        return found.id

    def end(self, address: str) -> None:
        """End the person's conversation, so that what they say next begins another one."""
        with self.database.transaction() as session:
            Repository(session).close_conversation(self.conversation(address), "goodbye", self.clock.now)

    def share(self, address: str, turn_ids: Optional[Sequence[int]] = None, until: Optional[datetime] = None) -> int:
        conversation_id = self.conversation(address)
        self.clock.later(seconds=3)
        with self.database.transaction() as session:
            sharing.share(session, self.person(address), conversation_id, self.clock.now, turn_ids, until)
        self.clock.later(seconds=3)
        return conversation_id

    def disclose(self, address: str, staff_read_at_risk: bool) -> None:
        """Tell the person, before anything else they write, who reads at `risk`."""
        readers = "In danger staff may read it." if staff_read_at_risk else "Nobody reads it."
        said = [Reply("disclosure.first", f"This is a program. {readers}")]
        self.clock.later(seconds=1)
        with self.database.transaction() as session:
            person = Repository(session).person_at("web", address, self.clock.now)
            consents.note_disclosure(session, person, said, self.clock.now, readers, staff_read_at_risk)

    def agree_to_training(self, address: str) -> None:
        with self.database.transaction() as session:
            session.execute(
                update(people).where(people.c.id == self.person(address)).values(training_consent_at=self.clock.now)
            )

    def reviewer(self, name: str, role: Role = Role.practitioner) -> int:
        address = accounts.add_reviewer(self.database, name, role, PASSWORD, self.clock.now)
        self.secrets[name] = pyotp.parse_uri(address).secret
        return next(one.id for one in accounts.accounts(self.database) if one.name == name)

    def code(self, name: str) -> str:
        return pyotp.TOTP(self.secrets[name]).at(int(self.clock.now.timestamp()))

    def visitor(self) -> "Visitor":
        routes = review_routes(self.database, self.settings, self.trainer, self.shared, clock=self.clock)
        client = TestClient(Starlette(routes=[Mount("/review", routes=routes)]), raise_server_exceptions=False)
        return Visitor(client)

    def signed_in(self, name: str, role: Role = Role.practitioner) -> "Visitor":
        if name not in self.secrets:
            self.reviewer(name, role)
        self.clock.later(seconds=60)
        visitor = self.visitor()
        answer = visitor.sign_in(name, PASSWORD, self.code(name))
        assert answer.status_code == 303, answer.text
        return visitor


class Visitor:
    """A browser without scripts."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def sign_in(self, name: str, password: str, code: str) -> Any:
        page = self.client.get("/review/sign-in")
        values = {"csrf": csrf_in(page.text), "name": name, "password": password, "code": code}
        return self.client.post("/review/sign-in", data=values, follow_redirects=False)

    def get(self, path: str, **options: Any) -> Any:
        return self.client.get(f"/review{path}", follow_redirects=False, **options)

    def post(self, path: str, data: Optional[dict] = None, **options: Any) -> Any:
        values = {"csrf": csrf_in(self.get("/queue").text), **(data or {})}
        return self.client.post(f"/review{path}", data=values, follow_redirects=False, **options)


def csrf_in(page: str) -> str:
    return page.split('name="csrf" value="')[1].split('"')[0]


@pytest.fixture
def house(database: Database, review_settings: ReviewSettings, trainer: FakeTrainer, clock: Clock) -> House:
    return House(database, review_settings, trainer, clock)
