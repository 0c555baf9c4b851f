"""A second encoder: averages of word vectors, for people who have a file of them for their own language or field."""

import hashlib
from pathlib import Path
from typing import Dict, Sequence

import numpy as np

from bot.core.text import nlp, plain
from bot.errors import EncoderError

MOST_WORDS = 200_000


class WordVectors:
    """Averages the vectors of a text's words: `encode` gives `(n, width) float32`, rows of length 1.

    The file is in word2vec's text format (`.vec`), which fastText publishes and spaCy's vectors can be written to: a first
    line with count and width, then a word and its numbers on each line, frequent words first (200,000 are read). A text
    without a known word gets the first word's vector, because every row has length 1.
    """

    def __init__(self, path: Path) -> None:
        """Raises EncoderError when the file is missing or not in that format."""
        try:
            with path.open(encoding="utf-8", errors="replace") as lines:
                self.width = int(next(lines).split()[1])
                rows = [line.rstrip().split(" ") for line, _ in zip(lines, range(MOST_WORDS))]
            self._vectors = np.array([row[1 : self.width + 1] for row in rows], dtype=np.float32)
            self._places: Dict[str, int] = {row[0]: place for place, row in reversed(list(enumerate(rows)))}
            if self._vectors.shape != (len(rows), self.width) or not rows:
                raise ValueError
        except (OSError, ValueError, IndexError, StopIteration) as error:
            raise EncoderError(
                f"The word vectors in {path.name} cannot be read ({type(error).__name__}). Needed: word2vec's text format, a "
                "first line with count and width, then a word and its numbers on each line. Next: check INTERLUDE_ENCODER."
            ) from error
        self.version = f"words-{hashlib.sha256(self._vectors.tobytes()).hexdigest()[:12]}"

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """`(n, width) float32`, one row of length 1 for each text, in the same order."""
        rows = np.empty((len(texts), self.width), dtype=np.float32)
        for index, text in enumerate(texts):
            words = (token.lower_ for token in nlp().tokenizer(plain(text)))
            places = [self._places[word] for word in words if word in self._places]
            mean = self._vectors[places or [0]].mean(axis=0)
            rows[index] = mean / max(float(np.linalg.norm(mean)), 1e-9)
        return rows

    def forget(self) -> None:
        """Nothing is remembered between calls."""
