"""Two policies that win over rules and stories: safety, and the answer that a question waits for."""

from abc import abstractmethod
from typing import Any, Dict, List, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.core.conversation import Heard
from bot.core.guide import conversation, expecting
from bot.core.guide.turn import State
from bot.nlu.messages import heard_from, state_from


class _DecidingPolicy(Policy):
    """Predicts one action right after the person's message, and `action_listen` right after any of our actions.

    The state may have changed by then, so that the second prediction does not ask `decide` again.
    """

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "_DecidingPolicy":
        return cls(config, model_storage, resource, execution_context)

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.ML_AND_RULE_DATA

    def train(self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Nothing is learned: `bot.core` decides."""
        return self._resource

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """Confidence 1 for the decided action, else 0 for all."""
        action = self._action(tracker)
        if action is None:
            return self._prediction(self._default_predictions(domain))
        probabilities = self._default_predictions(domain)
        probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, is_no_user_prediction=True)

    def _action(self, tracker: DialogueStateTracker) -> Optional[str]:
        message = tracker.latest_message
        if message is None or message.text is None:
            return None
        if tracker.latest_action_name in conversation.CAPABILITIES:
            return ACTION_LISTEN_NAME
        if tracker.latest_action_name != ACTION_LISTEN_NAME:
            return None
        capabilities = tuple((message.metadata or {}).get("capabilities", ()))
        heard = heard_from(message.text, message.parse_data, capabilities)
        return self.decide(state_from(tracker.get_slot("session")), heard)

    @abstractmethod
    def decide(self, state: State, heard: Heard) -> Optional[str]:
        """The action for this message, or None to leave it to others."""


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT], is_trainable=True)
class SafetyPolicy(_DecidingPolicy):
    """A text that raises the level to `risk` or above, or answers a question about safety, is met by `action_safety`."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"priority": 100}

    def decide(self, state: State, heard: Heard) -> Optional[str]:
        return "action_safety" if expecting.needs_safety(state, heard) else None


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT], is_trainable=True)
class ExpectedAnswerPolicy(_DecidingPolicy):
    """A message that answers what was asked (an exercise step, an offer, a confirmation) goes where the answer is awaited."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {"priority": 90}

    def decide(self, state: State, heard: Heard) -> Optional[str]:
        return expecting.expected(state, heard)
