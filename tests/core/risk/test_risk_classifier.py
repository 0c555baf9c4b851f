"""The judge by meaning, with an encoder small enough for a test."""

import hashlib
from pathlib import Path
from typing import List, Sequence

import numpy as np
import pytest

from bot.core.conversation import Level
from bot.core.risk.classifier import RiskClassifier, RiskExample, pieces
from bot.errors import ModelError


class WordEncoder:
    """Texts with the same words get similar vectors."""

    width = 64

    def __init__(self, version: str = "words-1") -> None:
        self.version = version

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in zip(rows, texts):
            for word in text.lower().replace(".", " ").split():
                row[int(hashlib.sha256(word.encode()).hexdigest(), 16) % self.width] += 1.0
            row /= max(float(np.linalg.norm(row)), 1e-6)
        return rows


def examples() -> List[RiskExample]:
    things = ["the bus", "my sister", "the garden", "a letter", "the rain", "our dog", "some tea", "the office"]
    ordinary = [RiskExample(f"today i saw {thing} and {other}") for thing in things for other in things]
    dark = [
        RiskExample(f"darkness calls me from {thing} {place}", Level.risk, "suicide")
        for thing in things
        for place in ("nightly", "again", "always")
    ]
    grave = [
        RiskExample(f"farewell rope tonight by {thing} {n}", Level.imminent, "suicide")
        for thing in things
        for n in range(2)
    ]
    hurt = [
        RiskExample(f"fists land on me near {thing} {n}", Level.risk, "abuse") for thing in things for n in range(2)
    ]
    friend = [
        RiskExample(f"friend whispers darkness calls near {thing}", Level.concern, "suicide", "other")
        for thing in things
    ]
    return [*ordinary, *dark, *grave, *hurt, *friend]


@pytest.fixture(scope="module")
def classifier() -> RiskClassifier:
    return RiskClassifier.train(examples(), WordEncoder())


def test_a_likeness_to_messages_at_risk_scores_high_and_ordinary_talk_low(classifier: RiskClassifier) -> None:
    assert classifier.judge("darkness calls me from the park nightly").risk > 0.8
    assert classifier.judge("today i saw the bus and the river").risk < 0.2


def test_one_telling_sentence_among_ordinary_ones_is_found_and_named(classifier: RiskClassifier) -> None:
    text = (
        "Today i saw the bus and the rain. Darkness calls me from the garden nightly. Today i saw some tea and our dog."
    )
    opinion = classifier.judge(text)
    assert opinion.risk > 0.8
    assert "Darkness calls me" in opinion.piece


def test_kind_and_urgency_are_told_apart(classifier: RiskClassifier) -> None:
    assert classifier.judge("fists land on me near the river 1").kind == "abuse"
    assert (
        classifier.judge("farewell rope tonight by the river 1").imminent
        > classifier.judge("darkness calls me again").imminent
    )


def test_training_again_gives_the_same_model(classifier: RiskClassifier) -> None:
    assert RiskClassifier.train(examples(), WordEncoder()).version == classifier.version


def test_examples_in_other_languages_are_left_out_of_training(classifier: RiskClassifier) -> None:
    foreign = RiskExample.from_metadata("ich will nicht mehr", {"level": "risk", "kind": "suicide", "language": "de"})
    assert RiskClassifier.train([*examples(), foreign], WordEncoder()).version == classifier.version


def test_a_saved_model_judges_as_before(classifier: RiskClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    loaded = RiskClassifier.load(tmp_path, WordEncoder())
    text = "Darkness calls me from the garden nightly. Today i saw the bus."
    assert loaded.judge(text).risk == pytest.approx(classifier.judge(text).risk, abs=1e-3)


def test_a_model_of_another_encoder_or_a_missing_one_is_refused(classifier: RiskClassifier, tmp_path: Path) -> None:
    classifier.save(tmp_path)
    with pytest.raises(ModelError, match="words-2"):
        RiskClassifier.load(tmp_path, WordEncoder("words-2"))
    with pytest.raises(ModelError, match="interlude train"):
        RiskClassifier.load(tmp_path / "nowhere", WordEncoder())


def test_a_text_is_cut_into_itself_its_sentences_and_neighbouring_pairs() -> None:
    assert pieces("One thing") == ["One thing"]
    assert pieces("One. Two. Three.") == ["One. Two. Three.", "One.", "Two.", "Three.", "One. Two.", "Two. Three."]
