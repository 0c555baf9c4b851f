"""The risk screen as a Rasa component, so that the stock commands have it too."""

from contextvars import ContextVar
from typing import Any, Dict, List, Optional, Tuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.core import themes
from bot.core.conversation import Judgement, Level
from bot.core.risk import classifier, matcher, screen
from bot.core.risk.classifier import RiskClassifier, RiskExample
from bot.core.risk.screen import RiskScreen
from bot.nlu.messages import block_metadata
from bot.nlu.shared import fingerprint, shared_encoder

# The engine screens a text before anything else; the component then takes that judgement instead of judging again.
judged: ContextVar[Tuple[str, Optional[Judgement]]] = ContextVar("judged", default=("", None))


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class RiskScreenComponent(GraphComponent, IntentClassifier):
    """Judges each message. In: text. Out: `risk`, a judgement as in `bot.core.conversation.Judgement.as_dict`.

    At `risk` or above the intent becomes `risk`, whatever the theme classifier said.
    """

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self.screen = RiskScreen(None)

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        return fingerprint(classifier, matcher, screen)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "RiskScreenComponent":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "RiskScreenComponent":
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component.screen = RiskScreen(RiskClassifier.load(folder, shared_encoder()))
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Train the classifying judge; the matching judge needs none."""
        trained = RiskClassifier.train(examples(training_data), shared_encoder())
        self.screen = RiskScreen(trained)
        with self._storage.write_to(self._resource) as folder:
            trained.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set the judgement of each message in place."""
        for message in messages:
            text = message.get(TEXT) or ""
            known, judgement = judged.get()
            if judgement is None or known != text:
                judgement = self.screen.judge(text)
            message.set("risk", judgement.as_dict(), add_to_output=True)
            if judgement.level >= Level.risk:
                message.set(INTENT, {INTENT_NAME_KEY: themes.RISK, PREDICTED_CONFIDENCE_KEY: 1.0}, add_to_output=True)
        return messages


def examples(training_data: TrainingData) -> List[RiskExample]:
    """Risk messages with what the metadata of their block says; every other message is an example of no risk."""
    return [
        RiskExample.from_metadata(message.get(TEXT), block_metadata(message))
        for message in training_data.intent_examples
    ]
