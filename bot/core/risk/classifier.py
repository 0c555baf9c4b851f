"""The second judge: a classifier over the meaning of a text's sentences, pairs of sentences and whole.

Whole messages drown the sentence that matters, so each piece is judged and the greatest score counts. The encoder was tuned
on levels of risk too, so a logistic regression for each level is enough: networks and kernels measured no better.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from bot.core.conversation import Level
from bot.core.encoder import Encoder, held_out
from bot.core.text import sentences
from bot.errors import ModelError

KINDS: Tuple[str, ...] = ("suicide", "abuse", "violence", "self_harm", "eating", "medical")
HEADS: Tuple[Level, ...] = (Level.concern, Level.risk, Level.imminent)
STRENGTH = 5.0
# Log-odds of concern (before calibration) below which a text seems ordinary; words up to which that is enough to go by.
ORDINARY, SHORT_WORDS = -4.0, 45
_ARRAYS = "classifier.npz"
_FACTS = "classifier.json"


@dataclass(frozen=True)
class RiskExample:
    """One message to learn from; `kind` is None at level none. `corrected` says that reviewers decided on it."""

    text: str
    level: Level = Level.none
    kind: Optional[str] = None
    subject: str = "self"
    tense: str = "now"
    language: str = "en"
    corrected: bool = False

    @staticmethod
    def from_metadata(text: str, metadata: Mapping[str, Any]) -> "RiskExample":
        """Read an example of `data/nlu`: its text and the metadata beside it (none for ordinary talk)."""
        return RiskExample(
            text.strip(),
            Level[metadata.get("level", "none")],
            metadata.get("kind"),
            metadata.get("subject", "self"),
            metadata.get("tense", "now"),
            str(metadata.get("language", "en")),
            metadata.get("source") == "review",
        )


@dataclass(frozen=True)
class Opinion:
    """Probabilities (0 to 1) that a text is at `concern`, `risk` or `imminent` or above it; the likeliest kind and subject.

    `piece` is the sentence, or pair of sentences, that scored highest for risk.
    """

    concern: float
    risk: float
    imminent: float
    kind: str
    subject: str
    piece: str


def pieces(text: str) -> List[str]:
    """The whole text, its sentences, and every two neighbouring sentences; only the whole when it is one sentence."""
    parts = sentences(text)
    return list(dict.fromkeys([text, *parts, *_pairs(parts)])) if len(parts) > 1 else [text]


def _pairs(parts: Sequence[str]) -> List[str]:
    return [f"{first} {second}" for first, second in zip(parts, parts[1:])] if len(parts) > 2 else []


class RiskClassifier:
    """Judges texts by meaning. Make one with `train` or `load`."""

    def __init__(self, arrays: Mapping[str, np.ndarray], facts: Mapping[str, Any], encoder: Encoder) -> None:
        self._arrays = {name: np.asarray(array) for name, array in arrays.items()}
        self._facts = dict(facts)
        self._encoder = encoder
        self.version: str = self._facts["version"]

    @staticmethod
    def train(examples: Sequence[RiskExample], encoder: Encoder) -> "RiskClassifier":
        """Learn from the English examples; the same examples and encoder give the same model. Takes about a minute.

        Probabilities are calibrated on the messages that the encoder was not tuned on.
        """
        examples = [example for example in examples if example.language == "en"]
        parts = [pieces(example.text) for example in examples]
        known = sorted({piece for group in parts for piece in group})
        vectors = dict(zip(known, encoder.encode(known)))
        levels = np.array([int(example.level) for example in examples])
        apart = np.array([held_out(example.text) and not example.corrected for example in examples])
        facts: Dict[str, Any] = {"encoder": encoder.version, "heads": {}}
        weights, bias = np.zeros((encoder.width, len(HEADS)), np.float32), np.zeros(len(HEADS), np.float32)
        for number, head in enumerate(HEADS):
            weights[:, number], bias[number] = _fit(parts, levels >= head, vectors, ~apart)
            scores = np.array(
                [
                    max(vectors[piece] @ weights[:, number] + bias[number] for piece in parts[i])
                    for i in np.flatnonzero(apart)
                ]
            )
            slope, offset = _calibrate(scores, levels[apart] >= head)
            facts["heads"][head.name] = {"slope": slope, "offset": offset}
        raised = [i for i, level in enumerate(levels) if level > 0]
        whole = np.array([vectors[examples[i].text] for i in raised])
        arrays = {
            "level_weights": weights,
            "level_bias": bias,
            **_linear("kind", whole, [KINDS.index(examples[i].kind or "suicide") for i in raised], len(KINDS)),
            **_linear("subject", whole, [int(examples[i].subject == "other") for i in raised], 2),
        }
        facts["version"] = hashlib.sha256(b"".join(array.tobytes() for array in arrays.values())).hexdigest()[:12]
        return RiskClassifier(arrays, facts, encoder)

    def save(self, folder: Path) -> None:
        """Write the model into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(folder / _ARRAYS, **self._arrays)
        (folder / _FACTS).write_text(json.dumps(self._facts, indent=1), encoding="utf-8")

    @staticmethod
    def load(folder: Path, encoder: Encoder) -> "RiskClassifier":
        """Read a model. Raises ModelError when it is missing, broken, or was trained with another encoder."""
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            with np.load(folder / _ARRAYS) as stored:
                arrays = {name: stored[name] for name in stored.files}
            trained_with = facts["encoder"]
            classifier = RiskClassifier(arrays, facts, encoder)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"The risk classifier in {folder.name} cannot be read ({type(error).__name__}). Next: interlude train."
            ) from error
        if trained_with != encoder.version:
            raise ModelError(
                f"The risk classifier was trained with the encoder {trained_with}; this one is {encoder.version}. Next: interlude train."
            )
        return classifier

    def judge(self, text: str) -> Opinion:
        """The opinion on one text: for each level the greatest probability over its pieces.

        Most talk is ordinary: of a short text whose whole seems so the sentences are not read one by one, and pairs of
        sentences are read only when one of them seems worth it.
        """
        parts, inner = [text], sentences(text)
        vectors = self._encoder.encode(parts)
        if len(inner) > 1 and (len(text.split()) > SHORT_WORDS or self._worth_a_look(vectors)):
            parts = list(dict.fromkeys([text, *inner]))
            vectors = self._encoder.encode(parts)
            if self._worth_a_look(vectors):
                parts = pieces(text)
                vectors = self._encoder.encode(parts)
        return self._opinion(parts, vectors)

    def judge_whole(self, text: str) -> Opinion:
        """The opinion on one text as a whole, whatever its sentences say alone."""
        return self._opinion([text], self._encoder.encode([text]))

    def _opinion(self, parts: Sequence[str], vectors: np.ndarray) -> Opinion:
        scores = self._scores(vectors)
        worst = int(scores[:, 1].argmax())
        kinds = vectors[worst] @ self._arrays["kind_weights"] + self._arrays["kind_bias"]
        subjects = vectors[worst] @ self._arrays["subject_weights"] + self._arrays["subject_bias"]
        concern, risk, imminent = (self._probability(head, float(scores[:, i].max())) for i, head in enumerate(HEADS))
        return Opinion(
            concern,
            risk,
            imminent,
            KINDS[int(kinds.argmax())],
            "other" if subjects.argmax() == 1 else "self",
            parts[worst],
        )

    def _scores(self, vectors: np.ndarray) -> np.ndarray:
        """`(n, levels)` log-odds of n pieces."""
        result: np.ndarray = vectors @ self._arrays["level_weights"] + self._arrays["level_bias"]
        return result

    def _worth_a_look(self, vectors: np.ndarray) -> bool:
        return float(self._scores(vectors)[:, 0].max()) >= ORDINARY

    def _probability(self, head: Level, score: float) -> float:
        scale = self._facts["heads"][head.name]
        return float(1 / (1 + np.exp(-(scale["slope"] * score + scale["offset"]))))


def _fit(
    parts: Sequence[Sequence[str]], positive: np.ndarray, vectors: Mapping[str, np.ndarray], used: np.ndarray
) -> Tuple[np.ndarray, float]:
    """Weights and bias of one level. Of a long message at this level the piece that says it is found by a first look."""
    from sklearn.linear_model import LogisticRegression

    negatives = sorted({piece for i, group in enumerate(parts) if used[i] and not positive[i] for piece in group})
    chosen = {i: [group[0]] for i, group in enumerate(parts) if used[i] and positive[i]}

    def regression() -> Any:
        telling = [piece for group in chosen.values() for piece in group]
        rows = np.array([vectors[piece] for piece in (*telling, *negatives)])
        truth = np.r_[np.ones(len(telling)), np.zeros(len(negatives))]
        return LogisticRegression(C=STRENGTH, max_iter=300).fit(rows, truth)

    first = regression()
    for i, group in chosen.items():
        if len(parts[i]) > 1:
            scores = first.decision_function(np.array([vectors[piece] for piece in parts[i][1:]]))
            group.append(parts[i][1:][int(scores.argmax())])
    final = regression()
    return final.coef_[0], float(final.intercept_[0])


def _calibrate(scores: np.ndarray, positive: np.ndarray) -> Tuple[float, float]:
    """Slope and offset from score to log-odds; scores stay as they are where there is nothing to compare."""
    from sklearn.linear_model import LogisticRegression

    if len(set(positive.tolist())) < 2:
        return 1.0, 0.0
    line = LogisticRegression(C=1e3).fit(scores.reshape(-1, 1), positive)
    return float(line.coef_[0, 0]), float(line.intercept_[0])


def _linear(name: str, vectors: np.ndarray, labels: Sequence[int], classes: int) -> Dict[str, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=10.0, max_iter=500, class_weight="balanced").fit(vectors, labels)
    weights = np.zeros((vectors.shape[1], classes), dtype=np.float32)
    bias = np.full(classes, -1e9, dtype=np.float32)
    columns = [int(label) for label in fitted.classes_]
    if len(columns) == 2:
        weights[:, columns[1]], bias[columns[0]], bias[columns[1]] = fitted.coef_[0], 0.0, fitted.intercept_[0]
    else:
        weights[:, columns], bias[columns] = fitted.coef_.T, fitted.intercept_
    return {f"{name}_weights": weights, f"{name}_bias": bias}
