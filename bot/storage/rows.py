"""What is stored, as the program knows it, and as rows of the tables."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence

from bot.core.conversation import Heard, Judgement, Level, Reply, ThemeScore


@dataclass(frozen=True)
class Person:
    """Somebody who talks with the bot, known by an id of ours alone."""

    id: str
    created_at: datetime
    last_seen_at: datetime
    training_consent_at: Optional[datetime]
    sessions_count: int


@dataclass(frozen=True)
class Conversation:
    """One session of a person; `number` counts from 1."""

    id: int
    person_id: str
    number: int
    channel: str
    started_at: datetime
    ended_at: Optional[datetime]
    highest_level: Level
    highest_kind: Optional[str]


@dataclass(frozen=True)
class TurnRecord:
    """Everything about one turn that is to be stored.

    `notes` are those of bot.core.guide (kinds correction, technique, note, rating, step); `entry_versions` are the
    versions of the library entries spoken, by id, 1 for those left out; `milliseconds` is how long the turn took.
    `client_key` is the client's own id of the message: the same key of the same person is never stored twice.
    """

    person_id: str
    conversation_id: int
    at: datetime
    channel: str
    heard: Heard
    replies: Sequence[Reply]
    conversation_level: Level
    model_version: str
    library_version: str
    milliseconds: float
    notes: Sequence[Mapping[str, Any]] = ()
    entry_versions: Mapping[str, int] = field(default_factory=dict)
    conversation_kind: Optional[str] = None
    client_key: Optional[str] = None


@dataclass(frozen=True)
class StoredTurn:
    """One turn as it was stored, `number` counted in its conversation. A forgotten one has no text and no replies."""

    id: int
    conversation_id: int
    number: int
    at: datetime
    channel: str
    heard: Heard
    replies: List[Reply]
    conversation_level: Level
    client_key: Optional[str] = None


def turn_values(record: TurnRecord) -> Dict[str, Any]:
    heard, judgement = record.heard, record.heard.judgement
    return {
        "of_person": record.person_id,
        "of_conversation": record.conversation_id,
        "person_id": record.person_id,
        "conversation_id": record.conversation_id,
        "at": record.at,
        "channel": record.channel,
        "text": heard.text,
        "kind": heard.kind,
        "confidence": heard.confidence,
        "level": judgement.level,
        "level_kind": judgement.kind,
        "level_subject": judgement.subject,
        "level_tense": judgement.tense,
        "level_reason": judgement.reason,
        "level_spans": [list(span) for span in judgement.spans],
        "level_judge": judgement.judge,
        "level_score": judgement.score,
        "degraded": judgement.degraded,
        "conversation_level": record.conversation_level,
        "model_version": record.model_version,
        "library_version": record.library_version,
        "milliseconds": record.milliseconds,
        "client_key": record.client_key,
    }


def theme_rows(turn_id: int, record: TurnRecord) -> List[Dict[str, Any]]:
    both = [(theme, True) for theme in record.heard.themes] + [(theme, False) for theme in record.heard.near]
    return [
        {
            "turn_id": turn_id,
            "rank": rank,
            "name": theme.name,
            "score": theme.score,
            "span_start": theme.span[0] if theme.span else None,
            "span_end": theme.span[1] if theme.span else None,
            "claimed": claimed,
            "model_version": record.model_version,
        }
        for rank, (theme, claimed) in enumerate(both)
    ]


def reply_rows(turn_id: int, record: TurnRecord) -> List[Dict[str, Any]]:
    return [
        {
            "turn_id": turn_id,
            "position": position,
            "entry_id": reply.id,
            "entry_version": record.entry_versions.get(reply.id, 1),
            "text": reply.text,
            "buttons": list(reply.buttons),
            "data": dict(reply.data),
        }
        for position, reply in enumerate(record.replies)
    ]


def stored_turn(row: Any, themes: Sequence[Any], said: List[Reply]) -> StoredTurn:
    scores: Dict[bool, List[ThemeScore]] = {True: [], False: []}
    for theme in themes:
        span = None if theme["span_start"] is None else (theme["span_start"], theme["span_end"])
        scores[theme["claimed"]].append(ThemeScore(theme["name"], theme["score"], span))
    judgement = Judgement(
        level=row["level"],
        kind=row["level_kind"],
        subject=row["level_subject"],
        tense=row["level_tense"],
        reason=row["level_reason"],
        spans=tuple((start, end) for start, end in row["level_spans"]),
        judge=row["level_judge"],
        score=row["level_score"],
        degraded=row["degraded"],
    )
    heard = Heard(
        text=row["text"],
        kind=row["kind"],
        confidence=row["confidence"],
        themes=tuple(scores[True]),
        near=tuple(scores[False]),
        judgement=judgement,
    )
    return StoredTurn(
        id=row["id"],
        conversation_id=row["conversation_id"],
        number=row["number"],
        at=row["at"],
        channel=row["channel"],
        heard=heard,
        replies=said,
        conversation_level=row["conversation_level"],
        client_key=row["client_key"],
    )


def plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Level):
        return value.name
    return value
