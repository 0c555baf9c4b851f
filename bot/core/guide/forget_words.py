"""What is said about forgetting: which message a wish means, and what is nothing but such a wish."""

import re
from dataclasses import dataclass
from typing import Optional, Tuple

from bot.core.guide.forgetting import stem
from bot.core.guide.turn import words_of
from bot.core.guide.which import which

LONGEST_WISH = 24
# Whoever says more than that tells something besides.
LONGEST_BARE = 14
_REMOVES = r"(?:forget|delete|del|remove|erase|scratch|scrap|strike|unsend|unsay|undo|unlearn|wipe|clear|drop|bin|discard|retract|take (?:out|back))"
_ASKS = re.compile(
    rf"\b({_REMOVES}|ignore|disregard|pretend|cancel|never ?mind|nvm|get rid of|hold on to|tak(e|ing)\b.*\b(back|out|off|away)"
    r"|(rub|cross)\b.*\bout|(don'?t|do not|didn'?t|never) (want you to |want to |\w+ )?(keep|save|store|remember|mind|said?|write|wrote))\b"
)
_LEAD = (
    r"^(?:(?:h+m+|um+|uh+|oh|ah|ok|okay|yes|no|wait|sorry|hey|please|just|and|so|but|now|then|actually|also|maybe|can you|could you|would you|will you"
    rf"|you can|you may|i want(?: you)? to|i'?d like(?: you)? to|let'?s) )*{_REMOVES}"
)
_BIDS = re.compile(
    rf"{_LEAD}\b.*\b(?:i (?:just )?(?:said|wrote|told|mentioned|typed)|notes?|messages?|bits?|parts?|things?|sentences?)\b"
)
_ALL_ABOUT = re.compile(
    rf"{_LEAD} (?:(?:all|everything|anything|all of it|it all) )?(?:about|on|mentioning|regarding) "
)
_TYPED = re.compile(r"\bi (?:just )?(?:wrote|typed|noted|put)\b|\b(?:notes?|messages?|answers?)\b")
_OBJECT = (
    r"(?:that|this|it|these|those|them|everything|all|(?:the |my |that |this )*(?:\w+ ){0,2}(?:messages?|notes?|ones?|things?|bits?|parts?|sentences?|data)"
    r"|what i (?:just )?(?:said|wrote|told you|typed)|all about|about(?: it| that| this)?)"
)
_BARE = re.compile(rf"{_LEAD} {_OBJECT}(?: (?:please|again|now|too|thanks|from (?:the|your) (?:chat|record)))*$")
_NAMED = re.compile(rf"{_LEAD} (?:all of |all |everything |anything )?(?P<rest>.+)$")
_NOTE = {"note", "notes"}
_LONG = {"letter", "text", "paste", "pasted", "story"}
# "Everything about me" is all there is.
_ALL_OF_ME = re.compile(r"\b(?:all|everything|anything|data|what(?:ever)?)\b.* about me\b")
_TOPIC = re.compile(r"\b(?:about|mentioning|mentions|regarding|where i (?:said|wrote|told you|mentioned))\b(.+)")
_PLAIN = frozenset(
    words_of(
        "a an the my your our his her their its i me you he she it they them him us we this that these those one thing "
        "bit part last message messages please now just all everything anything and or of to in on at for with from by "
        "not was is are were be been am so some any really said wrote told what how when being having know have keep"
    )
)
_LAST = (-1,)


@dataclass(frozen=True)
class Wish:
    """What a person wants forgotten: `last` or `longest` message, the last `note`, those about a `topic` (its words), or
    those at certain `places` of the talk (numbers, from the end when negative)."""

    what: str
    topic: Tuple[str, ...] = ()
    places: Tuple[int, ...] = ()


def wish(text: str) -> Optional[Wish]:
    """What a message wants forgotten, if it may ask for that at all."""
    said = words_of(text)
    joined = " ".join(said)
    if len(said) > LONGEST_WISH or not _ASKS.search(joined):
        return None
    bid = _NAMED.search(joined)
    meant = which(bid["rest"]) if bid is not None else None
    if meant is not None and meant.places:
        return Wish("last") if meant.places == _LAST else Wish("places", places=meant.places)
    if _ALL_OF_ME.search(joined):
        return Wish("last")
    named = _TOPIC.search(joined)
    about = [stem(word) for word in named.group(1).split() if word not in _PLAIN] if named is not None else []
    if not about and meant is not None:
        about = [word for word in meant.topic if word not in _PLAIN and not {word} & (_NOTE | _LONG)]
    if about:
        return Wish("topic", tuple(about))
    return Wish("note" if _NOTE & set(said) else "longest" if _LONG & set(said) else "last")


def names_one(text: str) -> bool:
    """Whether a message plainly bids to forget what it names ("forget what I said about my brother")."""
    asked, said = wish(text), " ".join(words_of(text))
    if asked is None or asked.what not in ("topic", "places"):
        return False
    return asked.what == "places" or bool(_BIDS.search(said) or _ALL_ABOUT.search(said))


def names_own_note(text: str) -> bool:
    """The same where anything may be written: only what the person wrote, by that very name, is meant."""
    return names_one(text) and bool(_TYPED.search(" ".join(words_of(text))))


def is_bare(text: str) -> bool:
    """Whether a message is nothing but a wish to have something forgotten, and so never the one that is meant."""
    said = words_of(text)
    return len(said) <= LONGEST_BARE and (names_one(text) or bool(_BARE.search(" ".join(said))))
