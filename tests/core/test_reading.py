import hashlib
from pathlib import Path
from typing import List, Sequence

import numpy as np
import pytest

from bot.core.reading import READ_KINDS, THEME, Example, Reader, leans_on_context, read_examples
from bot.core.themes import THEMES
from bot.errors import ContentError, ModelError


class WordEncoder:
    """Adds up one fixed random vector for each word, so that texts that share words are alike."""

    version = "words-1"
    width = 48

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.array([sum(map(self._word, text.lower().split()), np.zeros(self.width)) for text in texts])
        return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)).astype(np.float32)

    def _word(self, word: str) -> np.ndarray:
        seed = int(hashlib.sha256(word.strip(".,!?").encode()).hexdigest()[:8], 16)
        return np.random.default_rng(seed).standard_normal(self.width)


def invented(label: str) -> List[str]:
    name = label.replace("_", "")
    return [
        f"{start} {name} {end}"
        for start in ("today the", "always this", "some more", "all of my", "so much", "only that")
        for end in ("again", "here", f"{name}s", "as before", "at home")
    ]


def training() -> List[Example]:
    found = [Example(text, theme, (theme,), section=f"S.{theme}") for theme in THEMES for text in invented(theme)]
    return found + [Example(text, kind) for kind in READ_KINDS if kind != THEME for text in invented(kind)]


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader.train(training(), WordEncoder())


def test_a_message_about_a_theme_is_read_as_that_theme(reader: Reader) -> None:
    reading = reader.read("today the loneliness here")
    assert reading.kind == THEME
    assert reading.themes[0].name == "loneliness"
    assert max(reading.probabilities, key=lambda theme: reading.probabilities[theme]) == "loneliness"


def test_a_move_is_read_as_a_move_and_claims_no_theme(reader: Reader) -> None:
    reading = reader.read("always this goodbye here")
    assert reading.kind == "goodbye"
    assert reading.themes == ()


def test_two_themes_can_hold_at_once_and_each_points_at_its_own_clause(reader: Reader) -> None:
    text = "today the loneliness loneliness again, always this exhaustion exhaustion here"
    held = {theme.name: theme.span for theme in reader.read(text).themes}
    assert {"loneliness", "exhaustion"} <= set(held)
    for name in ("loneliness", "exhaustion"):
        start, end = held[name] or (0, 0)
        assert name in text[start:end]
    assert held["loneliness"] != held["exhaustion"]


def test_probabilities_stay_between_zero_and_one_and_cover_every_theme(reader: Reader) -> None:
    probabilities = reader.read("some more selfdoubt again").probabilities
    assert set(probabilities) == set(THEMES)
    assert all(0.0 <= value <= 1.0 for value in probabilities.values())


def test_themes_and_ranking_come_likeliest_first(reader: Reader) -> None:
    reading = reader.read("today the loneliness again and exhaustion and boundaries")
    assert [theme.score for theme in reading.themes] == sorted((theme.score for theme in reading.themes), reverse=True)
    assert [share for _, share in reading.ranking] == sorted((share for _, share in reading.ranking), reverse=True)


def test_a_message_that_leans_on_the_turn_before_is_read_with_its_themes(reader: Reader) -> None:
    alone = reader.read("and here it is even worse")
    after = reader.read("and here it is even worse", before=["boundaries"])
    assert after.probabilities["boundaries"] > alone.probabilities["boundaries"]


def test_a_message_that_stands_by_itself_is_not_changed_by_the_turn_before(reader: Reader) -> None:
    text = "today the loneliness here was there in the morning and it stayed until the evening with me"
    assert reader.read(text, before=["boundaries"]).probabilities == reader.read(text).probabilities


def test_a_theme_in_one_sentence_of_a_very_long_message_is_found(reader: Reader) -> None:
    filler = "The bus came late and then it rained on us. " * 30
    probabilities = reader.read(f"{filler}Today the loneliness loneliness again. {filler}").probabilities
    assert max(probabilities, key=lambda theme: probabilities[theme]) == "loneliness"


@pytest.mark.parametrize(
    "text, kind",
    [("", "gibberish"), ("?!...", "gibberish"), ("🙂🙂", "gibberish"), ("мне очень одиноко", "other_language")],
)
def test_what_cannot_be_read_is_said_to_be_so(reader: Reader, text: str, kind: str) -> None:
    reading = reader.read(text)
    assert (reading.kind, reading.themes) == (kind, ())


def test_leaning_needs_a_short_message_or_a_word_that_points_back() -> None:
    assert leans_on_context("yes, and with my sister it's even worse")
    assert leans_on_context("my dad")
    assert not leans_on_context("my manager keeps giving me the late shifts on weekends")


def test_a_saved_reader_reads_the_same(reader: Reader, tmp_path: Path) -> None:
    reader.save(tmp_path)
    again = Reader.load(tmp_path, WordEncoder())
    texts = ["today the loneliness here", "always this thanks here", "nothing known"]
    assert again.read_many(texts) == reader.read_many(texts)
    assert np.array_equal(again.section_scores(texts[0]), reader.section_scores(texts[0]))


def test_training_twice_gives_the_same_reader(reader: Reader) -> None:
    other = Reader.train(training(), WordEncoder())
    assert other.read("some more setbacks again") == reader.read("some more setbacks again")


def test_a_corrected_message_is_read_as_it_was_corrected(reader: Reader) -> None:
    text = "so much justtalking lantern without oil"
    lesson = Example(text, "exhaustion", ("exhaustion",), corrected=True)
    taught = Reader.train([*training(), lesson], WordEncoder()).read(text)
    assert reader.read(text).probabilities["exhaustion"] < 0.1
    assert taught.kind == THEME and [theme.name for theme in taught.themes] == ["exhaustion"]


def test_the_section_of_a_training_message_is_recognised(reader: Reader) -> None:
    shares = reader.section_scores("today the moneyworries here")
    assert reader.sections[int(shares.argmax())] == "S.money_worries"
    assert shares.sum() == pytest.approx(1.0, abs=1e-4)


def test_a_reader_of_another_encoder_is_refused(reader: Reader, tmp_path: Path) -> None:
    class Other(WordEncoder):
        version = "words-2"

    reader.save(tmp_path)
    with pytest.raises(ModelError, match="interlude train"):
        Reader.load(tmp_path, Other())


def test_a_missing_or_broken_reader_says_what_to_do(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="interlude train"):
        Reader.load(tmp_path, WordEncoder())
    reader.save(tmp_path)
    (tmp_path / "reader.npz").write_bytes(b"not an archive")
    with pytest.raises(ModelError, match="interlude train"):
        Reader.load(tmp_path, WordEncoder())


def test_training_without_messages_for_a_theme_is_refused() -> None:
    with pytest.raises(ContentError, match="loneliness"):
        Reader.train([example for example in training() if example.intent != "loneliness"], WordEncoder())


def test_the_shipped_messages_cover_every_theme_and_kind_without_duplicates() -> None:
    examples = read_examples(Path(__file__).parents[2] / "data" / "nlu")
    counts = {label: sum(example.intent == label for example in examples) for label in (*THEMES, *READ_KINDS)}
    assert all(counts[theme] >= 150 for theme in THEMES)
    assert all(counts[kind] >= 40 for kind in READ_KINDS if kind != THEME)
    assert counts["out_of_scope"] >= 300
    texts = [" ".join(example.text.lower().split()) for example in examples]
    assert len(texts) == len(set(texts))


def test_an_unknown_theme_in_the_training_data_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        'version: "3.1"\nnlu:\n- intent: loneliness\n  metadata: {themes: [sadness]}\n  examples: |\n    - hm\n'
    )
    with pytest.raises(ContentError, match="sadness"):
        read_examples(tmp_path)
