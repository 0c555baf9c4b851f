"""Which lines stand on the card: those of the country for the kind of danger, or none at all."""

from datetime import datetime, timezone
from pathlib import Path
from typing import Any, List, Optional

import pytest

from bot.core.conversation import Heard
from bot.core.entries import Helpline
from bot.core.guide import age, country
from bot.core.guide.turn import State, Turn
from bot.core.library import Library, load

DATA = Path(__file__).resolve().parents[2] / "data"


def line(kind: str, code: str = "GB") -> Helpline:
    return Helpline(
        id=f"{code.lower()}.{kind}",
        country=code,
        kind=kind,
        name=f"The {kind} line",
        reach="000 111",
        source="made up for this test",
        source_date="2026-07",
        sources_agreeing=1,
    )


@pytest.fixture
def library() -> Library:
    shelf = load(DATA)
    lines = [line(kind) for kind in ("suicide", "abuse", "eating", "youth", "emergency")]
    object.__setattr__(shelf, "helplines", (*lines, line("abuse", "US")))
    return shelf


def chosen(library: Library, kind: Optional[str], code: str = "GB", minor: bool = False) -> List[str]:
    return [found.id for found in country.lines_for(library, library.countries[code], kind, minor)]


@pytest.mark.parametrize(
    "kind, expected",
    [
        (None, "gb.suicide"),
        ("suicide", "gb.suicide"),
        ("self_harm", "gb.suicide"),
        ("abuse", "gb.abuse"),
        ("violence", "gb.abuse"),
        ("eating", "gb.eating"),
        ("medical", "gb.emergency"),
    ],
)
def test_the_line_is_chosen_by_kind(library: Library, kind: Optional[str], expected: str) -> None:
    assert chosen(library, kind) == [expected]


def test_lines_for_the_young_come_first_for_who_said_they_are(library: Library) -> None:
    assert chosen(library, "abuse", minor=True) == ["gb.youth", "gb.abuse"]


def test_no_line_of_another_kind_or_country_stands_in(library: Library) -> None:
    assert chosen(library, "suicide", "US") == []
    assert chosen(library, "eating", "US") == []


@pytest.mark.parametrize("kind", ["abuse", "violence", "eating", "medical"])
def test_without_a_line_of_the_kind_the_card_holds_the_directory_and_the_emergency_number(kind: str) -> None:
    turn = _turn(load(DATA), State(country="GB", level="risk", level_kind=kind))
    country.card(turn, kind)
    text = turn.replies[0].text
    assert "999" in text and "findahelpline.com" in text and "116 123" not in text
    assert "other countries" not in text


def test_an_age_under_eighteen_is_remembered_also_where_the_service_has_no_age_limit(library: Library) -> None:
    turn = _turn(library, State(country="GB"), "i'm 16 and i want to die")
    assert not age.bars(turn)
    country.card(turn, "suicide")
    assert turn.replies[0].text.index("The youth line") < turn.replies[0].text.index("The suicide line")


def _turn(library: Library, state: State, text: str = "") -> Turn:
    chooser: Any = None
    return Turn(library, chooser, Heard(text, "theme"), state, datetime(2026, 3, 2, tzinfo=timezone.utc))


@pytest.mark.parametrize(
    "said, code",
    [
        ("Österreich", "AT"),
        ("osterreich", "AT"),
        ("I'm in Österreich right now", "AT"),
        ("🇩🇪", "DE"),
        ("HERE: 🇧🇷🇯🇵", "BR"),
        ("España", "ES"),
        ("México", "MX"),
        ("日本", "JP"),
        ("한국", "KR"),
        ("ישראל", "IL"),
        ("i live in New Zealand", "NZ"),
        ("at", None),
        ("Narnia", None),
        ("🇽🇽", None),
    ],
)
def test_a_country_is_known_by_its_own_name_and_by_its_flag(library: Library, said: str, code: Optional[str]) -> None:
    found = country.named_in(library, said)
    assert (found.code if found else None) == code
