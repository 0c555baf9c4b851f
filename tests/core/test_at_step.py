"""At a step of an exercise an answer, a wish to wait or to leave, and talk of something else are told apart."""

from typing import Optional

import pytest

from bot.core.conversation import Heard, ThemeScore
from bot.core.entries import Step
from bot.core.guide import at_step
from bot.core.guide.at_step import Sense

CHOICES = ["Ask the time or the way", "Ask for a small favour", "Ask someone to listen"]
CHOICE = Step(id="rung", say="Pick one.", expects="choice", choices=CHOICES, note="rung")
NUMBER = Step(id="cost", say="How much?", expects="number", note="cost")
NAME = Step(id="person", say="Who might it be?", expects="text", note="person", short=True)
WRITING = Step(id="page", say="Write what is on your mind.", expects="text", note="page")
ON = Step(id="hold", say="Hold it.", expects="go_on")
STEPS = [CHOICE, NUMBER, NAME, WRITING, ON]


def sense(step: Step, text: str, kind: str = "just_talking", theme: Optional[str] = None) -> Sense:
    return at_step.sense(step, Heard(text, kind, themes=(ThemeScore(theme, 0.9),) if theme else ()))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.id)
@pytest.mark.parametrize(
    "text, meant",
    [
        ("hold on, my mum is at the door", Sense.pause),
        ("Sorry, give me a minute please", Sense.pause),
        ("not now", Sense.pause),
        ("later", Sense.pause),
        ("I can’t do this right now", Sense.pause),
        ("i don't feel up to this today", Sense.pause),
        ("I need to talk about something else first", Sense.aside),
        ("something else please", Sense.aside),
        ("sorry, phone rang. where were we", Sense.repeat),
        ("what was the question", Sense.repeat),
        ("what am i supposed to do? just breathe?", Sense.repeat),
        ("stop asking me to breathe", Sense.stop),
        ("got to go now, bye", Sense.leave),
    ],
)
def test_whoever_plainly_leads_away_is_heard_at_every_step(step: Step, text: str, meant: Sense) -> None:
    assert sense(step, text) is meant


@pytest.mark.parametrize(
    "text",
    [
        "could you hold on to my keys later today",
        "a bit of help with the bags, no is fine",
        "give me a hand with the shopping?",
        "now it is quiet and i sit at the window",
        "wait until he has gone and then ring her",
        "i have to go to the doctor alone every time",
        "stop telling everybody that i am fine",
        "she said i have to go",
        "what am i supposed to do without her",
        "where are we going wrong",
    ],
)
def test_what_only_sounds_like_a_command_is_written_down(text: str) -> None:
    assert sense(WRITING, text) is Sense.answer


def test_a_long_page_is_taken_where_writing_is_wanted() -> None:
    page = "my mother just called and she was angry with me again about the party and i cried and then i sat there for an hour"
    assert sense(WRITING, page, "other_feeling") is Sense.answer
    assert sense(NAME, page, "other_feeling") is Sense.talk


@pytest.mark.parametrize(
    "text, kind",
    [
        ("my sister texted again, dad fell off a ladder and I'm worried", "other_feeling"),
        ("she called me just now and told me that she lost her job", "just_talking"),
    ],
)
def test_news_is_no_name(text: str, kind: str) -> None:
    assert sense(NAME, text, kind) is Sense.talk


@pytest.mark.parametrize(
    "text", ["Ana", "my sister, maybe", "someone like my neighbour because she lives close by and has time"]
)
def test_a_name_may_be_explained(text: str) -> None:
    assert sense(NAME, text) is Sense.answer


@pytest.mark.parametrize(
    "text, choice",
    [
        ("Ask for a small favour", 1),
        ("i'd ask for a small favour", 1),
        ("the second one", 1),
        ("um the first. no wait the third", 2),
        ("not the first, the second", 1),
        ("the favour i think", 1),
        ("I need to talk about something else first", None),
        ("first my boss shouted at me and then i missed the bus home", None),
    ],
)
def test_a_choice_is_the_one_that_is_named_last(text: str, choice: Optional[int]) -> None:
    assert at_step.choice_in(CHOICES, text) == (None if choice is None else CHOICES[choice])


@pytest.mark.parametrize(
    "text, number",
    [
        ("7", 7),
        ("about a 4", 4),
        ("maybe six, because she is busy", 6),
        ("8/10", 8),
        ("ten out of ten", 10),
        ("7ish", 7),
        ("my 2 sisters texted", None),
        ("one of my friends died", None),
        ("no one would", None),
        ("i have three kids and no time", None),
        ("100", None),
    ],
)
def test_a_number_is_an_answer_where_it_counts_nothing_else(text: str, number: Optional[int]) -> None:
    assert at_step.number_said(text) == number


@pytest.mark.parametrize(
    "text, kind, meant",
    [
        ("my sister is angry with me", "just_talking", Sense.talk),
        ("she has never asked me once", "too_vague", Sense.talk),
        ("our neighbour’s dog died last night", "just_talking", Sense.talk),
        ("okay i did that twice", "just_talking", Sense.answer),
        ("my feet are warm now", "just_talking", Sense.answer),
        ("my hands feel warm", "too_vague", Sense.answer),
        ("ok done", "affirm", Sense.answer),
    ],
)
def test_where_nothing_is_asked_a_nod_goes_on_and_news_is_talk(text: str, kind: str, meant: Sense) -> None:
    assert sense(ON, text, kind) is meant


@pytest.mark.parametrize("step", [CHOICE, NUMBER], ids=lambda step: step.id)
@pytest.mark.parametrize(
    "text, kind, meant",
    [
        ("quite a lot i would say", "just_talking", Sense.unclear),
        ("none of these really", "just_talking", Sense.unclear),
        ("i really don't know", "too_vague", Sense.unclear),
        ("my dad fell off a ladder", "just_talking", Sense.talk),
        ("my gran died", "just_talking", Sense.talk),
        ("i am so tired of doing everything here", "theme", Sense.talk),
    ],
)
def test_an_answer_that_misses_is_told_from_talk(step: Step, text: str, kind: str, meant: Sense) -> None:
    assert sense(step, text, kind) is meant


@pytest.mark.parametrize("text", ["asking my colleague Tom for a lift to the station", "I'd ask her for the notes"])
def test_a_rung_in_their_own_words_is_an_answer(text: str) -> None:
    every = Step(id="rung", say="Pick one.", expects="choice", choices=["Ask the time", "Ask for an hour"], note="rung")
    assert sense(every, text, theme="needing_help") is Sense.answer
    other = Step(id="door", say="Pick one.", expects="choice", choices=["A held door", "Ask for an hour"], note="rung")
    assert sense(other, text, theme="needing_help") is not Sense.answer


@pytest.mark.parametrize(
    "text, meant",
    [
        ("what do you mean?", Sense.explain),
        ("that's too private", Sense.private),
        ("that's private", Sense.private),
        ("talk about something else", Sense.aside),
        ("can we change the subject", Sense.aside),
        ("what do i do here?", Sense.explain),
        ("i have no idea", Sense.no_idea),
        ("could I first tell you about my aunt?", Sense.aside),
        ("go on with the exercise", Sense.repeat),
        ("can we go on?", Sense.next),
        ("can we skip this one?", Sense.skip),
    ],
)
def test_talk_about_the_step_is_never_its_note(text: str, meant: Sense) -> None:
    assert sense(WRITING, text) is meant


def test_at_a_step_without_writing_going_on_with_the_exercise_goes_on() -> None:
    assert sense(ON, "let's go on with the exercise") is Sense.next
    assert sense(ON, "back to the exercise") is Sense.repeat
    assert sense(ON, "resume the exercise") is Sense.repeat


def test_a_choice_that_corrects_itself_is_no_wish_to_wait() -> None:
    assert sense(CHOICE, "no wait the first") is Sense.answer


@pytest.mark.parametrize(
    "text, kind, meant",
    [
        ("i dont want to", "deny", Sense.leave_out),
        ("no", "deny", Sense.leave_out),
        ("i can't lie down", "theme", Sense.leave_out),
        ("I can’t close my eyes", "theme", Sense.leave_out),
        ("my shoulders hurt", "other_feeling", Sense.leave_out),
        ("i can't lie to him anymore", "theme", Sense.talk),
        ("i can't stand him", "other_feeling", Sense.talk),
        ("i can't breathe", "theme", Sense.talk),
        ("my back hurts since he pushed me", "other_feeling", Sense.talk),
    ],
)
def test_what_is_not_wanted_or_not_possible_is_left_out(text: str, kind: str, meant: Sense) -> None:
    assert sense(ON, text, kind=kind) is meant


def test_the_words_of_a_step_may_refuse_but_are_not_a_word_about_it() -> None:
    words = Step(id="no", say="Write a no.", expects="text", note="refusal", wants="sentence")
    assert sense(words, "i'd rather not") is Sense.answer
    assert sense(words, "that's private") is Sense.private
    assert sense(words, "i don't want to write that down") is Sense.private
    assert sense(words, "when you ask, I say that's private") is Sense.answer


@pytest.mark.parametrize(
    ("text", "away"),
    [
        ("can i tell you something?", True),
        ("great, can we talk about something else", True),
        ("that's ok, can we talk about something else", True),
        ("ana, can i tell you something? you don't have to fix it", False),
        ("can i tell you something? no is fine", False),
    ],
)
def test_words_to_somebody_are_no_wish_to_speak_of_something_else(text: str, away: bool) -> None:
    assert at_step.turns_away(text) is away
