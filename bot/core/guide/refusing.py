"""Refusing what is offered: neither of the two, or no exercise at all."""

import re

from bot.core.guide.turn import words_of

LONGEST = 14
_NEITHER = re.compile(
    r"^\W*(?:(?:no|nope|nah|sorry|hm+|um+|thanks)\W+)*(?:(?:neither|none)(?: of (?:them|those|these|it|this|the two|both))?(?: (?:really )?(?:fits?|suits?|helps?|works?|appeals?)(?: me)?| is for me)?"
    r"|nothing (?:really )?(?:fits|suits|appeals|for me|of (?:that|those|these))(?: me)?|(?:they|those|these) (?:both )?(?:don'?t|do not) (?:really )?(?:fit|suit|help|appeal)(?: me)?"
    r"|i (?:really )?(?:don'?t|do not) (?:want|like|fancy|feel like)(?: to)?(?: do| try)?(?: doing| trying)? (?:either|neither|any|anything|them|those|these)(?: of (?:them|those|these|the two))?"
    r"|(?:that'?s |those are |they'?re )?not for me)"
    r"(?: please| thanks| thank you| really| today| now| right now| at all)*\W*$",
    re.IGNORECASE,
)
_KINDS = r"(?:exercises?|techniques?|homework|advice|tips|solutions?)"
_SHOWN = r"(?:anything|things|stuff|something)"
# A telling goes on after the word ("any exercise because of my knee"); a refusal ends.
_BESIDE = (
    r"(?:\W+(?:please|now|today|tonight|thanks|thank you|at all|any ?more|right now|again|from you|here|sorry))*\W*"
)
_ENDS = rf"(?={_BESIDE}(?:$|[.,!;]|\b(?:i )?(?:just|only)\b|\bbut\b))"
# "No exercise today, I ran yesterday" is told.
_WHOLE = rf"(?={_BESIDE}(?:$|[.!;]|\bbut\b))"
_REFUSES = re.compile(
    r"(?:^|[.,;!]\s*|\b(?:i|please|just|and|but|so|no|ok|said|really) )(?:really )?"
    rf"(?:(?:(?:don'?t|do not|won'?t|wouldn'?t)(?: really)? (?:want|need|like|feel like|wanna|give me|offer me|suggest|do)|no need for|hate|can'?t stand)(?: (?:to (?:do|try|have|start|be given|be offered)|do|doing|try|trying))?"
    rf" (?:(?:any|an|another|more|your|these|those|of|stupid|silly) )*{_KINDS}"
    rf"|(?:(?:don'?t|do not) (?:offer|suggest|give)|(?:stop|quit|no more) (?:offering|suggesting|giving))(?: me)?(?: (?:any|an|another|more|your|these|those|stupid) ?)*(?: ?{_KINDS}| ?{_SHOWN})"
    rf"|(?:enough|stop|no more)(?: with)?(?: of)? (?:the|your|these|those) {_KINDS})"
    rf"{_ENDS}"
    rf"|^\W*(?:but |no |these |those |your |the )*(?:exercises|techniques) (?:don'?t|do not|never|won'?t) (?:really )?(?:help|work)(?: for)?(?: me)?{_ENDS}"
    rf"|\brather (?:not|skip)(?: (?:do|doing|try|have|start))? (?:(?:any|an|another|more|your|the|these) )*{_KINDS}{_ENDS}"
    rf"|^\W*(?:please |ok |oh )*(?:no|not)(?: (?:more|an|another|any|the|one more))* {_KINDS}{_WHOLE}",
    re.IGNORECASE,
)


def neither(text: str) -> bool:
    """Whether a message does nothing but decline the things on offer."""
    return bool(_NEITHER.search(text.replace("’", "'")))


def refuses_all(text: str) -> bool:
    """Whether a short message wants no exercise at all, these or others."""
    return len(words_of(text)) <= LONGEST and bool(_REFUSES.search(text.replace("’", "'")))
