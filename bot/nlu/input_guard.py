"""First component: what a person typed is text, never a command to the engine."""

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.core.text import clean


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER], is_trainable=False)
class InputGuard(GraphComponent):
    """Cleans each message's text (control characters, leading slashes). In: text. Out: the same text, cleaned.

    A leading slash would make Rasa's regex handler take the text for an intent with entities, around all other
    components, the risk screen among them.
    """

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "InputGuard":
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Clean the text of each message in place."""
        for message in messages:
            if message.get(TEXT) is not None:
                message.set(TEXT, clean(message.get(TEXT)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Clean the training examples in the same way."""
        self.process(training_data.training_examples)
        return training_data
