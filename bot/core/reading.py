"""What a message is about: themes, dialogue moves, kinds of talk. Two linear opinions, one on meaning, one on words.

Each opinion gives a score (log-odds) to every theme, kind and article section; the two are averaged. The scores of the
themes become probabilities by Platt scaling on messages that neither the encoder nor the opinions learned from; each theme has its own threshold.
"""

import json
import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import yaml
from numpy.typing import NDArray

from bot.core.conversation import ThemeScore
from bot.core.encoder import Encoder
from bot.core.text import Clause, clauses, has_words, sentences, share_of_latin
from bot.core.themes import KINDS, OUT_OF_SCOPE, TALK, THEMES
from bot.errors import ContentError, ModelError

FORMAT = 1
CALIBRATED = ("slope", "shift", "threshold")
THEME = "theme"
GIBBERISH, OTHER_LANGUAGE = "gibberish", "other_language"
READ_KINDS: Tuple[str, ...] = (*KINDS, GIBBERISH, OTHER_LANGUAGE, THEME)

FEWEST = 3
MEANING_STRENGTH, WORDS_STRENGTH = 4.0, 10.0
# From so many messages on, the messages of a kind count less.
EVEN_KIND = 900
# Of a message that reviewers decided on. As one among thousands it would change scores, but not what is answered.
CORRECTED_WEIGHT = 8.0
# Share of messages without any theme that calibration and thresholds reckon with.
SILENT_SHARE = 0.35
# Shares of themes and of moves that the out-of-scope margin leaves in scope.
KEEP_THEMES, KEEP_MOVES = 0.985, 0.93
# Where kinds are easily told apart that margin would grow without need, and take in all that is unknown.
MOST_MARGIN = 2.0
# Factor and shift of the log-odds, chosen on the development set for its calibration error; claims do not change by it.
TEMPER, CAUTION = 0.7, -0.3
# A theme claimed where there is none is worse than one that is missed.
BETA_SQUARED = 0.2
SENTENCE_DISCOUNT = 1.0
# Longer messages are also read sentence by sentence: a theme may sit in one of many.
LONG_WORDS, MOST_SENTENCES = 40, 40
NEAR = 0.13
# Below this share a move is not acted upon when a theme is near.
UNSURE = 0.35
SHORT_WORDS, LEANING_WORDS = 3, 14
LEANING_BONUS = 4.5
# "yes, and with my sister it's even worse" is more than a yes.
BARE_MOVE_WORDS = 5

Array = NDArray[Any]

_WORD = re.compile(r"[^\W_]+(?:'[a-z]+)?|[!?]")
_LEANS = re.compile(
    r"^(yes|yeah|yep|no|and|but|also|so|or|because|same|exactly|it|it's|its|that|that's|thats|this|then|with|plus|even)\b"
    r"|\b(even (worse|more|harder)|as well|too|the same|again)\W*$"
)


@dataclass(frozen=True)
class Example:
    """A training message. `intent` is the leading theme or the kind; `section` the article section it was written for;
    `corrected` says that reviewers decided on it.
    """

    text: str
    intent: str
    themes: Tuple[str, ...] = ()
    section: Optional[str] = None
    corrected: bool = False


@dataclass(frozen=True)
class Reading:
    """What one message was found to be.

    `kind` is a move, a kind of talk, `out_of_scope`, `gibberish`, `other_language` or `theme`, `confidence` 0 to 1;
    `ranking` holds the kinds, likeliest first; `themes` those that hold, likeliest first; `near` the likeliest of the
    others; `probabilities` one calibrated value (0 to 1) for each theme.
    """

    kind: str
    confidence: float
    ranking: Tuple[Tuple[str, float], ...]
    themes: Tuple[ThemeScore, ...]
    near: Tuple[ThemeScore, ...]
    probabilities: Mapping[str, float]


def read_examples(folder: Path) -> List[Example]:
    """The messages of `data/nlu/` (Rasa's training format, metadata by block). Raises ContentError for an unknown theme."""
    found: List[Example] = []
    for path in sorted(folder.glob("**/*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for block in content["nlu"]:
            details: Dict[str, Any] = block.get("metadata") or {}
            if not for_reader(block["intent"], details):
                continue
            themes = themes_of(block["intent"], details)
            unknown = [theme for theme in themes if theme not in THEMES]
            if unknown:
                raise ContentError(
                    f"{path.name}: unknown theme {unknown[0]!r}; the themes are listed in bot/core/themes.py."
                )
            for line in block["examples"].splitlines():
                found.append(Example(line.removeprefix("- "), block["intent"], themes, details.get("section")))
    return found


def for_reader(intent: str, metadata: Mapping[str, Any]) -> bool:
    """Whether a training message says anything about themes and kinds; those of the risk screen are labelled for risk only."""
    return (intent in THEMES or intent in READ_KINDS) and "near_miss" not in metadata


def themes_of(intent: str, metadata: Mapping[str, Any]) -> Tuple[str, ...]:
    """The themes of a training message: those its metadata lists, or else the intent when that is a theme."""
    return tuple(metadata.get("themes") or ([intent] if intent in THEMES else []))


def terms(text: str) -> List[str]:
    """The words and pairs of words that the second opinion looks at, lower case."""
    found = _WORD.findall(text.lower().replace("’", "'"))
    return found + [f"{first} {second}" for first, second in pairwise(found)]


@dataclass(frozen=True)
class Head:
    """Linear scores for some labels: `meaning` (width, labels), `words` (terms, labels), `bias` (labels), float32."""

    labels: Tuple[str, ...]
    meaning: Array
    words: Array
    bias: Array

    def scores(self, vectors: Array, bags: Sequence["Bag"]) -> Array:
        """`(n, labels)` log-odds for n texts, given as vectors `(n, width)` and bags of terms."""
        by_words = [bag.weights @ self.words[bag.places] for bag in bags]
        result: Array = vectors @ self.meaning + np.asarray(by_words, dtype=np.float32) + self.bias
        return result


@dataclass(frozen=True)
class Bag:
    """The known terms of one text: their places in the vocabulary and their weights, a vector of length 1."""

    places: Array
    weights: Array


class Vocabulary:
    """Terms with their rarity; turns texts into bags."""

    def __init__(self, known: Sequence[str], rarity: Array) -> None:
        self.known = tuple(known)
        self.rarity = rarity
        self._places = {term: place for place, term in enumerate(self.known)}

    @staticmethod
    def of(texts: Sequence[str]) -> "Vocabulary":
        """All terms that at least two texts use; rarity is the smoothed inverse document frequency."""
        counts: Dict[str, int] = {}
        for text in texts:
            for term in set(terms(text)):
                counts[term] = counts.get(term, 0) + 1
        known = sorted(term for term, count in counts.items() if count > 1)
        rarity = [1.0 + np.log((1 + len(texts)) / (1 + counts[term])) for term in known]
        return Vocabulary(known, np.asarray(rarity, dtype=np.float32))

    def bag(self, text: str) -> Bag:
        """The bag of one text; empty when no term is known."""
        counts: Dict[int, int] = {}
        for term in terms(text):
            place = self._places.get(term)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        places = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
        often = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        weights = (1.0 + np.log(often)) * self.rarity[places]
        length = float(np.linalg.norm(weights)) or 1.0
        return Bag(places, np.asarray(weights / length, dtype=np.float32))


@dataclass(frozen=True)
class Calibration:
    """For each theme: score to probability, `1 / (1 + exp(-(slope * score + shift)))`, and its threshold."""

    slope: Array
    shift: Array
    threshold: Array

    def probabilities(self, scores: Array) -> Array:
        """Probabilities (0 to 1) in the shape of `scores` (.., themes)."""
        result: Array = _logistic(self.slope * scores + self.shift)
        return result


class Reader:
    """Reads messages. Build it with `train` or `load`; `read` is safe to call from several threads."""

    def __init__(
        self,
        encoder: Encoder,
        vocabulary: Vocabulary,
        heads: Mapping[str, Head],
        calibration: Calibration,
        scope_margin: float,
    ) -> None:
        self._encoder = encoder
        self._vocabulary = vocabulary
        self._themes, self._kinds, self._sections = heads["themes"], heads["kinds"], heads["sections"]
        self._calibration = calibration
        self._scope_margin = scope_margin

    @staticmethod
    def train(examples: Sequence[Example], encoder: Encoder) -> "Reader":
        """Learn from `examples`; the same examples and encoder give the same reader. Takes about a minute.

        Raises ContentError when a theme or kind has fewer than three examples.
        """
        from bot.core.reading_train import fit

        return fit(examples, encoder)

    def save(self, folder: Path) -> None:
        """Write `reader.json` and `reader.npz` into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        heads = {"themes": self._themes, "kinds": self._kinds, "sections": self._sections}
        arrays = {"rarity": self._vocabulary.rarity}
        for name, head in heads.items():
            arrays.update({f"{name}_meaning": head.meaning, f"{name}_words": head.words, f"{name}_bias": head.bias})
        for name in CALIBRATED:
            arrays[name] = getattr(self._calibration, name)
        np.savez_compressed(folder / "reader.npz", **arrays)
        description = {
            "format": FORMAT,
            "encoder": self._encoder.version,
            "labels": {name: head.labels for name, head in heads.items()},
            "scope_margin": self._scope_margin,
            "terms": self._vocabulary.known,
        }
        (folder / "reader.json").write_text(json.dumps(description, ensure_ascii=False), encoding="utf-8")

    @staticmethod
    def load(folder: Path, encoder: Encoder) -> "Reader":
        """Read back what `save` wrote. Raises ModelError when it is missing, broken or of another encoder."""
        try:
            description = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
            with np.load(folder / "reader.npz", allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            if description["format"] != FORMAT:
                raise ModelError(
                    f"The reader has format {description['format']}, {FORMAT} is needed. Next: interlude train"
                )
            if description["encoder"] != encoder.version:
                raise ModelError(
                    f"The reader was trained with the encoder {description['encoder']}, this is {encoder.version}. "
                    "Next: interlude train"
                )
            heads = {
                name: Head(tuple(labels), arrays[f"{name}_meaning"], arrays[f"{name}_words"], arrays[f"{name}_bias"])
                for name, labels in description["labels"].items()
            }
            calibration = Calibration(*(arrays[name] for name in CALIBRATED))
            vocabulary = Vocabulary(description["terms"], arrays["rarity"])
            return Reader(encoder, vocabulary, heads, calibration, float(description["scope_margin"]))
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                f"The reader in {folder.name}/ cannot be loaded ({type(error).__name__}). Next: interlude train"
            ) from error

    @property
    def sections(self) -> Tuple[str, ...]:
        """The article sections that `section_scores` knows, in its order."""
        return self._sections.labels

    def section_scores(self, text: str) -> Array:
        """`(sections,)` float32, values 0 to 1 that sum to 1: how likely `text` belongs to each article section."""
        scores = self._sections.scores(self._encoder.encode([text]), [self._vocabulary.bag(text)])[0]
        return _shares(scores)

    def read_many(self, texts: Sequence[str]) -> List[Reading]:
        """`read` for each text, without context."""
        return [self.read(text) for text in texts]

    def read(self, text: str, before: Sequence[str] = ()) -> Reading:
        """What `text` is about. `before` are the themes of the preceding turn, which a message may lean on."""
        unreadable = _unreadable(text)
        if unreadable:
            return Reading(unreadable, 1.0, ((unreadable, 1.0),), (), (), {theme: 0.0 for theme in THEMES})
        parts = [text]
        if len(text.split()) > LONG_WORDS:
            parts += sentences(text)[:MOST_SENTENCES]
        vectors = self._encoder.encode(parts)
        bags = [self._vocabulary.bag(part) for part in parts]
        scores = pooled(self._themes.scores(vectors, bags))
        kind_scores = self._kinds.scores(vectors[:1], bags[:1])[0]
        leans = bool(before) and leans_on_context(text)
        if leans:
            scores = scores + LEANING_BONUS * np.asarray([theme in before for theme in THEMES], dtype=np.float32)
        return self._judge(text, scores, kind_scores, leans)

    def _judge(self, text: str, scores: Array, kind_scores: Array, leans: bool) -> Reading:
        probabilities = self._calibration.probabilities(scores)
        order = np.argsort(-probabilities, kind="stable")
        held = [place for place in order if probabilities[place] >= self._calibration.threshold[place]]
        ranking = self.rank_kinds(kind_scores)
        kind = ranking[0][0]
        goes_on = leans and len(text.split()) > BARE_MOVE_WORDS
        unsure = ranking[0][1] < UNSURE and probabilities[order[0]] >= NEAR
        if (held and (kind in TALK or goes_on)) or (unsure and kind not in TALK):
            kind = THEME
        elif kind not in (THEME, *TALK):
            held = []
        near = [place for place in order[:4] if place not in held and probabilities[place] >= NEAR]
        spans = self._spans(text, held)
        return Reading(
            kind=kind,
            confidence=dict(ranking)[kind],
            ranking=ranking,
            themes=tuple(ThemeScore(THEMES[place], float(probabilities[place]), spans[place]) for place in held),
            near=tuple(ThemeScore(THEMES[place], float(probabilities[place])) for place in near),
            probabilities={theme: float(value) for theme, value in zip(THEMES, probabilities, strict=True)},
        )

    def rank_kinds(self, kind_scores: Array) -> Tuple[Tuple[str, float], ...]:
        """All kinds with their share (0 to 1), likeliest first."""
        shifted = kind_scores.copy()
        shifted[self._kinds.labels.index(OUT_OF_SCOPE)] += self._scope_margin
        shares = _shares(shifted)
        order = np.argsort(-shares, kind="stable")
        return tuple((self._kinds.labels[place], float(shares[place])) for place in order)

    def _spans(self, text: str, held: Sequence[int]) -> Dict[int, Tuple[int, int]]:
        """For each theme that holds, where the clause stands whose words speak most for it."""
        if not held:
            return {}
        found = clauses(text) or [Clause(text, 0, len(text))]
        evidence = np.zeros((len(found), len(held)))
        for row, clause in enumerate(found):
            bag = self._vocabulary.bag(clause.text)
            evidence[row] = bag.weights @ self._themes.words[np.ix_(bag.places, np.asarray(held))]
        best = evidence.argmax(axis=0)
        return {place: (found[row].start, found[row].end) for place, row in zip(held, best, strict=True)}


def pooled(scores: Array) -> Array:
    """One score for each label from a message's rows: the whole text, then its sentences, which count a little less."""
    if len(scores) == 1:
        whole: Array = scores[0]
        return whole
    result: Array = np.maximum(scores[0], scores[1:].max(axis=0) - SENTENCE_DISCOUNT)
    return result


def leans_on_context(text: str) -> bool:
    """Whether a message is short or begins or ends in a way that points back to what was said before."""
    count = len(text.split())
    return count <= SHORT_WORDS or (count <= LEANING_WORDS and bool(_LEANS.search(text.lower().strip())))


def _unreadable(text: str) -> Optional[str]:
    if not has_words(text):
        return GIBBERISH
    return OTHER_LANGUAGE if share_of_latin(text) < 0.5 else None


def _logistic(values: Array) -> Array:
    result: Array = 1.0 / (1.0 + np.exp(-np.clip(values, -30.0, 30.0)))
    return result


def _shares(scores: Array) -> Array:
    powers = np.exp(scores - scores.max())
    result: Array = (powers / powers.sum()).astype(np.float32)
    return result
