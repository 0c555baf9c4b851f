"""What each jurisdiction asks for, and that the talk keeps to it."""

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, List

import pytest
import yaml

from bot.core.conversation import Heard
from bot.core.guide import arrive
from bot.core.guide.turn import State, Turn
from bot.core.library import load
from bot.core.profile import load_profile
from bot.errors import ContentError, SettingError

DATA = Path(__file__).resolve().parents[2] / "data"
NAMES = sorted(path.stem for path in (DATA / "library" / "profiles").glob("*.yml"))
# Whether practitioners may take part, hours between disclosures, youngest age.
ASKED_FOR = {
    "default": (True, 3, 18),
    "eu": (True, 3, 16),
    "uk": (True, 3, 18),
    "us-ca": (True, 3, 18),
    "us-il": (False, 3, 18),
    "us-ny": (True, 3, 18),
    "us-nv": (False, 3, 18),
    "us-or": (True, 1, 13),
    "us-ut": (True, 3, 18),
    "us-wa": (True, 1, 13),
}
START = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)


def test_every_profile_is_known_to_these_tests() -> None:
    assert set(NAMES) == set(ASKED_FOR)


@pytest.mark.parametrize("name", NAMES)
def test_a_profile_sets_what_its_jurisdiction_asks_for(name: str) -> None:
    profile = load_profile(DATA, name)
    assert (profile.practitioner_mode, profile.disclosure_hours, profile.minimum_age) == ASKED_FOR[name]
    assert not profile.staff_read_at_risk
    assert profile.basis and profile.report and profile.title


@pytest.mark.parametrize("name", NAMES)
def test_a_long_talk_is_told_again_what_this_is_when_the_profile_says_so(name: str) -> None:
    hours = load_profile(DATA, name).disclosure_hours
    said = _disclosures(hours, *(START + timedelta(minutes=20 * number) for number in range(int(hours * 3) + 3)))
    assert said[0] == "disclosure.first"
    again = [number for number, saying in enumerate(said) if saying == "disclosure.again"]
    assert again == [int(hours * 3) + 1]


def test_after_seven_days_away_the_whole_disclosure_comes_again() -> None:
    assert _disclosures(3, START, START + timedelta(days=6)) == ["disclosure.first", None]
    assert _disclosures(3, START, START + timedelta(days=7, minutes=1)) == ["disclosure.first", "disclosure.first"]


def test_time_away_is_no_use_of_it() -> None:
    assert _disclosures(3, START, START + timedelta(hours=20)) == ["disclosure.first", None]


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(SettingError, match="us-wa"):
        load_profile(DATA, "atlantis")


@pytest.mark.parametrize(
    "changes, told",
    [
        ({"staff_read_at_risk": True, "practitioner_mode": False}, "practitioner mode"),
        ({"staff_read_at_risk": True}, "readers"),
        ({"minors": True}, "every hour"),
        ({"disclosure_hours": 0}, "default.yml"),
        ({"made_up": 1}, "default.yml"),
    ],
)
def test_a_profile_whose_parts_do_not_go_together_is_refused(tmp_path: Path, changes: Any, told: str) -> None:
    folder = tmp_path / "library" / "profiles"
    shutil.copytree(DATA / "library" / "profiles", folder)
    content = yaml.safe_load((folder / "default.yml").read_text(encoding="utf-8"))
    (folder / "own.yml").write_text(yaml.safe_dump({**content, **changes}), encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        load_profile(tmp_path, "own")


def _disclosures(hours: float, *moments: datetime) -> List[Any]:
    library, state, said = load(DATA), State(), []
    chooser: Any = None
    for now in moments:
        facts = {"readers": "", "agreement": ""}
        turn = Turn(library, chooser, Heard("and then", "theme"), state, now, facts)
        arrive.begin(turn, 6, hours)
        said.append(turn.replies[0].id if turn.replies else None)
    return said
