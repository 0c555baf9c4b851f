"""The practitioner's room as part of the product: where it is mounted, its commands, and how its models are made."""

import json
import os
import time
from pathlib import Path
from typing import Any

import anyio
import pytest
from click.testing import CliRunner
from rasa.shared.nlu.training_data.loading import load_data
from starlette.testclient import TestClient

from bot import reviewing, training
from bot.channels import server
from bot.channels.web.security import PAGE_POLICY
from bot.cli import main
from bot.core.reading import themes_of
from bot.core.review import redaction
from bot.core.review.training_data import Example, rasa_yaml
from bot.engine import Engine
from bot.errors import InputError, ModelError
from bot.nlu import theme_classifier as classifier
from bot.nlu.messages import block_metadata
from bot.review.app import HEADERS
from bot.reviewing import EngineTrainer
from bot.settings import Secret, Settings
from bot.workers.one_machine import OneMachine

KEY = Secret("k" * 32)


class StandIn:
    """An engine of which only the model matters."""

    def __init__(self, project: Path) -> None:
        self.settings = Settings({}).replace(home=project)
        self.model_version = "first"
        self.shared = OneMachine(project / "run", time.time)

    async def take_model(self, path: Path) -> None:
        assert path.is_file()
        self.model_version = path.name.removesuffix(".tar.gz")


def project_with(folder: Path, *models: str) -> Path:
    """A project with these models, oldest first; `candidates/` may stand before a name."""
    (folder / "data" / "library").mkdir(parents=True)
    (folder / "domain.yml").touch()
    (folder / "models" / "candidates").mkdir(parents=True)
    for number, name in enumerate(models):
        path = folder / "models" / f"{name}.tar.gz"
        path.touch()
        os.utime(path, (1_000_000 + number, 1_000_000 + number))
    return folder


def in_a_worker(work: Any, *arguments: Any) -> None:
    """Call it as the room does: in a worker thread of a running server."""
    anyio.run(anyio.to_thread.run_sync, work, *arguments)


def test_the_room_is_mounted_with_its_own_headers_and_the_chat_keeps_its_own(engine: Engine) -> None:
    app = server.application(engine, engine.settings.replace(secret_key=KEY))
    with TestClient(app) as visitor:
        room = visitor.get("/review")
        assert room.status_code == 200 and room.url.path == "/review/sign-in"
        assert room.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
        assert visitor.get("/review/static/room.css").headers["cache-control"] == "no-cache"
        chat = visitor.get("/")
        assert chat.headers["content-security-policy"] == PAGE_POLICY and chat.headers["cache-control"] == "no-store"


def test_the_room_stays_closed_without_what_hides_addresses(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redaction, "find_spec", lambda name: None)
    assert reviewing.routes(engine, engine.settings, KEY) == []
    assert "interlude[review]" in caplog.text


@pytest.mark.parametrize("command", ["review", "review add-user", "review list", "review export", "library import"])
def test_the_rooms_commands_have_help(command: str) -> None:
    result = CliRunner().invoke(main, [*command.split(), "--help"])
    assert result.exit_code == 0 and "Usage:" in result.output


def test_the_rooms_commands_are_listed_with_the_others() -> None:
    assert "review" in CliRunner().invoke(main, ["--help"]).output
    assert "import" in CliRunner().invoke(main, ["library", "--help"]).output


def test_a_model_is_measured_by_the_figures_that_floors_exist_for(engine: Engine) -> None:
    correction = Example("i never ask anyone for help", ("needing_help",), 7, "first", ("ada",), "2026-03-02")
    found = EngineTrainer(engine).evaluate(engine.model_version, [correction])
    assert set(found.metrics) == {"top1_hit", "micro_f1", "none_silence"}
    assert all(0 <= figure <= 1 for figure in (*found.metrics.values(), found.risk_recall, found.risk_alarms))
    lines = (engine.settings.project / "data" / "eval" / "themes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [row.id for row in found.test] == [json.loads(line)["id"] for line in lines]
    assert [(row.id, row.expected) for row in found.corrections] == [("turn 7", frozenset({"needing_help"}))]


def test_a_correction_teaches_all_its_themes(tmp_path: Path) -> None:
    themes = ("exhaustion", "loneliness")
    file = tmp_path / "corrections.yml"
    file.write_text(
        rasa_yaml([Example("so tired of it all", themes, 7, "first", ("ada",), "2026-03-02")], "just_talking")
    )
    (message,) = load_data(str(file)).training_examples
    assert themes_of(message.get("intent"), block_metadata(message)) == themes
    (example,) = classifier.examples(load_data(str(file)))
    assert example.corrected and example.themes == themes


async def test_a_running_engine_answers_with_the_model_it_took(engine: Engine, new_talk: Any) -> None:
    before, talk = engine.agent, new_talk()
    await talk.say("hello")
    await engine.take_model(engine.settings.project / "models" / f"{engine.model_version}.tar.gz")
    assert engine.agent is not before
    result = await talk.say("i never ask anyone for help")
    assert result.stored and result.failed is None and result.replies


def test_a_promoted_candidate_is_in_use_and_what_a_restart_loads(tmp_path: Path) -> None:
    engine = StandIn(project_with(tmp_path, "first", "candidates/next"))
    trainer = EngineTrainer(engine)  # type: ignore[arg-type]
    # A candidate that nobody promoted cannot be reached by going back.
    assert trainer.models() == ["first"]
    in_a_worker(trainer.promote, "next")
    assert trainer.current() == "next" and trainer.models() == ["next", "first"]
    in_a_worker(trainer.roll_back, "first")
    assert trainer.current() == "first" and trainer.models() == ["first", "next"]


def test_a_model_that_is_not_kept_any_more_is_said_to_be_gone(tmp_path: Path) -> None:
    trainer = EngineTrainer(StandIn(project_with(tmp_path, "first")))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="newest 5"):
        trainer.promote("long-gone")


def test_a_discarded_candidate_is_gone_and_a_promoted_one_is_not(tmp_path: Path) -> None:
    trainer = EngineTrainer(StandIn(project_with(tmp_path, "first", "candidates/one", "candidates/two")))  # type: ignore[arg-type]
    trainer.discard("first")
    trainer.discard("one")
    assert sorted(path.name for path in tmp_path.rglob("*.tar.gz")) == ["first.tar.gz", "two.tar.gz"]
    reviewing.keep_candidates(tmp_path / "models", set())
    assert [path.name for path in tmp_path.rglob("*.tar.gz")] == ["first.tar.gz"]


def test_a_model_that_cannot_be_loaded_leaves_the_one_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = StandIn(project_with(tmp_path, "first", "candidates/next"))

    async def broken(path: Path) -> None:
        raise KeyError("an old format")

    monkeypatch.setattr(engine, "take_model", broken)
    trainer = EngineTrainer(engine)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match="the one in use stays"):
        in_a_worker(trainer.promote, "next")
    assert trainer.models() == ["first"]


def ends_early() -> None:
    os._exit(9)


def test_a_process_that_fails_or_is_ended_is_told_of() -> None:
    with pytest.raises(ModelError, match="ended before it was done"):
        reviewing._apart(ends_early)
    with pytest.raises(ModelError, match="TypeError"):
        reviewing._apart(len, 4)


def test_the_newest_five_models_are_kept(tmp_path: Path) -> None:
    folder = project_with(tmp_path, *"abcdefg") / "models"
    training.keep_newest(folder)
    assert sorted(path.name[0] for path in folder.glob("*.tar.gz")) == list("cdefg")


def test_a_promoted_model_is_up_to_date_until_the_inputs_change(tmp_path: Path) -> None:
    project = project_with(tmp_path)
    (project / "models" / f"{training.inputs_hash(project)}-0a1b2c3d.tar.gz").touch()
    assert training.up_to_date(project)
    (project / "domain.yml").write_text("intents: []\n", encoding="utf-8")
    assert not training.up_to_date(project)
