"""Forgetting one message or note: finding the one that is meant, and taking it out wherever it left something."""

from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.core.conversation import Level
from bot.core.guide import circumstances, forget_words, forgetting
from bot.core.guide.forget_words import Wish
from bot.core.guide.forgetting import Lost
from bot.core.guide.journey import day_in_words, felt
from bot.core.guide.turn import State, fingerprint
from bot.core.guide.which import Message, Which
from bot.core.guide.which import find as find_meant
from bot.errors import StorageError
from bot.storage.repository import UNSCREENED, Repository
from bot.storage.review import keep_names_hidden
from bot.storage.review_tables import review_decisions, review_item_themes, shares
from bot.storage.rows import StoredTurn
from bot.storage.tables import (
    alerts,
    conversations,
    notes,
    of_turns,
    ratings,
    replies,
    steps,
    technique_runs,
    tracker_events,
    tracker_snapshots,
    turn_themes,
    turns,
)

RECENT = 60
PASTED_WORDS = 60
# Of several messages, the beginnings of so many are shown.
MOST_SHOWN, WORDS_OF_EACH = 4, 8
# The kind of a turn of which nothing that was understood is kept.
FORGOTTEN = "forgotten"
SESSION_SLOT = "session"
# What is said later of a step that was agreed, also in other exercises.
OF_STEPS = ("step.", "greeting.step", "close.step", "decided", "journey", "known")


def facts(session: Session, person_id: str, wish: Wish) -> Dict[str, str]:
    """What a question before forgetting is filled with: the messages that are meant. `forget_turn` is empty when there are none.

    `forget_words` is the beginning of the one, or those of several in quotes, without what told of danger (then it may be
    empty); `forget_kind` is `note`, `last`, `earlier` or `several`; `forget_shown` how many `forget_words` has.
    """
    found = find(session, person_id, wish)
    if not found:
        return {"forget_turn": ""}
    kind = "several" if len(found) > 1 else "earlier"
    if wish.what == "note" and _notes_of(session, found[0].id):
        kind = "note"
    elif wish.what in ("note", "last") and len(found[0].heard.text.split()) < PASTED_WORDS:
        kind = "last"
    safe = [turn.heard.text for turn in found if turn.heard.judgement.level < Level.concern]
    words = [forgetting.shown(text) for text in safe]
    if kind == "several":
        words = [f"“{forgetting.shown(text, WORDS_OF_EACH)}”" for text in safe[:MOST_SHOWN]]
    return {
        "forget_turn": " ".join(str(turn.id) for turn in found),
        "forget_kind": kind,
        "forget_words": ", ".join(words),
        "forget_shown": str(len(words)),
        "forget_count": str(len(found)),
        "forget_day": day_in_words(found[-1].at.isoformat()),
    }


def find(session: Session, person_id: str, wish: Wish) -> List[StoredTurn]:
    """The messages that are meant, oldest first. Never one that was itself about forgetting, or about the person's data at all."""
    repository = Repository(session)
    if wish.what in ("topic", "places"):
        told = [turn for turn in repository.history(person_id) if turn.heard.text.strip()]
        if wish.what == "places":
            told = [turn for turn in told if turn.conversation_id == told[-1].conversation_id]
        return _named(wish, told)
    recent = [turn for turn in repository.last_turns(person_id, RECENT) if _may_be_meant(turn)]
    if wish.what == "note":
        typed = session.execute(
            select(notes.c.turn_id, notes.c.text).where(notes.c.person_id == person_id).order_by(notes.c.id.desc())
        )
        written = [row.turn_id for row in typed if any(letter.isalpha() for letter in row.text)]
        noted = repository.find_turn(written[0]) if written else None
        if noted is not None:
            return [noted]
    longest = sorted(recent, key=lambda turn: len(turn.heard.text))[-1:]
    # "That note", where no exercise kept one, is what was brought along and pasted.
    pasted = wish.what == "note" and bool(longest) and len(longest[0].heard.text.split()) >= PASTED_WORDS
    if wish.what == "longest" or pasted:
        return longest
    return recent[-1:]


def _named(wish: Wish, told: Sequence[StoredTurn]) -> List[StoredTurn]:
    """Those named by words or by their places; counted from the front are all messages, as the person sees them."""
    may_be = [turn for turn in told if _may_be_meant(turn)]
    counted = may_be if wish.topic or min(wish.places) < 0 else told
    numbered = [Message(turn.id, number, turn.heard.text) for number, turn in enumerate(counted, 1)]
    meant = {message.id for message in find_meant(Which(wish.places, wish.topic), numbered)}
    return [turn for turn in may_be if turn.id in meant]


def forget(session: Session, person_id: str, turn_ids: Sequence[int]) -> None:
    """Carry out a wish that was just confirmed: the messages, and the words by which it was asked for and confirmed."""
    for turn in Repository(session).last_turns(person_id, 2):
        asked = any(reply.id.startswith("forget.confirm") for reply in turn.replies)
        if asked or forget_words.names_one(turn.heard.text):
            forget_turn(session, turn.id, person_id)
    for turn_id in turn_ids:
        forget_turn(session, turn_id, person_id)


def forget_turn(session: Session, turn_id: int, person_id: Optional[str] = None) -> None:
    """Take the words out of one turn: its text, all that hangs on it, the engine's rows of it, and where it was given back.

    Steps that repeat a note of it go, and the state loses what came from it. That it took place, its risk level, exercises
    done in it, and whether it was shared, stay. With `person_id` it must be a turn of theirs. Raises StorageError.
    """
    turn = session.execute(select(turns).where(turns.c.id == turn_id)).first()
    if turn is None or turn.person_id != (person_id or turn.person_id):
        raise StorageError(
            f"Turn {turn_id} cannot be forgotten: there is no such turn. It may have been erased before."
        )
    keep_names_hidden(session, [turn])
    typed = _notes_of(session, turn_id)
    rated = _ratings_of(session, turns.c.id == turn_id)
    held = set(session.scalars(select(turn_themes.c.name).where(turn_themes.c.turn_id == turn_id)))
    held |= _decided_themes(session, turn_id)
    said = session.execute(select(replies.c.entry_id, replies.c.text).where(replies.c.turn_id == turn_id)).all()
    agreed = session.scalars(select(steps.c.text).where(steps.c.turn_id == turn_id)).all()
    for table, condition in reversed(list(of_turns([turn_id]))):
        if table not in (alerts, technique_runs, shares):
            session.execute(delete(table).where(condition))
    _forget_events(session, turn)
    # What nobody could judge yet is still looked for by its kind.
    kind = turn.kind if turn.kind == UNSCREENED else FORGOTTEN
    blank = {"text": "", "kind": kind, "confidence": 0.0, "level_reason": "", "level_spans": []}
    session.execute(update(turns).where(turns.c.id == turn_id).values(**blank))
    said += _take_back(session, turn, [turn.text, *agreed], typed)
    lost = _lost(session, turn, said, [text for _, text in typed], held, rated)
    queued = (review_item_themes.c.conversation_id == turn.conversation_id) & review_item_themes.c.name.in_(lost.themes)
    session.execute(delete(review_item_themes).where(queued))
    state = read_state(session, turn.person_id)
    if state is not None:
        forgetting.take_out(state, lost)
        _write_state(session, turn.person_id, state)


def was_forgotten(turn: Any) -> bool:
    """Whether the words of a row of `turns` were taken back."""
    return turn.kind == FORGOTTEN or (turn.kind == UNSCREENED and not turn.text)


def read_state(session: Session, person_id: str) -> Optional[State]:
    """Where a person's conversation stands; None when the engine keeps nothing of them."""
    slots = session.scalar(select(tracker_snapshots.c.slots).where(tracker_snapshots.c.sender_id == person_id))
    return State.from_dict(slots[SESSION_SLOT]) if slots and slots.get(SESSION_SLOT) else None


def _write_state(session: Session, person_id: str, state: State) -> None:
    mine = tracker_snapshots.c.sender_id == person_id
    slots = session.scalar(select(tracker_snapshots.c.slots).where(mine))
    session.execute(update(tracker_snapshots).where(mine).values(slots={**slots, SESSION_SLOT: state.as_dict()}))


def _may_be_meant(turn: StoredTurn) -> bool:
    about_data = any(reply.id.startswith(forgetting.ABOUT_DATA) for reply in turn.replies)
    return bool(turn.heard.text.strip()) and not about_data and not forget_words.is_bare(turn.heard.text)


def _notes_of(session: Session, turn_id: int) -> List[Tuple[str, str]]:
    wanted = select(notes.c.technique_id, notes.c.text).where(notes.c.turn_id == turn_id)
    return [(row.technique_id, row.text) for row in session.execute(wanted)]


def _decided_themes(session: Session, turn_id: int) -> Set[str]:
    """Themes that reviewers saw in a message: the queue lists them until it is brought up to date."""
    mine = (review_decisions.c.turn_id == turn_id) & (review_decisions.c.aspect == "themes")
    return {name for value in session.scalars(select(review_decisions.c.value).where(mine)) for name in value}


def _ratings_of(session: Session, condition: Any) -> List[Any]:
    wanted = select(ratings.c.scale, ratings.c.value, ratings.c.technique_id).join(
        turns, turns.c.id == ratings.c.turn_id
    )
    return list(session.execute(wanted.where(condition).order_by(ratings.c.id)))


def _forget_events(session: Session, turn: Any) -> None:
    """The engine's own rows of a turn are those after the previous turn's last one."""
    before = session.scalar(
        select(func.max(turns.c.last_event_id)).where(turns.c.person_id == turn.person_id, turns.c.id < turn.id)
    )
    of_this_turn = (tracker_events.c.id > (before or 0)) & (tracker_events.c.id <= (turn.last_event_id or 0))
    session.execute(delete(tracker_events).where(tracker_events.c.sender_id == turn.person_id, of_this_turn))


def _take_back(session: Session, turn: Any, told: Sequence[str], typed: Sequence[Tuple[str, str]]) -> List[Any]:
    """Remove the answers, events and steps that repeat a message or its notes; gives the answers (entry_id, text)."""
    words, own = [*told, *(text for _, text in typed)], tuple(technique for technique, _ in typed)

    def repeats(entry: str, text: str) -> bool:
        return forgetting.gives_back(text, words, of_its_own=bool(own) and entry.startswith((*own, *OF_STEPS)))

    later = select(replies).join(turns, turns.c.id == replies.c.turn_id)
    later = later.where(turns.c.person_id == turn.person_id, turns.c.id > turn.id)
    gone = [row for row in session.execute(later) if repeats(row.entry_id, row.text)]
    for row in gone:
        mine = (replies.c.turn_id == row.turn_id) & (replies.c.position == row.position)
        session.execute(delete(replies).where(mine))
    spoken = select(tracker_events.c.id, tracker_events.c.data).where(
        tracker_events.c.sender_id == turn.person_id,
        tracker_events.c.type_name == "bot",
        tracker_events.c.id > (turn.last_event_id or 0),
    )
    for row in session.execute(spoken):
        if repeats((row.data.get("metadata") or {}).get("reply_id", ""), row.data.get("text") or ""):
            session.execute(delete(tracker_events).where(tracker_events.c.id == row.id))
    _take_back_steps(session, turn, [text for _, text in typed])
    return gone


def _take_back_steps(session: Session, turn: Any, typed: Sequence[str]) -> None:
    """Steps in the exercise's words that a note was put into; those in words of their own are another message."""
    later = select(steps).where(steps.c.person_id == turn.person_id, steps.c.turn_id > turn.id)
    for row in session.execute(later):
        if not row.own_words and forgetting.gives_back(row.text, typed, of_its_own=True):
            session.execute(delete(steps).where(steps.c.id == row.id))


def _lost(
    session: Session, turn: Any, said: Sequence[Any], typed: Sequence[str], held: set, rated: Sequence[Any]
) -> Lost:
    session_number = session.scalar(select(conversations.c.number).where(conversations.c.id == turn.conversation_id))
    here = turns.c.conversation_id == turn.conversation_id
    carried = session.scalars(
        select(turn_themes.c.name).join(turns, turns.c.id == turn_themes.c.turn_id).where(here, turn_themes.c.claimed)
    )
    others = session.scalars(select(turns.c.text).where(here))
    still = {name for text in others for name in circumstances.mentioned(text)}
    left = _ratings_of(session, here)
    agreed = session.scalars(select(steps.c.text).where(steps.c.person_id == turn.person_id).order_by(steps.c.id)).all()
    return Lost(
        session=session_number,
        themes=frozenset(held) - set(carried),
        replies=frozenset(row.entry_id for row in said),
        uttered=frozenset(fingerprint(row.text) for row in said),
        notes=tuple(typed),
        helped=frozenset(row.technique_id for row in rated if row.scale == "exercise" and row.technique_id),
        circumstances=frozenset(circumstances.mentioned(turn.text)) - still,
        heaviness=tuple(int(row.value) for row in left if row.scale == "heaviness" and row.value is not None),
        felt=tuple(felt_after(left)),
        steps=tuple(agreed),
    )


def felt_after(rated: Sequence[Any]) -> Iterator[Dict[str, Any]]:
    """After which exercises it was lighter, the same or heavier, of rows with `scale`, `value` and `technique_id`."""
    for row in rated:
        words = felt(row.value) if row.scale == "exercise" else None
        if words is not None:
            yield {"technique": row.technique_id, "felt": words}
