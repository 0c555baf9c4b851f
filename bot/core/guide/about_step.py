"""Talk about the step of an exercise instead of an answer to it: not understood, at a loss, too private, something else first."""

import re
from enum import Enum, auto
from typing import Optional, Tuple

from bot.core.entries import Wants
from bot.core.guide.turn import words_of

LONGEST = 14
# "I had a row with him, sorry, I need to say that" tells first, and may be longer.
LONGEST_TOLD, SHORTEST_TOLD = 40, 7


class About(Enum):
    """What is said about a step."""

    not_understood = auto()
    no_idea = auto()
    private = auto()
    unable = auto()
    wants_back = auto()
    something_first = auto()
    told = auto()
    leaves = auto()
    asks_back = auto()
    closes = auto()


_LEAD = r"^\W*(?:(?:sorry|hm+|um+|uh+|er+|oh|ah|ok|okay|wait|hey|please|but|and|so|no|well|honestly|actually|yes|yeah|right|now|then|alright|anyway|thanks)\b\W*)*"
_END = r"(?: (?:please|sorry|really|honestly|exactly|here|now|right now|today|again|at all|tbh|to be honest|at the moment|actually|yet))*\W*$"
_STEP = r"(?:the|this|that|your) (?:step|question|task|exercise|bit|part|sentence|one)"
# Said of the step itself, also where a question or a sentence is wanted.
_OF_THE_STEP = (
    rf"(?:i (?:(?:really|still|just|also|quite) )*(?:don'?t|do not|can'?t|cannot|didn'?t)(?: quite| really)? (?:get|understand|follow)"
    rf"(?: (?:it|this|that|you|{_STEP}|any of (?:it|this)|what (?:you|this|that|i|to)\b.{{0,30}}|the \w+))?"
    r"|what (?:exactly )?(?:do|should|can|could|am|must|shall) i (?:(?:supposed|meant|have|need) to )?(?:even )?(?:write|put|type)"
    r"|what (?:exactly )?(?:do|should|must|am|shall) i (?:(?:supposed|meant|have|need) to )?do (?:here|in this step|at this step)"
    r"|i (?:don'?t|do not) know what (?:you mean|(?:to|i should) (?:write|put|answer|type)|(?:this|that) means|you want(?: from me)?)"
    r"|(?:i(?:'m| am) )?(?:confused|not sure what (?:you mean|you want|(?:this|that) means|(?:to|i should) (?:write|put|answer|type)))"
    rf"|(?:can|could|would|will) you (?:please )?(?:explain|rephrase|reword)(?: (?:it|this|that|{_STEP}))?"
    r"|(?:(?:can|could|would|will) you (?:please )?)?give (?:me )?(?:an? )?examples?|(?:(?:for|an|any|some|such as an|like an) )?examples?"
    rf"|what (?:does|is) {_STEP} (?:mean|about|asking)|(?:which|what) step is this|how many steps(?: (?:are|is|were)? ?(?:there|left|to go|it has))*"
    rf"|{_STEP} (?:is|'s)? ?(?:unclear|confusing|makes no sense|does ?n'?t make (?:any )?sense))"
)
_OF_WHAT_WAS_SAID = (
    r"(?:what (?:exactly )?(?:do|did|does|would) (?:you|that|this|it)(?: exactly)? mean(?: (?:by|with) .{1,30})?"
    r"|(?:what(?:'s| is| was) (?:that|this|it) (?:supposed to mean|mean|meant to be)|how do you mean|what do you want(?: from me| to know| to hear)?)"
    r"|what (?:kind|sort|type) of (?:thing|answer|line|words?|person|request)s?(?: do you (?:mean|want)| is meant)?"
    r"|what (?:should|can|could|am) i (?:(?:supposed|meant) to )?(?:say|answer)|(?:like|such as) what|huh|what|eh|pardon|come again|meaning"
    r"|(?:it|that|this)(?:'s| is) (?:unclear|confusing|not clear)|(?:it|that|this)? ?(?:makes no sense|does ?n'?t make (?:any )?sense)(?: to me)?"
    r"|(?:can|could|would|will) you (?:please )?(?:say (?:it|that) (?:differently|another way|in other words|again)|be more specific)"
    r"|how long (?:is|does|will|would) (?:it|this|the exercise) (?:take|last|go on)?)"
)
_NO_IDEA = (
    r"(?:i think )?(?:i (?:(?:really|honestly|just|still) )*(?:have(?: got)?|'?ve got|got) (?:absolutely |really )?no (?:idea|clue)(?: what to (?:write|say|put))?"
    r"|i haven'?t (?:got )?(?:a clue|the foggiest|any idea)|(?:absolutely |really )?no (?:idea|clue)(?: what to (?:write|say|put))?"
    r"|(?:i )?(?:(?:really|honestly|just|still) )*(?:don'?t|do not|dunno|idk)(?: really)?(?: know)?(?<!don't)(?<!dont)(?<!do not)(?: what to say| that| this)?"
    r"|i (?:can'?t|cannot|couldn'?t) think of (?:anything|any|one|a thing|something)|nothing (?:comes|springs|came) to mind"
    r"|(?:i(?:'m| am) )?(?:stuck|not sure)|my mind(?:'s| is| went| goes| has gone) (?:a )?blank)"
)
_PRIVATE = (
    r"(?:i think )?(?:(?:(?:that|this|it)(?:'s|s| is| feels) )?(?:(?:a bit|a little|way|much|far|very|rather|quite|kind of|really) )*(?:too )(?:private|personal|intimate|painful|hard|difficult|close)"
    r"(?: for me)?(?: to (?:say|write|answer|share|think about|type)(?: (?:it|this|that|down))?)?"
    r"|(?:that|this|it)(?:'s| is) (?:private|personal|none of your business|my business|my own business)|none of your business|no comment|pass"
    r"|i(?:'d| would)? (?:(?:really|just) )?(?:rather|prefer)(?: to)? not(?: to)?(?: (?:say|tell|answer|write|share|go there|do|talk about)(?: (?:you|it|this|that))*)?"
    r"|i (?:(?:really|just) )?(?:don'?t|do not|won'?t|will not|am not going to|'m not going to|refuse to)(?: (?:really )?(?:want|like|wish|feel like|need))?(?: to)?"
    rf" ?(?:answer|say|tell|write|share|type|put|saying|telling|answering|writing|sharing)(?: (?:you|it|this|that|{_STEP}|here|down))*"
    r"|i (?:don'?t|do not) want to|i refuse|(?:i'?m )?not (?:answering|telling|saying|writing|sharing)(?: (?:you|it|this|that))*"
    r"|i (?:can'?t|cannot) (?:answer|say|write|do)(?: (?:it|this|that))?|(?:do|must) i (?:really )?(?:have to)?(?: (?:answer|write|say|do|tell)(?: (?:it|this|that|you))*)?)"
)
_TOO_PRIVATE = r"(?:(?:i think )?(?:that|this|it)(?:'s|s| is| feels) )?(?:(?:a bit|a little|way|much|far|rather|quite|really) )*too (?:private|personal|intimate)(?: for me)?"
# No words to say to anybody, so that they are not meant as the sentence of a step.
_KEPT_PRIVATE = (
    r"(?:(?:that|this|it)(?:'s|s| is) )?(?:private|personal)"
    r"|i(?:'d| would)? (?:really |just )?(?:rather not|prefer not to|don'?t want to|do not want to|won'?t|will not) (?:write|type|put)(?: (?:it|this|that|anything))?(?: down)?"
)
# Of something to be done with the body or in the mind.
_UNABLE = (
    r"(?:i(?:'m| am)? (?:can'?t|cannot|can not|couldn'?t|not able to|unable to)(?: really)? (?:do (?:it|this|that|that one|this one|this part|that part)"
    r"|lie(?: down| flat| back)|sit(?: down| up| still| like that| straight)?|stand(?: up)|kneel|close my eyes|move (?:it|them|much|my \w+)|bend|stretch|lift (?:it|them|my \w+)"
    r"|(?:use|feel|reach|raise|tighten|tense|press|squeeze|see|find|open|rest|put) (?:it|them|(?:my|both|the) \w+)|picture (?:it|this|that|anything)|imagine (?:it|this|that|anything))"
    r"|(?:it|this|that|(?:my|the) (?:hands?|fingers?|shoulders?|neck|jaw|legs?|feet|foot|back|knees?|face)) (?:really )?(?:hurts?|aches?|is painful))"
)
# Of the exercise, not of what is told in it.
_LEAVES = (
    r"(?:can|could|may|shall) (?:i|we) (?:please )?(?:just )?leave it (?:there|at that|here|like that)(?: for (?:now|today))?"
    r"|(?:this|the|this whole|the whole|your) ?(?:exercise|step|question|thing)?(?: is| feels| seems|'s)(?: (?:just|so|really|all|a bit|kind of|very|pretty|rather|totally|completely))*"
    r" (?:silly|stupid|pointless|dumb|daft|ridiculous|nonsense|childish|boring|rubbish|a waste of time|not for me)"
)
_ASKS_BACK = (
    r"(?:(?:can|could) you )?(?:show me |tell me |remind me )?(?:again )?what (?:did i|have i|i)(?: just)? (?:write|written|wrote|put|answer|answered|type|typed|note|noted)"
    r"(?: (?:so far|before|there|down|just now|earlier|in (?:the|my) (?:first|last|other) (?:line|step|one)))*"
)
_CLOSES = (
    r"please,? (?:not about|nothing about|anything but) (?:my|the|our|his|her) (?:\w+ )?\w+"
    r"|(?:not about|nothing about|anything but) (?:my|the|our|his|her) (?:\w+ )?\w+,? please"
)
_BACK = re.compile(
    rf"{_LEAD}(?:(?:can|could|may|shall|should) (?:we|i|you) |let'?s |let (?:us|me) |i(?:'d| would)? (?:like|want|love|need|prefer) to |i wanna |we (?:can|could|should) "
    r"|i(?:'ll| will) |(?:i(?:'m| am) )?ready to )?(?:just |please |now |rather |then )*"
    r"(?:(?:(?:go|get|come|be|head|take me|bring me|lead me) )?(?:right )?back(?: in| on)?(?: to| into| with)?|(?:go|carry|keep|move|get|press) (?:on|going|ahead)(?: with)?"
    r"|continue(?: on)?(?: with)?|resume(?: with)?|proceed(?: with)?|return(?: to)?|pick (?:it )?up(?: again)?(?: with)?|take up|finish(?: off| up)?|complete|on with)"
    r" (?:(?:(?:the|that|our|my|this|your) )?(?:\w+ ){0,2}?(?:exercise|technique|practice|steps?)(?: (?:that )?(?:we|i) (?:were doing|were on|started|had|began))?"
    r"|it|(?:what|the thing) (?:that )?(?:we|i) (?:were doing|were on|started|began)|(?:from )?where (?:we|i) (?:left off|were|stopped|left it))"
    r"(?: (?:again|now|please|then|instead|first|where (?:we|i) (?:left off|were|stopped)|from (?:where|there).*))*\W*$",
    re.IGNORECASE,
)
_FIRST = re.compile(
    rf"{_LEAD}(?:(?:can|could|may|shall|might) (?:i|we)|let me|i(?:'d| would)? (?:(?:really|just|first) )*(?:want|need|like|have|got) to)\b"
    r"(?=.*\b(?:first|before (?:that|this|we|i))\b).{0,20}\b(?:tell|talk|say|speak|ask|mention|get .{1,20} off my chest)\b"
    rf"|{_LEAD}(?:(?:before (?:that|this|we go on|i answer|i do)|first)\b,? )(?:can|could|may|let|i (?:want|need|have|must|'d like))\b.{{0,20}}\b(?:tell|talk|say|speak|mention)\b",
    re.IGNORECASE,
)
_TELL_YOU = re.compile(
    rf"{_LEAD}(?:(?:can|could|may|might) (?:i|we)|let me)\b.{{0,12}}\b(?:tell you|talk|speak) (?:about|of)\b",
    re.IGNORECASE,
)
_HAD_TO_SAY = re.compile(
    r"\bi (?:(?:just|really) )*(?:need|needed|have|had|want|wanted) to (?:say|tell you|share|get) (?:that|this|it)(?: out| off my chest| first| somewhere)?\W*$"
    r"|\b(?:before (?:we|i) (?:go on|continue|answer)|before anything else)\W*$",
    re.IGNORECASE,
)


def _whole(*patterns: str) -> "re.Pattern[str]":
    return re.compile(rf"{_LEAD}(?:{'|'.join(patterns)}){_END}", re.IGNORECASE)


# In which order it is looked for, and where it may as well be the answer that is wanted.
_SIGNS: Tuple[Tuple[About, "re.Pattern[str]", Tuple[Wants, ...]], ...] = (
    (About.wants_back, _BACK, ()),
    (About.something_first, _FIRST, (Wants.page,)),
    (About.something_first, _TELL_YOU, (Wants.question, Wants.sentence, Wants.page)),
    (About.not_understood, _whole(_OF_THE_STEP), ()),
    (About.not_understood, _whole(_OF_WHAT_WAS_SAID), (Wants.question,)),
    (About.private, _whole(_TOO_PRIVATE, _KEPT_PRIVATE), (Wants.question,)),
    (About.private, _whole(_PRIVATE), (Wants.question, Wants.sentence)),
    (About.no_idea, _whole(_NO_IDEA), ()),
    (About.unable, _whole(_UNABLE), ()),
    (About.leaves, _whole(_LEAVES), (Wants.question, Wants.sentence)),
    (About.asks_back, _whole(_ASKS_BACK), (Wants.question,)),
    (About.closes, re.compile(rf"^\W*(?:{_CLOSES})\W*$", re.IGNORECASE), ()),
)


def heard(text: str, wants: Wants = Wants.answer) -> Optional[About]:
    """What a message says about the step instead of answering it, where the step wants `wants`; None for anything else."""
    plain, length = text.replace("’", "'"), len(words_of(text))
    if wants is not Wants.page and SHORTEST_TOLD <= length <= LONGEST_TOLD and _HAD_TO_SAY.search(plain):
        return About.told
    if length > LONGEST:
        return None
    return next((about for about, sign, answers in _SIGNS if wants not in answers and sign.search(plain)), None)


def wants_back(text: str) -> bool:
    """Whether a short message plainly wishes to go on with the exercise."""
    return len(words_of(text)) <= LONGEST and bool(_BACK.search(text.replace("’", "'")))


def without_excuse(text: str) -> str:
    """What is told, without the words that say it had to be told."""
    plain = text.replace("’", "'")
    told = re.sub(r"(?:\W+(?:and|but|so|sorry))*\W*$", "", _HAD_TO_SAY.sub("", plain))
    return told if words_of(told) else text
