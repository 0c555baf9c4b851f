"""What a message is at a step of an exercise: its answer, a wish to wait or to leave, or talk of something else."""

import re
from enum import Enum, auto
from typing import Optional, Sequence, Tuple

from bot.core.conversation import Heard
from bot.core.entries import Expects, Step, Wants
from bot.core.guide import about_step, circumstances, hearing
from bot.core.guide.about_step import About
from bot.core.guide.choosing import bare_place, chosen_last
from bot.core.guide.turn import BUTTON, NUMBER_WORDS, words_of

# Longer messages name a choice in passing, unless they begin with it.
LONGEST_CHOICE = 8
# Beyond so many words a number is one among others.
LONGEST_NUMBER = 14
# An answer that misses a choice or a number is short; longer ones are talk.
LONGEST_MISS, LONGEST_ATTEMPT = 3, 9
# Where a name or a few words are wanted, more than this may be talk.
LONGEST_NAME = 8
LONGEST_NOD = 8
LONGEST_WORDING = 14
LONGEST_LEAVE = 8
# Who says more than that they wish to speak of something else has begun to.
LONGEST_ASIDE = 10


class Sense(Enum):
    """What a message is at a step. `unclear` is an attempt that misses what the step asks for."""

    answer = auto()
    unclear = auto()
    repeat = auto()
    explain = auto()
    no_idea = auto()
    private = auto()
    leave_out = auto()
    next = auto()
    skip = auto()
    pause = auto()
    stop = auto()
    leave = auto()
    aside = auto()
    asks_back = auto()
    closes = auto()
    talk = auto()


# A number that counts something ("my two sisters", "one of them") is no answer.
_NUMBER = re.compile(
    rf"(?<![\w.,:])(\d{{1,2}}|{'|'.join(NUMBER_WORDS)})(?:ish)?(?![\w:])"
    r"(?=\s*(?:$|[.,;!?)/(-]|(?:out )?of (?:10|ten)\b|or\b|to\b|because|cos\b|since|maybe|perhaps|probably|i\b|i'd|if\b|but\b"
    r"|for\b|as\b|when\b|and\b|now\b|today\b|then\b|right\b|on\b|at\b|again|please|really))",
    re.IGNORECASE,
)
_NOT_COUNTED = re.compile(r"\b(?:no|any|every|some|which|this|that|the)[ -](?=one\b)", re.IGNORECASE)
_TURNS_AWAY = re.compile(
    r"\b(?:(?:can|could|may|shall) (?:we|i)|let'?s|let me|i(?:'d| would|'ve| have)?(?: (?:really|just|first))* (?:need|want|like|have|got|rather|prefer))\b"
    r".{0,12}\b(?:(?:talk|speak|chat|say|write|tell you|ask)\b.{0,16}\b(?:something (?:else|different|other)|another (?:topic|subject|thing))"
    r"|change (?:of )?(?:the )?(?:subject|topic)|tell you (?:something|sth))\b",
    re.IGNORECASE,
)
_BEFORE_ELSE = (
    r"^\W*(?:no\W+|sorry\W+|please\W+|actually\W+|can we |could we |let'?s |i want to |i'?d like to |i'?d rather )*"
)
_AFTER_ELSE = r"(?: first| please| now| instead)*\W*$"
_SOMETHING_ELSE = re.compile(rf"{_BEFORE_ELSE}(?:do |try )?something (?:else|different){_AFTER_ELSE}", re.IGNORECASE)
_ELSEWHERE = re.compile(
    rf"{_BEFORE_ELSE}(?:(?:talk|speak|chat)(?:ing)? about (?:something (?:else|different)|(?:another|a (?:different|new)) (?:topic|subject|thing))"
    rf"|(?:a )?(?:different|new|another|other) (?:topic|subject)|(?:change|switch|changing|switching) (?:of )?(?:the )?(?:subject|topic)){_AFTER_ELSE}",
    re.IGNORECASE,
)
_WISHING = r"^\W*(?:(?:ok|okay|so|yes|no|please|well|sorry|and|but|hm+|um+)\W+)*(?:(?:can|could|may|shall) (?:we|i) |let'?s |i(?:'d| would)? (?:like|want|rather)(?: to)? )?(?:please |just )?"
_MOMENT = r"(?:sec|secs|seconds?|moment|min|mins|minutes?|mo|tick|bit)"
_WORDINGS: Tuple[Tuple[Sense, "re.Pattern[str]"], ...] = tuple(
    (sense, re.compile(pattern, re.IGNORECASE))
    for sense, pattern in (
        (
            Sense.skip,
            rf"{_WISHING}(?:skip|leave out|jump over|pass on|leave) (?:it|this|that|the)(?: one| step| question| part)?(?: out)?(?: please| now)*\W*$",
        ),
        (
            Sense.next,
            rf"{_WISHING}(?:(?:go|move|carry) on|continue|proceed)(?: (?:to|with) the next(?: one| step| question)?)?(?: please| now| then)*\W*$",
        ),
        (
            Sense.repeat,
            r"\b(?:where (?:were|was|are) (?:we|i)|what (?:were|are) we (?:on|at|doing)|what (?:was|is) (?:the|that|your|this) (?:step|question|task)"
            r"|what (?:was|am) i (?:meant|supposed) to (?:do|write|say|answer|pick|choose))(?: here| now| again)?(?:\W*$|\?)",
        ),
        (
            Sense.stop,
            r"^\W*(?:(?:please|ok(?:ay)?|just|can you|will you)\W+)*(?:stop|quit) (?:asking|telling|making) me\b",
        ),
        (
            Sense.pause,
            r"^\W*(?:(?:sorry|oh|um+|uh|ok(?:ay)?|no|please|ah|oops|hey|can you|could you|just|maybe|perhaps)\W+)*"
            rf"(?:(?:hold|hang) on\b(?! to\b)|wait\W*(?:$|[,.!;]|please\b|for a \w+|(?:a|one) {_MOMENT}\b)"
            rf"|(?:a|one|1|two) {_MOMENT}(?: please)?\W*(?:$|[,.!;])|give me (?:a|one|some|five|ten) (?:{_MOMENT}|time)\b"
            r"|brb\b|be right back|back in (?:a|5|five|ten)\b|not (?:right )?now\b|(?:later|another time)(?: please| maybe)?\W*$)"
            r"|\b(?:can|could|may) (?:i|we) (?:do|finish|answer|continue|write|come back to) (?:it |this |that |the rest )?(?:later|another (?:time|day)|tomorrow)\b"
            r"|\bi(?:'m| am)? (?:can'?t|cannot|can not|couldn'?t|don'?t want to|not able to|not up to|don'?t feel (?:up to|like))\b"
            r"(?: really)?(?: (?:do|doing|go on|continue|face|think|manage|answer|write))?(?: (?:with )?(?:this|it|that|any of it))?"
            r"(?: exercise| step)?(?: right)? (?:now|today|tonight|at the moment|any ?more)\b",
        ),
        (
            Sense.leave,
            r"^\W*(?:ok(?:ay)?\W+|sorry\W+)*(?:bye|goodbye|good ?night|gtg|ttyl)\b"
            r"|^\W*(?:(?:sorry|oh|ok(?:ay)?|right|well)\W+)*(?:i |i've |i'm )?(?:got ?ta|got to|have to|need to|must|should) (?:go|run|head out|get going)"
            r"(?: now)?(?:\W+(?:bye|sorry))*\W*$",
        ),
    )
)
_ATTEMPTS = set(
    words_of(
        "lot much high low little nothing huge medium middle half very quite none neither those these both all option options"
    )
)
# What happened, or what it does to them: more than a name.
_TELLS = re.compile(
    r"\b(?:just|again|texted|called|rang|messaged|wrote|happened|died|fell|broke|left|fight|fought|argued?|shouted|yelled|hospital"
    r"|worried|scared|upset|angry|crying|cried|afraid|awful|terrible|panick\w+)\b",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    rf"\b(?:my|our|his|her|their) (?:\w+ )?(?:{circumstances.KIN}|boss|manager|colleague|flatmate|neighbou?r|teacher|ex|family)\b"
    r"|\b(?:he|she|they|somebody|someone)(?:'s|'ve|'re|'ll)?\b",
    re.IGNORECASE,
)
_BEFORE_CHOICE = re.compile(
    r"^\W*(?:(?:um+|well|maybe|perhaps|ok|okay|yes|to|i(?:'d|'ll| would| could| can| might| will| want to)?|like to|just|try)\b\W*)*",
    re.IGNORECASE,
)
_NEWS = re.compile(
    r"\b(?:my|our) (?:\w+ ){0,2}?(?:just |has |have )*(?:called|rang|texted|messaged|wrote|came|died|fell|left|shouted|yelled|hit|phoned)\b"
    r".*\b(?:today|again|just now|yesterday|this (?:morning|afternoon|evening)|last night|tonight)\b|\bjust (?:called|rang|texted|messaged|died|fell|phoned)\b",
    re.IGNORECASE,
)
# Words to somebody: they are called by name, or may say no.
_ADDRESSED = re.compile(
    r"^\W*(?!(?:sorry|ok|okay|no|yes|yeah|nope|wait|please|actually|but|hey|hi|hello|well|so|now|right|thanks|first|and|oh|um+|hm+|alright|anyway|look|listen|honestly|maybe|then|again|or"
    r"|great|good|fine|cool|sure|nah|stop|skip|next|later|thx|perfect|nice|lovely|true|exactly|nothing|interesting|done|nobody|enough)\b)"
    r"[a-z]{2,14}, (?:can|could|would|may) (?:i|you|we)\b"
    r"|\b(?:a )?no (?:is|would be) (?:\w+ )?(?:fine|ok|okay|alright|all right)\b|\b(?:it'?s|that'?s|totally|all) (?:ok|okay|fine|alright|all right) (?:if (?:not|you can'?t|no)|to say no)\b"
    r"|\byou (?:don'?t|do not|needn'?t) (?:have |need )?(?:to )?(?:fix|solve|advise|say yes|say anything|give me advice|do anything)\b|\bno (?:pressure|worries if)\b|\bfeel free to say no\b",
    re.IGNORECASE,
)
_TO_YOU = re.compile(
    r"\b(?:can|could|may|might|would it be ok if) i (?:just )?(?:call|ring|phone|text|message|see|visit|meet|write to|come (?:to|over to)|talk to|speak to|speak with|talk with) (?:to )?(?:you|u)\b",
    re.IGNORECASE,
)
_RETURNS = re.compile(r"\b(?:back|return|resume|pick|take|where)\b", re.IGNORECASE)
_TO_SOMEBODY = {"you", "your", "please"}
_OF_THE_EXERCISE = {"stop", "pause", "break", "wait", "later", "moment", "minute", "exercise", "step"}
_TALK = ("theme", "other_feeling", "just_talking", "out_of_scope")
_NODS = ("affirm", "thanks", "rating", "too_vague", "just_talking", "greeting", BUTTON)


_SENSES = {
    About.not_understood: Sense.explain,
    About.no_idea: Sense.no_idea,
    About.private: Sense.private,
    About.unable: Sense.leave_out,
    About.something_first: Sense.aside,
    About.told: Sense.talk,
    About.leaves: Sense.leave_out,
    About.asks_back: Sense.asks_back,
    About.closes: Sense.closes,
}


def sense(step: Step, heard: Heard) -> Sense:
    """What the message is at this step. Where free writing is wanted, all that does not plainly lead away is an answer."""
    text, length = heard.text, len(words_of(heard.text))
    if step.expects is Expects.choice and (_named(step.choices, text) or _bare(step.choices, text)):
        return Sense.answer
    plain = plainly(heard) or _about(step, heard)
    if plain is not None and not (plain is Sense.pause and step.wants is Wants.sentence and _speaks_to_somebody(text)):
        return plain
    if step.expects is Expects.choice:
        return Sense.answer if choice_in(step.choices, text) or own_choice(step.choices, text) else _missed(heard)
    if step.expects is Expects.number:
        return Sense.answer if number_said(text) is not None else _missed(heard)
    if step.expects is Expects.text:
        return Sense.talk if step.short and _tells_at_length(heard) else Sense.answer
    if heard.kind == "deny" and hearing.is_bare(text):
        return Sense.leave_out
    nods = heard.kind in _NODS and length <= LONGEST_NOD and not tells(heard)
    return Sense.answer if nods else Sense.talk


def _speaks_to_somebody(text: str) -> bool:
    """Whether a message is said to the one that the step's words are for ("I can't do it any more, can you take them?")."""
    said = set(words_of(text))
    return bool(_TO_SOMEBODY & said) and not _OF_THE_EXERCISE & said


def tells(heard: Heard) -> bool:
    """Whether a message tells of something that happened or of somebody, where no more than a word was waited for."""
    if len(words_of(heard.text)) <= LONGEST_MISS or heard.kind == BUTTON:
        return False
    return bool(_SOMEBODY.search(heard.text.replace("’", "'")) or _TELLS.search(heard.text))


def brings_news(heard: Heard) -> bool:
    """Whether a message tells what somebody just did, where a question about the exercise was asked."""
    return tells(heard) and bool(_NEWS.search(heard.text)) and not heard.text.lower().startswith(("that ", "because "))


def addresses(text: str) -> bool:
    """Whether a message is worded as something said to somebody who may say no."""
    return bool(_ADDRESSED.search(text.replace("’", "'")))


def asks_to_meet(text: str) -> bool:
    """Whether a message asks somebody if they may be called or met ("can i call you tonight?")."""
    return bool(_TO_YOU.search(text))


def turns_away(text: str) -> bool:
    """Whether a message wishes to speak of something else."""
    if addresses(text):
        return False
    return bool(_TURNS_AWAY.search(text) or _ELSEWHERE.search(text)) and len(words_of(text)) <= LONGEST_WORDING


def choice_in(choices: Sequence[str], text: str) -> Optional[str]:
    """The choice that a message makes: by its words, by its place ("the second"), or by a word of it; the last one named."""
    named = _named(choices, text)
    said = words_of(text)
    if named or len(said) > LONGEST_CHOICE:
        return named
    place = chosen_last(text, choices)
    if place is not None:
        return choices[place]
    shared = [len({word for word in words_of(choice) if len(word) > 3} & set(said)) for choice in choices]
    return choices[shared.index(max(shared))] if max(shared) > 0 else None


def own_choice(choices: Sequence[str], text: str) -> Optional[str]:
    """A choice in the person's own words, where all choices begin with the same verb and so does the message ("asking Tom ...")."""
    verbs = {words_of(choice)[0] for choice in choices}
    begins = _BEFORE_CHOICE.sub("", text.strip().replace("’", "'"))
    said = words_of(begins)
    verb = verbs.pop()
    same = not verbs and len(said) > 1 and said[0] in (verb, f"{verb}ing")
    return begins if same and len(said) <= LONGEST_NUMBER else None


def number_said(text: str) -> Optional[int]:
    """The number from 0 to 10 that a message gives as its answer; None where it only counts something."""
    if len(words_of(text)) > LONGEST_NUMBER:
        text = " ".join(text.split()[:3])
    for found in _NUMBER.finditer(_NOT_COUNTED.sub("_", text.replace("’", "'"))):
        word = found.group(1).lower()
        number = int(word) if word.isdigit() else NUMBER_WORDS.index(word)
        if number <= 10:
            return number
    return None


def _named(choices: Sequence[str], text: str) -> Optional[str]:
    """The choice whose very words are in a short message, or begin a longer one."""
    said = words_of(text)
    if len(said) > LONGEST_CHOICE:
        return next((choice for choice in choices if said[: len(words_of(choice))] == words_of(choice)), None)
    place = chosen_last(text, choices, ordinals=False)
    return None if place is None else choices[place]


def _bare(choices: Sequence[str], text: str) -> bool:
    """Whether a message does nothing but choose by place, even where it says "wait" ("no wait, the first")."""
    return bare_place(text, len(choices)) is not None


def plainly(heard: Heard) -> Optional[Sense]:
    """What a short message asks for by its very wording, at whatever step; None for all others."""
    length = len(words_of(heard.text))
    text = heard.text.replace("’", "'")
    if length > LONGEST_WORDING or heard.kind == BUTTON or addresses(text):
        return None
    if turns_away(text) or _SOMETHING_ELSE.search(text):
        return Sense.aside if length <= LONGEST_ASIDE else Sense.talk
    found = next((sense for sense, pattern in _WORDINGS if pattern.search(text)), None)
    return None if found is Sense.leave and length > LONGEST_LEAVE else found


def _about(step: Step, heard: Heard) -> Optional[Sense]:
    """What a message says about the step instead of doing it; not knowing and not wishing to say matter where writing is wanted."""
    if heard.kind == BUTTON or (step.expects is Expects.number and number_said(heard.text) is not None):
        return None
    about = about_step.heard(heard.text, step.wants)
    waits = step.expects not in (Expects.go_on, Expects.breathe)
    if about is About.wants_back:
        return Sense.repeat if waits or _RETURNS.search(heard.text) else Sense.next
    if about is About.unable and waits:
        return None
    if about is About.private and step.expects is not Expects.text:
        return Sense.leave_out
    if about is About.no_idea and step.expects is not Expects.text:
        return None
    return _SENSES[about] if about else None


def _missed(heard: Heard) -> Sense:
    said = set(words_of(heard.text))
    if circumstances.tells_of_loss(heard.text):
        return Sense.talk
    if addresses(heard.text):
        # The words of a later step, said early.
        return Sense.unclear
    attempt = len(said) <= LONGEST_ATTEMPT and any(word in _ATTEMPTS or word.isdigit() for word in said)
    short = len(words_of(heard.text)) <= LONGEST_MISS
    return Sense.talk if heard.kind in _TALK and not short and not attempt else Sense.unclear


def _tells_at_length(heard: Heard) -> bool:
    if len(words_of(heard.text)) <= LONGEST_NAME or heard.kind == BUTTON:
        return False
    return bool(heard.themes) or heard.kind == "other_feeling" or bool(_TELLS.search(heard.text))
