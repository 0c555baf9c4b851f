"""A conversation as staff may see it: only what may be read, partly redacted by default, every reading kept."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.library import Library
from bot.core.review import redaction
from bot.core.review.marking import Mark, Run, runs
from bot.core.review.settling import (
    LEVEL_OF_TURN,
    THEMES_OF_TURN,
    Decision,
    Settled,
    Subject,
    latest,
    level_as_decided,
)
from bot.review import decisions, policy
from bot.review.policy import Reviewer
from bot.storage.forgetting import was_forgotten
from bot.storage.review import may_be_read, names_in
from bot.storage.review_tables import readings
from bot.storage.tables import conversations, corrections, ratings, replies, technique_runs, turn_themes, turns

AT_ONCE = 30
ONE_READING = timedelta(hours=1)


@dataclass(frozen=True)
class Said:
    """One reply: its place in the turn, its entry, the one of the library desk if it is one, where its words come from, and
    the words."""

    position: int
    entry_id: str
    desk_id: Optional[str]
    version: int
    source: str
    runs: List[Run]


@dataclass(frozen=True)
class Suggested:
    """A theme the model named: score 0 to 1, claimed or only near, and the words (redacted) that led to it."""

    name: str
    score: float
    claimed: bool
    words: str


@dataclass(frozen=True)
class ReadTurn:
    """One message that may be read, with all that was found, decided and said about it."""

    id: int
    conversation_id: int
    number: int
    at: datetime
    taken_back: bool
    kind: str
    confidence: float
    runs: List[Run]
    themes: List[Suggested]
    level: Level
    level_kind: Optional[str]
    reason: str
    judge: str
    model_version: str
    replies: List[Said]
    ratings: List[Tuple[str, str]]
    techniques: List[Tuple[str, str]]
    asked_again: int
    decided_level: Level
    own: Dict[Subject, Decision]
    others: Dict[Subject, Dict[int, Decision]]
    settled: Dict[Subject, Settled]
    remarks: List[Any]

    @property
    def suggested(self) -> List[str]:
        """The themes the model claimed."""
        return [theme.name for theme in self.themes if theme.claimed]

    def flagged_by(self, reviewer_id: int) -> bool:
        """Whether this reviewer set a flag on it."""
        return any(remark.kind == "flag" and remark.reviewer_id == reviewer_id for remark in self.remarks)

    @property
    def own_level(self) -> str:
        """What this reviewer decided, or else what the machine found."""
        decided = self.own.get(LEVEL_OF_TURN)
        return self.level.name if decided is None else decided.value

    def own_verdict(self, reply: Said) -> Optional[str]:
        """Whether this reviewer found a reply helpful; None before they said."""
        decided = self.own.get(Subject("reply", reply.position, reply.entry_id))
        return None if decided is None else decided.value

    @property
    def own_themes(self) -> Sequence[str]:
        """What this reviewer decided, or else what the model claimed."""
        decided = self.own.get(THEMES_OF_TURN)
        return self.suggested if decided is None else decided.value


@dataclass(frozen=True)
class HiddenTurn:
    """A message that is not shared. Of one at `concern` or above staff know level, kind and time; of others nothing."""

    number: int
    at: Optional[datetime]
    level: Optional[Level]
    level_kind: Optional[str]


@dataclass(frozen=True)
class Transcript:
    """One page of a conversation. `next_number` is where the next page begins."""

    conversation: Any
    turns: List[Any] = field(default_factory=list)
    redacted: bool = True
    next_number: Optional[int] = None

    @property
    def read(self) -> List[ReadTurn]:
        """The messages that may be read."""
        return [turn for turn in self.turns if isinstance(turn, ReadTurn)]


@dataclass(frozen=True)
class Reading:
    """Who reads, how, and when."""

    who: Reviewer
    now: datetime
    staff_read_at_risk: bool
    redacted: bool = True


def conversation_row(session: Session, conversation_id: int) -> Optional[Any]:
    """The conversation's row."""
    return session.execute(select(conversations).where(conversations.c.id == conversation_id)).first()


def readable_turn(session: Session, turn_id: int, reading: Reading) -> Optional[Any]:
    """The row of a turn that may be read now; None for any other, whether it exists or not."""
    return session.execute(_readable(reading).where(turns.c.id == turn_id)).first()


def load(
    session: Session, library: Library, conversation_id: int, reading: Reading, start: int = 1
) -> Optional[Transcript]:
    """A page of a conversation from message `start`; None without such a conversation.

    Call it in a transaction: it also keeps that the messages were read.
    """
    row = conversation_row(session, conversation_id)
    if row is None:
        return None
    inside = select(turns).where(turns.c.conversation_id == conversation_id, turns.c.number >= start)
    found = session.execute(inside.order_by(turns.c.number).limit(AT_ONCE + 1)).all()
    readable = (
        set(_readable_ids(session, conversation_id, reading)) if policy.may(reading.who, "read_shared") else set()
    )
    here = found[:AT_ONCE]
    shown = {turn.id: turn for turn in here if turn.id in readable}
    read = {turn.id: turn for turn in _read(session, library, list(shown.values()), reading)}
    if read:
        log_reading(session, row, reading, "transcript", [turn.number for turn in read.values()])
    following = found[AT_ONCE].number if len(found) > AT_ONCE else None
    pages = [read.get(turn.id) or _hidden(turn) for turn in here]
    if not read:
        # Not even how many messages there are is told of a conversation that may not be read.
        pages, following = [turn for turn in pages if turn.level is not None], None
    return Transcript(row, pages, reading.redacted, following)


def load_turn(session: Session, library: Library, turn_id: int, reading: Reading) -> Optional[ReadTurn]:
    """One message, None when it may not be read. Call it in a transaction: it also keeps that the message was read."""
    return next(iter(load_turns(session, library, [turn_id], reading)), None)


def load_turns(session: Session, library: Library, turn_ids: Sequence[int], reading: Reading) -> List[ReadTurn]:
    """Those of the messages that may be read, in order. Call it in a transaction: it also keeps that they were read."""
    rows = session.execute(_readable(reading).where(turns.c.id.in_(turn_ids)).order_by(turns.c.conversation_id)).all()
    found = []
    for conversation_id, together in groupby(rows, lambda row: row.conversation_id):
        here = list(together)
        conversation = conversation_row(session, conversation_id)
        known = _read_lately(session, conversation, reading)
        new = [row.number for row in here if row.number not in known]
        if new:
            log_reading(session, conversation, reading, "message", new)
        found += _read(session, library, here, reading)
    return sorted(found, key=lambda turn: turn.id)


def log_reading(session: Session, conversation: Any, reading: Reading, what: str, numbers: Sequence[int]) -> None:
    """Keep who read which messages, so that the person can see it."""
    session.execute(
        insert(readings).values(
            person_id=conversation.person_id,
            conversation_id=conversation.id,
            reviewer_id=reading.who.id,
            reader=reading.who.name,
            role=reading.who.role.value,
            what=what,
            turns=list(numbers),
            redacted=reading.redacted,
            at=reading.now,
        )
    )


def _read_lately(session: Session, conversation: Any, reading: Reading) -> Set[int]:
    """The messages that the log holds for this reader already, so that each click does not fill it."""
    same = select(readings.c.turns).where(
        readings.c.conversation_id == conversation.id,
        readings.c.reviewer_id == reading.who.id,
        readings.c.redacted.is_(reading.redacted),
        readings.c.at > reading.now - ONE_READING,
    )
    return {number for numbers in session.scalars(same) for number in numbers}


def _readable(reading: Reading) -> Any:
    wanted = select(turns).join(conversations, conversations.c.id == turns.c.conversation_id)
    return wanted.where(may_be_read(reading.now, reading.staff_read_at_risk))


def _readable_ids(session: Session, conversation_id: int, reading: Reading) -> Sequence[int]:
    here = _readable(reading).where(turns.c.conversation_id == conversation_id)
    return list(session.scalars(here.with_only_columns(turns.c.id)).all())


def _hidden(turn: Any) -> HiddenTurn:
    if turn.level >= Level.concern:
        return HiddenTurn(turn.number, turn.at, turn.level, turn.level_kind)
    return HiddenTurn(turn.number, None, None, None)


def _read(session: Session, library: Library, rows: Sequence[Any], reading: Reading) -> List[ReadTurn]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    names = names_in(session, rows[0].conversation_id) if reading.redacted else ()
    themes = _by_turn(session, turn_themes, ids, turn_themes.c.rank)
    said = _by_turn(session, replies, ids, replies.c.position)
    rated = _by_turn(session, ratings, ids, ratings.c.id)
    practised = _by_turn(session, technique_runs, ids, technique_runs.c.id)
    asked = _by_turn(session, corrections, ids, corrections.c.id)
    decided = decisions.decisions_on(session, ids)
    remarks = decisions.remarks_on(session, ids, reading.who.id)
    sign_off = decisions.sign_offs(session, [rows[0].conversation_id]).get(rows[0].conversation_id)
    found = []
    for row in rows:
        hidden = redaction.find(row.text, names) if reading.redacted else []
        words = latest(decided.get(row.id, []))
        own = {about: given[reading.who.id] for about, given in words.items() if reading.who.id in given}
        others = _visible(words, reading.who)
        levels = dict(others.get(LEVEL_OF_TURN, {}))
        if LEVEL_OF_TURN in own:
            levels[reading.who.id] = own[LEVEL_OF_TURN]
        found.append(
            ReadTurn(
                id=row.id,
                conversation_id=row.conversation_id,
                number=row.number,
                at=row.at,
                taken_back=was_forgotten(row),
                kind=row.kind,
                confidence=row.confidence,
                runs=runs(row.text, _marks(row, themes.get(row.id, [])), hidden),
                themes=[_suggested(theme, row.text, hidden) for theme in themes.get(row.id, [])],
                level=row.level,
                level_kind=row.level_kind,
                reason=redaction.redact(row.level_reason, names) if reading.redacted else row.level_reason,
                judge=row.level_judge,
                model_version=row.model_version,
                replies=[_said(reply, library, names, reading.redacted) for reply in said.get(row.id, [])],
                ratings=[(rating.scale, _rating(rating, names, reading.redacted)) for rating in rated.get(row.id, [])],
                techniques=[(run.technique_id, run.event) for run in practised.get(row.id, [])],
                asked_again=len(asked.get(row.id, [])),
                decided_level=level_as_decided(row.level, levels, sign_off),
                own=own,
                others=others,
                settled=decisions.settled_on(decided.get(row.id, []), sign_off),
                remarks=remarks.get(row.id, []),
            )
        )
    return found


def _visible(words: Mapping[Subject, Mapping[int, Decision]], who: Reviewer) -> Dict[Subject, Dict[int, Decision]]:
    """Other reviewers' decisions that this one may see."""
    return {
        about: {reviewer: decision for reviewer, decision in given.items() if reviewer != who.id}
        for about, given in words.items()
        if policy.may(who, "see_others_decisions", who.id in given)
    }


def _marks(row: Any, themes: Sequence[Any]) -> List[Mark]:
    marks = [
        Mark(theme.name, theme.span_start, theme.span_end)
        for theme in themes
        if theme.claimed and theme.span_start is not None
    ]
    return marks + [Mark("risk", start, end) for start, end in row.level_spans]


def _suggested(theme: Any, text: str, hidden: Sequence[redaction.Redaction]) -> Suggested:
    words = ""
    if theme.span_start is not None:
        over = [Mark("here", theme.span_start, theme.span_end)]
        words = "".join(run.text for run in runs(text, over, hidden) if run.marks)
    return Suggested(theme.name, theme.score, theme.claimed, words)


def _said(reply: Any, library: Library, names: Sequence[str], redacted: bool) -> Said:
    hidden = redaction.find(reply.text, names) if redacted else []
    return Said(
        reply.position,
        reply.entry_id,
        _desk_id(library, reply.entry_id),
        reply.entry_version,
        source_of(library, reply.entry_id),
        runs(reply.text, [], hidden),
    )


def _desk_id(library: Library, entry_id: str) -> Optional[str]:
    """The reflection or technique that a reply comes from; a saying of the conversation is neither."""
    known = library.reflections.keys() | library.techniques.keys()
    return next((name for name in (entry_id, entry_id.rsplit(".", 1)[0]) if name in known), None)


def source_of(library: Library, entry_id: str) -> str:
    """The article section behind an entry as a person reads it; empty for common practice and unknown entries."""
    reflection = library.reflections.get(entry_id)
    technique = library.techniques.get(entry_id.rsplit(".", 1)[0]) or library.techniques.get(entry_id)
    section = reflection.section if reflection else technique.source.section if technique else None
    return library.citation(section) if section else ""


def _rating(rating: Any, names: Sequence[str], redacted: bool) -> str:
    value: str = rating.value or "skipped"
    return redaction.redact(value, names) if redacted else value


def _by_turn(session: Session, table: Any, ids: Sequence[int], order: Any) -> Dict[int, List[Any]]:
    found: Dict[int, List[Any]] = {}
    for row in session.execute(select(table).where(table.c.turn_id.in_(ids)).order_by(order)):
        found.setdefault(row.turn_id, []).append(row)
    return found
