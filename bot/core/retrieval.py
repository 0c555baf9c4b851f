"""Choosing from the library: meaning and themes count together, and the choice can be explained."""

import contextlib
import hashlib
import re
import tempfile
from pathlib import Path
from typing import Any, Collection, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from bot.core.conversation import ThemeScore
from bot.core.encoder import Encoder
from bot.core.entries import Reflection, Technique
from bot.core.library import Library

# How much each reason counts; the evaluation in docs/evaluation.md compares other choices.
SECTION_WEIGHT, MEANING_WEIGHT, THEME_WEIGHT = 1.0, 0.25, 0.05
# From this probability on a theme counts as plainly said; from the second on it goes before the section in choosing a
# passage: docs/evaluation.md has what that costs and gives.
SURE_THEME, DECIDING_THEME = 0.7, 0.9
# A technique has no messages of its own to compare with, so its themes decide more.
TECHNIQUE_MEANING_WEIGHT, TECHNIQUE_THEME_WEIGHT = 1.0, 0.5
# The second entry of the same section (or kind of technique) stands back by this, the third by twice as much.
REPEAT_PENALTY = 0.3
LEAST_SHARE = 1e-4


class Candidate(NamedTuple):
    """An entry and why it stands where it stands.

    `meaning` is the likeness of message and entry, `section_fit` that of the message and the training messages of the
    entry's section (None when that does not count; of a section without such messages it follows from the likeness of
    the entry itself), `theme` the share of the message's themes that the entry has, all
    0 to 1; `score` is their weighted sum less the penalty for entries of the same group ahead of it.
    """

    id: str
    score: float
    meaning: float
    theme: float
    section_fit: Optional[float]
    themes: Tuple[str, ...]
    source: str
    group: str

    def as_dict(self) -> Dict[str, Any]:
        """JSON-ready."""
        return self._asdict()


class Shelf:
    """The library, put in order for one message at a time; implements `Chooser` of bot.core.guide.turn."""

    def __init__(
        self,
        library: Library,
        encoder: Encoder,
        kept: Optional[Path] = None,
        learned: Optional[Collection[str]] = None,
    ) -> None:
        """In the folder `kept` the entries' vectors are kept from one start to the next, which saves seconds.

        `learned` are the sections that the reader has messages of (None: all), see `sections_with_messages`.
        """
        self._encoder = encoder
        self._reflections = dict(library.reflections)
        self._techniques = dict(library.techniques)
        self._learned = learned
        self._reflection_vectors = _encoded(
            [f"{entry.text} {entry.question}" for entry in self._reflections.values()], encoder, kept
        )
        self._technique_vectors = _encoded(
            [f"{entry.name}. {entry.when}" for entry in self._techniques.values()], encoder, kept
        )

    def reflections(
        self,
        text: str,
        themes: Sequence[str],
        resting: Sequence[str],
        sections: Mapping[str, float],
        sure: Sequence[str] = (),
    ) -> List[Reflection]:
        """The best reflections first, without those that rest; `sections` are shares of the likeliest article sections.

        Those with a theme of `sure` come before all others: a plain statement of a theme wants a passage on that theme.
        """
        found = self.explain(text, themes, resting, sections)
        found.sort(key=lambda candidate: not set(sure) & set(candidate.themes))
        return [self._reflections[candidate.id] for candidate in found]

    def techniques(
        self, text: str, themes: Sequence[str], resting: Sequence[str], barred: Sequence[str]
    ) -> List[Technique]:
        """The best techniques first, without those that rest or are barred.

        `crisis` bars all techniques, `abuse` those that involve other people, and either or any other word those whose
        `not_when` names it.
        """
        return [self._techniques[candidate.id] for candidate in self.explain_techniques(text, themes, resting, barred)]

    def explain(
        self, text: str, themes: Sequence[str], resting: Sequence[str], sections: Mapping[str, float]
    ) -> List[Candidate]:
        """The reflections as candidates, best first, with scores, themes and source."""
        meaning = self._reflection_vectors @ self._encoder.encode([text])[0]
        fits, weights = _section_fits(sections), _theme_weights(themes)
        nearest, best_fits = self._nearest(meaning), sorted(fits.values(), reverse=True)
        found = []
        for likeness, entry in zip(meaning, self._reflections.values(), strict=True):
            if entry.id in resting:
                continue
            close, theme = max(0.0, float(likeness)), _shared(entry.themes, weights)
            known = self._learned is None or entry.section in self._learned
            fit = fits.get(entry.section, 0.0) if known else _fit_by_likeness(close, nearest, best_fits)
            score = SECTION_WEIGHT * fit + MEANING_WEIGHT * close + THEME_WEIGHT * theme
            source = f"{entry.source.value}:{entry.section}"
            found.append(Candidate(entry.id, score, close, theme, fit, tuple(entry.themes), source, entry.section))
        return _diverse(found)

    def _nearest(self, meaning: np.ndarray) -> List[float]:
        """The likeness of the nearest entry of each section that the reader knows; nothing when it knows all."""
        best: Dict[str, float] = {}
        for likeness, entry in zip(meaning, self._reflections.values(), strict=True):
            if self._learned is not None and entry.section in self._learned:
                best[entry.section] = max(best.get(entry.section, 0.0), float(likeness))
        return list(best.values())

    def explain_techniques(
        self, text: str, themes: Sequence[str], resting: Sequence[str] = (), barred: Sequence[str] = ()
    ) -> List[Candidate]:
        """The techniques as candidates, best first, with scores, themes and source."""
        if "crisis" in barred or not self._techniques:
            return []
        meaning = self._technique_vectors @ self._encoder.encode([text])[0]
        weights = _theme_weights(themes)
        found = []
        for likeness, entry in zip(meaning, self._techniques.values(), strict=True):
            if entry.id in resting or is_barred(entry, barred):
                continue
            close, theme = max(0.0, float(likeness)), _shared(entry.themes, weights)
            score = TECHNIQUE_MEANING_WEIGHT * close + TECHNIQUE_THEME_WEIGHT * theme
            source = f"{entry.source.kind.value}:{entry.source.section or '-'}"
            found.append(Candidate(entry.id, score, close, theme, None, tuple(entry.themes), source, entry.kind))
        return _diverse(found)


def _encoded(texts: Sequence[str], encoder: Encoder, kept: Optional[Path]) -> np.ndarray:
    """The vectors of texts, from the folder `kept` when these texts were encoded by this encoder before."""
    if kept is None:
        return encoder.encode(texts)
    named = hashlib.sha256("\0".join([encoder.version, *texts]).encode()).hexdigest()[:24]
    path = kept / f"{named}.npy"
    if path.is_file():
        with contextlib.suppress(OSError, ValueError):
            stored: np.ndarray = np.load(path)
            if stored.shape == (len(texts), encoder.width):
                return stored
    vectors = encoder.encode(texts)
    # Where nothing may be written, each start encodes anew.
    with contextlib.suppress(OSError):
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=kept, suffix=".part", delete=False) as part:
            np.save(part, vectors)
        Path(part.name).replace(path)
    return vectors


def sure_themes(themes: Sequence[ThemeScore]) -> List[str]:
    """The leading theme where it was said plainly enough to decide which passages fit; else none."""
    return [theme.name for theme in themes[:1] if theme.score >= DECIDING_THEME]


def _section_fits(sections: Mapping[str, float]) -> Dict[str, float]:
    """For each section 0 to 1: the logarithm of its share, from `LEAST_SHARE` (0) to certainty (1)."""
    least = np.log(LEAST_SHARE)
    return {name: float(1.0 - np.log(max(share, LEAST_SHARE)) / least) for name, share in sections.items()}


def sections_with_messages(folder: Path) -> FrozenSet[str]:
    """The sections that messages of `data/nlu` are labelled with, and that a reader trained on them therefore knows."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("**/*.yml")))
    return frozenset(name for text in texts for name in re.findall(r"\bsection:\s*[\"']?([\w.]+)", text))


def _fit_by_likeness(close: float, nearest: Sequence[float], best_fits: Sequence[float]) -> float:
    """The fit of a section that the reader has no messages of: where n known sections have an entry that is nearer to the
    message, the n likeliest of them stand before it, and it stands where the next one does."""
    place = sum(likeness > close for likeness in nearest)
    return best_fits[place] if place < len(best_fits) else 0.0


def is_barred(entry: Technique, barred: Sequence[str]) -> bool:
    """Whether one of the reasons bars a technique: `crisis` bars all, `abuse` those that involve other people."""
    return (
        "crisis" in barred
        or ("abuse" in barred and entry.involves_people)
        or any(reason in barred for reason in entry.not_when)
    )


def _theme_weights(asked: Sequence[str]) -> Dict[str, float]:
    """What each theme asked for counts, 1 together: the second half as much as the first, the third a third."""
    total = sum(1.0 / place for place in range(1, len(asked) + 1))
    return {theme: 1.0 / place / total for place, theme in enumerate(asked, 1)}


def _shared(own: Sequence[str], weights: Mapping[str, float]) -> float:
    """The share, 0 to 1, of the themes asked for that are among `own`."""
    return sum(weight for theme, weight in weights.items() if theme in own)


def _diverse(candidates: Sequence[Candidate]) -> List[Candidate]:
    """By score, each group's later entries standing back; ties by id."""
    ahead: Dict[str, int] = {}
    found = []
    for candidate in sorted(candidates, key=lambda one: (-one.score, one.id)):
        penalty = REPEAT_PENALTY * ahead.get(candidate.group, 0)
        ahead[candidate.group] = ahead.get(candidate.group, 0) + 1
        found.append(candidate._replace(score=candidate.score - penalty) if penalty else candidate)
    return sorted(found, key=lambda one: (-one.score, one.id))
