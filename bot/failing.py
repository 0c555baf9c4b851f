"""What the engine does when a turn broke: a safe answer at once, and no message in danger is lost."""

import asyncio
import logging
import time
import uuid
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Deque, List, Optional

from bot.composition import Services
from bot.core import text as texts
from bot.core.conversation import Heard, Judgement, Level, Reply, TurnResult
from bot.core.guide import safety
from bot.core.guide.turn import State
from bot.core.risk.screen import RiskScreen
from bot.errors import StorageError, UnknownPersonError
from bot.notifications import Notice, Notifier
from bot.storage.database import Database
from bot.storage.repository import UNSCREENED, Repository
from bot.storing import Storing, same_words

logger = logging.getLogger(__name__)

FAILED = "failed"
# Kept in memory while nothing can be stored; the oldest go first.
MOST_WAITING = 1000


@dataclass(frozen=True)
class Unkept:
    """A message in danger whose turn broke, with what was answered."""

    person_id: str
    channel: str
    heard: Heard
    replies: List[Reply]
    at: datetime
    client_key: Optional[str]


class Failing(Storing):
    """The part of the engine for what broke. What it answers comes from the library and cannot raise."""

    services: Services
    database: Database
    notifier: Notifier
    risk_screen: RiskScreen
    _unkept: Deque[Unkept]
    _keeping: asyncio.Lock
    _was_blind: bool

    def __post_init__(self) -> None:
        self._unkept = deque(maxlen=MOST_WAITING)
        self._keeping = asyncio.Lock()
        self._just_erased = {}

    async def _safely(
        self,
        person_id: str,
        channel: str,
        text: str,
        error: Exception,
        now: datetime,
        began: float,
        client_key: Optional[str] = None,
    ) -> TurnResult:
        """The floor: a safe answer with the card. Only the error's class is logged; its text may quote the person.

        A message that raises a level, or that nobody could judge, is stored all the same: now, or as soon as that works.
        """
        logger.error("turn_failed id=%s error=%s", uuid.uuid4().hex, type(error).__name__)
        judgement = self.judge(text)
        heard = Heard(
            text[: texts.MAX_CHARACTERS], UNSCREENED if judgement.reason == UNSCREENED else FAILED, judgement=judgement
        )
        state = State()
        with suppress(Exception):
            state = await self._state(person_id)
        turn = self._bare_turn(heard, state, now)
        safety.floor(turn, "fallback.not_saved" if isinstance(error, StorageError) else "fallback.error")
        turn_id = None
        if judgement.level >= Level.concern or judgement.reason == UNSCREENED:
            self._unkept.append(Unkept(person_id, channel, heard, turn.replies, now, client_key))
            turn_id = await self._keep_unkept()
            if judgement.level >= Level.risk:
                self.notifier.send(
                    Notice("raised", judgement.level.name, judgement.kind or "", now.isoformat(), turn_id)
                )
        milliseconds = (time.perf_counter() - began) * 1000
        return TurnResult(
            tuple(turn.replies),
            heard,
            turn.state.level,
            milliseconds=milliseconds,
            turn_id=turn_id,
            stored=turn_id is not None,
            failed=type(error).__name__,
        )

    async def _blind(
        self,
        person_id: str,
        channel: str,
        text: str,
        judgement: Judgement,
        client_key: Optional[str],
        now: datetime,
        began: float,
    ) -> TurnResult:
        """Neither judge works: a safe answer with the card, the level unchanged; the text is kept to be screened later."""
        heard = Heard(text[: texts.MAX_CHARACTERS], UNSCREENED, judgement=judgement)
        state = await self._state(person_id)
        turn = self._bare_turn(heard, state, now)
        safety.fail_safe(turn)
        milliseconds = (time.perf_counter() - began) * 1000
        async with self.database.turn() as session:
            repository = Repository(session)
            conversation = repository.current_conversation(person_id)
            conversation = conversation or repository.open_conversation(person_id, channel, now)
            record = self._record(
                person_id, conversation.id, channel, heard, turn.replies, state, now, milliseconds, client_key
            )
            turn_id = repository.record_turn(record)
        if not self._was_blind:
            self._was_blind = True
            self.notifier.send(Notice(UNSCREENED, state.level, "", now.isoformat(), turn_id))
        return TurnResult(tuple(turn.replies), heard, state.level, (), milliseconds, turn_id)

    def _sent_again(self, person_id: str, client_key: Optional[str], text: str) -> None:
        """A message that waits to be stored and is now sent again is not a second message."""
        if client_key is not None:
            sent = (person_id, client_key)
            for waiting in [one for one in self._unkept if (one.person_id, one.client_key) == sent]:
                if same_words(waiting.heard.text, text):
                    self._unkept.remove(waiting)

    async def _keep_unkept(self) -> Optional[int]:
        """Store what waits, oldest first; gives the number of the last turn stored, None while something still waits."""
        turn_id = None
        # One at a time: while one turn stores the first of them, another must not store it too.
        async with self._keeping:
            while self._unkept:
                first = self._unkept[0]
                try:
                    turn_id = await self._keep_one(first)
                except UnknownPersonError:
                    logger.info("unkept_turn_dropped: the person was erased")
                except Exception as error:
                    logger.error("unkept_turn_waits error=%s", type(error).__name__)
                    return None
                if first in self._unkept:
                    self._unkept.remove(first)
        return turn_id

    async def _keep_one(self, unkept: Unkept) -> int:
        async with self.database.turn() as session:
            repository = Repository(session)
            conversation = repository.current_conversation(unkept.person_id)
            conversation = conversation or repository.open_conversation(unkept.person_id, unkept.channel, unkept.at)
            state = await self._heed(unkept.person_id, unkept.heard)
            # What nobody could judge is looked at as soon as a judge works.
            self._was_blind = self._was_blind or unkept.heard.kind == UNSCREENED
            return repository.record_turn(
                self._record(
                    unkept.person_id,
                    conversation.id,
                    unkept.channel,
                    unkept.heard,
                    unkept.replies,
                    state,
                    unkept.at,
                    milliseconds=0.0,
                    # The same message may be sent again with its key, and is then answered.
                    client_key=None,
                )
            )

    async def _screen_again(self, now: datetime) -> None:
        """The screen works again: look at what it missed."""
        async with self.database.turn() as session:
            repository = Repository(session)
            for turn in repository.unscreened():
                try:
                    judgement = self.risk_screen.judge(turn.heard.text)
                except Exception as error:
                    # It stays unscreened and is tried again at the next start; others are not kept waiting for it.
                    logger.error("still_unscreened error=%s", type(error).__name__)
                    continue
                person_id = repository.screened_late(turn.id, judgement, now)
                if judgement.level >= Level.concern:
                    await self._heed(person_id, Heard(turn.heard.text, FAILED, judgement=judgement))
                if judgement.level >= Level.risk:
                    self.notifier.send(
                        Notice("raised", judgement.level.name, judgement.kind or "", now.isoformat(), turn.id)
                    )
        self._was_blind = False

    def judge(self, text: str) -> Judgement:
        """The risk screen alone, for texts that are refused or edited. When both judges fail: `unscreened` as the reason."""
        try:
            return self.risk_screen.judge(text)
        except Exception as error:
            logger.error("unscreened id=%s error=%s", uuid.uuid4().hex, type(error).__name__)
            return Judgement(reason=UNSCREENED, degraded=True)
