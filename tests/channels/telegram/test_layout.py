"""How replies look: parts that fit, buttons that Telegram takes."""

from hypothesis import given
from hypothesis import strategies as some

from bot.channels.telegram.layout import MAX_UNITS, keyboard, split


def units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def test_a_text_that_fits_stays_whole() -> None:
    assert split("First line.\nSecond line.") == ["First line.\nSecond line."]


def test_a_long_text_is_cut_between_sentences() -> None:
    parts = split("A short sentence. " * 600)
    assert len(parts) > 1
    assert all(part.endswith("sentence.") and units(part) <= MAX_UNITS for part in parts)


@given(some.text(max_size=300), some.integers(2, 40))
def test_no_part_is_too_long_and_no_word_is_lost(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_ids_of_buttons_are_short_whatever_the_titles() -> None:
    titles = ["A title that goes on and on, far beyond sixty-four bytes of anything " + str(n) for n in range(5)]
    buttons = [button for row in keyboard("987654321", titles).inline_keyboard for button in row]
    assert [button.text for button in buttons] == titles
    assert len({button.callback_data for button in buttons}) == 5
    assert all(len(button.callback_data.encode()) <= 64 for button in buttons)


def test_short_buttons_share_a_row() -> None:
    assert [len(row) for row in keyboard("1", ["Lighter", "The same", "Heavier"]).inline_keyboard] == [3]
    assert [len(row) for row in keyboard("1", ["Something a little longer", "Another long title"]).inline_keyboard] == [
        1,
        1,
    ]
