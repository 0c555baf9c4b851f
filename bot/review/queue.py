"""The queue: pages by key, filters, and the steps a conversation goes through."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timezone
from math import isfinite
from typing import Any, Dict, List, Mapping, Optional, Tuple

from sqlalchemy import func, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from bot.core.conversation import Level
from bot.core.review.queue import STATES, WAITING, next_state
from bot.core.themes import THEMES
from bot.errors import InputError
from bot.review.numbers import NothingThere, whole_number
from bot.storage.review_tables import review_item_themes, review_items, review_moves, reviewers

# Somebody works on these.
HELD = ("assigned", "saved", "reviewed")
PAGE = 25
COUNTED = 1000


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; None leaves a thing open. `state` may also be `open`: the first or the second review is
    missing. What `viewer` reviewed already is not open for them. `reviewer` has it, or reviewed it as the first or second, or
    signed it off.
    """

    theme: Optional[str] = None
    level: Optional[Level] = None
    since: Optional[date] = None
    until: Optional[date] = None
    channel: Optional[str] = None
    state: Optional[str] = "open"
    reviewer: Optional[int] = None
    viewer: Optional[int] = None

    @staticmethod
    def read(query: Mapping[str, str], viewer: int) -> "Filters":
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
        reviewer = whole_number(query.get("reviewer", ""))
        if reviewer is None and query.get("reviewer"):
            raise _no_account(query["reviewer"])
        return Filters(
            theme=one_of("theme", THEMES),
            level=Level[level] if level else None,
            since=day("since"),
            until=day("until"),
            channel=query.get("channel") or None,
            state=one_of("state", ("open", "all", *STATES)) or "open",
            reviewer=reviewer,
            viewer=viewer,
        )


@dataclass(frozen=True)
class Item:
    """One row of the queue. `themes` and `channel` are empty for a conversation that may not be read.

    `level` is the level as reviewers decided it, which the order goes by. `reviewer` is whose it is, or who reviewed it
    first, `second` who reviewed it after.
    """

    conversation_id: int
    level: Level
    machine_level: Level
    kind: Optional[str]
    unsure: float
    corrections: int
    channel: Optional[str]
    readable: bool
    last_at: datetime
    state: str
    reviewer_id: Optional[int]
    reviewer: Optional[str]
    second: Optional[str]
    signed_off_by: Optional[str]
    themes: Tuple[str, ...]

    @property
    def standing(self) -> str:
        """Its state and whose words it has, as a person reads it."""
        if self.state == "new" or self.reviewer is None:
            return self.state.replace("_", " ")
        if self.state not in ("reviewed", "signed_off"):
            return f"{'assigned to' if self.state == 'assigned' else 'saved by'} {self.reviewer}"
        reviewed = f"reviewed by {' and '.join(filter(None, [self.reviewer, self.second]))}"
        if self.state == "signed_off":
            return f"signed off{f' by {self.signed_off_by}' if self.signed_off_by else ''}, {reviewed}"
        return reviewed if self.second else f"{reviewed}, a second review is missing"

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


def move(session: Session, conversation_id: int, event: str, by: int, now: datetime, to: Optional[int] = None) -> None:
    """Let a conversation take a step (see bot.core.review.queue.next_state), and keep who let it.

    `to` is whom it is assigned to. Raises InputError.
    """
    row = session.execute(select(review_items).where(review_items.c.conversation_id == conversation_id)).first()
    after = next_state(row.state, event) if row else None
    again = row is not None and (row.state, event) == ("reviewed", "review")
    if row is None or after is None or (again and (row.second_id or row.reviewer_id == by)):
        raise InputError(
            f"This conversation cannot take the step {event.replace('_', ' ')!r} now: it is "
            f"{row.state.replace('_', ' ') if row else 'not in the queue'}. Load the page again to see what is possible."
        )
    changes: Dict[str, Any] = {"state": after, "state_at": now, "signed_off_by": None, "reviewer_id": row.reviewer_id}
    if event == "sign_off":
        changes["signed_off_by"] = by
    elif again:
        changes["second_id"] = by
    elif event != "take_back":
        changes.update(reviewer_id=to or by, second_id=None)
    elif after == "new":
        changes["reviewer_id"] = None
    elif after == "assigned":
        changes["second_id"] = None
    second = changes.get("second_id", row.second_id)
    changes["waiting"] = after in WAITING or (after == "reviewed" and second is None)
    session.execute(update(review_items).where(review_items.c.conversation_id == conversation_id).values(**changes))
    taken = row.state in HELD and row.reviewer_id not in (by, changes["reviewer_id"])
    taken_from = row.reviewer_id if taken else None
    moved = {"event": event, "state": after, "given_to": changes["reviewer_id"], "taken_from": taken_from}
    owner = {"person_id": row.person_id, "conversation_id": conversation_id}
    session.execute(insert(review_moves).values(reviewer_id=by, at=now, **owner, **moved))


def _conditions(filters: Filters) -> List[Any]:
    columns = review_items.c
    found: List[Any] = []
    if filters.state == "open":
        found.append(columns.waiting.is_(True))
        if filters.viewer is not None:
            found.append(or_(columns.state != "reviewed", columns.reviewer_id != filters.viewer))
    elif filters.state and filters.state != "all":
        found.append(columns.state == filters.state)
    if filters.level is not None:
        found.append(columns.level == filters.level)
    if filters.since:
        found.append(columns.last_at >= datetime.combine(filters.since, time.min, timezone.utc))
    if filters.until:
        found.append(columns.last_at <= datetime.combine(filters.until, time.max, timezone.utc))
    if filters.channel:
        found.append(columns.channel == filters.channel)
    if filters.reviewer is not None:
        at_it = (columns.reviewer_id, columns.second_id, columns.signed_off_by)
        found.append(or_(*(column == filters.reviewer for column in at_it)))
    if filters.theme:
        themed = select(review_item_themes.c.conversation_id).where(review_item_themes.c.name == filters.theme)
        found.append(columns.conversation_id.in_(themed))
    return found


def _items(session: Session, ids: Any) -> List[Item]:
    second, lead = aliased(reviewers), aliased(reviewers)
    names = (reviewers.c.name.label("reviewer"), second.c.name.label("second"), lead.c.name.label("lead"))
    rows = session.execute(
        select(review_items, *names)
        .outerjoin(reviewers, reviewers.c.id == review_items.c.reviewer_id)
        .outerjoin(second, second.c.id == review_items.c.second_id)
        .outerjoin(lead, lead.c.id == review_items.c.signed_off_by)
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
                for name in Item.__dataclass_fields__
                if name not in ("signed_off_by", "themes")
            },
            signed_off_by=row.lead,
            themes=tuple(name for _, name in sorted(themes.get(row.conversation_id, []))),
        )
        for row in rows
    ]


def _key(after: str) -> Tuple[Level, float, int, int]:
    with suppress(ValueError):
        level, unsure, corrections, conversation_id = after.split(":")
        numbers = [whole_number(part) for part in (level, corrections, conversation_id)]
        if None not in numbers and isfinite(float(unsure)):
            return Level(int(level)), float(unsure), int(corrections), int(conversation_id)
    raise InputError("This page of the queue does not exist. Start again from its first page.")


def _no_account(text: str) -> InputError:
    """What is said of a filter that names no account: there can be none with a number that large, and none by a name."""
    if text.isdigit():
        return NothingThere("There is no account with that number.")
    return InputError("The filter reviewer is not the number of an account.")
