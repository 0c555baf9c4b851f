"""How long the practitioner's room takes on many conversations: queue, filters, transcript, overview, library.

    python benchmarks/review_queue.py [--conversations 100000] [--folder DIR] [--json FILE]

Makes synthetic conversations in a SQLite file of its own, opens the real pages in process, and prints the first
request, median and worst of ten more, and the most processor time that one of them took. The file is kept in the folder
given, to be used again by the next run.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from statistics import median
from typing import Any, Dict, List

import pyotp
from sqlalchemy import func, insert, select, text, update
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bot.core import library
from bot.core.conversation import Level
from bot.core.themes import THEMES
from bot.review import accounts
from bot.review.app import review_routes
from bot.review.config import ReviewSettings
from bot.review.policy import Role
from bot.review.refresh import rebuild
from bot.settings import Secret
from bot.storage.database import Database
from bot.storage.review_tables import review_decisions, review_items, shares
from bot.storage.tables import conversations, people, replies, turn_themes, turns
from bot.workers.one_machine import OneMachine

PROJECT = Path(__file__).resolve().parents[1]
TURNS, LONG, AT_ONCE, ROUNDS = 4, 300, 2000, 10
PASSWORD = "only for this measurement"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=timezone.utc)


class NoTrainer:
    """The pages of models are not measured."""

    def current(self) -> str:
        return "m1"

    def models(self) -> List[str]:
        return ["m1"]


class Clock:
    """Three seconds later at every look, so that each page also brings the queue up to date."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=3)
        return self.now


def fill(database: Database, count: int) -> None:
    """`count` conversations of four messages, the first of three hundred; seven in ten are shared."""
    chance = random.Random(7)
    for start in range(0, count, AT_ONCE):
        rows: Dict[Any, List[dict]] = {
            table: [] for table in (people, conversations, turns, turn_themes, replies, shares)
        }
        for number in range(start + 1, min(start + AT_ONCE, count) + 1):
            one_conversation(rows, number, chance)
        with database.transaction() as session:
            for table, values in rows.items():
                session.execute(insert(table), values)


def one_conversation(rows: Dict[Any, List[dict]], number: int, chance: random.Random) -> None:
    """The rows of one person with one conversation."""
    began = NOW - timedelta(minutes=chance.randrange(1, 60 * 24 * 360))
    level = chance.choices(list(Level), (88, 7, 4, 1))[0]
    kind = "suicide" if level else None
    person = f"{number:032x}"
    rows[people].append({"id": person, "created_at": began, "last_seen_at": began, "sessions_count": 1})
    rows[conversations].append(
        {
            "id": number,
            "person_id": person,
            "number": 1,
            "channel": chance.choice(("web", "web", "telegram", "rest")),
            "started_at": began,
            "highest_level": level,
            "highest_kind": kind,
        }
    )
    length = LONG if number == 1 else TURNS
    for place in range(length):
        turn = number * 1000 + place
        at = began + timedelta(seconds=40 * place)
        this = level if place == length - 1 else Level.none
        rows[turns].append(turn_row(turn, number, person, place, at, this))
        for rank, name in enumerate(chance.sample(THEMES, 2)):
            score = chance.random() * 0.6 + 0.4 - 0.3 * rank
            rows[turn_themes].append(
                {
                    "turn_id": turn,
                    "rank": rank,
                    "name": name,
                    "score": score,
                    "span_start": 0 if rank == 0 else None,
                    "span_end": 12 if rank == 0 else None,
                    "claimed": rank == 0 and score > 0.5,
                    "model_version": "m1",
                }
            )
        rows[replies].append(
            {
                "turn_id": turn,
                "position": 0,
                "entry_id": "h.cost.1",
                "entry_version": 1,
                "text": "Doing everything yourself has a running cost that appears on no list.",
                "buttons": [],
                "data": {},
            }
        )
    if number == 1 or chance.random() < 0.7:
        end = began + timedelta(hours=1 + length / 60)
        rows[shares].append(
            {"person_id": person, "conversation_id": number, "turn_id": None, "shared_at": end, "until": None}
        )


def turn_row(turn: int, number: int, person: str, place: int, at: datetime, level: Level) -> dict:
    """One message."""
    return {
        "id": turn,
        "person_id": person,
        "conversation_id": number,
        "number": place + 1,
        "at": at,
        "channel": "web",
        "text": f"I have carried this for weeks now, message {place} of conversation {number}, and nobody has noticed.",
        "kind": "theme",
        "confidence": 0.8,
        "level": level,
        "level_kind": "suicide" if level else None,
        "level_subject": "self",
        "level_tense": "now",
        "level_reason": "",
        "level_spans": [],
        "level_judge": "rule",
        "level_score": 0.1,
        "degraded": False,
        "conversation_level": level,
        "model_version": "m1",
        "library_version": "l1",
        "milliseconds": 5.0,
    }


def review_some(database: Database, reviewers: List[int], count: int) -> None:
    """Half of the queue was reviewed, and two people decided on the messages of a thousand conversations."""
    chance = random.Random(8)
    with database.transaction() as session:
        half = review_items.c.conversation_id % 2 == 0
        done = {"state": "reviewed", "waiting": False, "state_at": NOW}
        both = {"reviewer_id": reviewers[0], "second_id": reviewers[1]}
        session.execute(update(review_items).where(half).values(**done, **both))
        # Of every tenth only one review is there.
        once = {"state": "reviewed", "state_at": NOW, "reviewer_id": reviewers[0]}
        session.execute(update(review_items).where(review_items.c.conversation_id % 10 == 1).values(**once))
        rows = session.execute(select(turns.c.id, turns.c.person_id).where(turns.c.conversation_id <= count)).all()
        session.execute(
            insert(review_decisions),
            [
                {
                    "person_id": row.person_id,
                    "turn_id": row.id,
                    "reviewer_id": reviewer,
                    "aspect": "themes",
                    "value": [chance.choice(THEMES[:4])],
                    "final": False,
                    "independent": True,
                    "model_version": "m1",
                    "at": NOW,
                }
                for row in rows
                for reviewer in reviewers
            ],
        )
        session.execute(text("ANALYZE"))


def measure(client: TestClient, path: str) -> Dict[str, float]:
    """Milliseconds of a page: the first request, then median and worst of ten; and of processor time, whatever else runs."""
    took, worked = [], []
    for _ in range(ROUNDS + 1):
        began, busy = time.perf_counter(), time.process_time()
        answer = client.get(f"/review{path}")
        took.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - busy))
        assert answer.status_code == 200, (path, answer.status_code)
    figures = {"first": took[0], "median": median(took[1:]), "worst": max(took[1:]), "processor": max(worked)}
    return {name: round(value, 1) for name, value in figures.items()}


def main() -> None:
    """Fill, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--conversations", type=int, default=100_000)
    options.add_argument("--folder", type=Path)
    options.add_argument("--json")
    given = options.parse_args()
    folder = given.folder or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    database = Database(f"sqlite:///{folder / f'review-{given.conversations}.db'}")
    database.upgrade()
    settings = ReviewSettings(data=PROJECT / "data", work=folder, secret=Secret("x" * 32))
    with database.reading() as session:
        filled = session.scalar(select(func.count()).select_from(conversations))
    result: Dict[str, Any] = {"conversations": given.conversations}
    if not filled:
        fill(database, given.conversations)
        began = time.perf_counter()
        rebuild(database, NOW, False)
        result["rebuild_s"] = round(time.perf_counter() - began, 1)
        for name in ("one", "two"):
            accounts.add_reviewer(database, name, Role.lead, PASSWORD, NOW, second_factor=False)
        review_some(database, [1, 2], 1000)
    name = f"visitor-{time.time_ns()}"
    address = accounts.add_reviewer(database, name, Role.lead, PASSWORD, NOW)
    shelf = library.load(settings.data)
    clock = Clock()
    shared = OneMachine(folder, lambda: clock().timestamp())
    routes = review_routes(database, settings, NoTrainer(), shared, clock=clock, shelf=shelf)  # type: ignore[arg-type]
    client = TestClient(Starlette(routes=[Mount("/review", routes=routes)]))
    sign_in(client, name, pyotp.parse_uri(address or "").secret)
    result["pages"] = {path: measure(client, path) for path in paths(database)}
    for path, took in result["pages"].items():
        print(f"{path:68}", *(f"{name} {value:6.1f}" for name, value in took.items()), "ms")
    if given.json:
        Path(given.json).write_text(json.dumps(result) + "\n", encoding="utf-8")


def paths(database: Database) -> List[str]:
    """The pages that are measured: the first, a middle and the last of the queue, each filter, and the others."""
    ordered = (review_items.c.level, review_items.c.unsure, review_items.c.corrections, review_items.c.conversation_id)
    with database.reading() as session:
        listed = select(*ordered).where(review_items.c.waiting).order_by(*(column.desc() for column in ordered))
        total = session.scalar(select(func.count()).where(review_items.c.waiting)) or 0
        middle, last = (session.execute(listed.offset(total * part // 100).limit(1)).one() for part in (50, 99))
    keys = [f"{int(row[0])}:{row[1]!r}:{row[2]}:{row[3]}" for row in (middle, last)]
    return [
        "/queue",
        *(f"/queue?after={key}" for key in keys),
        "/queue?state=all",
        "/queue?state=reviewed",
        "/queue?state=signed_off",
        "/queue?theme=exhaustion",
        "/queue?theme=exhaustion&level=risk",
        "/queue?level=imminent",
        "/queue?level=none",
        "/queue?channel=rest",
        "/queue?reviewer=1&state=all",
        "/queue?reviewer=2&state=all",
        "/queue?since=2026-05-31&until=2026-05-31",
        "/queue?since=2025-07-01&until=2025-07-02&state=all&channel=telegram",
        "/queue?since=2027-01-01",
        "/conversations/3?state=all",
        "/conversations/1?state=all",
        "/conversations/1?state=all&start=271",
        "/conversations/1/brief",
        "/overview",
        "/library",
        "/library/entries/h.cost.1",
        "/disagreements",
    ]


def sign_in(client: TestClient, name: str, secret: str) -> None:
    """Open a session."""
    page = client.get("/review/sign-in").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    values = {"csrf": csrf, "name": name, "password": PASSWORD, "code": pyotp.TOTP(secret).at(int(NOW.timestamp()))}
    client.post("/review/sign-in", data=values)


if __name__ == "__main__":
    main()
