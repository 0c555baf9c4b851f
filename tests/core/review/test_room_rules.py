"""Order, steps, marks, redaction and what settles: the rules of the room without its pages."""

from datetime import datetime, timezone
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import Level
from bot.core.review import names, queue, redaction
from bot.core.review.marking import Mark, runs
from bot.core.review.redaction import Redaction
from bot.core.review.settling import (
    LEVEL_OF_TURN,
    THEMES_OF_TURN,
    Decision,
    SignOff,
    Subject,
    latest,
    level_as_decided,
    settle,
    themes_by_reviewer,
)


@pytest.mark.parametrize(
    "claimed, near, unsure",
    [([0.9], [0.2], 0.2), ([0.6], [0.2], 0.4), ([0.9, 0.55], [], 0.45), ([], [0.7], 0.7), ([], [], 0.0)],
)
def test_a_reading_is_as_unsure_as_its_weakest_claim_or_its_nearest_miss(
    claimed: list, near: list, unsure: float
) -> None:
    assert queue.unsureness(claimed, near) == pytest.approx(unsure)


def test_a_conversation_stands_where_its_most_doubtful_message_puts_it() -> None:
    facts = [
        queue.TurnFacts([0.9], [0.1], frozenset({"exhaustion"}), 1),
        queue.TurnFacts([0.6], [], frozenset({"loneliness"}), 2),
    ]
    assert queue.place(Level.risk, facts) == queue.Place(Level.risk, 0.4, 3, frozenset({"exhaustion", "loneliness"}))
    assert queue.place(Level.concern, []).unsure == 0.0


def test_nothing_is_signed_off_before_it_was_reviewed() -> None:
    assert queue.next_state("new", "sign_off") is None
    assert queue.next_state("reviewed", "sign_off") == "signed_off"
    assert {queue.next_state("signed_off", event) for event in ("assign", "save", "review")} == {None}


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-3, 65), st.integers(-3, 65)), max_size=4),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 8)), max_size=3),
)
def test_runs_give_the_text_back_whatever_lies_over_it_and_never_what_is_hidden(
    text: str, marks: list, hidden: list
) -> None:
    redactions, at = [], 0
    for start, length in sorted(hidden):
        if at <= start and start + length <= len(text):
            redactions.append(Redaction(start, start + length, "name"))
            at = start + length
    found = runs(text, [Mark("m", start, end) for start, end in marks], redactions)
    shown = text
    for one in reversed(redactions):
        shown = shown[: one.start] + "[name]" + shown[one.end :]
    assert "".join(run.text for run in found) == shown


def test_marks_over_each_other_are_all_named() -> None:
    found = runs("so very tired", [Mark("a", 0, 7), Mark("b", 3, 13)], [])
    assert [(run.text, run.marks) for run in found] == [("so ", ("a",)), ("very", ("a", "b")), (" tired", ("b",))]


def test_a_mark_that_ends_inside_a_hidden_word_does_not_cut_it() -> None:
    found = runs("ask Zofia now", [Mark("a", 0, 6)], [Redaction(4, 9, "name")])
    assert [run.text for run in found] == ["ask ", "[name]", " now"]


@pytest.mark.parametrize(
    "text, shown",
    [
        ("mail ana.b@example.org please", "mail [e-mail] please"),
        ("see https://example.org/me?x=1", "see [link]"),
        ("ring +44 20 7946 0958 tonight", "ring [phone] tonight"),
        ("my membership is 99 8877 6655 44", "my membership is [number]"),
        ("card 4111 1111 1111 1111", "card [card]"),
        ("iban DE89 3704 0044 0532 0130 00", "iban [account]"),
        ("from 192.168.10.77", "from [address]"),
        ("my name is Zofia and I am tired", "my name is [name] and I am tired"),
        ("Call me José-María, ok", "Call me [name], ok"),
        ("Dr. Weiss said so", "Dr. [name] said so"),
        ("I live at 12 Old Mill Road", "I live at [address]"),
        ("born 04/07/1990", "born [date]"),
        ("I slept 3 hours in 2 days and have 12 things to do", "I slept 3 hours in 2 days and have 12 things to do"),
        ("call me when you can", "call me when you can"),
        ("", ""),
    ],
)
def test_known_patterns_are_hidden_and_ordinary_talk_is_not(text: str, shown: str) -> None:
    assert redaction.redact(text) == shown


def test_known_names_are_hidden_in_any_case_but_not_inside_words() -> None:
    assert redaction.redact("ana says ANA has a banana", ["Ana"]) == "[name] says [name] has a banana"


def decision(id_: int, reviewer: int, value: object, final: bool = False, independent: bool = True) -> Decision:
    at = datetime(2026, 3, 2, 12, id_, tzinfo=timezone.utc)
    return Decision(id_, 7, reviewer, THEMES_OF_TURN, value, final, independent, at)


def signed_off(by: Optional[int], minute: int = 30) -> SignOff:
    return SignOff(by, datetime(2026, 3, 2, 12, minute, tzinfo=timezone.utc))


def test_the_last_word_of_each_reviewer_counts() -> None:
    words = latest([decision(1, 1, ["a"]), decision(2, 1, ["b"])])[THEMES_OF_TURN]
    assert settle(words, None).value == ["b"]


@pytest.mark.parametrize(
    "sign_off, approved",
    [
        (None, False),
        (signed_off(2), True),
        (signed_off(1), False),
        (signed_off(None), False),
        (signed_off(2, 0), False),
    ],
    ids=["nobody", "somebody else", "the same person", "nobody knows who", "somebody else, before it was decided"],
)
def test_what_one_reviewer_decided_is_approved_when_somebody_else_signs_it_off_later(
    sign_off: Optional[SignOff], approved: bool
) -> None:
    assert settle(latest([decision(1, 1, ["a"])])[THEMES_OF_TURN], sign_off).approved is approved


def test_two_who_agree_approve_and_two_who_differ_wait_for_a_lead() -> None:
    agreed = settle(latest([decision(1, 1, ["a"]), decision(2, 2, ["a"])])[THEMES_OF_TURN], None)
    assert agreed.approved and not agreed.disputed
    both = [decision(1, 1, ["a"]), decision(2, 2, ["b"])]
    disputed = settle(latest(both)[THEMES_OF_TURN], signed_off(3))
    assert disputed.disputed and not disputed.approved and disputed.by == [1, 2]
    final = settle(latest([*both, decision(3, 3, ["b"], final=True)])[THEMES_OF_TURN], None)
    assert final.approved and final.value == ["b"] and final.by == [3]


def test_a_leads_final_word_is_no_independent_decision() -> None:
    found = themes_by_reviewer([decision(1, 1, ["a"]), decision(2, 3, ["b"], final=True)])
    assert found == {7: {1: frozenset({"a"})}}


def test_what_is_decided_after_seeing_anothers_decision_counts_for_the_outcome_alone() -> None:
    made = [decision(1, 1, ["a"]), decision(2, 2, ["b"]), decision(3, 2, ["a"], independent=False)]
    assert themes_by_reviewer(made) == {7: {1: frozenset({"a"}), 2: frozenset({"b"})}}
    assert settle(latest(made)[THEMES_OF_TURN], None).value == ["a"]


def test_verdicts_on_two_replies_are_about_two_things() -> None:
    first, second = Subject("reply", 0, "h.cost.1"), Subject("reply", 1, "offer.two")
    words = latest([Decision(1, 7, 1, first, "helpful"), Decision(2, 7, 2, second, "unhelpful")])
    assert {about: settle(given, None).disputed for about, given in words.items()} == {first: False, second: False}


@pytest.mark.parametrize(
    "values, level",
    [
        ([], "concern"),
        (["risk"], "risk"),
        (["none"], "concern"),
        (["none", "none"], "none"),
        (["none", "risk"], "risk"),
    ],
)
def test_one_reviewer_alone_raises_a_level_and_two_are_needed_to_lower_it(values: list, level: str) -> None:
    made = [Decision(number, 7, number, LEVEL_OF_TURN, value) for number, value in enumerate(values, 1)]
    words = latest(made).get(LEVEL_OF_TURN, {})
    assert level_as_decided(Level.concern, words, None) is Level[level]


def test_a_conversation_is_at_the_highest_level_left_after_what_was_decided() -> None:
    machine = {1: Level.concern, 2: Level.risk}
    assert queue.decided_level(Level.risk, machine, {2: Level.none}) is Level.concern
    assert queue.decided_level(Level.risk, machine, {1: Level.imminent, 2: Level.none}) is Level.imminent
    assert queue.decided_level(Level.risk, machine, {3: Level.none}) is Level.risk
    # The message that raised it was erased since.
    assert queue.decided_level(Level.imminent, machine, {2: Level.none}) is Level.imminent


def test_marks_find_names_again_without_holding_them() -> None:
    marks = names.marks_of(["Petra O'Brien", "José-María", "Will"], "a person")
    assert not any(part in str(marks).lower() for part in ("petra", "brien", "jos", "will"))
    texts = ["PETRA is tired, o'brien too", "María and José", "they will, said Will", "nothing here"]
    assert names.found_again(texts, marks, "a person") == {"PETRA", "o'brien", "María", "José", "Will"}
    assert names.found_again(texts, marks, "somebody else") == set()
    assert names.found_again(texts, set(), "a person") == set()
