"""The queue: pages by key, filters, and the steps a conversation goes through."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Dict, List, Mapping, Optional, Tuple

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.review.queue import STATES, WAITING, next_state
from bot.core.themes import THEMES
from bot.errors import InputError
from bot.storage.review_tables import review_item_themes, review_items, reviewers

PAGE = 25
COUNTED = 1000


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; None leaves a thing open. `state` may also be `open` (not reviewed yet)."""

    theme: Optional[str] = None
    level: Optional[Level] = None
    since: Optional[date] = None
    until: Optional[date] = None
    channel: Optional[str] = None
    state: Optional[str] = "open"
    reviewer: Optional[int] = None

    @staticmethod
    def read(query: Mapping[str, str]) -> "Filters":
        """Filters from a page's address. Raises InputError for a value that cannot be meant."""

        def one_of(name: str, allowed: Any) -> Optional[str]:
            value = query.get(name, "")
            if value and value not in allowed:
                raise InputError(f"The filter {name} cannot be used. Allowed: {', '.join(allowed)}.")
            return value or None

        def day(name: str) -> Optional[date]:
            try:
                return date.fromisoformat(query[name]) if query.get(name) else None
            except ValueError:
                raise InputError(f"The filter {name} is no date. Allowed: YEAR-MONTH-DAY.") from None

        level = one_of("level", [level.name for level in Level])
        reviewer = query.get("reviewer", "")
        if reviewer and not reviewer.isdigit():
            raise InputError("The filter reviewer is not the number of an account.")
        return Filters(
            theme=one_of("theme", THEMES),
            level=Level[level] if level else None,
            since=day("since"),
            until=day("until"),
            channel=query.get("channel") or None,
            state=one_of("state", ("open", "all", *STATES)) or "open",
            reviewer=int(reviewer) if reviewer else None,
        )


@dataclass(frozen=True)
class Item:
    """One row of the queue. `themes` and `channel` are empty for a conversation that may not be read."""

    conversation_id: int
    level: Level
    kind: Optional[str]
    unsure: float
    corrections: int
    channel: Optional[str]
    readable: bool
    last_at: datetime
    state: str
    reviewer: Optional[str]
    themes: Tuple[str, ...]

    @property
    def key(self) -> str:
        """Where a page that goes on after this row begins."""
        return f"{int(self.level)}:{self.unsure!r}:{self.corrections}:{self.conversation_id}"


@dataclass(frozen=True)
class Page:
    """One page of rows and the key of the next, None at the end."""

    items: List[Item]
    after: Optional[str]


_ORDER = (
    review_items.c.level,
    review_items.c.unsure,
    review_items.c.corrections,
    review_items.c.conversation_id,
)


def page(session: Session, filters: Filters, after: Optional[str] = None, size: int = PAGE) -> Page:
    """The rows behind `after`, most pressing first. Raises InputError for a key that is none."""
    wanted = select(review_items.c.conversation_id).where(*_conditions(filters))
    if after:
        wanted = wanted.where(tuple_(*_ORDER) < tuple_(*_key(after)))
    ids = session.scalars(wanted.order_by(*(column.desc() for column in _ORDER)).limit(size + 1)).all()
    items = _items(session, ids[:size])
    return Page(items, items[-1].key if len(ids) > size else None)


def item(session: Session, conversation_id: int) -> Optional[Item]:
    """One row, if the conversation is in the queue at all."""
    return next(iter(_items(session, [conversation_id])), None)


def count(session: Session, filters: Filters) -> int:
    """How many rows the filters leave, counted up to 1,000."""
    some = select(review_items.c.conversation_id).where(*_conditions(filters)).limit(COUNTED).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def neighbours(session: Session, filters: Filters, conversation_id: int) -> Tuple[Optional[int], Optional[int]]:
    """The conversations before and after this one in the list that the filters leave."""
    here = session.execute(select(*_ORDER).where(review_items.c.conversation_id == conversation_id)).first()
    if here is None:
        return None, None
    listed = select(review_items.c.conversation_id).where(*_conditions(filters))
    before = listed.where(tuple_(*_ORDER) > tuple_(*here)).order_by(*_ORDER).limit(1)
    after = listed.where(tuple_(*_ORDER) < tuple_(*here)).order_by(*(column.desc() for column in _ORDER)).limit(1)
    return session.scalar(before), session.scalar(after)


def channels(session: Session) -> List[str]:
    """Channels that conversations in the queue came by, one jump of the index each."""
    found: List[str] = []
    while True:
        later = review_items.c.channel > found[-1] if found else review_items.c.channel.is_not(None)
        name = session.scalar(select(func.min(review_items.c.channel)).where(later))
        if name is None:
            return found
        found.append(name)


def move(session: Session, conversation_id: int, event: str, reviewer_id: Optional[int], now: datetime) -> str:
    """Let a conversation take a step (see bot.core.review.queue.next_state); gives the new state. Raises InputError."""
    state = session.scalar(select(review_items.c.state).where(review_items.c.conversation_id == conversation_id))
    after = next_state(state, event) if state else None
    if after is None:
        raise InputError(
            f"This conversation cannot take the step {event.replace('_', ' ')!r} now: it is "
            f"{(state or 'not in the queue').replace('_', ' ')}. Load the page again to see what is possible."
        )
    changes: Dict[str, Any] = {"state": after, "waiting": after in WAITING, "state_at": now}
    if event != "sign_off":
        changes["reviewer_id"] = None if after == "new" else reviewer_id
    session.execute(update(review_items).where(review_items.c.conversation_id == conversation_id).values(**changes))
    return after


def _conditions(filters: Filters) -> List[Any]:
    columns = review_items.c
    found: List[Any] = []
    if filters.state == "open":
        found.append(columns.waiting.is_(True))
    elif filters.state and filters.state != "all":
        found.append(columns.state == filters.state)
    if filters.level is not None:
        found.append(columns.level == filters.level)
    if filters.since:
        found.append(columns.last_at >= _start_of(filters.since))
    if filters.until:
        found.append(columns.last_at < _start_of(filters.until + timedelta(days=1)))
    if filters.channel:
        found.append(columns.channel == filters.channel)
    if filters.reviewer is not None:
        found.append(columns.reviewer_id == filters.reviewer)
    if filters.theme:
        themed = select(review_item_themes.c.conversation_id).where(review_item_themes.c.name == filters.theme)
        found.append(columns.conversation_id.in_(themed))
    return found


def _items(session: Session, ids: Any) -> List[Item]:
    rows = session.execute(
        select(review_items, reviewers.c.name.label("reviewer"))
        .outerjoin(reviewers, reviewers.c.id == review_items.c.reviewer_id)
        .where(review_items.c.conversation_id.in_(ids))
        .order_by(*(column.desc() for column in _ORDER))
    ).all()
    themes: Dict[int, List[Tuple[int, str]]] = {}
    named = select(review_item_themes).where(review_item_themes.c.conversation_id.in_(ids))
    for row in session.execute(named):
        themes.setdefault(row.conversation_id, []).append((-row.turns, row.name))
    return [
        Item(
            **{
                name: getattr(row, name)
                for name in ("conversation_id", "level", "kind", "unsure", "corrections", "channel")
            },
            readable=row.readable,
            last_at=row.last_at,
            state=row.state,
            reviewer=row.reviewer,
            themes=tuple(name for _, name in sorted(themes.get(row.conversation_id, []))),
        )
        for row in rows
    ]


def _key(after: str) -> Tuple[Level, float, int, int]:
    try:
        level, unsure, corrections, conversation_id = after.split(":")
        return Level(int(level)), float(unsure), int(corrections), int(conversation_id)
    except ValueError:
        raise InputError("This page of the queue does not exist. Start again from its first page.") from None


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.utc)
