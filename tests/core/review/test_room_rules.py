"""Order, steps, marks, redaction and what settles: the rules of the room without its pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.conversation import Level
from bot.core.review import queue, redaction
from bot.core.review.marking import Mark, runs
from bot.core.review.redaction import Redaction
from bot.core.review.settling import Decision, latest, settle, themes_by_reviewer


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


def decision(id_: int, reviewer: int, value: object, final: bool = False) -> Decision:
    return Decision(id_, 7, reviewer, "themes", value, final)


def test_the_last_word_of_each_reviewer_counts() -> None:
    words = latest([decision(1, 1, ["a"]), decision(2, 1, ["b"])])["themes"]
    assert settle(words, False).value == ["b"]


def test_one_reviewer_alone_does_not_approve_unless_it_was_signed_off() -> None:
    words = latest([decision(1, 1, ["a"])])["themes"]
    assert not settle(words, False).approved and settle(words, True).approved


def test_two_who_agree_approve_and_two_who_differ_wait_for_a_lead() -> None:
    agreed = settle(latest([decision(1, 1, ["a"]), decision(2, 2, ["a"])])["themes"], False)
    assert agreed.approved and not agreed.disputed
    both = [decision(1, 1, ["a"]), decision(2, 2, ["b"])]
    disputed = settle(latest(both)["themes"], True)
    assert disputed.disputed and not disputed.approved and disputed.by == [1, 2]
    final = settle(latest([*both, decision(3, 3, ["b"], final=True)])["themes"], False)
    assert final.approved and final.value == ["b"] and final.by == [3]


def test_a_leads_final_word_is_no_independent_decision() -> None:
    found = themes_by_reviewer([decision(1, 1, ["a"]), decision(2, 3, ["b"], final=True)])
    assert found == {7: {1: frozenset({"a"})}}
