"""A correction that says what it is instead ("not lonely, more like bored"): what was denied, and what holds."""

import re
from dataclasses import dataclass, replace
from typing import List, Optional

from bot.core.guide import hearing
from bot.core.guide.turn import Turn, words_of

LONGEST = 24
# Few words can be far apart.
LONGEST_TEXT = 400
# A longer one is told, and no phrase to say back.
LONGEST_INSTEAD = 12
_LEAD = r"^\W*(?:(?:no|nah|nope|well|but|hm+|actually|sorry)\W+)*"
_SUBJECT = r"(?:it|that|this|i|we)(?:'s|'m|'re| is| was| am| are| do| did| feel)?"
_RATHER = re.compile(
    _LEAD + rf"(?P<denied>(?:{_SUBJECT}\s?)?(?:not|n't|isn't|wasn't|don't feel|never)\b.*?)?[\s,.;:-]*"
    r"(?:(?:it|that|this)(?:'s| is| was)? |its |i'?m |but |just |maybe |rather )*more (?:(?:that|like(?: that)?|of an?|about)\s+|(?=the\b))(?P<instead>.+)$",
    re.IGNORECASE,
)
_NOT_BUT = re.compile(
    _LEAD + rf"(?P<denied>{_SUBJECT}\s?(?:not|n't|isn't|wasn't|don't feel)\b[^,;.]{{1,40}})[,;.-]\s*(?:but |rather )?"
    r"(?P<instead>(?:i'm|i am|im|i feel|i just|it's|it is|it was|its|just|only)\b.+)$",
    re.IGNORECASE,
)
_THING = re.compile(r"\b(?:my|the|about|her|his|them|him)\b", re.IGNORECASE)
_BARE = re.compile(r"^(?:it's|it is|it was|its|just|only|but)\s+", re.IGNORECASE)
_NO = re.compile(r"^\W*(?:no|nah|nope)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Correction:
    """What holds instead, as it was said, and where it begins in the message."""

    instead: str
    start: int
    says_no: bool


def read(text: str) -> Optional[Correction]:
    """The correction in a message; None when it is none."""
    plain = text.replace("’", "'")
    if len(words_of(plain)) > LONGEST or len(plain) > LONGEST_TEXT:
        return None
    said_no = bool(_NO.search(plain))
    found = _RATHER.search(plain)
    if found is not None and not (
        said_no
        or found.group("denied")
        or re.match(r"\W*(?:(?:well|it's|its|it is|maybe|just)\W+)*more\b", plain, re.I)
    ):
        found = None
    if found is None:
        found = _NOT_BUT.search(plain)
        denied = found.group("denied") if found else ""
        if found and not (
            said_no or hearing.names_feeling(denied) or (denied[:2].lower() == "it" and _THING.search(denied))
        ):
            found = None
    if found is None:
        return None
    instead = _BARE.sub("", found.group("instead").strip(" .!"))
    return Correction(instead, found.start("instead"), said_no)


def take_up(turn: Turn, correction: Correction) -> List[str]:
    """Let go of the themes that were denied, keep those of what holds; gives the names of the denied ones."""
    heard, state = turn.heard, turn.state
    kept = tuple(theme for theme in heard.themes if theme.span is not None and theme.span[0] >= correction.start)
    names = {theme.name for theme in kept}
    denied = [theme.name for theme in (*heard.themes, *heard.near[:1]) if theme.name not in names]
    if correction.says_no and state.themes[:1] and state.themes[0] not in names:
        denied = list(dict.fromkeys([*denied, state.themes[0]]))
    hearing.rule_out(turn, denied)
    turn.heard = replace(heard, themes=kept, near=())
    return denied


def may_say_back(correction: Correction) -> bool:
    """Whether what holds is short enough to be said back."""
    return len(correction.instead.split()) <= LONGEST_INSTEAD
