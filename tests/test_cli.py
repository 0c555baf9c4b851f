"""The commands that others build on: names, exit codes, errors that say what to do."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

COMMANDS = [
    "serve", "chat", "telegram", "bench", "train", "replay", "evaluate themes", "evaluate risk", "evaluate retrieval", "evaluate moves", "library check",
    "library show", "library coverage", "helplines list", "helplines confirm", "helplines stale", "data export", "data erase",
    "data purge", "data backup", "data restore", "data encrypt", "report transparency", "doctor",
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INTERLUDE_DATABASE", f"sqlite:///{tmp_path / 'cli.db'}")
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run, command: str) -> None:
    result = run(*command.split(), "--help")
    assert result.exit_code == 0 and "Usage:" in result.output


def test_bad_usage_exits_with_2(run) -> None:
    assert run("evaluate", "themes").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_a_broken_line_is_named(run, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "a", "text": "x", "themes": []}\nnot json\n', encoding="utf-8")
    result = run("evaluate", "themes", str(file))
    assert result.exit_code == 1
    assert "rows.jsonl, line 2: not valid JSON" in result.output


def test_a_missing_field_is_named(run, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text('{"id": "a"}\n', encoding="utf-8")
    result = run("evaluate", "moves", str(file))
    assert result.exit_code == 1 and "text, kind missing" in result.output


def test_a_person_who_is_not_there_is_an_error_not_a_crash(run) -> None:
    result = run("data", "export", "f" * 32)
    assert result.exit_code == 1 and "There is no person" in result.output


def test_purging_without_a_retention_setting_erases_nothing_and_says_why(run) -> None:
    result = run("data", "purge")
    assert result.exit_code == 1 and "INTERLUDE_RETENTION_DAYS" in result.output


def test_coverage_is_machine_readable(run) -> None:
    result = run("library", "coverage", "--json", "-")
    assert result.exit_code == 0 and json.loads(result.output)["missing"] == []


def test_stale_helplines_exit_with_1(run) -> None:
    result = run("helplines", "stale")
    assert result.exit_code == 1 and "gb.suicide" in result.output


def test_the_transparency_report_counts_without_identifiers(run) -> None:
    report = json.loads(run("report", "transparency").output)
    assert report["counts"]["conversations"] == 0
    assert set(report["counts"]) == {"conversations", "messages", "disclosures", "referrals", "raised"}
    assert report["measured"]["n"] >= 300 and 0.5 < report["measured"]["recall"] <= 1 and report["measured"]["model"]


def test_a_backup_is_restored_and_into_an_empty_database_only_when_told_that_the_old_one_is_lost(
    run, tmp_path: Path
) -> None:
    backup = str(tmp_path / "backup.db")
    assert run("data", "backup", backup).exit_code == 0
    assert run("data", "backup", backup).exit_code == 1
    refused = run("data", "restore", backup, "--yes")
    assert refused.exit_code == 1 and "--erasures" in refused.output
    restored = run("data", "restore", backup, "--yes", "--lost")
    assert restored.exit_code == 0 and json.loads(restored.output)["erased_again"] == 0


def test_encrypting_without_a_key_says_which_setting_is_missing(run) -> None:
    result = run("data", "encrypt")
    assert result.exit_code == 1 and "INTERLUDE_DATABASE_KEYS" in result.output
