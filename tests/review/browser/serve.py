"""A room with people and reviewers for the browser's tests: prints its address and the accounts, serves until stopped.

`POST /control/talk` lets somebody in danger share a message, as it would happen meanwhile.
"""

import json
import signal
import socket
import sys
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path

import uvicorn
from review.conftest import FakeTrainer, House
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from bot.core.conversation import Level
from bot.core.review import redaction
from bot.core.review.settling import THEMES_OF_TURN
from bot.review import decisions, queue
from bot.review.app import review_routes
from bot.review.config import ReviewSettings
from bot.review.policy import Reviewer, Role
from bot.review.refresh import update_items
from bot.settings import Secret
from bot.storage.database import Database
from bot.storage.tables import turns

PROJECT = Path(__file__).resolve().parents[3]
ROLES = {"ana": Role.practitioner, "ben": Role.practitioner, "mia": Role.lead, "root": Role.admin}
MISSED = "the evenings are heavy, number 2"
WORDS = {
    "doing_it_all_alone": "I do everything for everybody",
    "feeling_unseen": "nobody asks how I am",
    "fear_of_seeming_weak": "makes me feel small",
}
SAID = (
    "Doing everything yourself has a running cost that appears on no list. A little less said each week, a call not "
    "returned, and slowly the rooms around you get bigger. What has grown quieter in your life without your deciding it?"
)
PEOPLE = (
    (
        "maria",
        "I do everything for everybody and nobody asks how I am",
        {"doing_it_all_alone": 0.82, "feeling_unseen": 0.58},
    ),
    (
        "jon",
        "My name is Jon Berg, you can mail jon@example.org. Asking for help makes me feel small",
        {"fear_of_seeming_weak": 0.74},
    ),
    ("ida", MISSED, {}),
)
# What others told over the last weeks: (weeks ago, words, themes, those a second reviewer sees otherwise).
BEFORE = (
    (9, "I would rather stay up all night than call my brother for a lift", {"needing_help": 0.77}, None),
    (8, "Every time they help me I start counting what I owe", {"fear_of_owing": 0.81, "needing_help": 0.49}, None),
    (6, "my shoulders are up at my ears and the list grows overnight", {"exhaustion": 0.66}, ["stress_and_self_care"]),
    (5, "I sat down for ten minutes and felt like a thief", {"guilt_about_rest": 0.83}, None),
    (3, "they forget to ask me because I never look like I need it", {"feeling_unseen": 0.72}, None),
    (3, "evenings are the longest part, nobody to tell the small things", {"loneliness": 0.79}, None),
    (2, "I said yes again and heard myself say it", {"boundaries": 0.7, "exhaustion": 0.44}, None),
    (1, "if I put one plate down all of them come down", {"exhaustion": 0.62, "doing_it_all_alone": 0.58}, None),
)


class NowWithSteps:
    """The real time; what is told one after the other gets times one after the other."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    @property
    def now(self) -> datetime:
        return datetime.now(timezone.utc) - timedelta(hours=1) + self.ahead

    def __call__(self) -> datetime:
        return self.now

    def later(self, **duration: float) -> None:
        self.ahead += timedelta(**duration)


def fill(house: House) -> None:
    """Three people who share, one who does not and is in danger."""
    for address, text, themes in PEOPLE:
        correction = {"kind": "correction", "themes": list(themes)[:1], "shown": "h.cost.1"}
        house.talk(address, "8", notes=[{"kind": "rating", "scale": "heaviness", "value": 8}])
        house.talk(address, text, themes=themes, words=WORDS, near={"exhaustion": 0.41}, said=SAID)
        exercise = [
            {"kind": "technique", "technique": "technique.paced_breathing", "event": "started"},
            {"kind": "technique", "technique": "technique.paced_breathing", "event": "finished"},
            {"kind": "rating", "scale": "heaviness", "value": 5},
            {"kind": "step", "text": "send one short message to my sister", "own": "yes"},
        ]
        house.talk(address, "a bit lighter now", notes=exercise)
        if address == "maria":
            house.talk(address, "that's not it", notes=[correction])
        house.agree_to_training(address)
        house.share(address)
    house.talk("unshared", "words nobody may read", level=Level.risk)


def look_back(house: House) -> None:
    """What happened before today: people of the last weeks, two reviewers who mostly agree, a lead."""
    ana, ben, mia = (Reviewer(house.reviewer(name, role), name, role) for name, role in list(ROLES.items())[:3])
    for number, (weeks, text, themes, otherwise) in enumerate(BEFORE):
        house.clock.ahead = -timedelta(weeks=weeks, hours=3 * number)
        address = f"before-{number}"
        turn_id = house.talk(address, text, themes=themes, said=SAID)
        conversation = house.share(address)
        seen = {ana: list(themes), ben: otherwise or list(themes)}
        with house.database.transaction() as session:
            turn = session.execute(select(turns).where(turns.c.id == turn_id)).one()
            for reviewer, found in seen.items():
                decisions.decide(session, turn, reviewer, THEMES_OF_TURN, found, house.clock.now)
            if otherwise:
                decisions.decide(session, turn, mia, THEMES_OF_TURN, list(themes), house.clock.now, final=True)
            update_items(session, [conversation], house.clock.now, staff_read_at_risk=False)
            house.clock.later(seconds=1)
            for step in ("review", "sign_off")[: number % 3] or ("assign",):
                queue.move(session, conversation, step, (mia if step == "sign_off" else ana).id, house.clock.now)


def main() -> None:
    """Serve from a folder that is gone afterwards."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with tempfile.TemporaryDirectory() as folder:
        serve(Path(folder))


def serve(folder: Path) -> None:
    """Fill a new database in this folder, print what there is, serve until stopped."""
    database = Database(f"sqlite:///{folder / 'review.db'}")
    database.upgrade()
    redaction.prepare()
    settings = ReviewSettings(data=PROJECT / "data", work=folder / "work", secret=Secret("x" * 32))
    trainer = FakeTrainer()
    house = House(database, settings, trainer, NowWithSteps())  # type: ignore[arg-type]
    fill(house)
    look_back(house)
    house.reviewer("root", ROLES["root"])

    async def talk(request: Request) -> JSONResponse:
        house.clock.ahead = timedelta(hours=1)
        house.talk("late", "it is getting dark here", level=Level.imminent)
        return JSONResponse({"conversation": house.conversation("late")})

    routes = [
        Mount("/review", routes=review_routes(database, settings, trainer, house.shared)),
        Route("/control/talk", talk, methods=["POST"]),
    ]
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    shown = {"address": f"http://127.0.0.1:{listening.getsockname()[1]}", "secrets": house.secrets}
    shown["conversations"] = {address: house.conversation(address) for address, _, _ in PEOPLE}
    print(json.dumps(shown), flush=True)
    uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="error")).run(sockets=[listening])


if __name__ == "__main__":
    main()
