"""What all actions share: read the tracker, let the guide speak, report; and answer safely when anything breaks."""

import logging
import uuid
from abc import ABC, abstractmethod
from datetime import datetime, timezone
from typing import Any, Dict, List

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.composition import services
from bot.core.conversation import Reply
from bot.core.guide import conversation, safety
from bot.core.guide.turn import Turn
from bot.nlu.messages import heard_from, state_from

logger = logging.getLogger(__name__)


class CapabilityAction(Action, ABC):
    """One action of the domain. Abstract, because the SDK makes an instance of every class that is not."""

    @property
    @abstractmethod
    def action(self) -> str:
        """The action's name in the domain, and the capability of the guide that it stands for."""

    def name(self) -> str:
        return self.action

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Dict[str, Any]) -> List[EventType]:
        try:
            return self._run(dispatcher, tracker)
        except Exception as error:
            # Without the message: an exception's text may hold what the person wrote.
            logger.error("action_failed id=%s action=%s error=%s", uuid.uuid4().hex, self.action, type(error).__name__)
            turn = _turn_of(tracker)
            safety.floor(turn)
            return self._report(dispatcher, turn)

    def _run(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> List[EventType]:
        shared, turn = services(), _turn_of(tracker)
        conversation.take(turn, self.action, shared.settings.session_hours, shared.profile.disclosure_hours)
        return self._report(dispatcher, turn)

    def _report(self, dispatcher: CollectingDispatcher, turn: Turn) -> List[EventType]:
        for reply in turn.replies:
            dispatcher.utter_message(**as_message(reply))
        outcome = {"action": self.action, "notes": turn.notes, "request": turn.request, "level": turn.state.level}
        # One action answers a message: saying so saves asking all policies again.
        listen = FollowupAction("action_listen")
        return [SlotSet("session", turn.state.as_dict()), SlotSet("outcome", outcome), listen]


def _turn_of(tracker: Tracker) -> Turn:
    shared, message = services(), tracker.latest_message
    metadata = message.get("metadata") or {}
    now = metadata.get("now")
    return Turn(
        library=shared.library,
        chooser=shared.shelf,
        heard=heard_from(
            message.get("text"), message, tuple(metadata.get("capabilities", ())), bool(metadata.get("cut"))
        ),
        state=state_from(tracker.get_slot("session")),
        now=datetime.fromisoformat(now) if now else datetime.now(timezone.utc),
        # What is true of this person only is put into the message by the engine.
        facts={**shared.facts, **(metadata.get("facts") or {})},
    )


def as_message(reply: Reply) -> Dict[str, Any]:
    """A reply as the dispatcher takes it; the id and what a channel may show travel beside the text."""
    return {
        "text": reply.text,
        "buttons": [{"title": title, "payload": title} for title in reply.buttons],
        "reply_id": reply.id,
        "reply_data": dict(reply.data),
    }
