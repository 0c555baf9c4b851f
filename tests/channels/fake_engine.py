"""A small stand-in for the engine: it remembers, answers in a fixed way and can be told to fail."""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from uuid import uuid4

from bot.channels.web.ports import PastTurn
from bot.core import linking
from bot.core.conversation import Level, Reply
from bot.errors import StorageError, UnknownPersonError

DANGER = re.compile(r"end my life|kill myself", re.I)
PLAN = re.compile(r"tonight i will end my life", re.I)
CARD = Reply(
    "card",
    "Samaritans: 116 123. 24/7\nText SHOUT to 85258\nEmergency: 999.\nFree lines in other countries: https://findahelpline.com",
    data={"card": True, "country": "GB", "urgent": False},
)


@dataclass(frozen=True)
class FakeTurn:
    """What a message led to."""

    replies: tuple[Reply, ...]
    level: str
    turn_id: str
    stored: bool = True
    actions: tuple[str, ...] = ()
    milliseconds: float = 1.0


@dataclass
class FakePerson:
    """One person's conversation."""

    level: Level = Level.none
    step: int = 0
    turns: list[PastTurn] = field(default_factory=list)
    by_key: dict[str, FakeTurn] = field(default_factory=dict)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class FakeEngine:
    """Answers like the real one as far as a channel can tell. `pause` is how long a turn takes, in seconds."""

    def __init__(self, pause: float = 0.0, clock: Callable[[], float] = time.time) -> None:
        self.pause = pause
        self.clock = clock
        self.broken = False
        self.locked = False
        self.addresses: dict[tuple[str, str], str] = {}
        self.codes: dict[str, str] = {}
        self.people: dict[str, FakePerson] = {}
        self.handled: defaultdict[str, int] = defaultdict(int)
        self.capabilities: list[tuple[str, ...]] = []
        self.screened: list[str] = []

    async def handle(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: str | None = None,
        capabilities: tuple[str, ...] = (),
    ) -> FakeTurn:
        if self.broken:
            raise StorageError("The database is locked. Try again.")
        person = self.people[person_id]
        async with person.lock:
            if client_key and client_key in person.by_key:
                return person.by_key[client_key]
            await asyncio.sleep(self.pause)
            self.capabilities.append(capabilities)
            self.handled[text] += 1
            replies = self._replies(person, text)
            turn = FakeTurn(replies, person.level.name, uuid4().hex)
            at = datetime.fromtimestamp(self.clock(), timezone.utc).isoformat()
            person.turns.append(
                {"text": text, "at": at, "replies": replies, "level": person.level.name, "client_key": client_key}
            )
            if client_key:
                person.by_key[client_key] = turn
            return turn

    def _replies(self, person: FakePerson, text: str) -> tuple[Reply, ...]:
        said = text.lower()
        first = () if person.turns else (Reply("disclosure.first", "I am a computer program, not a person."),)
        found = self._level(text)
        if found > Level.none:
            person.level = max(person.level, found)
            return (*first, Reply("safety.open", "Are you thinking about ending your life?"), CARD)
        if "i am safe" in said:
            person.level = Level.concern if person.level > Level.none else Level.none
            return (*first, Reply("safety.lowered", "Then I take that as you say it."))
        if "numbers" in said:
            return (*first, CARD)
        if "exercise" in said:
            person.step = 1
            return (*first, self._step(person))
        if person.step and said == "next":
            person.step += 1
            if person.step > 3:
                person.step = 0
                return (
                    *first,
                    Reply("look_back.scale", "How is it now?", ("Lighter", "The same", "Heavier", "Skip")),
                )
            return (*first, self._step(person))
        if said == "stop":
            person.step = 0
            return (*first, Reply("exercise.stopped", "Stopped. What comes next is yours to choose."))
        if "how heavy" in said:
            return (*first, Reply("arrive", "From 0 to 10, how heavy is today?", ("Skip",), {"rating": [0, 10]}))
        if "delete everything" in said:
            self._drop(person)
            return (Reply("delete.done", "Everything was deleted.", data={"request": "erase"}),)
        if "so far" in said:
            return (*first, Reply("journey", "You spoke about being a burden.", data={"journey": True}))
        mirror = {"section": "H03", "mirror": True}
        return (*first, Reply("h03.a", f"You carry {len(text)} letters of it.\nWhat weighs most?", (), mirror))

    def _step(self, person: FakePerson) -> Reply:
        data: dict[str, Any] = {"technique": "slow_breath", "step": person.step, "steps": 3}
        if person.step == 2:
            data["breathe"] = {"inhale": 1, "hold": 0, "exhale": 1, "rounds": 2}
        return Reply(f"slow_breath.{person.step}", f"This is step {person.step}.", ("Next", "Stop"), data)

    async def person(self, channel: str, address: str) -> str:
        self._open()
        if (channel, address) not in self.addresses:
            person_id = uuid4().hex
            self.addresses[channel, address] = person_id
            self.people[person_id] = FakePerson()
        return self.addresses[channel, address]

    async def find(self, channel: str, address: str) -> str | None:
        self._open()
        return self.addresses.get((channel, address))

    def _open(self) -> None:
        if self.locked:
            raise StorageError("The database is locked. Try again.")

    async def link(self, person_id: str, channel: str, address: str) -> None:
        self.addresses[channel, address] = person_id

    async def unlink(self, person_id: str, channel: str) -> int:
        mine = [key for key, value in self.addresses.items() if value == person_id and key[0] == channel]
        for key in mine:
            del self.addresses[key]
        return len(mine)

    async def channels(self, person_id: str) -> Sequence[str]:
        return sorted({channel for (channel, _), person in self.addresses.items() if person == person_id})

    async def link_code(self, person_id: str) -> str:
        code = linking.new_code()
        self.codes[code] = person_id
        return code

    async def link_standing(self, code: str, channel: str, address: str) -> linking.Standing:
        person_id = self.codes.get(code)
        if person_id is None:
            return linking.Standing.unknown
        own = person_id == self.addresses.get((channel, address))
        return linking.Standing.own if own else linking.Standing.good

    async def redeem(self, code: str, channel: str, address: str) -> str | None:
        person_id = self.codes.pop(code, None)
        if person_id is None:
            return None
        before = self.addresses.get((channel, address))
        self.addresses[channel, address] = person_id
        if before is not None and before not in self.addresses.values():
            del self.people[before]
        return person_id

    async def unlink_address(self, channel: str, address: str) -> bool:
        person_id = self.addresses[channel, address]
        if list(self.addresses.values()).count(person_id) < 2:
            return False
        del self.addresses[channel, address]
        return True

    async def history(self, person_id: str, limit: int) -> Sequence[PastTurn]:
        return self.people[person_id].turns[-limit:]

    async def export(self, person_id: str) -> Mapping[str, Any]:
        talk = {"id": 1, "number": 1, "channel": "web", "highest_level": "none", "highest_kind": None}
        return {
            "conversations": [{**talk, "started_at": "2026-03-02T18:00:00+00:00"}],
            "messages": [
                {"id": number, "conversation_id": 1, "number": number, "at": turn["at"], "text": turn["text"]}
                for number, turn in enumerate(self.people[person_id].turns, 1)
            ],
        }

    async def erase(self, person_id: str) -> Mapping[str, Any]:
        if person_id not in self.people:
            raise UnknownPersonError("There is no such person.")
        count = len(self.people[person_id].turns)
        self._drop(self.people[person_id])
        history = f"Your history: {count} message{'' if count == 1 else 's'}."
        return {"rows": {"messages": count}, "in_words": [history, "Backups: none."]}

    def _drop(self, person: FakePerson) -> None:
        gone = {name for name, other in self.people.items() if other is person}
        self.addresses = {key: value for key, value in self.addresses.items() if value not in gone}
        for name in gone:
            del self.people[name]

    async def journey(self, person_id: str) -> Mapping[str, Any]:
        felt = [{"technique": "Slow breathing", "felt": "lighter"}]
        themes = [{"name": "Being a burden", "count": 3}, {"name": "Money & <worries>", "count": 1}]
        done = {"felt": felt, "steps": ["ring my sister"], "techniques": ["Slow breathing"]}
        first = {
            "on": "2026-03-02",
            "themes": themes[:1],
            "heaviness": [8, 6],
            "felt": [],
            "steps": [],
            "techniques": [],
        }
        return {
            "kept_back": False,
            "days": [first, {"on": "2026-03-05", "themes": themes, "heaviness": [3], **done}],
            "themes": themes,
            "heaviness": [8, 6, 3],
            **done,
        }

    def screen(self, text: str) -> Level:
        self.screened.append(text)
        return self._level(text)

    def _level(self, text: str) -> Level:
        if PLAN.search(text):
            return Level.imminent
        return Level.risk if DANGER.search(text) else Level.none

    async def card(self, person_id: str | None) -> Reply:
        return CARD
