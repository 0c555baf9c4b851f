import pytest

from bot.core.text import QUOTE_WORDS, clauses, clean, quote, sentences, share_of_latin

LONG = "and then he said he would come round on friday after work with the van and all the boxes from the old flat"


@pytest.mark.parametrize("typed", ["/greet hello", "///greet hello", " / greet hello"])
def test_a_leading_slash_is_text_never_a_command(typed: str) -> None:
    assert clean(typed).startswith("greet")


def test_invisible_and_control_characters_are_taken_out() -> None:
    assert clean("I\u200b am\u202e tired\x00") == "I am tired"


def test_line_breaks_end_sentences() -> None:
    assert sentences("first thing\nsecond thing. third?") == ["first thing", "second thing.", "third?"]


def test_clauses_say_where_they_stand() -> None:
    text = "my sister offered, but I said no before she finished"
    for clause in clauses(text):
        assert text[clause.start : clause.end] == clause.text


def test_a_quote_is_never_longer_than_twelve_words() -> None:
    assert 2 <= len(quote(LONG, len).split()) <= QUOTE_WORDS


def test_a_quote_does_not_begin_or_end_in_mid_air() -> None:
    assert quote("and i guess nobody ever asked me how i was because", len).split()[-1] != "because"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("If I don't she forgets things", "If I don't she forgets things"),
        (
            "When my mother calls I always say yes even though I'm already too busy with the kids",
            "When my mother calls I always say yes",
        ),
        (
            "things have been weird between me and my flatmate since I got promoted",
            "things have been weird between me and my flatmate",
        ),
        (
            "I'm torn between staying home and going back to work",
            "I'm torn between staying home and going back to work",
        ),
        ("because nobody ever asks me anything", "nobody ever asks me anything"),
    ],
)
def test_a_quote_keeps_the_sense_and_the_grammar(text: str, wanted: str) -> None:
    assert quote(text, lambda phrase: min(len(phrase.split()), 8)) == wanted


def test_a_quote_does_not_stop_before_what_was_said() -> None:
    text = "I told my manager, who I've known for ten years, that I was struggling and he laughed"
    assert quote(text, len) != "I told my manager"
    assert not str(quote("my sister did offer. i said i was fine, i always say that", len)).endswith("say")


def test_forbidden_words_are_never_quoted() -> None:
    text = "i want to vanish, my sister drives me everywhere"
    assert "vanish" not in quote(text, len, forbidden=[(0, 16)])


def test_nothing_is_quoted_from_a_single_word() -> None:
    assert quote("tired", len) == ""


def test_scripts_are_told_apart() -> None:
    assert share_of_latin("hello") == 1.0
    assert share_of_latin("привет") == 0.0
    assert share_of_latin("123") == 1.0
