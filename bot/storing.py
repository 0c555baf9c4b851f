"""How the engine keeps a turn: one transaction for its events, its slots and all that belongs to it."""

import asyncio
import time
from dataclasses import replace
from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from bot import exported
from bot.composition import Services
from bot.core import text as texts
from bot.core.conversation import Heard, Level, Reply, TurnResult
from bot.core.guide import personal
from bot.core.guide.turn import State, Turn
from bot.core.risk import level as levels
from bot.erasing import erase_everywhere
from bot.nlu.messages import state_from
from bot.settings import Settings
from bot.storage import consents, erased_by
from bot.storage.database import Database
from bot.storage.forgetting import forget
from bot.storage.repository import Repository
from bot.storage.rows import StoredTurn, TurnRecord

# Why a level was raised, for those who review.
IN_CONTEXT = "together with what was asked and said before"
# The chat whose addresses (of sessions, and with a dash of devices and codes) are random numbers; others are accounts.
WEB = "web"


class Storing:
    """The part of the engine that stores turns and erases people. `store` is its tracker store."""

    settings: Settings
    services: Services
    database: Database
    store: Any
    model_version: str
    library_version: str
    _just_erased: Dict[Tuple[str, str], State]

    async def _store(
        self,
        person_id: str,
        channel: str,
        tracker: Any,
        state: State,
        heard: Heard,
        replies: Sequence[Reply],
        outcome: Mapping[str, Any],
        client_key: Optional[str],
        now: datetime,
        milliseconds: float,
    ) -> Tuple[int, bool]:
        """One turn, one transaction: events, slots and the turn with all that belongs to it.

        Gives the turn's id, and whether the session's level rose by it.
        """
        async with self.database.turn() as session:
            repository = Repository(session)
            await self.store.write(tracker)
            conversation = repository.current_conversation(person_id)
            # What is said of an erasure before a first session begins belongs to that one.
            if conversation is not None and conversation.number != (state.session or 1):
                repository.close_conversation(conversation.id, "idle", now)
                conversation = None
            if conversation is None:
                conversation = repository.open_conversation(person_id, channel, now)
            rose = Level[state.level] > conversation.highest_level
            seen = _seen_in_context(heard, state) if rose else heard
            record = self._record(
                person_id, conversation.id, channel, seen, replies, state, now, milliseconds, client_key
            )
            turn_id = repository.record_turn(replace(record, notes=outcome.get("notes", ())))
            request = outcome.get("request") or ""
            unwanted = personal.to_forget(request)
            if unwanted:
                forget(session, person_id, unwanted)
            consents.carry_out(session, person_id, request, now, state.sharing)
            profile = self.services.profile
            consents.note_disclosure(session, person_id, replies, now, profile.readers, profile.staff_read_at_risk)
            # An optional question after the goodbye still belongs to the session.
            if state.stage == "closed" and state.asked is None:
                repository.close_conversation(conversation.id, "goodbye", now)
        if unwanted:
            await asyncio.to_thread(exported.take_out, exported.folder(self.settings.project), unwanted)
            await asyncio.to_thread(self.database.scrub_files)
        return turn_id, rose

    def _sent_with(self, person_id: str, client_key: Optional[str]) -> Optional[StoredTurn]:
        if client_key is None:
            return None
        with self.database.reading() as session:
            return Repository(session).turn_sent_with(person_id, client_key)

    async def _erased(
        self,
        person_id: str,
        channel: str,
        heard: Heard,
        replies: List[Reply],
        actions: Tuple[str, ...],
        client_key: Optional[str],
        text: str,
        now: datetime,
        began: float,
    ) -> TurnResult:
        """Erase within a talk, and show the receipt.

        Whoever wrote in the web chat stands there anew, as a new, empty person; no other address is kept. That all was
        just erased is known of these for an hour and in this process alone, to answer an "ok" or "do you remember?".
        """
        with self.database.reading() as session:
            known_at = Repository(session).addresses(person_id)
        kept = [known for known in known_at if channel == WEB and known[0].partition("-")[0] == WEB]
        receipt = await self._erase(person_id, now)
        if not replies:
            turn = self._bare_turn(heard, State(), now)
            words = turn.wording("delete.done", receipt="\n".join(f"• {line}" for line in receipt["in_words"]))
            turn.add("delete.done", words, data={"request": "erase", "receipt": receipt})
            replies = turn.replies
        state = personal.after_erasure(now)
        async with self.database.turn() as session:
            repository = Repository(session)
            fresh = None
            for name, address in kept:
                fresh = repository.person_at(name, address, now) if fresh is None else fresh
                repository.link(fresh, name, address, now)
            if fresh is not None:
                await self.store.write(self.store.holding(self.store.begin(fresh), state))
                if client_key is not None:
                    erased_by.note(session, fresh, client_key, text, now)
        for known in set(known_at).difference(kept):
            self._just_erased[known] = state
            for_an_hour = personal.STILL_THERE.total_seconds()
            asyncio.get_running_loop().call_later(for_an_hour, self._just_erased.pop, known, None)
        milliseconds = (time.perf_counter() - began) * 1000
        return TurnResult(tuple(replies), Heard("", heard.kind), Level.none.name, actions, milliseconds)

    def _erased_before(
        self, person_id: str, client_key: Optional[str], text: str, now: datetime
    ) -> Optional[TurnResult]:
        """The answer to a message that had everything erased already and comes again, because its answer was lost."""
        if client_key is None:
            return None
        with self.database.reading() as session:
            if not erased_by.noted(session, person_id, client_key, text, now):
                return None
        turn = self._bare_turn(Heard("", "repeated"), State(), now)
        turn.add("delete.repeated", turn.wording("delete.repeated"), data={"request": "erase"})
        return TurnResult(tuple(turn.replies), turn.heard, Level.none.name)

    async def _state(self, person_id: str) -> State:
        tracker = await self.store.retrieve(person_id)
        return state_from(tracker.get_slot("session")) if tracker is not None else State()

    def _bare_turn(self, heard: Heard, state: State, now: datetime) -> Turn:
        return Turn(self.services.library, self.services.shelf, heard, state, now, facts=self.services.facts)

    async def _erase(self, person_id: str, now: datetime) -> Mapping[str, Any]:
        known = self.settings.project, self.services.library, self.services.facts
        # In a thread: rewriting the files takes as long as copying them, and others go on meanwhile.
        return await asyncio.to_thread(erase_everywhere, self.database, person_id, now, *known)

    async def _heed(self, person_id: str, heard: Heard) -> State:
        """Raise the level of a person's conversation by something heard outside a turn. Call it in a transaction."""
        tracker = await self.store.retrieve(person_id) or self.store.begin(person_id)
        state = state_from(tracker.get_slot("session"))
        levels.update(state, heard)
        await self.store.write(self.store.holding(tracker, state))
        return state

    def _record(
        self,
        person_id: str,
        conversation_id: int,
        channel: str,
        heard: Heard,
        replies: Sequence[Reply],
        state: State,
        now: datetime,
        milliseconds: float,
        client_key: Optional[str],
    ) -> TurnRecord:
        return TurnRecord(
            person_id=person_id,
            conversation_id=conversation_id,
            at=now,
            channel=channel,
            heard=heard,
            replies=replies,
            conversation_level=Level[state.level],
            conversation_kind=state.level_kind,
            model_version=self.model_version,
            library_version=self.library_version,
            milliseconds=milliseconds,
            client_key=client_key,
        )


def same_words(stored: str, text: str) -> bool:
    """Whether a stored message (forgotten ones have no words) can be this one, sent again."""
    return not stored or stored[: texts.MAX_CHARACTERS].strip() == text[: texts.MAX_CHARACTERS].strip()


def _seen_in_context(heard: Heard, state: State) -> Heard:
    """A message by which the level rose above what it shows alone: the answer to a question, or one of several."""
    level, judgement = Level[state.level], heard.judgement
    if judgement.level >= level:
        return heard
    said = dict(
        level=level, kind=state.level_kind, subject=state.level_subject, reason=IN_CONTEXT, judge="conversation"
    )
    return replace(heard, judgement=replace(judgement, **said))
