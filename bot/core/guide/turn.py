"""One turn of a conversation: what was heard, where the talk stands, what is said."""

import hashlib
import re
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any, Dict, List, Mapping, Optional, Protocol, Sequence, Tuple

from bot.core.conversation import Heard, Level, Reply
from bot.core.entries import Reflection, Technique
from bot.core.library import Library


class Chooser(Protocol):
    """Chooses from the library by meaning and themes (see bot/core/retrieval.py)."""

    def reflections(
        self,
        text: str,
        themes: Sequence[str],
        resting: Sequence[str],
        sections: Mapping[str, float],
        sure: Sequence[str] = (),
    ) -> List[Reflection]:
        """The best reflections first, without those that rest, those with a theme of `sure` before all others."""
        ...

    def techniques(
        self, text: str, themes: Sequence[str], resting: Sequence[str], barred: Sequence[str]
    ) -> List[Technique]:
        """The best techniques first, without those that rest or whose `not_when` names something barred."""
        ...


# What a person may still speak of (State.asked), right after everything was erased.
ERASED = "erased"


@dataclass
class State:
    """Where a conversation stands. JSON-ready; lives in one slot and outlives restarts, sessions and channels."""

    session: int = 0
    started: Optional[str] = None
    last_seen: Optional[str] = None
    disclosed: Optional[str] = None
    readers: Optional[str] = None
    agreed_to_talk: bool = False
    stage: str = "new"
    asked: Optional[str] = None
    asked_kind: Optional[str] = None
    themes: List[str] = field(default_factory=list)
    choice: List[str] = field(default_factory=list)
    offered: List[str] = field(default_factory=list)
    told: int = 0
    answered: int = 0
    since_mirror: int = 99
    since_offer: int = 99
    lost: int = 0
    said: List[str] = field(default_factory=list)
    uttered: List[str] = field(default_factory=list)
    rest: Dict[str, str] = field(default_factory=dict)
    shown: Optional[str] = None
    buttons: List[str] = field(default_factory=list)
    exercise: Optional[Dict[str, Any]] = None
    techniques_done: List[str] = field(default_factory=list)
    helped: List[str] = field(default_factory=list)
    refused: List[str] = field(default_factory=list)
    tried: List[str] = field(default_factory=list)
    ruled_out: List[str] = field(default_factory=list)
    evidence: Dict[str, float] = field(default_factory=dict)
    sections: Dict[str, float] = field(default_factory=dict)
    since_plain: int = 99
    guessed: List[str] = field(default_factory=list)
    circumstances: List[str] = field(default_factory=list)
    only_listening: bool = False
    unasked: int = 0
    left: List[str] = field(default_factory=list)
    heaviness: List[int] = field(default_factory=list)
    felt: List[Dict[str, Any]] = field(default_factory=list)
    step: Optional[Dict[str, str]] = None
    left_step: Optional[Dict[str, str]] = None
    steps: List[str] = field(default_factory=list)
    reviewed: bool = False
    past: List[Dict[str, Any]] = field(default_factory=list)
    pending: Optional[str] = None
    sharing: Dict[str, Any] = field(default_factory=dict)
    expected_cost: Optional[str] = None
    country: Optional[str] = None
    country_asked: bool = False
    level: str = "none"
    level_kind: Optional[str] = None
    level_subject: str = "self"
    level_session: int = 0
    burdened: int = 0
    hopeless: int = 0
    abuse_told: bool = False
    feedback_asked: bool = False
    check_in_due: bool = False
    minor: bool = False
    too_young: bool = False

    def as_dict(self) -> Dict[str, Any]:
        """JSON-ready; `from_dict` reads it back."""
        return dict(vars(self))

    @staticmethod
    def from_dict(data: Optional[Mapping[str, Any]]) -> "State":
        """Read back what `as_dict` wrote; fields of an older or newer version are left out."""
        known = {item.name for item in fields(State)}
        return State(**{key: value for key, value in (data or {}).items() if key in known})


SESSION_FIELDS = (
    "stage",
    "asked",
    "themes",
    "choice",
    "offered",
    "told",
    "answered",
    "since_mirror",
    "since_offer",
    "lost",
    "said",
    "uttered",
    "shown",
    "buttons",
    "reviewed",
    "heaviness",
    "felt",
    "pending",
    "sharing",
    "expected_cost",
    "tried",
    "ruled_out",
    "evidence",
    "sections",
    "since_plain",
    "guessed",
    "circumstances",
    "only_listening",
    "unasked",
    "left",
    "feedback_asked",
    "burdened",
    "hopeless",
)
# What is said instead when every wording was said: shorter, never the same.
LESS_OFTEN = {"safety.stay": "quiet", "concern.follow": "quiet"}
IN_ORDER = ("safety.", "concern.", "check_in", "card.", "disclosure.")
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?]) +")
_WORD = re.compile(r"[a-z0-9']+")
# Each stands at the place of its value.
NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
REFLECTION_REST = timedelta(days=30)
# The quick replies that stand for a move; any other means nothing but its own words.
BUTTON, BUTTON_KINDS = (
    "button",
    {
        "yes": "affirm",
        "no": "deny",
        "not now": "deny",
        "skip": "skip",
        "next": "next",
        "stop": "stop",
        "yes delete everything": "delete_data",
        "yes forget it": "forget_that",
    },
)


@dataclass
class Turn:
    """What one message meets: the library to speak from, the state to change, the replies so far.

    `facts` fill placeholders with what is true of this installation: who reads, what is notified, what backups keep.
    """

    library: Library
    chooser: Chooser
    heard: Heard
    state: State
    now: datetime
    facts: Mapping[str, str] = field(default_factory=dict)
    replies: List[Reply] = field(default_factory=list)
    notes: List[Dict[str, Any]] = field(default_factory=list)
    request: Optional[str] = None
    hold_question: bool = False

    @property
    def level(self) -> Level:
        """The conversation's risk level."""
        return Level[self.state.level]

    def wording(self, saying: str, **values: str) -> str:
        """A wording of `saying` that was not used in this session, or the one used longest ago."""
        texts = self.library.sayings[saying].texts
        keys = [f"{saying}#{index}" for index in self._order(saying, len(texts))]
        fresh = [key for key in keys if key not in self.state.said]
        if not fresh and saying in LESS_OFTEN:
            return self.wording(LESS_OFTEN[saying], **values)
        if not fresh and saying.startswith("safety."):
            return self.wording("safety.stay", **values)
        key = fresh[0] if fresh else min(keys, key=_last_place(self.state.said))
        self._mark(key)
        return fill(texts[int(key.rsplit("#", 1)[1])], {**self.facts, **values})

    def line(self, owner: str, lines: Sequence[str]) -> Optional[str]:
        """One of an entry's lines that was not used in this session; None when all were."""
        for position in self._order(owner, len(lines)):
            key = f"{owner}#{position}"
            if key not in self.state.said:
                self._mark(key)
                return lines[position]
        return None

    def say(self, saying: str, **values: str) -> None:
        """Say one saying of the library with its own quick replies."""
        self.add(saying, self.wording(saying, **values), buttons=self.library.sayings[saying].buttons)

    def add(
        self, entry: str, *parts: Optional[str], buttons: Sequence[str] = (), data: Optional[Mapping[str, Any]] = None
    ) -> None:
        """Say the parts as one message. `entry` is the id of the library entry it stands for."""
        text = " ".join(part.strip() for part in parts if part)
        self.state.uttered.append(fingerprint(text))
        self.replies.append(Reply(entry, text, tuple(buttons), dict(data or {})))
        self.state.buttons = [title for reply in self.replies for title in reply.buttons]

    def question(self, text: Optional[str]) -> Optional[str]:
        """The text, or nothing while another question (the one about safety) must stand alone or none is wished for."""
        return None if self.hold_question or self.state.unasked else text

    def drop_questions(self) -> None:
        """Take the questions out of what was said so far, so that the one that follows stands alone."""
        for reply in self.replies[:]:
            told = " ".join(part for part in _BETWEEN_SENTENCES.split(reply.text) if not part.endswith("?"))
            place = self.replies.index(reply)
            self.replies[place : place + 1] = [replace(reply, text=told)] if told else []

    def ask(self, what: Optional[str]) -> None:
        """Remember what the last question waits for."""
        self.state.asked = what

    def resting(self) -> List[str]:
        """Reflections said less than 30 days ago."""
        return [
            name for name, day in self.state.rest.items() if self.now - datetime.fromisoformat(day) < REFLECTION_REST
        ]

    def keep(self, kind: str, **values: Any) -> None:
        """Hand something to the record of this turn (a correction, a note, a rating)."""
        self.notes.append({"kind": kind, **values})

    def _order(self, owner: str, count: int) -> List[int]:
        """The places of an entry's wordings, in another order in every session and after every message.

        What was said decides, so that the same talk is answered the same; words about safety keep their order.
        """
        if owner.startswith(IN_ORDER):
            start = (self.state.session * 5) % count
            return [*range(start, count), *range(start)]
        seed = f"{owner} {self.state.session} {self.heard.text}"
        return sorted(range(count), key=lambda place: fingerprint(f"{seed} {place}"))

    def _mark(self, key: str) -> None:
        if key in self.state.said:
            self.state.said.remove(key)
        self.state.said.append(key)


def as_pressed(state: State, heard: Heard) -> Heard:
    """The message as the quick reply it is word for word, whatever it was read as; any other message as it is."""
    said = words_of(heard.text)
    if not said or said not in [words_of(title) for title in state.buttons]:
        return heard
    return replace(heard, kind=BUTTON_KINDS.get(" ".join(said), BUTTON), confidence=1.0, themes=(), near=())


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put values into `{placeholders}`; a person's own braces are left as they are."""
    return re.sub(r"\{([a-z_]+)\}", lambda match: values.get(match.group(1), match.group(0)), text)


def unasked(text: str) -> str:
    """A person's words as they may stand within a question of ours: their own question marks become pauses."""
    plain = re.sub(r"[?!]+", lambda marks: "?" if "?" in marks.group() else marks.group(), text)
    return ", ".join(part.strip() for part in plain.split("?") if part.strip())


def fingerprint(text: str) -> str:
    """A short hash of a reply, to notice that it would be said twice without keeping it."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _last_place(said: Sequence[str]) -> Any:
    places = {key: place for place, key in enumerate(said)}
    return lambda key: places.get(key, -1)


def words_of(text: str) -> List[str]:
    """The words of a message, lower case, without punctuation."""
    return _WORD.findall(text.lower().replace("’", "'"))


def number_in(text: str) -> Optional[int]:
    """The first number from 0 to 10 in a message, as digits or as a word; None when there is none."""
    for word in words_of(text):
        if word.isdigit() and int(word) <= 10:
            return int(word)
        if word in NUMBER_WORDS:
            return NUMBER_WORDS.index(word)
    return None


def pair(values: Sequence[str]) -> Tuple[str, str]:
    """The first two of at least two values."""
    return values[0], values[1]
