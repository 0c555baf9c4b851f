"""What matters first: risk, then how unsure the model was, then corrections that people asked for."""

from dataclasses import dataclass
from typing import Dict, FrozenSet, Iterable, Mapping, Optional, Sequence

from bot.core.conversation import Level

STATES = ("new", "assigned", "saved", "reviewed", "signed_off")
WAITING = ("new", "assigned", "saved")


@dataclass(frozen=True)
class TurnFacts:
    """What the order needs to know of a turn: scores of the themes claimed and of those that came near, 0 to 1."""

    claimed: Sequence[float]
    near: Sequence[float]
    themes: FrozenSet[str]
    corrections: int


@dataclass(frozen=True)
class Place:
    """Where a conversation stands in the queue. Higher comes first: level, then unsure (0 to 1), then corrections."""

    level: Level
    unsure: float
    corrections: int
    themes: FrozenSet[str]


def unsureness(claimed: Sequence[float], near: Sequence[float]) -> float:
    """How unsure a reading was, 0 (sure) to 1: how far the weakest claim and the strongest refusal are from certain."""
    doubts = [1.0 - min(claimed)] if claimed else []
    doubts += [max(near)] if near else []
    return round(min(1.0, max(doubts)), 4) if doubts else 0.0


def place(level: Level, turns: Iterable[TurnFacts]) -> Place:
    """The place of a conversation at `level` with these turns; only turns that staff may read belong here."""
    unsure, corrections = 0.0, 0
    themes: FrozenSet[str] = frozenset()
    for turn in turns:
        unsure = max(unsure, unsureness(turn.claimed, turn.near))
        corrections += turn.corrections
        themes |= turn.themes
    return Place(level, unsure, corrections, themes)


def decided_level(highest: Level, machine: Mapping[int, Level], decided: Mapping[int, Level]) -> Level:
    """The level of a conversation by what reviewers decided.

    `machine` are levels of its turns as the machine put them, `decided` those that stand in their place. Where `highest` is
    above all turns that are left, it stays: what raised it cannot be judged any more.
    """
    unexplained = highest if highest > max(machine.values(), default=Level.none) else Level.none
    return max([unexplained, *{**machine, **decided}.values()])


def next_state(state: str, event: str) -> Optional[str]:
    """The state after `assign`, `save`, `take_back`, `review` or `sign_off`; None when that is not possible."""
    moves: Dict[str, Dict[str, str]] = {
        "new": {"assign": "assigned", "save": "saved", "review": "reviewed"},
        "assigned": {"assign": "assigned", "save": "saved", "review": "reviewed", "take_back": "new"},
        "saved": {"assign": "assigned", "review": "reviewed", "take_back": "new", "save": "saved"},
        "reviewed": {"sign_off": "signed_off", "take_back": "assigned", "assign": "assigned", "review": "reviewed"},
        "signed_off": {"take_back": "reviewed"},
    }
    return moves[state].get(event)
