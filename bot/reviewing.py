"""The practitioner's room around a running engine, and the place where its models are made."""

import asyncio
import json
import logging
import os
import signal
import threading
import time
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Callable, Collection, List, Sequence, TypeVar

import anyio.from_thread
from starlette.routing import BaseRoute

from bot import evaluating, exported, training
from bot.core.profile import load_profile
from bot.core.review import redaction
from bot.core.review.loop import Evaluation, Reading
from bot.core.review.training_data import Example
from bot.engine import MODEL_NEWS, Engine, Model, load_model
from bot.errors import InputError, InterludeError, ModelError, SetupError
from bot.personal_data import open_database
from bot.records import utc_now
from bot.review import training as learning
from bot.review.app import review_routes
from bot.review.config import ReviewSettings
from bot.settings import Secret, Settings

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# Conversations come first.
LOW_PRIORITY = 10
QUIET = {"PYTHONWARNINGS": "ignore", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}


def routes(engine: Engine, settings: Settings, secret: Secret) -> List[BaseRoute]:
    """The room's routes; none when the profile bars it, or when what hides addresses is not installed."""
    try:
        redaction.require()
    except SetupError as error:
        log.warning("%s The room stays closed.", error)
        return []
    # Takes seconds, and is wanted by the first who reads or shares.
    threading.Thread(target=redaction.prepare, name="redaction", daemon=True).start()
    room = _room(settings, secret)
    return review_routes(engine.database, room, EngineTrainer(engine), engine.shared, shelf=engine.services.library)


def tidy(settings: Settings, secret: Secret) -> None:
    """Bring the database up to date, and end what a service that was stopped left half done; once, before any worker starts."""
    database = open_database(settings)
    learning.begin_again(
        database, _room(settings, secret), partial(keep_candidates, settings.project / "models"), utc_now()
    )
    database.close()


def _room(settings: Settings, secret: Secret) -> ReviewSettings:
    profile = load_profile(settings.project / "data", settings.profile)
    return ReviewSettings(
        data=settings.project / "data",
        work=exported.folder(settings.project),
        secret=secret,
        second_factor_for_all=settings.second_factor_for_all,
        staff_read_at_risk=profile.staff_read_at_risk,
        practitioner_mode=profile.practitioner_mode,
        https=settings.public_address.startswith("https://"),
    )


def keep_candidates(folder: Path, names: Collection[str]) -> None:
    """Delete the files of all other candidates in a folder of models."""
    for path in (folder / "candidates").glob("*.tar.gz"):
        if path.name.removesuffix(".tar.gz") not in names:
            path.unlink()


class EngineTrainer:
    """The room's Trainer (bot.core.review.loop) on one engine.

    Models live in `models/`, candidates in `models/candidates/` until they are promoted. Training and measuring have a
    process of their own, of low priority, so that conversations go on; it ends with the service.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._project = engine.settings.project
        self._folder = self._project / "models"

    def current(self) -> str:
        """The name of the model in use."""
        return self._engine.model_version

    def models(self) -> Sequence[str]:
        """Names of all models that are or were in use, newest first."""
        newest_first = sorted(self._folder.glob("*.tar.gz"), key=lambda path: -path.stat().st_mtime_ns)
        return [path.name.removesuffix(".tar.gz") for path in newest_first]

    def train_candidate(self, examples: Path) -> str:
        """Train on the project's data and this file; gives the model's name. Raises ModelError."""
        return _apart(_train, self._project, examples).name.removesuffix(".tar.gz")

    def evaluate(self, model: str, corrections: Sequence[Example]) -> Evaluation:
        """Run a model on `data/eval` and on these corrections. Raises InputError when there is no such model."""
        return _apart(_evaluate, self._find(model), self._project / "data", corrections)

    def promote(self, model: str) -> None:
        """Put a model in use, and make it the newest. Call it in a worker thread of the server. Raises InputError, ModelError."""
        path = self._find(model)
        try:
            anyio.from_thread.run(self._engine.take_model, path)
        except InterludeError:
            raise
        except Exception as error:
            raise ModelError(
                f"The model {model} cannot be loaded ({type(error).__name__}); the one in use stays. It may come from an "
                "older version of interlude. Choose another one, or train a candidate."
            ) from None
        kept = path.replace(self._folder / path.name)
        # The newest is what a restart loads; a file system's clock may be too coarse to tell two changes apart.
        others = [other.stat().st_mtime_ns for other in self._folder.glob("*.tar.gz") if other != kept]
        moment = max([time.time_ns(), *(other + 1_000_000 for other in others)])
        os.utime(kept, ns=(moment, moment))
        training.keep_newest(self._folder)
        anyio.from_thread.run_sync(self._engine.shared.publish, MODEL_NEWS, model)

    def roll_back(self, model: str) -> None:
        """Put an earlier model in use again, as `promote` does."""
        self.promote(model)

    def discard(self, model: str) -> None:
        """Delete a candidate's file; nothing when it is gone."""
        (self._folder / "candidates" / f"{model}.tar.gz").unlink(missing_ok=True)

    def _find(self, model: str) -> Path:
        for folder in (self._folder / "candidates", self._folder):
            path = folder / f"{model}.tar.gz"
            if path.is_file():
                return path
        raise InputError(
            f"The model {model} is not kept any more. Only the newest {training.KEPT} are; train it again."
        )


def measure(model: Model, data: Path, corrections: Sequence[Example]) -> Evaluation:
    """What a loaded model does on the files of `data/eval` and on these corrections."""
    themes = evaluating.measure("themes", model, _rows(data / "eval" / "themes.jsonl"))
    risk = evaluating.measure("risk", model, _rows(data / "eval" / "risk.jsonl"))["metrics"]
    held = [{"id": f"turn {row.turn_id}", "text": row.text, "themes": row.themes} for row in corrections]
    corrected = evaluating.measure("themes", model, held)["rows"] if held else []
    return Evaluation(
        model.version,
        tuple(map(_reading, themes["rows"])),
        tuple(map(_reading, corrected)),
        risk["recall"],
        risk["false_alarm"],
        {name: themes["metrics"][name] for name in ("top1_hit", "micro_f1", "none_silence")},
    )


def _train(project: Path, examples: Path) -> Path:
    # Else Rasa keeps what it learned a second time in its cache, and discarding the candidate would not delete that.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    return training.train_candidate(project, examples)


def _evaluate(path: Path, data: Path, corrections: Sequence[Example]) -> Evaluation:
    return measure(asyncio.run(load_model(path)), data, corrections)


def _reading(row: Any) -> Reading:
    return Reading(row["id"], frozenset(row["expected"]), frozenset(row["also_ok"]), frozenset(row["claimed"]))


def _rows(path: Path) -> List[Any]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _apart(work: Callable[..., Result], *arguments: Any) -> Result:
    """Call a function in a new process and wait for it. Raises ModelError when that process was ended from outside."""
    context = get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    # Rasa's libraries warn of their own deprecations as soon as the process begins.
    os.environ.update(QUIET)
    # A daemon is ended with the service, which would otherwise wait for it for minutes.
    process = context.Process(target=_report, args=(theirs, work, arguments), daemon=True)
    process.start()
    theirs.close()
    try:
        result = ours.recv()
    except EOFError:
        process.join()
        raise ModelError(
            f"The process that makes models was ended before it was done (code {process.exitcode}). It needs about one and a "
            "half gigabytes of memory beside the service. See whether there is enough, and try again."
        ) from None
    finally:
        ours.close()
        process.join()
    if isinstance(result, InterludeError):
        raise result
    return result


def _report(target: Connection, work: Callable[..., Any], arguments: Sequence[Any]) -> None:
    """Send what the work gives, or the error it ends with; of an error nobody foresaw only the kind."""
    # Ctrl+C in a terminal reaches both processes; the service ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(LOW_PRIORITY)
    try:
        target.send(work(*arguments))
    except InterludeError as error:
        target.send(error)
    except Exception as error:
        target.send(ModelError(f"Making or measuring a model failed ({type(error).__name__}). Try `interlude train`."))
