from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List, Sequence

import numpy as np
import pytest

from bot.core import library as shelves
from bot.core.entries import Reflection, Technique
from bot.core.retrieval import Shelf, sections_with_messages

WORDS = ("alone", "tired", "money", "boss", "friend", "breath")


class CountingEncoder:
    version = "counts"
    width = len(WORDS) + 1

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        rows = np.array([[text.lower().count(word) for word in WORDS] + [0.1] for text in texts], dtype=np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def reflection(name: str, section: str, themes: List[str], text: str) -> Reflection:
    return Reflection(id=name, section=section, themes=themes, text=text, question="And you?", more="More.")


def technique(name: str, themes: List[str], when: str, **other: Any) -> Technique:
    steps = [{"id": f"s{place}", "say": "Do this.", "expects": "go_on"} for place in range(3)]
    details: Dict[str, Any] = {
        "kind": name, "offer": name, "involves_people": False, "minutes": 3, "source": {"kind": "common_practice"},
        "why": "It helps.", "steps": steps, "closing": "How was it?", "small_step": "One.", **other,
    }  # fmt: skip
    return Technique(id=name, name=name, when=when, themes=themes, **details)


REFLECTIONS = [
    reflection("alone.1", "S.alone", ["loneliness"], "Being alone in a full room."),
    reflection("alone.2", "S.alone", ["loneliness"], "Alone again, and alone at night."),
    reflection("tired.1", "S.tired", ["exhaustion"], "Tired before the day begins."),
    reflection("money.1", "S.money", ["money_worries"], "Money that is gone by Monday."),
]
TECHNIQUES = [
    technique("breathing", ["stress_and_self_care"], "When your breath is short."),
    technique(
        "calling", ["loneliness"], "When you are alone and miss a friend.", involves_people=True, not_when=["abuse"]
    ),
    technique("budget", ["money_worries"], "When money is short.", not_when=["debt_crisis"]),
]


LIBRARY: Any = SimpleNamespace(
    reflections={entry.id: entry for entry in REFLECTIONS}, techniques={entry.id: entry for entry in TECHNIQUES}
)


def shelf() -> Shelf:
    return Shelf(LIBRARY, CountingEncoder())


EVEN = {"S.alone": 1 / 3, "S.tired": 1 / 3, "S.money": 1 / 3}


def test_the_reflection_whose_words_are_nearest_leads_when_sections_are_equally_likely() -> None:
    assert shelf().reflections("I am so tired", [], [], EVEN)[0].id == "tired.1"


def test_themes_decide_when_the_words_say_nothing() -> None:
    assert shelf().reflections("it is like that every week", ["money_worries"], [], EVEN)[0].id == "money.1"


def test_messages_of_the_same_section_outweigh_likeness_of_words() -> None:
    sure = {"S.alone": 0.001, "S.tired": 0.001, "S.money": 0.998}
    assert shelf().reflections("so tired of it", [], [], sure)[0].id == "money.1"


def test_resting_reflections_are_left_out() -> None:
    found = shelf().reflections("I am so tired", ["exhaustion"], ["tired.1"], EVEN)
    assert "tired.1" not in [entry.id for entry in found]
    assert len(found) == len(REFLECTIONS) - 1


def test_a_second_reflection_of_one_section_does_not_crowd_out_the_others() -> None:
    close = {"S.alone": 0.4, "S.tired": 0.3, "S.money": 0.3}
    found = [entry.id for entry in shelf().reflections("what a week", [], [], close)]
    assert found[0].startswith("alone")
    assert not found[1].startswith("alone")


def test_the_choice_explains_itself() -> None:
    first = shelf().explain("alone", ["loneliness"], [], EVEN)[0]
    told = first.as_dict()
    assert told["source"] == "article:S.alone"
    assert list(told["themes"]) == ["loneliness"]
    assert told["theme"] == 1.0
    assert all(0.0 <= told[part] <= 1.0 + 1e-6 for part in ("meaning", "theme", "section_fit"))


def test_techniques_fit_the_themes_and_the_words() -> None:
    assert shelf().techniques("my breath is short", ["stress_and_self_care"], [], [])[0].id == "breathing"


def test_techniques_already_done_are_not_offered_again() -> None:
    assert "breathing" not in [entry.id for entry in shelf().techniques("breath", [], ["breathing"], [])]


def test_after_abuse_nothing_that_leans_on_people_is_offered() -> None:
    assert "calling" not in [entry.id for entry in shelf().techniques("alone", ["loneliness"], [], ["abuse"])]


def test_what_a_technique_rules_out_bars_it() -> None:
    assert "budget" not in [entry.id for entry in shelf().techniques("money", ["money_worries"], [], ["debt_crisis"])]


def test_in_a_crisis_no_technique_is_offered() -> None:
    assert shelf().techniques("breath", ["stress_and_self_care"], [], ["crisis"]) == []


@pytest.mark.parametrize("text", ["alone and tired", "money"])
def test_the_same_message_gets_the_same_order(text: str) -> None:
    assert shelf().explain(text, ["loneliness"], [], EVEN) == shelf().explain(text, ["loneliness"], [], EVEN)


OWN = [
    reflection("own.1", "own.breath.s1", ["stress_and_self_care"], "Breath that comes short, breath after breath."),
    reflection("own.2", "own.breath.s2", ["stress_and_self_care"], "A friend is a quiet thing."),
]
LEARNED = ["S.alone", "S.tired", "S.money"]


def with_own(learned: Any = LEARNED) -> Shelf:
    library: Any = SimpleNamespace(
        reflections={entry.id: entry for entry in [*REFLECTIONS, *OWN]}, techniques=LIBRARY.techniques
    )
    return Shelf(library, CountingEncoder(), learned=learned)


def test_an_entry_of_a_section_the_reader_has_no_messages_of_can_lead_where_it_is_nearest() -> None:
    said, sure = "my breath is so short", {"S.alone": 0.2, "S.tired": 0.7, "S.money": 0.1}
    assert with_own(learned=None).reflections(said, [], [], sure)[0].id == "tired.1"
    assert with_own().reflections(said, [], [], sure)[0].id == "own.1"


def test_an_entry_of_such_a_section_stands_back_where_others_are_nearer() -> None:
    sure = {"S.alone": 0.2, "S.tired": 0.7, "S.money": 0.1}
    found = {one.id: one for one in with_own().explain("tired, alone, and the money", [], [], sure)}
    order = [one.id for one in with_own().explain("tired, alone, and the money", [], [], sure)]
    assert found["own.1"].section_fit == found["own.2"].section_fit == 0.0
    assert order[0] == "tired.1" and {order[-1], order[-2]} == {"own.1", "own.2"}


@pytest.mark.parametrize("said", ["breath", "alone and tired", "money", "what a week"])
def test_scores_of_known_sections_stay_as_they_are_beside_own_entries(said: str) -> None:
    sections = {"S.alone": 0.2, "S.tired": 0.7, "S.money": 0.1}
    before = {one.id: one for one in shelf().explain(said, ["loneliness"], [], sections)}
    after = {one.id: one for one in with_own().explain(said, ["loneliness"], [], sections)}
    assert {name: after[name] for name in before} == before


def test_the_sections_that_messages_are_labelled_with_are_found(tmp_path: Path) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "a.yml").write_text(
        "nlu:\n- intent: loneliness\n  metadata: {themes: [loneliness], section: S.alone}\n  examples: |\n    - alone\n"
        "- intent: exhaustion\n  metadata:\n    section: 'S.tired'\n  examples: |\n    - tired\n",
        encoding="utf-8",
    )
    assert sections_with_messages(tmp_path) == {"S.alone", "S.tired"}


def test_the_reader_knows_every_section_of_the_shipped_articles() -> None:
    data = Path(__file__).resolve().parents[2] / "data"
    assert sections_with_messages(data / "nlu") == set(shelves.load(data).sections)


def test_vectors_of_entries_are_kept_for_the_same_encoder(tmp_path: Path) -> None:
    class Encoder(CountingEncoder):
        encoded = 0

        def encode(self, texts: Sequence[str]) -> np.ndarray:
            self.encoded += len(texts)
            return super().encode(texts)

    first, second, third = Encoder(), Encoder(), Encoder()
    Shelf(LIBRARY, first, tmp_path)
    Shelf(LIBRARY, second, tmp_path)
    assert first.encoded > 0 and second.encoded == 0
    third.version = "newer"
    Shelf(LIBRARY, third, tmp_path)
    assert third.encoded == first.encoded
