"""A move is one only where its words say so: real ones in many wordings stay, what is told is told."""

import json
from datetime import datetime, timezone
from pathlib import Path
from typing import List, Optional, Tuple

import pytest
import yaml

from bot.core.conversation import Heard
from bot.core.guide import asides, close, sure_moves
from bot.core.guide.about import asks_for_person, asks_of_data
from bot.core.guide.turn import State, Turn

ROOT = Path(__file__).parents[2]
KINDS = ("greeting", "goodbye", "thanks", "not_it", "change_country", "privacy_question")


def wordings(kinds: Tuple[str, ...] = KINDS) -> List[Tuple[str, str]]:
    """Every training and evaluation message of these moves."""
    blocks = yaml.safe_load((ROOT / "data/nlu/moves.yml").read_text(encoding="utf-8"))["nlu"]
    found = [
        (block["intent"], line[2:])
        for block in blocks
        if block["intent"] in kinds and isinstance(block["examples"], str)
        for line in block["examples"].splitlines()
    ]
    rows = map(json.loads, (ROOT / "data/eval/moves.jsonl").read_text(encoding="utf-8").splitlines())
    return [*found, *((row["kind"], row["text"]) for row in rows if row["kind"] in kinds)]


def meant(text: str, kind: str) -> str:
    return sure_moves.as_meant(Heard(text, kind, confidence=0.8)).kind


def test_real_moves_of_many_wordings_stay_what_they_are() -> None:
    found = wordings()
    assert len(found) > 500
    assert [(kind, text) for kind, text in found if meant(text, kind) != kind] == []


@pytest.mark.parametrize(
    "kind, text",
    [
        ("goodbye", "bye for now then"),
        ("goodbye", "goodnite"),
        ("goodbye", "okay I'll go and make dinner, byeee"),
        ("goodbye", "enjoy the rest of your day"),
        ("goodbye", "that will be all"),
        ("goodbye", "right, I should get going"),
        ("greeting", "hellooo is anyone there"),
        ("greeting", "hi, last night was bad"),
        ("thanks", "thanx a lot"),
        ("thanks", "I can't thank you enough"),
        ("thanks", "I just wanted to say thank you"),
        ("goodbye", "i'm leaving now"),
        ("goodbye", "right, leaving the house now, bye"),
        ("goodbye", "let's leave it there for today"),
        ("stop", "enough for today"),
        ("stop", "let's stop here"),
        ("stop", "i've had enough of this exercise"),
        ("skip", "i can't do that one, next please"),
        ("not_it", "that fits none of it"),
        ("not_it", "you have got my point wrong"),
        ("not_it", "I meant something else entirely"),
        ("not_it", "no, that isn't right"),
        ("not_it", "that's wrong"),
        ("change_country", "the numbers are wrong, I'm in Spain with my family"),
        ("privacy_question", "is it safe to tell you this?"),
        ("privacy_question", "am i safe here?"),
    ],
)
def test_other_wordings_stay_too(kind: str, text: str) -> None:
    assert meant(text, kind) == kind


@pytest.mark.parametrize(
    "kind, text",
    [
        ("goodbye", "last night too"),
        ("goodbye", "and the night before too"),
        ("goodbye", "tomorrow again probably"),
        ("goodbye", "i will tomorrow"),
        ("goodbye", "all night"),
        ("goodbye", "he left without saying goodbye"),
        ("greeting", "this evening as well"),
        ("greeting", "this morning too"),
        ("greeting", "she didn't even say hello"),
        ("thanks", "my boss never says thank you"),
        ("thanks", "not even a thank you"),
        ("not_it", "it's not fair"),
        ("not_it", "that’s not normal"),
        ("not_it", "it's not my fault"),
        ("not_it", "he got it wrong"),
        ("not_it", "that's wrong of him"),
        ("change_country", "in my country nobody talks about this"),
        ("change_country", "i'm in spain with him"),
        ("change_country", "i live in germany and i have no friends"),
        ("privacy_question", "i'm safe"),
        ("privacy_question", "is it safe to go home"),
        ("out_of_scope", "how am i supposed to sleep"),
        ("goodbye", "i'm leaving him tomorrow"),
        ("goodbye", "i'm leaving the job"),
        ("goodbye", "we are leaving home on friday"),
        ("stop", "i can't do this any more"),
        ("stop", "i've had enough"),
        ("stop", "i've had enough of him"),
        ("stop", "i want him to stop"),
        ("stop", "i can't stop crying"),
        ("skip", "i can't do this."),
    ],
)
def test_what_is_told_is_no_move(kind: str, text: str) -> None:
    assert meant(text, kind) == "just_talking"


def test_where_an_exercise_is_running_its_commands_stay() -> None:
    found = [text for kind, text in wordings(("stop",)) if kind == "stop"] + [
        "i can't do this any more",
        "i've had enough",
    ]
    assert len(found) > 100
    assert {sure_moves.as_meant(Heard(text, "stop", confidence=0.8), playing=True).kind for text in found} == {"stop"}


def test_with_none_running_nearly_every_stop_stays_too() -> None:
    told = [text for _, text in wordings(("stop",)) if meant(text, "stop") != "stop"]
    assert told == ["i cant do any more of this today"]


@pytest.mark.parametrize("kind", ["not_it", "forget_that", "just_talking"])
@pytest.mark.parametrize("text", ["that fits", "you understood me", "yes that hits home", "this describes me well"])
def test_a_yes_to_what_was_said_back_is_one(kind: str, text: str) -> None:
    assert meant(text, kind) == "affirm"


@pytest.mark.parametrize(
    "text", ["that fits him better", "it's me", "he hits me", "you got it wrong", "it is true he left"]
)
def test_what_only_sounds_like_a_yes_is_none(text: str) -> None:
    assert meant(text, "just_talking") == "just_talking"


def test_later_puts_off_and_a_longer_sentence_does_not() -> None:
    assert sure_moves.puts_off("maybe later") and not sure_moves.puts_off("see you later")


def test_a_question_about_anything_else_stays_out_of_scope() -> None:
    assert meant("how do i bake bread", "out_of_scope") == "out_of_scope"


@pytest.mark.parametrize("text", ["mm", "mhm", "hmmm"])
def test_a_murmur_says_little_and_a_murmured_yes_stays_a_yes(text: str) -> None:
    assert meant(text, "out_of_scope") == "too_vague" and meant(text, "affirm") == "affirm"


@pytest.mark.parametrize(
    "text, kind",
    [
        ("can i go now", "goodbye"),
        ("can i go to her", "back"),
        ("ok, i should go", "goodbye"),
        ("i should go to her", "back"),
        ("can i go on", "back"),
    ],
)
def test_asking_to_go_is_leaving(text: str, kind: str) -> None:
    assert meant(text, "back") == kind


@pytest.mark.parametrize(
    "text, asks",
    [
        ("are you going to tell my mum", True),
        ("will the police be called", True),
        ("do you call the police", True),
        ("will you tell anyone?", True),
        ("did they call the police?", False),
        ("are you going to call someone for me", False),
        ("will she tell my mum", False),
        ("can you use my words for training", True),
        ("are my messages used to train the ai", True),
        ("can i use my words for the speech", False),
    ],
)
def test_whether_somebody_is_told_is_asked_of_the_program(text: str, asks: bool) -> None:
    assert asks_of_data(text) is asks


@pytest.mark.parametrize(
    "text, done",
    [("i'm done", True), ("ok I’m done for today", True), ("i'm done with him", False), ("i'm so done", False)],
)
def test_being_done_says_no_more_than_that(text: str, done: bool) -> None:
    assert close.is_done(text) is done


def scolded(text: str) -> Optional[str]:
    turn = Turn(None, None, Heard(text, "theme"), State(told=2), datetime(2026, 3, 2, tzinfo=timezone.utc))  # type: ignore[arg-type]
    found = asides.scolded(turn)
    return found.__name__.strip("_") if found else None


@pytest.mark.parametrize(
    "text, expected",
    [
        ("you're a fucking robot", "take_anger"),
        ("useless bot", "take_anger"),
        ("you don't help at all", "take_anger"),
        ("dont tell me what i feel", "not_it"),
        ("you are an idiot", "take_anger"),
        ("you are the only joke he knows", None),
        ("he says you're useless", None),
        ("you're a robot, right?", None),
        ("you don't help people like that", None),
        ("this is stupid", None),
        ("he tells me what i feel", None),
    ],
)
def test_anger_at_the_program_is_told_from_talk(text: str, expected: Optional[str]) -> None:
    assert scolded(text) == expected


@pytest.mark.parametrize(
    "text, asks",
    [
        ("a person would be better", True),
        ("i'd rather talk to a human", True),
        ("a person would be better off without him", False),
        ("i'd rather have a person who listens", False),
    ],
)
def test_a_person_is_asked_for_in_other_words_too(text: str, asks: bool) -> None:
    assert asks_for_person(text) is asks
