"""What a message weighs by its own words, and that no line for any message takes suffering for granted."""

import re
from datetime import datetime, timezone
from pathlib import Path

import pytest

from bot.core import library as shelves
from bot.core.conversation import Heard
from bot.core.guide import weight
from bot.core.guide.turn import State, Turn

LIBRARY = shelves.load(Path(__file__).resolve().parents[2] / "data")
FIT_BOTH = ("listen", "question", "question.first", "brighter", "brighter.question", "brighter.answered", "company")
# What only fits where something weighs.
_PRESUMES = re.compile(
    r"\b(?:hard\w*|worst|worse|easier|bother\w*|tired|heavy|heavier|afraid|wear|tangle|put up|carrying|messy|blunt|lot|help|lighter|weighs?|sorry|bad|pain\w*"
    r"|deal with|get through|wish\w*|change[sd]?|rather|hold\w* it together|too much|gets like|simple|easy|annoys|wrong|trouble|better than it is|like that)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("saying", FIT_BOTH)
def test_lines_for_any_message_presume_no_suffering(saying: str) -> None:
    assert [text for text in LIBRARY.sayings[saying].texts if _PRESUMES.search(text)] == []


@pytest.mark.parametrize(
    "text",
    ["i made soup", "i can't wait to see her", "the baby fell asleep", "she rang on tuesday", "it was such a relief"],
)
def test_what_shows_no_weight_gets_only_lines_that_fit_both(text: str) -> None:
    for told in range(1, 9):
        turn = Turn(LIBRARY, None, Heard(text, "just_talking"), State(told=told), datetime.now(timezone.utc))  # type: ignore[arg-type]
        assert weight.filler(turn, "question") in LIBRARY.sayings["question"].texts


def test_what_weighs_may_be_taken_so() -> None:
    turn = Turn(LIBRARY, None, Heard("he shouted at me", "just_talking"), State(told=1), datetime.now(timezone.utc))  # type: ignore[arg-type]
    assert weight.filler(turn, "listen") in LIBRARY.sayings["listen.heavy"].texts


@pytest.mark.parametrize(
    "text",
    [
        "i had a good day today",
        "I had a really nice evening with her",
        "my son laughed at dinner",
        "we laughed a lot",
        "i feel a bit better today",
        "i felt so much lighter",
        "it went ok",
        "the interview went really well",
        "it was such a relief",
        "what a relief",
        "i passed my driving test",
        "I'm so proud of her",
        "i finally slept",
        "i sent it!",
        "I did it!!",
        "we got the flat",
        "the surgery went well",
        "it's been a lovely week",
        "mum's doing better today",
        "it went better than i thought",
        "i slept well",
        "good day today",
        "it's getting better",
    ],
)
def test_good_news_is_known_by_sure_words(text: str) -> None:
    assert weight.is_good(text)


@pytest.mark.parametrize(
    "text",
    [
        "i had a good day but then he called",
        "i never have a good day",
        "i wish it went well",
        "it would be a relief if it was over",
        "they laughed at me",
        "my son laughed at me",
        "my boss laughed when i told him",
        "i don't feel better",
        "i feel better when i'm drunk",
        "i should feel better",
        "i feel better without food",
        "she's better than me",
        "it's better this way",
        "my dad passed",
        "he passed away",
        "i passed out",
        "i passed him in the street",
        "did it go well?",
        "it went well until dinner",
        "i'm happy for them and so lonely",
        "everyone is fine",
        "i finally told my mother",
        "i did it again last night",
        "i sent it",
        "we used to have good days",
        "it was good that nobody saw me cry",
        "i managed to hide it",
        "i'm glad he's dead",
        "it's fine",
        "that's fine",
        "that's good",
        "i'm good thanks",
        "good night",
        "he always made me laugh",
    ],
)
def test_what_is_denied_mixed_or_unsure_is_no_good_news(text: str) -> None:
    assert not weight.is_good(text)


@pytest.mark.parametrize(
    "text, answered",
    [
        ("she said me too", True),
        ("they said yes", True),
        ("and my boss said ok", True),
        ("she said no", False),
        ("they said yes to the cuts", False),
        ("i asked if i was fat and they said yes", False),
        ("he said he loves me but he lies", False),
    ],
)
def test_a_yes_that_was_heard_is_told_from_more(text: str, answered: bool) -> None:
    assert weight.is_answered(text) is answered


@pytest.mark.parametrize(
    "text, fear",
    [("i'm scared", True), ("she might die", True), ("he won't wake up", True), ("we moved in may", False)],
)
def test_fear_is_known(text: str, fear: bool) -> None:
    assert weight.names_fear(text) is fear
