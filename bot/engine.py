"""Text in, replies out: screen, understand, answer, store. The only place that knows Rasa's Agent."""

# Before all others: it decides what Rasa imports.
import bot.nlu.rasa_lean  # noqa: F401  # isort: skip
import asyncio
import logging
import time
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from threadpoolctl import threadpool_limits

from bot import composition
from bot.composition import Services
from bot.core import linking
from bot.core import text as texts
from bot.core.conversation import Heard, Judgement, Level, Reply, TurnResult
from bot.core.encoder import Encoder
from bot.core.guide import country, forget_words, naming
from bot.core.guide.turn import State
from bot.core.reading import Reader
from bot.core.risk.screen import RiskScreen, shipped_matcher
from bot.errors import ConflictError, ModelError
from bot.failing import Failing
from bot.nlu.event_stream import EventStream
from bot.nlu.messages import heard_from, state_from
from bot.nlu.model import Model, load_model
from bot.nlu.risk_screen import judged
from bot.nlu.shared import shared_encoder
from bot.notifications import Notice, Notifier
from bot.personal_data import open_database
from bot.records import Records, utc_now
from bot.settings import Settings
from bot.storage import consents
from bot.storage.database import Database
from bot.storage.forgetting import facts as meant
from bot.storage.repository import UNSCREENED, Repository
from bot.storage.tracker_store import InterludeTrackerStore
from bot.storing import same_words
from bot.versions import library_version, newest_model
from bot.workers.shared import Shared, open_shared

logger = logging.getLogger(__name__)

# News among workers: another model is in use.
MODEL_NEWS = "model"
# How old a message may be to be read together with the next one.
JUST_BEFORE = timedelta(hours=1)
_NOT_ACTIONS = {"action_listen", "action_extract_slots", "action_session_start"}


class _TurnStore(InterludeTrackerStore):
    """Hands the engine the tracker to save, so that events and turn are stored in one short transaction at the end."""

    finished: ContextVar[Optional[DialogueStateTracker]] = ContextVar("finished_tracker", default=None)

    async def save(self, tracker: DialogueStateTracker) -> None:
        self.finished.set(tracker)

    async def write(self, tracker: DialogueStateTracker) -> None:
        """Store the tracker now."""
        await super().save(tracker)

    def begin(self, person_id: str) -> DialogueStateTracker:
        """The tracker of somebody whose first session begins."""
        tracker = self.init_tracker(person_id)
        for event in (SessionStarted(), ActionExecuted("action_listen")):
            tracker.update(event, self.domain)
        return tracker

    def holding(self, tracker: DialogueStateTracker, state: State) -> DialogueStateTracker:
        """The same tracker, with this as where the conversation stands."""
        tracker.update(SlotSet("session", state.as_dict()), self.domain)
        return tracker


@dataclass
class Engine(Records, Failing):
    """One assistant: a trained model, a library, a database. Build it with `Engine.start`."""

    settings: Settings
    services: Services
    database: Database
    agent: Agent
    store: _TurnStore
    risk_screen: RiskScreen
    reader: Reader
    model_version: str
    library_version: str
    shared: Shared
    _was_blind: bool = False
    _following: Optional["asyncio.Task[None]"] = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.notifier = Notifier(self.settings)
        with self.database.reading() as session:
            # A worker that could not screen may have been stopped before it could again.
            self._was_blind = bool(Repository(session).unscreened())

    @staticmethod
    async def start(settings: Settings, model_path: Optional[Path] = None) -> "Engine":
        """Load model, library and database. Raises ModelError, ContentError, SettingError or StorageError."""
        composition.use(settings)
        services = composition.services()
        path = model_path or newest_model(settings.project / "models")
        # One sum of a turn is too small to share among threads, which would wait for each other.
        threadpool_limits(1)
        model = await load_model(path)
        database = open_database(settings)
        stream = EventStream.of(settings.event_broker) if settings.event_broker else None
        store = _TurnStore(domain=model.agent.domain, event_broker=stream, database=database)
        model.connect(store)
        return Engine(
            settings,
            services,
            database,
            model.agent,
            store,
            model.risk_screen,
            model.reader,
            model.version,
            library_version(settings.project / "data"),
            open_shared(settings),
        )

    async def take_model(self, path: Path) -> None:
        """Answer with another model from now on, between turns. Raises ModelError when it cannot be loaded."""
        # In a thread of its own, because loading takes seconds in which conversations go on.
        model: Model = await asyncio.to_thread(asyncio.run, load_model(path))
        async with self.shared.all_here():
            self.store.domain = model.agent.domain
            model.connect(self.store)
            self.agent, self.risk_screen, self.reader = model.agent, model.risk_screen, model.reader
            self.model_version = model.version

    def screen(self, text: str) -> Level:
        """How much danger a text shows, judged without storing anything; at least `concern` when no judge works."""
        judgement = self.judge(text)
        return Level.concern if judgement.reason == UNSCREENED else judgement.level

    async def card(self, person_id: Optional[str]) -> Reply:
        """The helpline card for what is known of a person."""
        state = await self._state(person_id) if person_id else State()
        turn = self._bare_turn(Heard("", "card"), state, utc_now())
        country.card(turn, state.level_kind)
        return turn.replies[0]

    async def handle(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: Optional[str] = None,
        capabilities: Sequence[str] = (),
        now: Optional[datetime] = None,
    ) -> TurnResult:
        """Answer one message. The same `client_key` gives the same replies and is not a second message.

        Never raises for what a person wrote or for something that broke: then the replies are a safe answer.
        """
        began = time.perf_counter()
        now = now or utc_now()
        # Half a surrogate pair, as broken clients send it, is no text that the encoder could read or the database keep.
        text = text.encode("utf-8", "replace").decode("utf-8").strip()
        attempt = partial(self._attempt, person_id, channel, text, client_key, tuple(capabilities), now, began)
        try:
            async with self.shared.lock(person_id):
                try:
                    return await attempt()
                except ConflictError:
                    # While Redis is away two machines may begin at once; now the other's turn is there to build upon.
                    return await attempt()
        except Exception as error:
            return await self._safely(person_id, channel, text, error, now, began, client_key)
        finally:
            shared_encoder().forget()
            shipped_matcher().forget()

    @property
    def encoder(self) -> Encoder:
        """The sentence encoder of this process."""
        return shared_encoder()

    async def erase(self, person_id: str) -> Mapping[str, Any]:
        """Erase everything of a person, under the conversation's lock; gives the receipt."""
        async with self.shared.lock(person_id):
            return await self._erase(person_id, utc_now())

    async def open(self) -> None:
        """Hear from now on what the other workers publish."""
        self.shared.on_news(MODEL_NEWS, lambda _: self._follow())
        await self.shared.open()

    async def shut(self) -> None:
        """Undo `open`, and close."""
        await self.shared.close()
        if self.store.event_broker is not None:
            await self.store.event_broker.close()
        self.close()

    def close(self) -> None:
        """Close the database."""
        self.database.close()

    def _follow(self) -> None:
        """Take the newest model, which another worker was told to use."""
        path = newest_model(self.settings.project / "models")
        if path.name != f"{self.model_version}.tar.gz":
            self._following = asyncio.create_task(self._take_quietly(path))

    async def _take_quietly(self, path: Path) -> None:
        try:
            await self.take_model(path)
        except Exception as error:
            logger.error("model_not_taken model=%s error=%s", path.name, type(error).__name__)

    async def _attempt(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: Optional[str],
        capabilities: Tuple[str, ...],
        now: datetime,
        began: float,
    ) -> TurnResult:
        earlier = self._sent_with(person_id, client_key)
        if earlier is not None and same_words(earlier.heard.text, text):
            level = (await self._state(person_id)).level
            shown = self._shown(person_id, earlier.id, earlier.replies)
            return TurnResult(tuple(shown), Heard("", "repeated"), level)
        erased = self._erased_before(person_id, client_key, text, now)
        if erased is not None:
            return erased
        # A key that belongs to another message already says nothing about this one, which is screened and answered as new.
        return await self._turn(
            person_id, channel, text, client_key if earlier is None else None, capabilities, now, began
        )

    async def _turn(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: Optional[str],
        capabilities: Tuple[str, ...],
        now: datetime,
        began: float,
    ) -> TurnResult:
        judgement = self.judge(text)
        if judgement.reason == UNSCREENED:
            return await self._blind(person_id, channel, text, judgement, client_key, now, began)
        if self._was_blind:
            await self._screen_again(now)
        if judgement.level is Level.none and await self._is_link_code(channel, text):
            about_code = await self._about_link_code(person_id, text, now)
            if Level[about_code.level] < Level.risk:
                return about_code
        self._sent_again(person_id, client_key, text)
        await self._keep_unkept()
        with self.database.reading():
            tracker = await self._processed(person_id, channel, text, judgement, capabilities, now)
        heard, replies, actions = _outcome(tracker)
        state = state_from(tracker.get_slot("session"))
        outcome = tracker.get_slot("outcome") or {}
        if outcome.get("request") == "erase":
            return await self._erased(person_id, channel, heard, replies, actions, client_key, text, now, began)
        if not replies:
            raise ModelError("A turn ended without a reply.")
        milliseconds = (time.perf_counter() - began) * 1000
        turn_id, rose = await self._store(
            person_id, channel, tracker, state, heard, replies, outcome, client_key, now, milliseconds
        )
        # Also what single messages do not show: an answer to a question about safety, or several messages together.
        level = max(heard.judgement.level, Level[state.level] if rose else Level.none)
        if level >= Level.risk:
            kind = heard.judgement.kind or state.level_kind or ""
            self.notifier.send(Notice("raised", level.name, kind, now.isoformat(), turn_id))
        shown = self._shown(person_id, turn_id, replies)
        return TurnResult(tuple(shown), heard, state.level, actions, milliseconds, turn_id)

    async def _processed(
        self,
        person_id: str,
        channel: str,
        text: str,
        judgement: Judgement,
        capabilities: Tuple[str, ...],
        now: datetime,
    ) -> DialogueStateTracker:
        """The tracker with this message and what was done about it; nothing is stored yet."""
        readable = text[: texts.MAX_CHARACTERS]
        judged.set((texts.clean(readable), self._in_context(person_id, text, judgement, now)))
        message = UserMessage(
            readable,
            CollectingOutputChannel(),
            person_id,
            input_channel=channel,
            metadata={
                "now": now.isoformat(),
                "capabilities": list(capabilities),
                "cut": len(text) > len(readable),
                "facts": self._facts_asked_for(person_id, readable, now),
            },
        )
        self.store.finished.set(None)
        await self.agent.processor.handle_message(message)
        tracker = self.store.finished.get()
        if tracker is None:
            raise ModelError("A turn ended without a tracker.")
        # They may hold words of another message, which has one place where it is stored.
        message.metadata["facts"].clear()
        return tracker

    async def _is_link_code(self, channel: str, text: str) -> bool:
        code = linking.read(text)
        return code is not None and await self.link_standing(code, channel, "") is not linking.Standing.unknown

    async def _about_link_code(self, person_id: str, text: str, now: datetime) -> TurnResult:
        """Where to type a code that came as a message. It is a key to somebody's history, so it is not stored."""
        state = await self._state(person_id)
        turn = self._bare_turn(Heard(text, "link_code"), state, now)
        turn.say("about.link_code")
        return TurnResult(tuple(turn.replies), Heard("", "link_code"), state.level)

    def _in_context(self, person_id: str, text: str, judgement: Judgement, now: datetime) -> Judgement:
        """The judgement seen together with what was said just before, where that could change it.

        A button of the bot's own that is pressed while nothing is raised ("I say when it ends") is no sign of danger, nor
        is a wish that holds nothing but the name of an exercise, unless a rule found one in it.
        """
        if judgement.level is Level.none and not self.risk_screen.may_lean(text, judgement):
            return judgement
        with self.database.reading() as session:
            last = Repository(session).last_turns(person_id, 1)
        before = "".join(turn.heard.text for turn in last if now - turn.at <= JUST_BEFORE)
        raised = any(turn.conversation_level > Level.none for turn in last)
        offered = {button for turn in last for reply in turn.replies for button in reply.buttons}
        by_likeness = judgement.judge.startswith("classifier")
        wished = by_likeness and naming.is_exact_wish(self.services.library, text)
        if (text in offered or wished) and not raised:
            return Judgement(score=judgement.score, degraded=judgement.degraded)
        return self.risk_screen.in_context(text, judgement, before, raised)

    def _facts_asked_for(self, person_id: str, text: str, now: datetime) -> Dict[str, str]:
        """What is true of this person alone and has to be looked up, when the message asks for it."""
        to_forget = forget_words.wish(text)
        with self.database.reading() as session:
            return {
                **consents.facts(session, person_id, text, now, self.services.profile.staff_read_at_risk),
                **(meant(session, person_id, to_forget) if to_forget is not None else {}),
            }


def _outcome(tracker: DialogueStateTracker) -> Tuple[Heard, List[Reply], Tuple[str, ...]]:
    """What the last message was understood as, what was said after it, and by which actions."""
    events = list(tracker.events)
    start = max(index for index, event in enumerate(events) if isinstance(event, UserUttered))
    message = events[start]
    replies = [
        Reply(
            event.metadata.get("reply_id", ""),
            event.text or "",
            tuple(button["title"] for button in (event.data.get("buttons") or ())),
            event.metadata.get("reply_data") or {},
        )
        for event in events[start:]
        if isinstance(event, BotUttered)
    ]
    names = (event.action_name for event in events[start:] if isinstance(event, ActionExecuted))
    return (
        heard_from(message.text, message.parse_data),
        replies,
        tuple(name for name in names if name not in _NOT_ACTIONS),
    )
