"""Approved corrections as examples, candidates trained on them, and which model is in use."""

import json
import logging
import threading
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session, aliased

from bot import exported
from bot.core.conversation import Level
from bot.core.review import redaction
from bot.core.review.loop import Trainer, compare, stands_against
from bot.core.review.settling import LEVEL_OF_TURN, THEMES_OF_TURN, latest, level_as_decided
from bot.core.review.training_data import Example, rasa_yaml, split, text_hash
from bot.errors import InputError, InterludeError
from bot.review import decisions
from bot.review.config import ReviewSettings
from bot.review.policy import Reviewer
from bot.review.transcript import Reading, conversation_row, log_reading
from bot.storage.database import Database
from bot.storage.review import may_be_read, names_in
from bot.storage.review_tables import review_decisions, review_models, reviewers
from bot.storage.tables import conversations, people, turns

log = logging.getLogger(__name__)

# Messages that reviewers decided to hold no theme still belong to the conversation.
NO_THEME_INTENT = "just_talking"
GIVEN_UP = timedelta(hours=2)
EXAMPLES = "corrections"
SEED = 7


def examples(session: Session, settings: ReviewSettings, reading: Reading) -> Tuple[List[Example], List[Example]]:
    """Approved corrections for training and for evaluation, redacted. In a transaction: it keeps that they were read.

    Only messages that are shared now, of people who agreed to training use, that neither the machine nor a reviewer put at
    `concern` or above.
    """
    rows = session.execute(
        select(turns, conversations.c.number.label("conversation_number"))
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .join(people, people.c.id == turns.c.person_id)
        .where(
            turns.c.id.in_(select(review_decisions.c.turn_id).where(review_decisions.c.aspect == "themes")),
            people.c.training_consent_at.is_not(None),
            turns.c.level < Level.concern,
            may_be_read(reading.now, staff_read_at_risk=False),
        )
        .order_by(turns.c.id)
    ).all()
    decided = decisions.decisions_on(session, [row.id for row in rows])
    sign_offs = decisions.sign_offs(session, {row.conversation_id for row in rows})
    names = dict(session.execute(select(reviewers.c.id, reviewers.c.name)).all())
    found: List[Example] = []
    read: Dict[int, List[int]] = {}
    hidden: Dict[int, Sequence[str]] = {}
    for row in rows:
        about_themes = [decision for decision in decided[row.id] if decision.subject == THEMES_OF_TURN]
        sign_off = sign_offs.get(row.conversation_id)
        about_level = latest(decided[row.id]).get(LEVEL_OF_TURN, {})
        if level_as_decided(row.level, about_level, sign_off) >= Level.concern:
            continue
        settled = decisions.settled_on(about_themes, sign_off).get(THEMES_OF_TURN)
        if settled is None or not settled.approved or not row.text.strip():
            continue
        if row.conversation_id not in hidden:
            hidden[row.conversation_id] = names_in(session, row.conversation_id)
        found.append(
            Example(
                text=redaction.redact(row.text, hidden[row.conversation_id]),
                own=redaction.redact(row.text, redaction.names_said([row.text])),
                themes=tuple(settled.value),
                turn_id=row.id,
                model_version=row.model_version,
                decided_by=tuple(names[one] for one in sorted({decision.reviewer_id for decision in about_themes})),
                decided_on=about_themes[-1].at.date().isoformat(),
                signed_off_by=names[sign_off.by] if sign_off and sign_off.by else None,
            )
        )
        read.setdefault(row.conversation_id, []).append(row.number)
    for conversation_id, numbers in read.items():
        log_reading(session, conversation_row(session, conversation_id), reading, "training", numbers)
    return split(found, held_out(settings.data))


def held_out(data: Path) -> Set[str]:
    """Hashes of every text of the shipped evaluation files."""
    found: Set[str] = set()
    for path in sorted((data / "eval").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line) if line.strip() else {}
            found |= {text_hash(text) for text in [row.get("text"), row.get("answer"), *row.get("turns", [])] if text}
    return found


def export(database: Database, settings: ReviewSettings, reading: Reading, target: Path) -> Tuple[int, List[Example]]:
    """Write the training examples as Rasa YAML; gives how many there are, and the examples kept for evaluation."""
    redaction.prepare()
    with database.transaction() as session:
        training, evaluation = examples(session, settings, reading)
    _write(target, training)
    exported.remember(settings.work, target)
    return len(training), evaluation


def is_running(session: Session, now: datetime) -> bool:
    """Whether a candidate is being trained. One that began two hours ago is given up."""
    running = select(review_models.c.id).where(
        review_models.c.state == "training", review_models.c.begun_at > now - GIVEN_UP
    )
    return session.scalar(running) is not None


def begin_again(
    database: Database, settings: ReviewSettings, keep_candidates: Callable[[Set[str]], None], now: datetime
) -> None:
    """Tidy up after a service that was stopped while it trained: call it once, before the room opens.

    `keep_candidates` is to put away all candidates but those named.
    """
    for left in settings.work.glob(f"{EXAMPLES}-*.yml"):
        left.unlink()
    with database.transaction() as session:
        interrupted = session.execute(
            update(review_models)
            .where(review_models.c.state == "training")
            .values(state="failed", problem="The service was stopped meanwhile. Train again.", decided_at=now)
        ).rowcount
        waiting = session.scalars(select(review_models.c.name).where(review_models.c.state == "candidate")).all()
    if interrupted:
        keep_candidates(set(waiting))


def train_candidate(
    database: Database,
    settings: ReviewSettings,
    trainer: Trainer,
    reading: Reading,
) -> threading.Thread:
    """Export, then train and compare in a thread of its own, which it gives.

    Raises InputError while another candidate is being trained and when there is nothing to learn from.
    """
    with database.transaction() as session:
        if is_running(session, reading.now):
            raise InputError("A candidate is being trained already. Wait until it is done; it takes minutes.")
        training, evaluation = examples(session, settings, reading)
        if not training:
            raise InputError(
                "There is nothing to learn from yet: no approved correction of a message that is shared and whose "
                "person agreed to training use."
            )
        row = session.execute(
            insert(review_models).values(
                state="training", begun_by=reading.who.id, begun_at=reading.now, examples=len(training)
            )
        ).inserted_primary_key[0]
    target = settings.work / f"{EXAMPLES}-{row}.yml"
    _write(target, training)

    def work() -> None:
        try:
            changes = _trained(trainer, settings, target, evaluation)
            changes["comparison"]["learned_from"] = [example.turn_id for example in training]
        except InterludeError as error:
            changes = {"state": "failed", "problem": str(error)[:255]}
        except Exception as error:
            log.error("training a candidate failed: error=%s", type(error).__name__)
            changes = {"state": "failed", "problem": f"Training failed ({type(error).__name__}). The log has more."}
        finally:
            # What a person said stays in the database alone, where it can be taken back.
            target.unlink(missing_ok=True)
        if changes["state"] == "candidate":
            _replace_waiting(database, trainer, changes["name"])
        with database.transaction() as session:
            session.execute(update(review_models).where(review_models.c.id == row).values(**changes))

    # Not waited for when the service stops; `begin_again` says then what became of it.
    thread = threading.Thread(target=work, name="candidate", daemon=True)
    thread.start()
    return thread


def promote(database: Database, trainer: Trainer, row_id: int, who: Reviewer, reason: str, now: datetime) -> None:
    """Let a candidate take over. Raises InputError when something stands against it."""
    row, comparison = candidate(database, row_id)
    if comparison["current"] != trainer.current():
        raise InputError("The candidate was compared with a model that is not in use any more. Train it again.")
    against = stands_against(comparison["below_floor"], comparison["risk_recall"], reason)
    if against:
        raise InputError(
            "This candidate is below the floors on the shipped evaluation files "
            f"({', '.join(comparison['below_floor'])}): nobody can promote it."
            if against == "below_floor"
            else "This candidate finds fewer risk messages than the model in use. A lead must write down why it may go."
        )
    trainer.promote(row.name)
    with database.transaction() as session:
        _decided(session, row_id, "promoted", who, now, reason.strip() or None)


def discard(database: Database, trainer: Trainer, row_id: int, who: Reviewer, now: datetime) -> None:
    """Put a candidate away, and delete it."""
    row, _ = candidate(database, row_id)
    with database.transaction() as session:
        _decided(session, row_id, "discarded", who, now, None)
    trainer.discard(row.name)


def roll_back(database: Database, trainer: Trainer, name: str, who: Reviewer, now: datetime) -> None:
    """Go back to an earlier model, and keep who did. Raises InputError."""
    if name not in trainer.models():
        raise InputError("There is no such model. Choose one of the list.")
    if name == trainer.current():
        raise InputError("This model is in use already. Choose an earlier one.")
    trainer.roll_back(name)
    moment = {"begun_by": who.id, "begun_at": now, "decided_by": who.id, "decided_at": now}
    with database.transaction() as session:
        session.execute(insert(review_models).values(state="rolled_back", name=name, examples=0, **moment))


def withdrawn(database: Database, model: str) -> int:
    """How many messages this model learned from were erased since, or belong to a person who took the consent back."""
    with database.reading() as session:
        rows = session.scalars(select(review_models.c.comparison).where(review_models.c.name == model)).all()
        ids = {turn for comparison in rows if comparison for turn in comparison.get("learned_from", ())}
        allowed = (
            select(turns.c.id, turns.c.text)
            .join(people, people.c.id == turns.c.person_id)
            .where(turns.c.id.in_(ids), people.c.training_consent_at.is_not(None))
        )
        # A message that was forgotten has no words; encrypted ones cannot be asked for in SQL.
        return len(ids - {row.id for row in session.execute(allowed) if row.text})


def candidate(database: Database, row_id: int) -> Tuple[Any, Dict[str, Any]]:
    """A candidate that waits for a decision, and its comparison. Raises InputError."""
    with database.reading() as session:
        row = session.execute(select(review_models).where(review_models.c.id == row_id)).first()
    if row is None or row.state != "candidate":
        raise InputError("This model does not wait for a decision. Load the page again to see where it stands.")
    return row, row.comparison


def history(database: Database, limit: int = 20) -> Sequence[Any]:
    """Candidates and what became of them, and steps back to an earlier model, newest first."""
    decider = aliased(reviewers)
    with database.reading() as session:
        wanted = (
            select(review_models, reviewers.c.name.label("person"), decider.c.name.label("decider"))
            .join(reviewers, reviewers.c.id == review_models.c.begun_by)
            .outerjoin(decider, decider.c.id == review_models.c.decided_by)
            .order_by(review_models.c.id.desc())
        )
        return list(session.execute(wanted.limit(limit)).all())


def recall_fell(comparison: Dict[str, Any]) -> bool:
    """Whether the candidate finds fewer risk messages than the model in use."""
    before, after = comparison["risk_recall"]
    return bool(after < before)


def _trained(trainer: Trainer, settings: ReviewSettings, target: Path, evaluation: Sequence[Example]) -> Dict[str, Any]:
    current = trainer.current()
    name = trainer.train_candidate(target)
    try:
        before, after = (trainer.evaluate(model, evaluation) for model in (current, name))
    except Exception:
        trainer.discard(name)
        raise
    return {"state": "candidate", "name": name, "comparison": asdict(compare(before, after, settings.floors, SEED))}


def _replace_waiting(database: Database, trainer: Trainer, name: str) -> None:
    """A new candidate takes the place of one that still waits: two could not be compared with what is in use."""
    with database.transaction() as session:
        waiting = review_models.c.state == "candidate"
        replaced = set(session.scalars(select(review_models.c.name).where(waiting)).all())
        session.execute(update(review_models).where(waiting).values(state="replaced"))
    for other in replaced - {name}:
        trainer.discard(other)


def _write(target: Path, examples: Sequence[Example]) -> None:
    """Words of people: for the one who runs this alone."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.touch(mode=0o600)
    target.write_text(rasa_yaml(examples, NO_THEME_INTENT), encoding="utf-8")


def _decided(session: Session, row_id: int, state: str, who: Reviewer, now: datetime, reason: Optional[str]) -> None:
    session.execute(
        update(review_models)
        .where(review_models.c.id == row_id)
        .values(state=state, decided_by=who.id, decided_at=now, reason=reason)
    )
