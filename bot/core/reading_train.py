"""How a reader learns (scikit-learn); reading itself needs numpy alone."""

from typing import Any, Sequence, Tuple

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from bot.core.encoder import Encoder, held_out
from bot.core.reading import (
    BETA_SQUARED,
    CAUTION,
    CORRECTED_WEIGHT,
    EVEN_KIND,
    FEWEST,
    KEEP_MOVES,
    KEEP_THEMES,
    MEANING_STRENGTH,
    MOST_MARGIN,
    READ_KINDS,
    SILENT_SHARE,
    TEMPER,
    THEME,
    WORDS_STRENGTH,
    Array,
    Bag,
    Calibration,
    Example,
    Head,
    Reader,
    Vocabulary,
)
from bot.core.themes import MOVES, OUT_OF_SCOPE, THEMES
from bot.errors import ContentError


def fit(examples: Sequence[Example], encoder: Encoder) -> Reader:
    """See `Reader.train`.

    Learns from the messages the encoder was tuned on, and calibrates on those it has never seen: on the former every
    score looks surer than it is.
    """
    _check(examples)
    unseen = np.array([held_out(example.text) and not example.corrected for example in examples])
    learn = [example for example, apart in zip(examples, unseen, strict=True) if not apart]
    check = [example for example, apart in zip(examples, unseen, strict=True) if apart]
    vectors = encoder.encode([example.text for example in learn])
    theme_labels, kind_labels = _labels(learn)
    corrected = np.array([example.corrected for example in learn])
    even = np.where(corrected, CORRECTED_WEIGHT, 1.0)
    kind_weights = np.where(corrected, CORRECTED_WEIGHT, _kind_weights(kind_labels))
    vocabulary = Vocabulary.of([example.text for example in learn])
    terms = _matrix([vocabulary.bag(example.text) for example in learn], len(vocabulary.known))
    heads = {
        "themes": _head(THEMES, vectors, terms, theme_labels, even),
        "kinds": _head(READ_KINDS, vectors, terms, kind_labels, kind_weights),
        "sections": _section_head(learn, vectors, terms),
    }
    texts = [example.text for example in check]
    vectors, bags = encoder.encode(texts), [vocabulary.bag(text) for text in texts]
    theme_labels, kind_labels = _labels(check)
    calibration = _calibrate(heads["themes"].scores(vectors, bags), theme_labels)
    margin = _scope_margin(heads["kinds"].scores(vectors, bags), kind_labels)
    return Reader(encoder, vocabulary, heads, calibration, margin)


def _check(examples: Sequence[Example]) -> None:
    for label in (*THEMES, *(kind for kind in READ_KINDS if kind != THEME)):
        count = sum(example.intent == label for example in examples)
        if count < FEWEST:
            raise ContentError(
                f"data/nlu/ has {count} messages for {label}; at least {FEWEST} are needed. Add some and train again."
            )


def _labels(examples: Sequence[Example]) -> Tuple[Array, Array]:
    themes = np.array([[theme in example.themes for theme in THEMES] for example in examples])
    named = [example.intent if example.intent in READ_KINDS else THEME for example in examples]
    kinds = np.array([[kind == name for kind in READ_KINDS] for name in named])
    return themes, kinds


def _kind_weights(kind_labels: Array) -> Array:
    """Messages of a large kind count less: in a conversation there are not a hundred themes for each `next`."""
    sizes = kind_labels.sum(axis=0)
    weights = np.minimum(1.0, EVEN_KIND / np.maximum(1, sizes))
    found: Array = weights[kind_labels.argmax(axis=1)]
    return found


def _matrix(bags: Sequence[Bag], size: int) -> sparse.csr_matrix:
    starts = np.cumsum([0, *(len(bag.places) for bag in bags)])
    places = np.concatenate([bag.places for bag in bags])
    weights = np.concatenate([bag.weights for bag in bags])
    return sparse.csr_matrix((weights, places, starts), shape=(len(bags), size))


def _head(labels: Sequence[str], vectors: Array, terms: sparse.csr_matrix, truth: Array, weights: Array) -> Head:
    """Logistic regressions on the vectors and on the terms for each label; their mean as one set of weights."""
    meaning, bias_of_meaning = _regression(vectors, truth, weights, MEANING_STRENGTH)
    words, bias_of_words = _regression(terms, truth, weights, WORDS_STRENGTH)
    parts = (meaning, words, bias_of_meaning + bias_of_words)
    return Head(tuple(labels), *((part / 2).astype(np.float32) for part in parts))


def _regression(inputs: Any, truth: Array, weights: Array, strength: float) -> Tuple[Array, Array]:
    """Logistic regressions for all labels in one descent: ten times faster than one after the other."""
    width, labels = inputs.shape[1], truth.shape[1]
    signs, rows = truth.astype(np.float32), weights[:, np.newaxis].astype(np.float32)
    across = inputs.T.tocsr() if sparse.issparse(inputs) else inputs.T

    def loss(flat: Array) -> Tuple[float, Array]:
        coefficients, bias = flat[:-labels].reshape(width, labels), flat[-labels:]
        scores = inputs @ coefficients.astype(np.float32) + bias.astype(np.float32)
        losses = rows * (np.logaddexp(np.float32(0), scores) - signs * scores)
        value = float(losses.sum(dtype=np.float64)) + float((coefficients**2).sum()) / (2 * strength)
        slope = rows * (1 / (1 + np.exp(-scores)) - signs)
        gradient = across @ slope + coefficients / strength
        return value, np.concatenate([gradient.ravel(), slope.sum(axis=0)])

    start = np.zeros((width + 1) * labels)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 200, "ftol": 1e-5}).x
    return found[:-labels].reshape(width, labels), found[-labels:]


def _section_head(examples: Sequence[Example], vectors: Array, terms: sparse.csr_matrix) -> Head:
    rows = [row for row, example in enumerate(examples) if example.section]
    names = sorted({str(examples[row].section) for row in rows})
    truth = np.array([[examples[row].section == name for name in names] for row in rows])
    return _head(names, vectors[rows], terms[rows], truth, np.ones(len(rows)))


def _calibrate(scores: Array, truth: Array) -> Calibration:
    """Platt scaling and thresholds from scores of messages that the scoring model had not seen."""
    silent = ~truth.any(axis=1)
    weights = np.where(silent, SILENT_SHARE / max(1, silent.sum()), (1 - SILENT_SHARE) / max(1, (~silent).sum()))
    weights *= len(truth)
    themes = truth.shape[1]
    calibration = Calibration(*np.zeros((3, themes)))
    calibration.slope[:] = 1.0
    for place in np.flatnonzero(truth.any(axis=0) & ~truth.all(axis=0)):
        model = LogisticRegression(C=10.0).fit(scores[:, [place]], truth[:, place], weights)
        calibration.slope[place], calibration.shift[place] = model.coef_[0, 0], model.intercept_[0]
    probabilities = calibration.probabilities(scores)
    steps = np.linspace(0.1, 0.8, 71)
    gains = np.array(
        [
            [_gain(probabilities[:, place] >= step, truth[:, place], weights) for step in steps]
            for place in range(themes)
        ]
    )
    common = steps[gains.mean(axis=0).argmax()]
    # Half way to the common threshold: a theme's own optimum rests on few examples.
    threshold = (steps[gains.argmax(axis=1)] + common) / 2
    # The same decisions, told with less certainty: strangers write less like our writers than those like each other.
    calibration.slope[:] *= TEMPER
    calibration.shift[:] = TEMPER * calibration.shift + CAUTION
    calibration.threshold[:] = 1 / (1 + np.exp(-(TEMPER * np.log(threshold / (1 - threshold)) + CAUTION)))
    return calibration


def _gain(claimed: Array, truth: Array, weights: Array) -> float:
    right = weights[claimed & truth].sum()
    wrong = weights[claimed & ~truth].sum()
    missed = weights[~claimed & truth].sum()
    return float((1 + BETA_SQUARED) * right / max(1e-9, (1 + BETA_SQUARED) * right + BETA_SQUARED * missed + wrong))


def _scope_margin(scores: Array, truth: Array) -> float:
    """What may be added to the out-of-scope score so that themes and moves stay in scope."""
    place = READ_KINDS.index(OUT_OF_SCOPE)
    ahead = np.delete(scores, place, axis=1).max(axis=1) - scores[:, place]
    themed = truth[:, READ_KINDS.index(THEME)]
    moves = truth[:, [READ_KINDS.index(move) for move in MOVES]].any(axis=1)
    wanted = ((themed, KEEP_THEMES), (moves, KEEP_MOVES))
    kept = [np.quantile(ahead[rows], 1 - share) for rows, share in wanted if rows.any()]
    return float(min([*kept, MOST_MARGIN]))
