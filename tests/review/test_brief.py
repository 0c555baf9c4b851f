"""The pre-session brief as it is printed: the person's words as they wrote them, and nothing made up around them."""

from typing import Any, List

import pytest

from bot.review import printing
from bot.storage.forgetting import forget_turn

from .conftest import House


@pytest.fixture
def printed(house: House, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What stands on the printed page of a conversation, line by line."""

    def lines(conversation: int) -> List[str]:
        found: List[str] = []
        monkeypatch.setattr(printing, "pdf", lambda text: found.extend(printing.printable(text)) or b"%PDF")
        answer = house.signed_in(f"r{conversation}").get(f"/conversations/{conversation}/brief.pdf")
        assert answer.status_code == 200
        return found

    return lines


def weighed(value: int) -> dict:
    return {"kind": "rating", "scale": "heaviness", "value": value}


def test_words_are_printed_as_they_were_written(house: House, printed: Any) -> None:
    said = 'I\'m tired & <b>"done"</b>,\r\n# not\u2028 a heading, $5 a day'
    house.talk("a", said, themes={"exhaustion": 0.9})
    house.talk("a", "yes", notes=[{"kind": "step", "text": "ask Ana's <sister> & mine", "own": "yes"}])
    page = printed(house.share("a"))
    assert any(line.startswith('“I\'m tired & <b>"done"</b>, # not a heading, $5 a day”') for line in page)
    assert any("“ask Ana's <sister> & mine”" in line for line in page)
    assert not any("&#" in line or "&amp;" in line for line in page)


def test_a_forgotten_name_stays_hidden_in_the_other_conversations_on_the_page(house: House, printed: Any) -> None:
    gave = house.talk("a", "my name is Nina Kowal and i do everything for everybody")
    house.talk("a", "Nina is tired and so lonely", themes={"loneliness": 0.9})
    house.share("a")
    house.end("a")
    step = {"kind": "step", "text": "ring the Kowals, KOWAL senior first", "own": "yes"}
    house.talk("a", "Kowal people never ask for help", themes={"loneliness": 0.8}, notes=[step])
    later = house.share("a")
    before = printed(later)
    with house.database.transaction() as session:
        forget_turn(session, gave, house.person("a"))
    after, page = printed(later), house.signed_in("ana").get(f"/conversations/{later}/brief").text
    for shown in ("\n".join(before), "\n".join(after), page):
        assert "[name] people never ask" in shown and "[name] is tired" in shown and "[name] senior" in shown


def test_one_number_is_one_number_and_two_are_before_and_after(house: House, printed: Any) -> None:
    house.talk("a", "7", notes=[weighed(7)])
    once = house.share("a")
    house.talk("b", "7", notes=[weighed(7)])
    house.talk("b", "7", notes=[weighed(7)])
    twice = house.share("b")
    assert [line for line in printed(once) if line.startswith("2026-")] == [
        f"2026-03-02: 7 (conversation {once}, message 1), given once"
    ]
    assert f"2026-03-02: 7, then 7 (conversation {twice}, message 2)" in printed(twice)
    page = house.signed_in("ana").get(f"/conversations/{once}/brief").text
    assert "<td>7</td><td>given once</td>" in page and "1 shared message in 1 conversation," in page


def test_one_of_a_thing_is_not_many(house: House, printed: Any) -> None:
    house.talk("a", "tired")
    assert printed(house.share("a"))[1].startswith("1 shared message in 1 conversation, in")


def test_what_no_font_here_can_print_is_said_and_the_rest_stays(house: House, printed: Any) -> None:
    house.talk("a", "I am 疲れた、もう だめ today", themes={"exhaustion": 0.9})
    page = printed(house.share("a"))
    assert any(line.startswith("“I am [not printable] today”") for line in page)
    assert page[2] == printing.NOTE
    assert printing.NOTE not in printing.printable(["# Brief", "", "naïve, “słowo”, привет, ok"])


def test_what_an_installed_font_can_print_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = printing._letters_of(printing.USUAL)
    letters = {printing.USUAL: usual, "Han": frozenset({*usual, *map(ord, "疲れた")})}
    monkeypatch.setattr(printing, "_families", lambda: tuple(letters))
    monkeypatch.setattr(printing, "_letters_of", letters.__getitem__)
    printing._family.cache_clear()
    try:
        assert printing.printable(["I am 疲れた today"]) == ["I am 疲れた today"]
        assert printing._family("I am tired") == printing.USUAL and printing._family("疲れた") == "Han"
    finally:
        printing._family.cache_clear()
