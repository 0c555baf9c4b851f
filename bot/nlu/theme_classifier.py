"""The trained reader of themes and moves as a Rasa intent classifier."""

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.core import reading, themes
from bot.core.reading import Example, Reader, Reading
from bot.nlu.messages import block_metadata
from bot.nlu.shared import fingerprint, shared_encoder

THEME = "theme"
RANKING_LENGTH = 5
SECTIONS_KEPT = 12


@DefaultV1Recipe.register([DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER], is_trainable=True)
class ThemeClassifier(GraphComponent, IntentClassifier):
    """Gives each message an intent and, beside it, every theme that holds.

    In: text. Out: `intent` (the leading theme, or a move, or a kind of talk), `intent_ranking`, and `reading`:
    `{"kind", "confidence", "themes": [{"name", "score", "span"}], "near": [...], "sections": {id: share}}` with calibrated
    scores from 0 to 1 and the likeliest article sections.
    """

    def __init__(self, config: Dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._reader: Reader | None = None

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        return {}

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        # Imported for training alone, because it brings scikit-learn with it.
        from bot.core import reading_train

        return fingerprint(reading, reading_train, themes)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "ThemeClassifier":
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "ThemeClassifier":
        classifier = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            classifier._reader = Reader.load(folder, shared_encoder())
        return classifier

    @property
    def reader(self) -> Reader:
        """The trained reader. Raises RuntimeError before training."""
        if self._reader is None:
            raise RuntimeError("The theme classifier is used before it was trained. Run `interlude train`.")
        return self._reader

    def train(self, training_data: TrainingData) -> Resource:
        """Train from the examples with an intent; risk messages are left to the risk screen."""
        self._reader = Reader.train(examples(training_data), shared_encoder())
        with self._storage.write_to(self._resource) as folder:
            self._reader.save(folder)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Set intent, ranking and reading of each message in place."""
        for message in messages:
            if message.get(TEXT):
                self._read(message)
        return messages

    def _read(self, message: Message) -> None:
        found = self.reader.read(message.get(TEXT))
        name = _intent(found)
        ranking = [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: found.confidence}]
        ranking += [
            {INTENT_NAME_KEY: other, PREDICTED_CONFIDENCE_KEY: score}
            for other, score in found.ranking
            if other not in (name, THEME)
        ][: RANKING_LENGTH - 1]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        understood = {
            "kind": found.kind,
            "confidence": round(found.confidence, 4),
            "themes": [theme.as_dict() for theme in found.themes],
            "near": [theme.as_dict() for theme in found.near],
            "sections": self._likely_sections(message.get(TEXT)),
        }
        message.set("reading", understood, add_to_output=True)

    def _likely_sections(self, text: str) -> Dict[str, float]:
        shares = sorted(zip(self.reader.section_scores(text), self.reader.sections), reverse=True)
        return {section: round(float(share), 4) for share, section in shares[:SECTIONS_KEPT]}


def _intent(found: Reading) -> str:
    """The leading theme, also when it is not sure enough to be claimed; else the kind."""
    if found.kind != THEME:
        return found.kind
    likely = (*found.themes, *found.near)
    return likely[0].name if likely else "just_talking"


def examples(training_data: TrainingData) -> List[Example]:
    """Rasa's training examples as the reader takes them; themes and section come from the metadata of their block."""
    found: List[Example] = []
    for message in training_data.intent_examples:
        intent, metadata = message.get(INTENT), block_metadata(message)
        if reading.for_reader(intent, metadata):
            found.append(
                Example(
                    message.get(TEXT),
                    intent,
                    reading.themes_of(intent, metadata),
                    metadata.get("section"),
                    corrected=metadata.get("source") == "review",
                )
            )
    return found
