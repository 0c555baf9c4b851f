"""What holds when reviewers have decided: agreement settles, disagreement waits for a lead, a lead's word is final."""

from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, NamedTuple, Optional, Sequence

from bot.core.conversation import Level

_LONG_AGO = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Subject(NamedTuple):
    """What a decision is about: the `themes` or the `level` of a turn, or one `reply` by its place and its entry."""

    aspect: str
    position: Optional[int] = None
    entry_id: Optional[str] = None

    @property
    def name(self) -> str:
        """As a person reads it."""
        return f"{self.aspect} {self.entry_id}" if self.entry_id else self.aspect


THEMES_OF_TURN, LEVEL_OF_TURN = Subject("themes"), Subject("level")


@dataclass(frozen=True)
class Decision:
    """What one reviewer decided about one thing in a turn. `final` is a lead's word between others; `id` orders them.

    `value` is a sorted list of theme names, the name of a level, or `helpful` / `unhelpful`. `independent` says that it is
    the reviewer's first word on it, given before they could see anybody else's.
    """

    id: int
    turn_id: int
    reviewer_id: int
    subject: Subject
    value: Any
    final: bool = False
    independent: bool = True
    at: datetime = _LONG_AGO


@dataclass(frozen=True)
class SignOff:
    """Who signed a conversation off (None: nobody knows any more), and when."""

    by: Optional[int]
    at: datetime


@dataclass(frozen=True)
class Settled:
    """What holds for one thing in a turn: `value` (None while disputed), and whether it may be learned from."""

    value: Any
    disputed: bool
    approved: bool
    by: Sequence[int]


def latest(decisions: Iterable[Decision]) -> Dict[Subject, Dict[int, Decision]]:
    """The last word of each reviewer, by what it is about; a final word stands apart under reviewer 0."""
    found: Dict[Subject, Dict[int, Decision]] = {}
    for decision in sorted(decisions, key=lambda item: item.id):
        found.setdefault(decision.subject, {})[0 if decision.final else decision.reviewer_id] = decision
    return found


def settle(words: Mapping[int, Decision], sign_off: Optional[SignOff]) -> Optional[Settled]:
    """What holds for one thing in one turn; None when nobody decided.

    Approved is what a lead decided between others, what two reviewers agree on, and what one decided before somebody else
    signed the conversation off: nobody approves their own decision alone.
    """
    if not words:
        return None
    reviewers = sorted(reviewer for reviewer in words if reviewer)
    if 0 in words:
        return Settled(words[0].value, False, True, [words[0].reviewer_id])
    values = [words[reviewer].value for reviewer in reviewers]
    if any(value != values[0] for value in values):
        return Settled(None, True, False, reviewers)
    approved = len(values) > 1 or (sign_off is not None and _covers(sign_off, words[reviewers[0]]))
    return Settled(values[0], False, approved, reviewers)


def level_as_decided(machine: Level, words: Mapping[int, Decision], sign_off: Optional[SignOff]) -> Level:
    """The level of a turn that the machine put at `machine`.

    What is approved holds. Until then one reviewer alone can raise it and nobody lower it.
    """
    settled = settle(words, sign_off)
    if settled is not None and settled.approved:
        return Level[settled.value]
    return max([machine, *(Level[word.value] for word in words.values())])


def themes_by_reviewer(decisions: Iterable[Decision]) -> Dict[int, Dict[int, FrozenSet[str]]]:
    """Independent decisions on themes by turn and reviewer, for `agreement`.

    What somebody decided anew after seeing another's decision, or decided as a lead between others, is left out.
    """
    turns: Dict[int, List[Decision]] = {}
    for decision in decisions:
        if decision.subject == THEMES_OF_TURN and decision.independent and not decision.final:
            turns.setdefault(decision.turn_id, []).append(decision)
    return {
        turn: {reviewer: frozenset(one.value) for reviewer, one in latest(found)[THEMES_OF_TURN].items()}
        for turn, found in turns.items()
    }


def _covers(sign_off: SignOff, decision: Decision) -> bool:
    return sign_off.by is not None and sign_off.by != decision.reviewer_id and decision.at <= sign_off.at
