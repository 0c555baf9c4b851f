"""Which of their own messages a person means: "my second message", "the one about my sister", "the last two"."""

import re
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from bot.core.guide.forgetting import fits, stem
from bot.core.guide.turn import NUMBER_WORDS, words_of

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_NUMBERS = NUMBER_WORDS[1:]
_LATEST = ("last", "latest", "newest")
_LEAD = (
    r"^(?:(?:ok|okay|yes|no|then|please|rather|actually|maybe|and|also|just|only|but|it'?s|i mean|i meant|share|show|add"
    r"|take|give|send|me|them|i'?d like|i would like|i want|can i|could i|can you|could you|we|to|(?:they|he|she) (?:may|can)|(?:may|can) (?:they|he|she)"
    r"|let (?:them|him|her)|see|read|have) )*(?:(?:my|the|that|this|these|those|both|very|all) )*"
)
_MESSAGE = r"(?:messages?|ones?|texts?|answers?|things?|parts?|bits?|sentences?)"
_TAIL = r"(?: (?:(?:that )?i (?:wrote|sent|said|typed|told you)|please|only|alone|of mine|then|too|as well))*$"
PLACE = rf"(?:{'|'.join(_ORDINALS + _LATEST)}|\d+(?:st|nd|rd|th))"
COUNT = rf"(?:\d+|{'|'.join(_NUMBERS)})"
_PLACES = re.compile(rf"{_LEAD}(?P<places>{PLACE}(?: (?:and |or |the |my )*{PLACE})*)(?: {_MESSAGE})?{_TAIL}")
_RUN = re.compile(rf"{_LEAD}(?P<end>first|last) (?P<count>{COUNT})(?: {_MESSAGE})?{_TAIL}")
_NUMBERED = re.compile(
    rf"{_LEAD}(?:messages?|numbers?|no|nr) (?P<places>{COUNT}(?: (?:and |or )*{COUNT})*){_TAIL}"
    rf"|{_LEAD}(?P<bare>\d+(?: (?:and |or )*\d+)*){_TAIL}"
)
_BEFORE_LAST = re.compile(
    rf"{_LEAD}(?:{_MESSAGE} before(?: (?:that|it|the last)(?: one)?)?|(?:second|next) to (?:the )?last|last but one|second last)"
    rf"(?: {_MESSAGE})?{_TAIL}"
)
_ABOUT = (
    re.compile(
        rf"{_LEAD}{_MESSAGE} (?:.{{0,30}} )?(?:about|on|regarding|mentioning|mentions?|with|where|saying|says) (?P<topic>.+)"
    ),
    re.compile(rf"{_LEAD}(?:what|where) i (?:said|wrote|told|mentioned|talked?|spoke)\b(?P<topic>.*)"),
    re.compile(rf"{_LEAD}about (?P<topic>.+)"),
    re.compile(rf"{_LEAD}(?P<topic>[a-z']+) {_MESSAGE}{_TAIL}"),
    re.compile(rf"{_LEAD}{_MESSAGE}(?P<topic>){_TAIL}"),
)
_EXCEPT = re.compile(
    r"\b(?:except|without|besides|apart from|other than|all but|everything but|not (?:my|the|that|this))\b"
)
# What says nothing about which message it is.
_PLAIN_WORDS = (
    "a an the my your our his her their its i i'm i've me you he she it they them him us we this that these those one"
    " thing part message talk talked told said say wrote write mentioned mention about of how what when where please"
    " just only all and or to in on at for with from by not was is are were be been am so some any being having had"
    " have do did too as well then again"
)
_PLAIN = set(_PLAIN_WORDS.split())


@dataclass(frozen=True)
class Which:
    """Messages by their numbers in the conversation (-1 is the last one told), or by words of a topic; neither: not known."""

    places: Tuple[int, ...] = ()
    topic: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Message:
    """One that may be meant: its id, its number in the conversation, its words."""

    id: int
    number: int
    text: str


def which(text: str) -> Optional[Which]:
    """What a short answer says about the message that is meant; None when it speaks of none."""
    said = " ".join(words_of(text))
    places, topic = _places(said), None if _BEFORE_LAST.search(said) else _topic(said)
    if not places and topic is None:
        return Which() if _EXCEPT.search(said) and re.search(rf"\b{_MESSAGE}\b", said) else None
    return Which() if _EXCEPT.search(said) else Which(places, () if places else topic or ())


def find(meant: Which, told: Sequence[Message]) -> List[Message]:
    """The messages that are meant, in their order; several for a topic are those that fit it equally well."""
    if meant.topic:
        best = max((fits(meant.topic, message.text) for message in told), default=0)
        return [message for message in told if best and fits(meant.topic, message.text) == best]
    at = {message.number: message for message in told}
    at.update({place - len(told): message for place, message in enumerate(told)})
    if not set(meant.places) <= set(at):
        return []
    return sorted({at[place] for place in meant.places}, key=lambda message: message.number)


def _places(said: str) -> Tuple[int, ...]:
    if _BEFORE_LAST.search(said):
        return (-2,)
    run = _RUN.search(said)
    if run:
        count = _number(run["count"])
        return tuple(range(1, count + 1)) if run["end"] == "first" else tuple(range(-count, 0))
    found = _PLACES.search(said) or _NUMBERED.search(said)
    words = next((part for part in found.groupdict().values() if part), "").split() if found else []
    return tuple(_number(word) for word in words if re.fullmatch(rf"{PLACE}|{COUNT}", word))


def _number(word: str) -> int:
    if word in _LATEST:
        return -1
    for names in (_ORDINALS, _NUMBERS):
        if word in names:
            return names.index(word) + 1
    return int(re.sub(r"\D", "", word))


def _topic(said: str) -> Optional[Tuple[str, ...]]:
    """The words of a topic by which a message is named; none when it is named by nothing that could be looked for."""
    for pattern in _ABOUT:
        found = pattern.search(said)
        if found:
            return tuple(stem(word) for word in found["topic"].split() if word not in _PLAIN)
    return None
