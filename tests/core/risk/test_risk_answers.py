"""Answers to a question about safety, read in context."""

import pytest

from bot.core.risk.answers import Reading, read_answer

ABOUT_ONESELF = {
    Reading.clear_yes: [
        "yes", "Yes.", "yeah", "yep, for months", "i am", "i do", "every day", "all the time", "of course i am", "y", "👍", "so yes",
        "yes but i would never", "constantly", "often", "more than i want to", "most of the time", "yes i think about dying", "sadly yes",
    ],
    Reading.hedged: [
        "oh god no way out",
        "sometimes", "maybe", "i guess", "kind of", "idk", "not today", "not right now", "not tonight", "why do you ask?",
        "does it matter", "would you care", "who isn't", "id rather not say", "can we talk about something else", "next question",
        "...", "lol", "what if i was", "who reads this", "youre just a bot", "i don't have the guts", "i couldnt do that to my kids",
        "only at night", "it comes and goes", "not actively", "its complicated", "no more than usual", "define thinking", "not yet",
        "if i say yes will you call someone", "on bad days", "depends", "half and half", "dont call the police",
        "i dont want to die i just dont want to be here", "?", "part of me",
    ],
    Reading.plan: [
        "tonight", "yes and i have the pills", "after my shift", "i already took something", "on sunday when they are out",
        "the letters are written", "i'm on the bridge", "not thinking about it, decided", "not today, friday", "as soon as she leaves",
        "i have a plan", "i've set a date", "the rope is ready", "yes, tomorrow", "its all arranged", "i know exactly how and when",
        "no i'm not thinking about it i'm doing it", "there is a knife next to me", "once the kids are asleep",
    ],
    Reading.hedged_no: [
        "no, that's not quite it", "that's not what i meant",
        "probably not", "i don't think so", "not really", "nah im fine", "no i was being dramatic", "no lol jk", "no, not that bad",
        "hopefully not", "i suppose not", "no, i just want it all to stop", "no. i just wish i wasn't here", "no but it crossed my mind",
        "not anymore", "no, not really", "guess not", "no, for now",
    ],
    Reading.other: ["i am so tired", "i am with the kids", "i am tired of it all"],
    Reading.clear_no: [
        "oh goodness no",
        "What? No!",
        "Heavens, no",
        "nothing like that",
        "no", "No.", "nope", "nope, never", "never", "not at all", "definitely not", "absolutely not", "god no, i meant my job",
        "no, i'm safe and i want to live", "no i'm not going to hurt myself, i'm safe", "no, i don't want to die", "i'm safe",
        "no i am not thinking of ending my life",
    ],
}  # fmt: skip
ABOUT_ABUSE = {
    Reading.clear_yes: ["no", "nope", "no i'm not", "not really", "not safe", "he is in the next room", "i'm scared", "never", "im in danger"],
    Reading.hedged: ["for now", "until he is back", "define safe", "depends on his mood", "maybe", "he's asleep", "why", "as long as i'm quiet"],
    Reading.other: ["i am with the kids", "i am in the bathroom", "i am so ashamed", "again last night at dinner", "i am pregnant"],
    Reading.plan: ["he is at the door", "no he is breaking the door", "he has a knife", "he's going to kill me tonight"],
    Reading.hedged_no: [
        "no he doesn't hurt me, he only shouts", "no, that's not it", "no he has never hit me", "no, he would never do anything to me",
        "i think so", "yes i think so", "probably", "yeah but", "should be",
    ],
    Reading.clear_no: ["yes", "yes i am", "i'm safe", "yes, i'm at my sister's", "he moved out, i'm safe", "safe"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("answer", "reading"), [(answer, reading) for reading, answers in ABOUT_ONESELF.items() for answer in answers]
)
def test_an_answer_about_dying_is_read_as_it_is_meant(answer: str, reading: Reading) -> None:
    assert read_answer(answer, "suicide") is reading


@pytest.mark.parametrize(
    ("answer", "reading"), [(answer, reading) for reading, answers in ABOUT_ABUSE.items() for answer in answers]
)
def test_after_are_you_safe_a_no_is_the_danger(answer: str, reading: Reading) -> None:
    assert read_answer(answer, "abuse") is reading


def test_an_injury_that_does_not_stop_bleeding_is_an_emergency() -> None:
    assert read_answer("yes and it wont stop bleeding", "self_harm") is Reading.plan

    assert read_answer("i want to try it anyway", "suicide") is Reading.other


def test_another_subject_is_no_answer() -> None:
    assert read_answer("my neighbour has a new fence and it is painted green", "suicide") is Reading.other
    assert read_answer("", "suicide") is Reading.other


def test_taking_time_or_a_walk_is_no_plan() -> None:
    for said in (
        "it's just going to take some time",
        "i'm going to take a walk",
        "its gonna take a while to feel better",
    ):
        assert read_answer(said, "suicide") is not Reading.plan
    for said in (
        "i'm going to take them all",
        "im about to take the pills",
        "going to take everything in the cupboard",
    ):
        assert read_answer(said, "suicide") is Reading.plan


@pytest.mark.parametrize(
    "said",
    [
        "no i'm not safe",
        "no way out",
        "no one would care",
        "no longer want to live",
        "no more pain soon",
        "not for long",
        "no point lying, i do",
        "no wait yes",
    ],
)
def test_what_only_begins_like_a_no_lowers_nothing(said: str) -> None:
    assert read_answer(said, "suicide") in (Reading.hedged, Reading.clear_yes)
