"""Which message a wish to forget means, what gave it back, and what a state loses with it."""

import pytest

from bot.core.guide.forgetting import Lost, Wish, fits, gives_back, names_one, shown, take_out, wish
from bot.core.guide.turn import State


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("forget that", Wish("last")),
        ("forget that last message please", Wish("last")),
        ("I take that back", Wish("last")),
        ("that was too much, delete that one", Wish("last")),
        ("forget that note", Wish("note")),
        ("drop that last note", Wish("note")),
        ("forget the story i pasted", Wish("longest")),
        ("forget what I said about my brother", Wish("topic", ("brother",))),
        ("delete the note about my mum", Wish("topic", ("mum",))),
        ("please don't remember what i said about work", Wish("topic", ("work",))),
        ("i want to take back what i wrote about her", Wish("last")),
        ("i carry everything by myself", None),
    ],
)
def test_what_a_wish_means(text: str, meant: object) -> None:
    assert wish(text) == meant


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("forget what I said about my brother", True),
        ("can you delete everything i wrote about my mum?", True),
        ("i will never forget what she said about my weight", False),
        ("i can't forget what i said about my brother at the funeral", False),
        ("forget that", False),
    ],
)
def test_only_a_bid_to_forget_is_one(text: str, plain: bool) -> None:
    assert names_one(text) is plain


def test_a_topic_is_found_whatever_its_ending() -> None:
    assert fits(("brother",), "my brother's car") == fits(("brother",), "both brothers") == 1
    assert fits(("brother",), "my sister's car") == 0


def test_the_question_shows_the_beginning_and_asks_nothing_of_its_own() -> None:
    assert shown("why does nobody ask?") == "why does nobody ask"
    assert shown("one two three four five six seven eight nine ten eleven twelve thirteen").endswith("twelve…")


def test_what_repeats_or_quotes_a_text_gives_it_back() -> None:
    page = "my boss calls me at night. why me?"
    assert gives_back("Here is your page:\n“my boss calls me at night. why me”\nRead it slowly.", [page])
    assert gives_back("You said “calls me at night”. Here's a thought.", [page])
    assert not gives_back("Say “stop” or “delete everything” at any time.", [page])
    assert not gives_back("Ana is one word of many.", ["Ana"])
    assert gives_back("What would you like to ask Ana?", ["Ana"], of_its_own=True)


def test_a_state_loses_what_came_from_the_message_and_keeps_the_rest() -> None:
    state = State(
        session=2,
        themes=["feeling_like_a_burden", "needing_help"],
        evidence={"feeling_like_a_burden": 0.9, "needing_help": 0.6},
        said=["h.threat.burden.3", "theme.feeling_like_a_burden.questions#0", "listen#1"],
        rest={"h.threat.burden.3": "2026-03-02", "h.other": "2026-03-01"},
        shown="h.threat.burden.3",
        heaviness=[8, 4],
        steps=["ring Ana", "rest"],
        step={"text": "ring Ana", "on": "2026-03-02"},
        exercise={"id": "t", "step": 1, "notes": {"page": "the page", "line": "a line"}, "paused": False},
        past=[{"session": 1, "on": "2026-03-01", "themes": ["money_worries"], "heaviness": [5], "felt": []}],
        level="concern",
        abuse_told=True,
    )
    lost = Lost(
        session=2,
        themes=frozenset({"feeling_like_a_burden"}),
        replies=frozenset({"h.threat.burden.3"}),
        notes=("the page",),
        heaviness=(4,),
        steps=("rest",),
    )
    take_out(state, lost)
    assert "burden" not in str({**state.as_dict(), "burdened": None}).replace("burdened", "")
    assert (state.themes, state.heaviness, state.steps, state.step) == (["needing_help"], [4], ["rest"], None)
    assert state.exercise is not None and state.exercise["notes"] == {"line": "a line"}
    assert state.past[0]["heaviness"] == [5]
    assert (state.level, state.abuse_told) == ("concern", True)


def test_an_earlier_session_loses_it_too() -> None:
    day = {"session": 1, "on": "2026-03-01", "themes": ["money_worries", "needing_help"], "heaviness": [5], "felt": []}
    state = State(session=2, themes=["money_worries"], past=[day])
    take_out(state, Lost(session=1, themes=frozenset({"money_worries"})))
    assert (state.past[0]["themes"], state.past[0]["heaviness"]) == (["needing_help"], [])
    assert state.themes == ["money_worries"]
