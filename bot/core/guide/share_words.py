"""What is said about sharing: the wish itself, and what a short answer to the bot's questions about it means.

A consent is never guessed: only plain wording counts, and "all" as a part of something else shares nothing.
"""

import re
from dataclasses import dataclass
from typing import Optional, Tuple

from bot.core.conversation import Heard
from bot.core.guide import ending
from bot.core.guide.ending import Phrase
from bot.core.guide.turn import words_of
from bot.core.guide.which import COUNT, PLACE, Which, which

LONGEST = 16
LONGEST_NOD = 5
SHARED = r"(?:conversations?|chats?|talks?|transcripts?|messages?|words|corrections?|data|session|history)"
_READER = r"(?:therapist|counsell?or|practitioner|coach|psychologist|helper|reviewer|staff|someone on your team)"
_WITH = rf" (?:with|to) (?:my|a|the|your) {_READER}\b"
_LEADS = (
    r"(?:(?:ok|okay|yes|please|just|only|then|now|also|let'?s|i|want|would|like|i'?d like|to|can i|could i|may i|you can"
    r"|you may|go ahead and|share|show|show them|(?:they|he|she) (?:may|can)|let (?:them|him|her)|read|see) )*"
)
_END = r"(?: (?:please|now|then|with them|up to here|so far|until now|thanks|thank you))*$"
_WHOLE = re.compile(
    rf"^{_LEADS}(?:(?:(?:this|the|my|our|all of (?:this|the)|all|whole|entire|full|complete) )*(?:conversation|chat|talk)"
    rf"|everything|the whole (?:thing|lot)){_END}"
)
_ALL = re.compile(rf"^{_LEADS}(?:it )?all(?: of (?:it|this|that|them|these|those))?{_END}")
_PREVIEW_ALL = re.compile(
    rf"^{_LEADS}(?:show|let) me(?: see| look at)? (?:everything|(?:all of )?(?:(?:this|the|my|our|all|whole|entire|full) )+(?:conversation|chat|talk|thing|lot))"
    rf"(?: first)?{_END}"
)
_PREVIEW = re.compile(
    rf"^{_LEADS}(?:(?:show|let)(?: it| that| this)?(?: to)? me(?: see| look(?: at)?)?(?: it| that| this| them| these| those| all)?(?: (?:the )?(?:ones?|messages?))?(?: first| again)*|(?:a |the )?preview"
    rf"|(?:see|look at) (?:it|this|that) first|what (?:would|will|do) they (?:see|read)){_END}"
)
_ANOTHER = re.compile(
    rf"^(?:(?:yes|no|please|the|and) )*(?:another|other|different|one more)(?: (?:one|message))?{_END}"
)
_YES = re.compile(
    rf"^(?:yes|yeah|yep|yup|ok|okay|sure|please|share|do it|go ahead|{_LEADS}(?:it|this|that|them|these)(?: one)?){_END}"
)
_NO = re.compile(
    r"^(?:no|nope|nah|nothing|none|never|not now|not yet|not today|later|maybe later|rather not|i'?d rather not|don'?t|do not"
    r"|leave it|cancel|never ?mind|stop|that'?s (?:all|it|enough)|enough|nothing else|no more)"
    r"(?: (?:thanks|thank you|please|now|not now|not yet|it'?s (?:fine|ok|okay)|leave it|of (?:it|this)|for now|don'?t))*$"
)
# What may stand beside an end without changing it.
_FILLER_WORDS = (
    "only just please but and make it that share sharing shared let's lets say then ok okay yes no i mean want would like"
    " i'd to them they can may could read see keep open at most not longer than be for thanks thank you more maximum"
    " rather let have the should end ends stop night evening time limit set change"
)
_FILLERS = set(_FILLER_WORDS.split())
_NAMES_ONE = re.compile(r"\bmessages?\b|^(?:please |just |only )*share\b")
# What any wish to share holds; most messages of a talk need not be looked at further.
_SPEAKS_OF_IT = re.compile(r"\b(?:share|show)\b", re.IGNORECASE)
_REFUSES = re.compile(r"\b(?:can'?t|cannot|couldn'?t|don'?t|do not|never|won'?t|wouldn'?t|afraid|scared)\b")
_WISHES = re.compile(
    rf"^{_LEADS}share{_END}|\bshare (?:this|my|our|the|these|it)(?: {SHARED})?(?:{_WITH})?{_END}|^{_LEADS}share (?:it all|everything){_END}"
    rf"|\b(?:share|show) .{{0,30}}{_WITH}"
)
# Without the word "message" only what can hardly be talk: "share the one about my brother", "share the last two".
_WISHES_ONE = re.compile(
    rf"^(?:(?:can|could|will|would) you )?{_LEADS}share (?:.*\bmessages?\b|(?:(?:just|only) )?(?:(?:the|those|that) ones? (?:about|on|where|regarding|with) "
    rf"|(?:what|the things?) i (?:said|wrote|told you|typed|mentioned)(?: (?:here|you))? (?:about|on|regarding) (?!.*\bwith you\b)"
    rf"|(?:the|my) (?:{PLACE}|{PLACE} (?:{COUNT} )?(?:ones?|texts?|answers?)|(?:first|last) {COUNT}){_END}))"
)
_WISHES_END = re.compile(
    r"^(?:(?:please|can you|could you|i want you to|ok) )*(?:stop|end|limit|let|make|change|set|keep)(?: (?:the|my|all))* sharing\b"
    r"|\b(?:the|my) sharing\b.*\b(?:end|ends|stop|stops)\b"
)


_PLAINLY = {"preview_all": _PREVIEW_ALL, "preview": _PREVIEW, "whole": _WHOLE, "all": _ALL, "another": _ANOTHER}


@dataclass(frozen=True)
class Answer:
    """`what` is `preview` (of what is asked about), `preview_all`, `whole`, `all` (of what is not said), `messages` (then
    `which`), `another`, `yes`, `no`, `end` or `unclear`; `until` what is said of its end, if anything."""

    what: str
    which: Optional[Which] = None
    until: Optional[Phrase] = None


def wishes(text: str) -> bool:
    """Whether a message plainly asks to share the conversation, or messages of it."""
    if not _SPEAKS_OF_IT.search(text):
        return False
    rest = _apart(text)[0]
    return not _REFUSES.search(rest) and (bool(_WISHES.search(rest)) or wished(text).what == "messages")


def wished(text: str) -> Answer:
    """What a wish to share says besides: messages that are meant, and until when."""
    rest, until = _apart(text)
    named = meant(text) if _WISHES_ONE.search(rest) else None
    return Answer("whole", until=until) if named is None else Answer("messages", named, until)


def meant(text: str) -> Optional[Which]:
    """The messages that a wish or an answer means; None when it names none."""
    return which(re.sub(_WITH, "", _apart(text)[0]))


def wishes_end(text: str) -> bool:
    """Whether a message plainly asks that what is shared be shared until some day that can be read."""
    if "sharing" not in text.lower():
        return False
    rest, until = _apart(text)
    return until is not None and bool(until.said) and bool(_WISHES_END.search(rest))


def read(heard: Heard) -> Optional[Answer]:
    """What a message means as an answer about sharing; None when it speaks of something else."""
    rest, until = _apart(heard.text)
    rest = re.sub(_WITH, "", rest)
    nod = len(words_of(heard.text)) <= LONGEST_NOD
    for what, pattern in _PLAINLY.items():
        if pattern.search(rest):
            return Answer(what, until=until)
    if until is not None and set(rest.split()) <= _FILLERS:
        return Answer("end", until=until)
    if _YES.search(rest) or (heard.kind == "affirm" and nod):
        return Answer("yes", until=until)
    named = None if _NO.search(rest) else which(rest)
    if named is not None and len(rest.split()) <= LONGEST:
        return Answer("messages", named, until)
    if _NO.search(rest) or (heard.kind == "deny" and nod):
        return Answer("no")
    return Answer("unclear") if _NAMES_ONE.search(rest) and len(rest.split()) <= LONGEST else None


def _apart(text: str) -> Tuple[str, Optional[Phrase]]:
    """A message in plain words without what says until when, and that."""
    until = ending.phrase(text)
    return (" ".join(words_of(text)), None) if until is None else (until.rest, until)
