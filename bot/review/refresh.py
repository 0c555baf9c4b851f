"""Keeps the queue's rows in step with what was said, corrected, shared, taken back and decided about levels and themes.

Nothing else has to know of the queue: a refresh looks for what changed since the one before. `may_be_read` alone
decides what the rows may tell. A row goes with the sharing; its steps stay, so that it comes back as it was.
"""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Dict, Iterable, List, Mapping, Sequence, Tuple

from sqlalchemy import Table, delete, exists, func, insert, literal, not_, or_, select, union_all, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review import queue
from bot.review import decisions, levels
from bot.review.steps import standing_of
from bot.storage.consents import ABOUT_CONSENT
from bot.storage.database import Database
from bot.storage.review import could_be_read, may_be_read
from bot.storage.review_tables import (
    review_decisions,
    review_item_themes,
    review_items,
    review_moves,
    review_refreshes,
    shares,
)
from bot.storage.tables import alerts, conversations, corrections, replies, turn_themes, turns

# A transaction that is still open while we look may bring rows with an earlier time.
OVERLAP = timedelta(seconds=30)
EVERY = timedelta(seconds=2)
MOMENT = timedelta(microseconds=1)
AT_ONCE = 500
BATCH = 400


def refresh(database: Database, now: datetime, staff_read_at_risk: bool) -> None:
    """Bring the queue up to `now`; where very much changed only by a part, so that no page waits for all of it."""
    with database.reading() as session:
        last = session.scalar(select(review_refreshes.c.at).where(review_refreshes.c.id == 1))
    if last is None:
        rebuild(database, now, staff_read_at_risk)
        return
    if now - last < EVERY:
        return
    with database.reading() as session:
        changed, until = _changed(session, last - OVERLAP, now)
    with database.transaction() as session:
        update_items(session, sorted(changed), now, staff_read_at_risk)
        _upsert(session, review_refreshes, [{"id": 1, "at": until}], ["id"])


def rebuild(database: Database, now: datetime, staff_read_at_risk: bool) -> int:
    """Bring the whole queue up to `now`, for a database that came from a backup; gives the number of conversations."""
    done = after = 0
    while True:
        with database.transaction() as session:
            wanted = select(conversations.c.id).where(conversations.c.id > after).order_by(conversations.c.id)
            ids = session.scalars(wanted.limit(AT_ONCE)).all()
            if not ids:
                _upsert(session, review_refreshes, [{"id": 1, "at": now}], ["id"])
                return done
            update_items(session, ids, now, staff_read_at_risk)
        done, after = done + len(ids), ids[-1]


def update_items(session: Session, conversation_ids: Sequence[int], now: datetime, staff_read_at_risk: bool) -> None:
    """Write the queue's rows of these conversations anew."""
    for start in range(0, len(conversation_ids), BATCH):
        _update_batch(session, conversation_ids[start : start + BATCH], now, staff_read_at_risk)


def _changed(session: Session, since: datetime, now: datetime) -> Tuple[Iterable[int], datetime]:
    """Conversations that changed, and up to which moment that is complete."""
    asked = turns.join(corrections, corrections.c.turn_id == turns.c.id)
    changes = union_all(
        select(turns.c.conversation_id, turns.c.at).where(turns.c.at >= since),
        select(turns.c.conversation_id, corrections.c.at).select_from(asked).where(corrections.c.at >= since),
        # A message may be judged late, when the screen works again.
        select(alerts.c.conversation_id, alerts.c.at).where(alerts.c.level.in_(list(Level)), alerts.c.at >= since),
        select(shares.c.conversation_id, shares.c.shared_at).where(shares.c.shared_at >= since),
        select(shares.c.conversation_id, shares.c.revoked_at).where(shares.c.revoked_at >= since),
        select(turns.c.conversation_id, review_decisions.c.at)
        .select_from(turns.join(review_decisions, review_decisions.c.turn_id == turns.c.id))
        .where(review_decisions.c.aspect.in_(("level", "themes")), review_decisions.c.at >= since),
        # A sign-off can approve what was decided before.
        select(review_moves.c.conversation_id, review_moves.c.at).where(review_moves.c.at >= since),
        select(review_items.c.conversation_id, literal(since, type_=turns.c.at.type)).where(
            review_items.c.readable_until <= now
        ),
    ).subquery()
    conversation_id, at = changes.c
    rows = session.execute(select(conversation_id, at).order_by(at).limit(AT_ONCE)).all()
    if len(rows) < AT_ONCE:
        return {row[0] for row in rows}, now
    # All of the last moment too, however many they are: the next refresh begins after it.
    last = rows[-1][1]
    together = session.scalars(select(conversation_id).where(at == last))
    return {*(row[0] for row in rows), *together}, last + OVERLAP + MOMENT


def _update_batch(session: Session, ids: Sequence[int], now: datetime, staff_read_at_risk: bool) -> None:
    found = session.execute(select(conversations).where(conversations.c.id.in_(ids))).all()
    readable = _readable_turns(session, ids, now, staff_read_at_risk)
    warned = dict(
        session.execute(
            select(turns.c.conversation_id, func.max(turns.c.at))
            .where(turns.c.conversation_id.in_(ids), turns.c.level >= Level.concern)
            .group_by(turns.c.conversation_id)
        ).all()
    )
    until = _readable_until(session, ids, now)
    decided = levels.as_decided(session, {row.id: row.highest_level for row in found})
    items, themes, gone = [], [], set(ids)
    for row in found:
        read = readable.get(row.id, {})
        if not read and row.highest_level < Level.concern:
            continue
        gone.discard(row.id)
        place = queue.place(decided[row.id], (facts for _, facts in read.values()))
        times = [at for at, _ in read.values()] + ([warned[row.id]] if row.id in warned else [])
        items.append(
            {
                "conversation_id": row.id,
                "person_id": row.person_id,
                "level": place.level,
                "machine_level": row.highest_level,
                "kind": row.highest_kind,
                "unsure": place.unsure,
                "corrections": place.corrections,
                "channel": row.channel if read else None,
                "readable": bool(read),
                "readable_until": until.get(row.id) if read else None,
                "last_at": max(times, default=row.started_at),
            }
        )
        themes += _theme_rows(row, read)
    session.execute(delete(review_item_themes).where(review_item_themes.c.conversation_id.in_(ids)))
    if gone:
        session.execute(delete(review_items).where(review_items.c.conversation_id.in_(gone)))
    if items:
        listed = [item["conversation_id"] for item in items]
        kept = set(
            session.scalars(select(review_items.c.conversation_id).where(review_items.c.conversation_id.in_(listed)))
        )
        _upsert(session, review_items, items, ["conversation_id"], {"state": "new", "waiting": True})
        _bring_back(session, [conversation_id for conversation_id in listed if conversation_id not in kept])
        _reopen(session, listed, warned, now, staff_read_at_risk)
    if themes:
        session.execute(insert(review_item_themes), themes)


def _readable_turns(
    session: Session, ids: Sequence[int], now: datetime, staff_read_at_risk: bool
) -> Dict[int, Dict[int, Tuple[datetime, queue.TurnFacts]]]:
    """By conversation and turn: its time and what the order needs to know of it."""
    rows = session.execute(
        select(turns.c.id, turns.c.conversation_id, turns.c.at)
        .join(conversations, conversations.c.id == turns.c.conversation_id)
        .where(turns.c.conversation_id.in_(ids), may_be_read(now, staff_read_at_risk))
    ).all()
    inside = turns.c.conversation_id.in_(ids)
    scores: Dict[int, List[Any]] = defaultdict(list)
    for theme in session.execute(select(turn_themes).join(turns, turns.c.id == turn_themes.c.turn_id).where(inside)):
        scores[theme.turn_id].append(theme)
    asked = Counter(
        session.scalars(
            select(corrections.c.turn_id).join(turns, turns.c.id == corrections.c.turn_id).where(inside)
        ).all()
    )
    found: Dict[int, Dict[int, Tuple[datetime, queue.TurnFacts]]] = defaultdict(dict)
    corrected = decisions.corrected_themes(session, ids)
    for row in rows:
        themes = scores[row.id]
        claimed = frozenset(theme.name for theme in themes if theme.claimed)
        found[row.conversation_id][row.id] = (
            row.at,
            queue.TurnFacts(
                claimed=[theme.score for theme in themes if theme.claimed],
                near=[theme.score for theme in themes if not theme.claimed],
                themes=corrected.get(row.id, claimed),
                corrections=asked[row.id],
            ),
        )
    return found


def _readable_until(session: Session, ids: Sequence[int], now: datetime) -> Dict[int, datetime]:
    """When the next of a conversation's shares ends."""
    ending = select(shares.c.conversation_id, func.min(shares.c.until)).where(
        shares.c.conversation_id.in_(ids), shares.c.until > now, shares.c.revoked_at.is_(None)
    )
    return dict(session.execute(ending.group_by(shares.c.conversation_id)).all())


def _theme_rows(row: Any, read: Dict[int, Tuple[datetime, queue.TurnFacts]]) -> List[Dict[str, Any]]:
    counts: Counter[str] = Counter()
    last: Dict[str, datetime] = {}
    for at, facts in read.values():
        for name in facts.themes:
            counts[name] += 1
            last[name] = max(at, last.get(name, at))
    return [
        {
            "name": name,
            "conversation_id": row.id,
            "person_id": row.person_id,
            "turns": count,
            "last_at": last[name],
        }
        for name, count in counts.items()
    ]


def _bring_back(session: Session, ids: Sequence[int]) -> None:
    """What left the queue and is shared again stands where its last step left it."""
    for conversation_id, standing in standing_of(session, ids).items():
        here = review_items.c.conversation_id == conversation_id
        session.execute(update(review_items).where(here).values(**standing))


def _reopen(
    session: Session, ids: Sequence[int], warned: Mapping[int, datetime], now: datetime, staff_read_at_risk: bool
) -> None:
    """What was reviewed before something new could be read, or before an alarm of the machine or of a reviewer, waits again.

    That is a step too.
    """
    done = session.execute(
        select(review_items).where(
            review_items.c.conversation_id.in_(ids), review_items.c.state.in_(("reviewed", "signed_off"))
        )
    ).all()
    if not done:
        return
    # What is said about sharing itself is nothing to review.
    about_sharing = select(replies.c.turn_id).where(
        replies.c.turn_id == turns.c.id, or_(*(replies.c.entry_id.startswith(name) for name in ABOUT_CONSENT))
    )
    told_since = set(
        session.scalars(
            select(turns.c.conversation_id)
            .join(conversations, conversations.c.id == turns.c.conversation_id)
            .join(review_items, review_items.c.conversation_id == turns.c.conversation_id)
            .where(
                turns.c.conversation_id.in_([row.conversation_id for row in done]),
                may_be_read(now, staff_read_at_risk),
                or_(
                    review_items.c.state_at.is_(None),
                    not_(could_be_read(review_items.c.state_at, staff_read_at_risk)),
                ),
                not_(exists(about_sharing)),
            )
            .distinct()
        )
    )
    raised = levels.raised_since(session, {row.conversation_id: row.state_at for row in done if row.state_at})
    for row in done:
        alarm = warned.get(row.conversation_id)
        alarmed = alarm is not None and (row.state_at is None or row.state_at < alarm)
        if alarmed or row.conversation_id in told_since | raised:
            here = review_items.c.conversation_id == row.conversation_id
            opened = {"state": "new", "waiting": True, "second_id": None, "signed_off_by": None}
            session.execute(update(review_items).where(here).values(**opened))
            owner = {"person_id": row.person_id, "conversation_id": row.conversation_id}
            move = {"event": "reopen", "state": "new", "given_to": row.reviewer_id}
            session.execute(insert(review_moves).values(at=now, **owner, **move))


def _upsert(
    session: Session,
    table: Table,
    rows: List[Dict[str, Any]],
    key: List[str],
    only_new: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Insert rows or bring those with the same key up to date; `only_new` are values for new rows alone."""
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table)
    changes = {name: statement.excluded[name] for name in rows[0] if name not in key}
    session.execute(
        statement.on_conflict_do_update(index_elements=key, set_=changes), [{**row, **only_new} for row in rows]
    )
