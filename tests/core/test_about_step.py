"""What is said about a step is told from its answer, also where a question, a sentence or a page is the answer."""

from typing import Optional

import pytest

from bot.core.entries import Wants
from bot.core.guide import about_step
from bot.core.guide.about_step import About


@pytest.mark.parametrize(
    "text, meant",
    [
        ("what do you mean?", About.not_understood),
        ("I don't get it", About.not_understood),
        ("I do not understand the question", About.not_understood),
        ("what should I write here?", About.not_understood),
        ("can you give me an example?", About.not_understood),
        ("example please", About.not_understood),
        ("how many steps are left?", About.not_understood),
        ("can i leave it there", About.leaves),
        ("this is silly", About.leaves),
        ("the exercise feels a bit stupid", About.leaves),
        ("i feel silly", None),
        ("it is pointless", None),
        ("can i leave him", None),
        ("what did i write", About.asks_back),
        ("what did i write so far?", About.asks_back),
        ("what did i do wrong", None),
        ("not about my sister please", About.closes),
        ("not about my sister", None),
        ("i have no idea", About.no_idea),
        ("I don’t know", About.no_idea),
        ("nothing comes to mind", About.no_idea),
        ("that's too private", About.private),
        ("i'd rather not say", About.private),
        ("i don't want to answer that", About.private),
        ("do I have to?", About.private),
        ("could I first tell you about my aunt?", About.something_first),
        ("before that I need to tell you about work", About.something_first),
        ("I had a row with my son this morning, sorry, I need to say that", About.told),
        ("go on with the exercise", About.wants_back),
        ("let's go on with the exercise", About.wants_back),
        ("continue the exercise", About.wants_back),
        ("ok, resume the breathing exercise please", About.wants_back),
        ("back to where we were", About.wants_back),
    ],
)
def test_what_is_said_about_a_step_is_no_answer(text: str, meant: About) -> None:
    assert about_step.heard(text) is meant


@pytest.mark.parametrize(
    "text",
    [
        "i have no idea how to ask her",
        "i don't know if he would",
        "I don't understand why he left",
        "i don't want to talk to him",
        "it's too hard to do alone",
        "do I have to call my mum",
        "what if he says no",
        "pass me the salt",
        "nothing",
        "i can't say no",
        "i want to go on with my life",
        "i continue the exercise every day",
        "going on with the exercise class is hard",
    ],
)
def test_what_is_told_stays_the_answer(text: str) -> None:
    assert about_step.heard(text) is None


@pytest.mark.parametrize(
    "text, wants, meant",
    [
        ("what do you mean?", Wants.question, None),
        ("do I have to?", Wants.question, None),
        ("i'd rather not say", Wants.sentence, None),
        ("could we talk about the rota?", Wants.sentence, None),
        ("could I first tell you about my aunt?", Wants.sentence, About.something_first),
        ("what do you mean?", Wants.sentence, About.not_understood),
        ("I had a row with my son this morning, sorry, I need to say that", Wants.page, None),
        ("what should I write?", Wants.question, About.not_understood),
        ("continue the exercise", Wants.question, About.wants_back),
    ],
)
def test_where_a_question_or_news_is_wanted_it_is_the_answer(text: str, wants: Wants, meant: Optional[About]) -> None:
    assert about_step.heard(text, wants) is meant


def test_what_had_to_be_told_is_heard_without_its_excuse() -> None:
    told = "I had a row with my son this morning, sorry, I need to say that"
    assert about_step.without_excuse(told) == "I had a row with my son this morning"
    assert about_step.without_excuse("my aunt is ill") == "my aunt is ill"
