"""What holds when reviewers have decided: agreement settles, disagreement waits for a lead, a lead's word is final."""

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence

ASPECTS = ("themes", "level", "reply")


@dataclass(frozen=True)
class Decision:
    """What one reviewer decided about one aspect of a turn. `final` is a lead's word between others; `id` orders them.

    `value` is a sorted list of theme names, the name of a level, or `helpful` / `unhelpful`.
    """

    id: int
    turn_id: int
    reviewer_id: int
    aspect: str
    value: Any
    final: bool = False


@dataclass(frozen=True)
class Settled:
    """What holds for one aspect of a turn: `value` (None while disputed), and whether it may be learned from."""

    value: Any
    disputed: bool
    approved: bool
    by: Sequence[int]


def latest(decisions: Iterable[Decision]) -> Dict[str, Dict[int, Decision]]:
    """The last word of each reviewer, by aspect; a final word stands apart under reviewer 0."""
    found: Dict[str, Dict[int, Decision]] = {}
    for decision in sorted(decisions, key=lambda item: item.id):
        found.setdefault(decision.aspect, {})[0 if decision.final else decision.reviewer_id] = decision
    return found


def settle(words: Mapping[int, Decision], signed_off: bool) -> Optional[Settled]:
    """What holds for one aspect of one turn; None when nobody decided.

    Approved is what a lead decided, what two reviewers agree on, or what stands in a conversation that was signed off.
    """
    if not words:
        return None
    reviewers = sorted(reviewer for reviewer in words if reviewer)
    if 0 in words:
        return Settled(words[0].value, False, True, [words[0].reviewer_id])
    values = [words[reviewer].value for reviewer in reviewers]
    if any(value != values[0] for value in values):
        return Settled(None, True, False, reviewers)
    return Settled(values[0], False, signed_off or len(values) > 1, reviewers)


def themes_by_reviewer(decisions: Iterable[Decision]) -> Dict[int, Dict[int, FrozenSet[str]]]:
    """Independent decisions on themes by turn and reviewer, for `agreement`: a lead's final word is left out."""
    turns: Dict[int, List[Decision]] = {}
    for decision in decisions:
        if decision.aspect == "themes" and not decision.final:
            turns.setdefault(decision.turn_id, []).append(decision)
    return {
        turn: {reviewer: frozenset(one.value) for reviewer, one in latest(found)["themes"].items()}
        for turn, found in turns.items()
    }
