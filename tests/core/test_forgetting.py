"""Which message a wish to forget means, what gave it back, and what a state loses with it."""

import pytest

from bot.core.guide.forget_words import Wish, is_bare, names_one, names_own_note, wish
from bot.core.guide.forgetting import Lost, fits, gives_back, shown, take_out
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
        ("forget everything about Ulm", Wish("topic", ("ulm",))),
        ("forget all about Rolf", Wish("topic", ("rolf",))),
        ("delete the messages about Rolf", Wish("topic", ("rolf",))),
        ("forget the Ulm message", Wish("topic", ("ulm",))),
        ("delete everything about me from the server", Wish("last")),
        ("forget my second message", Wish("places", places=(2,))),
        ("delete the last two messages", Wish("places", places=(-2, -1))),
        ("remove the last message", Wish("last")),
        ("hm, forget what I wrote about the label", Wish("topic", ("label",))),
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
        ("forget everything about Ulm", True),
        ("delete the messages about Rolf", True),
        ("forget my second message", True),
        ("delete everything", False),
        ("delete everything you know about me", False),
        ("clear my head of everything about work", False),
    ],
)
def test_only_a_bid_to_forget_is_one(text: str, plain: bool) -> None:
    assert names_one(text) is plain


def test_where_anything_may_be_written_only_what_was_written_is_meant() -> None:
    assert names_own_note("hm, forget what I wrote about the label")
    assert not names_own_note("forget what I said about the wedding")


@pytest.mark.parametrize(
    "text", ["please unsay that", "forget that", "remove the last message", "forget my second message"]
)
def test_a_wish_alone_is_never_what_is_meant(text: str) -> None:
    assert is_bare(text)
    assert not is_bare("i forget everything these days")
    assert not is_bare("i dropped out of school last year")


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
        left_step={"text": "ring Ana for a lift", "expected": "7"},
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
    assert state.left_step is None
    assert state.exercise is not None and state.exercise["notes"] == {"line": "a line"}
    assert state.past[0]["heaviness"] == [5]
    assert (state.level, state.abuse_told) == ("concern", True)


def test_an_earlier_session_loses_it_too() -> None:
    day = {"session": 1, "on": "2026-03-01", "themes": ["money_worries", "needing_help"], "heaviness": [5], "felt": []}
    state = State(session=2, themes=["money_worries"], past=[day])
    take_out(state, Lost(session=1, themes=frozenset({"money_worries"})))
    assert (state.past[0]["themes"], state.past[0]["heaviness"]) == (["needing_help"], [])
    assert state.themes == ["money_worries"]
