"""Dense sentence features from the sentence encoder, for any stock classifier or policy that wants them."""

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.core import encoder_build
from bot.nlu.shared import fingerprint, shared_encoder


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER], is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Sets dense sentence features `(1, 384) float32`, of length 1, on each message with text."""

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        return fingerprint(encoder_build)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        return cls(execution_context.node_name, config)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """The alias names the features. Raises InvalidConfigException when it is not a text."""
        if not isinstance(config["alias"], str):
            raise InvalidConfigException("SentenceEncoder: `alias` must be a text. Correct config.yml.")

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {**DenseFeaturizer.get_default_config(), "alias": "sentence_encoder"}

    def process(self, messages: List[Message]) -> List[Message]:
        """Add the features to each message in place."""
        with_text = [message for message in messages if message.get(TEXT)]
        rows = shared_encoder().encode([message.get(TEXT) for message in with_text])
        for message, row in zip(with_text, rows):
            message.add_features(Features(row[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._config["alias"]))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the features to each training example in place."""
        self.process(training_data.training_examples)
        return training_data
