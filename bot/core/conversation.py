"""The words that pass between a person and the bot, as plain data."""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Dict, Mapping, Optional, Tuple

# What a channel may let people do with their own data: where the caller is surely the person, all of it.
PERSONAL = ("export", "erase", "share")
# Beside these: the message is a command of the channel's menu, which is carried out and answers no question.
COMMAND = "command"


class Level(IntEnum):
    """How much danger a text or a conversation shows (see docs/safety.md)."""

    none = 0
    concern = 1
    risk = 2
    imminent = 3


@dataclass(frozen=True)
class Judgement:
    """What the risk screen found in one text.

    `kind` is suicide, self_harm, abuse, violence, eating or medical (None at level none); `subject` self or other;
    `tense` now or past; `spans` are character ranges of the words that decided; `judge` names the rule or model with
    its version; `score` is the classifier's probability, 0 to 1. `degraded` says that one of the two judges failed.
    """

    level: Level = Level.none
    kind: Optional[str] = None
    subject: str = "self"
    tense: str = "now"
    reason: str = ""
    spans: Tuple[Tuple[int, int], ...] = ()
    judge: str = ""
    score: float = 0.0
    degraded: bool = False

    def as_dict(self) -> Dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        return {
            "level": self.level.name,
            "kind": self.kind,
            "subject": self.subject,
            "tense": self.tense,
            "reason": self.reason,
            "spans": [list(span) for span in self.spans],
            "judge": self.judge,
            "score": round(self.score, 4),
            "degraded": self.degraded,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "Judgement":
        """Read back what `as_dict` wrote."""
        return Judgement(
            level=Level[data["level"]],
            kind=data["kind"],
            subject=data["subject"],
            tense=data["tense"],
            reason=data["reason"],
            spans=tuple((int(start), int(end)) for start, end in data["spans"]),
            judge=data["judge"],
            score=float(data["score"]),
            degraded=bool(data["degraded"]),
        )


@dataclass(frozen=True)
class ThemeScore:
    """A theme that holds, its calibrated probability (0 to 1), and the words (character range) that led to it."""

    name: str
    score: float
    span: Optional[Tuple[int, int]] = None

    def as_dict(self) -> Dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        return {"name": self.name, "score": round(self.score, 4), "span": list(self.span) if self.span else None}

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> "ThemeScore":
        """Read back what `as_dict` wrote."""
        span = data.get("span")
        return ThemeScore(data["name"], float(data["score"]), (int(span[0]), int(span[1])) if span else None)


@dataclass(frozen=True)
class Heard:
    """One message as it was understood: its kind (a move, a kind of talk, `theme`), its themes, its risk."""

    text: str
    kind: str
    confidence: float = 1.0
    themes: Tuple[ThemeScore, ...] = ()
    near: Tuple[ThemeScore, ...] = ()  # the likeliest themes when none is sure enough, best first
    judgement: Judgement = Judgement()
    sections: Mapping[str, float] = field(default_factory=dict)  # likeliest article sections, shares from 0 to 1
    cut: bool = False  # only the beginning of a longer text
    capabilities: Tuple[str, ...] = ()  # what the channel allows, of PERSONAL, and COMMAND


@dataclass(frozen=True)
class Reply:
    """One message of the bot: `id` of the library entry, `text`, quick replies, and what a channel may show with it."""

    id: str
    text: str
    buttons: Tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TurnResult:
    """What one message led to. `milliseconds` is the whole turn; `stored` is False when the turn could not be kept."""

    replies: Tuple[Reply, ...]
    heard: Heard
    level: str
    actions: Tuple[str, ...] = ()
    milliseconds: float = 0.0
    turn_id: Optional[int] = None
    stored: bool = True
    failed: Optional[str] = None
