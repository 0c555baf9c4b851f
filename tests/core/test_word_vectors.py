"""Another encoder behind the same protocol."""

from pathlib import Path

import numpy as np
import pytest

from bot.core.word_vectors import WordVectors
from bot.errors import EncoderError

LINES = "4 3\nalone 1 0 0\nlonely 0.9 0.1 0\nmoney 0 0 1\nbills 0 0.1 0.9\n"


@pytest.fixture
def vectors(tmp_path: Path) -> WordVectors:
    path = tmp_path / "small.vec"
    path.write_text(LINES, encoding="utf-8")
    return WordVectors(path)


def test_texts_with_related_words_are_alike_whatever_their_case(vectors: WordVectors) -> None:
    alone, lonely, bills = vectors.encode(["So ALONE.", "lonely tonight", "money and bills"])
    assert alone @ lonely > 0.9 > 0.2 > alone @ bills


def test_every_row_has_length_one_also_for_unknown_words(vectors: WordVectors) -> None:
    rows = vectors.encode(["bills bills", "qwerty", ""])
    assert rows.shape == (3, 3) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0)


@pytest.mark.parametrize("content", ["", "nothing to see", "2 3\nalone 1 0\n"])
def test_another_format_is_refused_with_what_is_needed(tmp_path: Path, content: str) -> None:
    path = tmp_path / "broken.vec"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EncoderError, match="word2vec's text format"):
        WordVectors(path)
