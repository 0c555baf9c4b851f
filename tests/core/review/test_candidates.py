"""Examples and comparisons: what is learned from, and what a candidate must show."""

from typing import Any, FrozenSet

import pytest
import yaml

from bot.core.review.loop import Evaluation, Floors, Reading, compare, stands_against
from bot.core.review.training_data import Example, rasa_yaml, split, text_hash, use_of

FLOORS = Floors({"micro_f1": 0.5}, risk_recall=0.9, risk_alarms=0.03)
TIRED: FrozenSet[str] = frozenset({"exhaustion"})
NONE: FrozenSet[str] = frozenset()


def example(text: str, turn: int = 1, *themes: str) -> Example:
    return Example(text, themes or ("exhaustion",), turn, "m1", ("ana", "ben"), "2026-03-02")


def evaluation(model: str, found: FrozenSet[str], **changes: Any) -> Evaluation:
    test = tuple(Reading(f"t{place}", TIRED, NONE, found) for place in range(10))
    values = {"risk_recall": 0.95, "risk_alarms": 0.01, "metrics": {"micro_f1": 0.7}}
    return Evaluation(model, test, (Reading("turn 1", TIRED, NONE, found),), **{**values, **changes})


def test_texts_that_differ_only_in_case_or_punctuation_count_as_one() -> None:
    assert text_hash("I'm SO tired!!") == text_hash("i'm so  tired") != text_hash("so tired")
    training, kept = split([example("so tired", 1), example("So tired.", 2)], set())
    assert [row.turn_id for row in training + kept] == [2]


def test_about_one_correction_in_five_is_kept_for_evaluation() -> None:
    training, kept = split([example(f"text {place}", place) for place in range(1000)], set())
    assert len(training) + len(kept) == 1000 and 150 < len(kept) < 250
    assert {use_of(row.hash) for row in training} == {"training"}
    assert {use_of(row.hash) for row in kept} == {"evaluation"}


def test_a_text_decided_in_two_ways_teaches_nothing() -> None:
    assert split([example("hm", 1, "exhaustion"), example("hm!", 2, "loneliness")], set()) == ([], [])


def test_texts_of_the_evaluation_and_texts_without_words_are_left_out() -> None:
    assert split([example("so tired"), example("…")], {text_hash("So tired.")}) == ([], [])


def test_what_is_written_is_yaml_that_gives_the_text_back() -> None:
    texts = ['she said "no": and {left}', "- a dash", "two\nlines", "brackets [here](there)", "naïve 🙂"]
    rows = [example(text, place) for place, text in enumerate(texts)] + [
        Example("nothing here", (), 9, "m1", ("ana",), "2026-03-02")
    ]
    nlu = {intent["intent"]: intent["examples"] for intent in yaml.safe_load(rasa_yaml(rows, "just_talking"))["nlu"]}
    read = [row["text"].rstrip("\n") for row in nlu["exhaustion"]]
    assert read == ['she said "no": and {left}', "- a dash", "two lines", "brackets (here)(there)", "naïve 🙂"]
    assert nlu["just_talking"][0]["metadata"]["themes"] == []


def test_a_better_candidate_shows_its_gain_with_an_interval() -> None:
    found = compare(evaluation("old", NONE), evaluation("new", TIRED), FLOORS)
    change = found.per_theme["exhaustion"]
    assert (change.current, change.candidate, change.difference) == (0.0, 1.0, 1.0)
    assert change.low <= change.difference <= change.high
    assert found.corrections_right is not None and found.corrections_right.difference == 1.0
    assert len(found.changed) == 11
    assert found.changed[0] == ("t0", (), ("exhaustion",), True)


def test_with_no_correction_kept_there_is_no_figure_of_corrections() -> None:
    row = Reading("t", TIRED, frozenset(), TIRED)
    assert compare(*(Evaluation(name, (row,), (), 1.0, 0.0) for name in "ab"), FLOORS).corrections_right is None


def test_what_also_passes_is_neither_right_nor_wrong() -> None:
    row = Reading("t", TIRED, frozenset({"loneliness"}), frozenset({"exhaustion", "loneliness"}))
    plain = Reading("t", TIRED, frozenset({"loneliness"}), TIRED)
    with_more, without = (Evaluation(name, (one,), (), 1.0, 0.0) for name, one in (("a", row), ("b", plain)))
    assert compare(with_more, without, FLOORS).micro_f1.difference == 0.0
    assert row.right and plain.right


def test_models_are_only_compared_on_the_same_messages() -> None:
    other = Evaluation("new", (Reading("x", NONE, NONE, NONE),), (), 1.0, 0.0)
    with pytest.raises(ValueError, match="same messages"):
        compare(evaluation("old", NONE), other, FLOORS)


@pytest.mark.parametrize(
    "changes, below",
    [
        ({}, ()),
        ({"risk_recall": 0.89}, ("risk_recall",)),
        ({"risk_alarms": 0.04}, ("risk_alarms",)),
        ({"metrics": {"micro_f1": 0.4}}, ("micro_f1",)),
        ({"metrics": {}}, ("micro_f1",)),
    ],
)
def test_floors_name_what_a_candidate_misses(changes: dict, below: tuple) -> None:
    assert compare(evaluation("old", TIRED), evaluation("new", TIRED, **changes), FLOORS).below_floor == below


def test_less_risk_found_needs_a_reason_and_no_reason_helps_below_the_floors() -> None:
    assert stands_against([], [0.95, 0.95], "") is None
    assert stands_against([], [0.95, 0.94], " ") == "reason_needed"
    assert stands_against([], [0.95, 0.94], "judged by hand") is None
    assert stands_against(["micro_f1"], [0.95, 0.99], "judged by hand") == "below_floor"
