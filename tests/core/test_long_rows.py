"""Long rows of one mark are read like any other text. A pattern that tries them over and over would never come to an end."""

import pytest

from bot.core import text
from bot.core.conversation import Heard
from bot.core.guide import close, consent, corrections, ending, forget_words, limits, offer, plans, sure_moves
from bot.core.guide.turn import unasked

ROWS = [mark * 4000 for mark in ("?", "!", "'", "-", " ", "no ", "a", "not ", "? ")]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: repr(row[:2]))
def test_a_long_row_is_no_wish_of_any_kind(row: str) -> None:
    assert not offer.keeps_talking(row) and not offer.wants_something_to_do(row)
    assert consent.wish(row) is None and limits.wish(row) is None and corrections.read(row) is None
    assert ending.phrase(f"share until {row}") is None and forget_words.wish(row) is None
    assert not plans.thanks(row) and not sure_moves.tells_of_another(row) and not close.is_done(row)
    assert all(sure_moves.as_meant(Heard(row, kind)).kind == kind for kind in ("not_it", "change_country", "gibberish"))


def test_a_person_s_questions_become_pauses() -> None:
    assert unasked("could you sit with dad? no is fine") == "could you sit with dad, no is fine"
    assert unasked("really?!? ok") == "really, ok" and unasked("?" * 4000) == "" and unasked("so!") == "so!"


def test_a_row_of_marks_stays_one_piece_and_words_around_it_are_found() -> None:
    assert text.sentences("ok" + "?" * 4000 + " and my boss") != []
