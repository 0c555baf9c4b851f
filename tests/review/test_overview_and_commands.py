"""Counts without words, and the commands."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.core.conversation import Level
from bot.review import commands, desk
from bot.review.policy import Role

from .conftest import PASSWORD, PROJECT, House


def test_the_overview_counts_themes_alarms_agreement_and_helplines(house: House) -> None:
    alarm = house.talk("a", "dark", level=Level.risk)
    tired = house.talk("a", "tired", themes={"exhaustion": 0.9})
    calm = house.talk("a", "fine")
    house.talk("hidden", "alone", themes={"loneliness": 0.9})
    house.share("a")
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    ana.post(f"/turns/{alarm}/decide/level", {"value": "none"})
    for visitor in (ana, ben):
        visitor.post(f"/turns/{tired}/decide/themes", {"themes": ["exhaustion"]})
        visitor.post(f"/turns/{calm}/decide/themes", {"themes": []})
    page = ana.get("/overview").text
    assert "2 conversations in all, 1 of them in the queue" in page
    # One alone overrules nothing.
    assert "1 message at risk or above; reviewers confirmed 0 and overruled 0" in page
    assert "over 2 messages that two or more decided" in page and "1.00 (1.00 to 1.00)" in page
    assert "exhaustion" in page and '<th scope="row">loneliness' not in page
    assert "not confirmed in the last 180 days" in page
    assert page.count("<svg") >= 2 and "tired" not in page
    ben.post(f"/turns/{alarm}/decide/level", {"value": "risk"})
    assert "confirmed 0 and overruled 0" in ana.get("/overview").text
    ben.post(f"/turns/{alarm}/decide/level", {"value": "none"})
    assert "confirmed 0 and overruled 1" in ana.get("/overview").text


def test_an_alarm_is_overruled_by_one_when_somebody_else_signs_off(house: House) -> None:
    alarm, other = house.talk("a", "dark", level=Level.risk), house.talk("b", "dark", level=Level.risk)
    conversation = house.share("a")
    house.share("b")
    ana, mia = house.signed_in("ana"), house.signed_in("mia", Role.lead)
    ana.post(f"/turns/{alarm}/decide/level", {"value": "none"})
    ana.post(f"/turns/{other}/decide/level", {"value": "imminent"})
    ana.post(f"/conversations/{conversation}/move", {"event": "review"})
    assert "confirmed 1 and overruled 0" in ana.get("/overview").text
    mia.post(f"/conversations/{conversation}/move", {"event": "sign_off"})
    assert "confirmed 1 and overruled 1" in ana.get("/overview").text


def test_agreement_counts_what_was_decided_unseen_and_not_what_was_changed_after(house: House) -> None:
    turns = [house.talk("a", f"tired {number}") for number in range(4)]
    house.share("a")
    ana, ben, lea = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("lea", Role.lead)
    for number, turn in enumerate(turns):
        ana.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"] if number % 2 else []})
        ben.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"] if number < 2 else []})
    before = overall(ana.get("/overview").text)
    # Both see now that they differ, and ben goes over to ana; a lead saw both before deciding.
    for number, turn in enumerate(turns):
        ben.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"] if number % 2 else []})
        lea.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"] if number % 2 else []})
    assert "There are none." in lea.get("/disagreements").text
    assert overall(ana.get("/overview").text) == before


def overall(page: str) -> Any:
    return re.search(r'<th scope="row">over all</th><td>(.*?)</td><td>(.*?)</td>', page).groups()  # type: ignore[union-attr]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("INTERLUDE_HOME", str(PROJECT))
    monkeypatch.setenv("INTERLUDE_DATABASE", f"sqlite:///{tmp_path / 'review.db'}")

    def invoke(*arguments: str, given: str = "") -> Any:
        return CliRunner().invoke(commands.review, list(arguments), input=given)

    return invoke


def test_accounts_are_made_listed_and_ended_by_command(house: House, run: Any) -> None:
    made = run("add-user", "lea", "--role", "lead", "--password-stdin", given=PASSWORD + "\n")
    assert made.exit_code == 0 and "otpauth://totp/" in made.output and PASSWORD not in made.output
    assert made.output.startswith("lea is a lead now.")
    made = run("add-user", "root", "--role", "admin", "--password-stdin", given=PASSWORD + "\n")
    assert made.output.startswith("root is an admin now.")
    assert run("add-user", "ana", "--role", "owner").exit_code == 2
    assert "lea  lead  second factor: yes  ended: no" in run("list", "--accounts").output
    assert run("end-user", "lea").exit_code == 0
    again = run("end-user", "lea")
    assert again.exit_code != 0 and "ended on" in str(again.exception)
    assert "There is no account" in str(run("end-user", "nobody").exception)


def test_no_account_is_made_that_could_never_sign_in(house: House, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTERLUDE_SECOND_FACTOR_FOR_ALL", "yes")
    made = run("add-user", "ana", "--role", "practitioner", "--no-second-factor", "--password-stdin", given=PASSWORD)
    assert made.exit_code != 0 and "could never sign in" in str(made.exception)
    assert "ana" not in run("list", "--accounts").output
    made = run("add-user", "ana", "--role", "practitioner", "--password-stdin", given=PASSWORD)
    assert made.exit_code == 0


def test_the_queue_is_listed_without_words(house: House, run: Any) -> None:
    house.talk("a", "zebra", level=Level.risk)
    listed = run("list", "--json", "-")
    [row] = json.loads(listed.output)
    assert row["level"] == "risk" and row["kind"] == "suicide" and "zebra" not in listed.output


def test_only_a_lead_or_an_admin_exports_by_command(house: House, run: Any, tmp_path: Path) -> None:
    house.reviewer("ana")
    house.reviewer("lea", Role.lead)
    assert run("export", str(tmp_path / "out.yml"), "--by", "ana").exit_code != 0
    done = run("export", str(tmp_path / "out.yml"), "--by", "lea")
    assert done.exit_code == 0 and "0 corrections" in done.output
    assert (tmp_path / "out.yml").read_text().startswith("version: ")


def test_an_article_is_imported_by_command(house: House, run: Any, tmp_path: Path) -> None:
    path = tmp_path / "own.md"
    path.write_text("# Ours\n\nA thought.", encoding="utf-8")
    done = CliRunner().invoke(commands.library_import, [str(path)])
    assert done.exit_code == 0 and "1 draft waits" in done.output
    (tmp_path / "art2.txt").write_text("A thought.\n\nMore of it.", encoding="utf-8")
    done = CliRunner().invoke(commands.library_import, [str(tmp_path / "art2.txt"), "--title", "On  thoughts"])
    assert done.exit_code == 0
    with house.database.reading() as session:
        [version] = desk.versions(session, "own.art2.1")
    assert version.content["article"] == "On thoughts"
