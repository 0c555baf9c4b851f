"""An engine with a few fixed answers over a real database, so that what was said outlives a restart."""

import asyncio
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from bot.core.conversation import Heard, Judgement, Level, Reply
from bot.core.linking import Standing
from bot.errors import StorageError
from bot.storage import linking
from bot.storage.database import Database
from bot.storage.erasure import erase
from bot.storage.repository import Repository
from bot.storage.rows import TurnRecord
from bot.workers.one_machine import OneMachine

CARD = Reply("card", "Call 112 or a line of your country.", (), {"card": True, "country": None, "urgent": False})
STEPS = (
    Reply("ground.one", "Name five things you see.", ("Next", "Stop"), {"technique": "ground", "step": 1}),
    Reply(
        "ground.two",
        "Breathe with me.",
        ("Next", "Stop"),
        {"technique": "ground", "step": 2, "breathe": {"inhale": 10, "hold": 0, "exhale": 12, "rounds": 2}},
    ),
    Reply("ground.closing", "That was the exercise. How is it now?", ("Lighter", "The same", "Heavier")),
)


@dataclass(frozen=True)
class Result:
    """What one message led to."""

    replies: Tuple[Reply, ...]
    level: str = "none"
    stored: bool = True


class FakeEngine:
    """`heard` are the messages that were really answered, by channel. `outages` makes the next calls of `person` fail."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.shared = OneMachine(Path(tempfile.mkdtemp()), time.time)
        self.heard: List[Tuple[str, str]] = []
        self.outages = 0
        self.unsaved = 0
        self.mistakes = 0

    async def person(self, channel: str, address: str) -> str:
        if self.outages:
            self.outages -= 1
            raise StorageError("The database could not store.")
        with self.database.transaction() as session:
            return Repository(session).person_at(channel, address, _now())

    async def find(self, channel: str, address: str) -> Optional[str]:
        with self.database.reading() as session:
            return Repository(session).find_at(channel, address)

    def judge(self, text: str) -> Judgement:
        if "end my life tonight" in text:
            return Judgement(Level.imminent, "suicide")
        return Judgement(Level.risk, "suicide") if "end my life" in text else Judgement()

    async def handle(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: Optional[str] = None,
        capabilities: Sequence[str] = (),
    ) -> Result:
        await asyncio.sleep(0)
        if self.mistakes:
            self.mistakes -= 1
            raise AttributeError("a mistake of ours")
        with self.database.reading() as session:
            known = Repository(session).turn_sent_with(person_id, client_key) if client_key else None
        if known is not None:
            return Result(tuple(known.replies))
        if self.unsaved:
            self.unsaved -= 1
            return Result((Reply("fallback.not_saved", "That was not saved."),), stored=False)
        self.heard.append((channel, text))
        if text == "Yes, delete everything":
            erase(self.database, person_id, _now())
            return Result((Reply("delete.done", "It is erased.", (), {"request": "erase"}),))
        judgement = self.judge(text)
        replies = self._replies(person_id, text, judgement)
        self._store(person_id, channel, text, judgement, replies, client_key)
        return Result(tuple(replies), judgement.level.name)

    async def history(self, person_id: str, limit: int) -> List[Dict[str, Any]]:
        with self.database.reading() as session:
            turns = Repository(session).last_turns(person_id, limit)
        return [{"text": turn.heard.text, "replies": turn.replies, "client_key": turn.client_key} for turn in turns]

    async def card(self, person_id: Optional[str]) -> Reply:
        return CARD

    async def export(self, person_id: str) -> Mapping[str, Any]:
        with self.database.reading() as session:
            return Repository(session).export(person_id)

    async def journey(self, person_id: str) -> Dict[str, Any]:
        lived = {
            "themes": [{"name": "Asking for help", "count": 2}],
            "heaviness": [7, 4],
            **{name: [] for name in ("felt", "steps", "techniques")},
        }
        return {"kept_back": False, "days": [{"on": "2026-03-02", **lived}], **lived}

    async def link_code(self, person_id: str) -> str:
        with self.database.transaction() as session:
            return linking.issue(session, person_id, _now())

    async def link_standing(self, code: str, channel: str, address: str) -> Standing:
        with self.database.reading() as session:
            return linking.standing(session, code, channel, address, _now())

    async def redeem(self, code: str, channel: str, address: str) -> Optional[str]:
        with self.database.transaction() as session:
            redeemed = linking.redeem(session, code, channel, address, _now())
        if redeemed is None:
            return None
        if redeemed.left_behind is not None:
            erase(self.database, redeemed.left_behind, _now())
        return redeemed.person_id

    async def unlink_address(self, channel: str, address: str) -> bool:
        with self.database.transaction() as session:
            return linking.unlink(session, channel, address)

    def _replies(self, person_id: str, text: str, judgement: Judgement) -> List[Reply]:
        with self.database.reading() as session:
            last = Repository(session).last_turns(person_id, 1)
        if judgement.level >= Level.risk:
            urgent = judgement.level is Level.imminent
            card = Reply(CARD.id, CARD.text, (), {**CARD.data, "urgent": urgent})
            return [Reply("safety.open.suicide", "Are you thinking about ending your life?"), card]
        if text == "hello" and not last:
            return [Reply("disclosure.first", "I am a program."), Reply("greeting.first", "What is on your mind?")]
        if text == "an exercise please":
            return [STEPS[0]]
        if text == "Next" and last:
            return [STEPS[last[0].replies[-1].data["step"]]]
        if text == "delete everything":
            return [Reply("delete.confirm", "Delete it all?", ("Yes, delete everything", "Keep it"))]
        if text == "export my data":
            return [Reply("data.export", "Here is your copy.", (), {"request": "export"})]
        if text == "show my journey":
            return [Reply("journey", "So far it was about asking.", (), {"journey": True})]
        if text == "something long":
            return [Reply("long", "One more sentence of it. " * 400, ("Yes",))]
        return [Reply("listen", f"You wrote: {text}")]

    def _store(
        self, person: str, channel: str, text: str, judgement: Judgement, replies: List[Reply], key: Optional[str]
    ) -> None:
        with self.database.transaction() as session:
            repository = Repository(session)
            open_one = repository.current_conversation(person)
            conversation = open_one or repository.open_conversation(person, channel, _now())
            repository.record_turn(
                TurnRecord(
                    person_id=person,
                    conversation_id=conversation.id,
                    at=_now(),
                    channel=channel,
                    heard=Heard(text, "theme", judgement=judgement),
                    replies=replies,
                    conversation_level=judgement.level,
                    model_version="m",
                    library_version="l",
                    milliseconds=1.0,
                    client_key=key,
                )
            )


def _now() -> datetime:
    return datetime.now(timezone.utc)
