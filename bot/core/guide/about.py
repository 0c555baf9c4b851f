"""Plain answers about the bot itself: what it is, where things come from, who can read, how to reach a person."""

import re
from typing import Sequence, Tuple

from bot.core.guide import practise
from bot.core.guide.turn import ERASED, Turn, words_of

# The first pattern that is found decides which of the true answers fits the question.
_ABOUT_THE_BOT = (
    ("about.therapist", r"therap|counsel|psycholog|doctor|shrink|qualified|professional"),
    ("about.understand", r"understand|matching|pattern|keyword|get me|know what i|mean it|listen"),
    ("about.feelings", r"\bfeel|annoy|care\b|cry|bored|tired of|love|lonely|emotion|happy|sad\b|mind\b"),
    ("about.bot", r""),
)
LONGEST_QUESTION = 14
_PERSON = re.compile(
    r"\b(want(ed)?|need(ed)?|prefer|like|get|find|reach|talk to|speak to|speak with|talk with) (to )?((talk|speak) (to|with) )?"
    r"(a |an )?(real |actual |live |human )*(human( being)?|real person|actual person|real someone)\b"
    r"|\b(?:a|an|some) (?:real |actual |live )?(?:person|human(?: being)?) (?:would|might|could|will) (?:(?:probably|maybe|just|really) )?be (?:(?:so|much|far|a lot) )*(?:better|nicer|easier|good|nice|more (?:help|use)|of more (?:help|use))"
    r"(?: (?:than (?:you|this|a (?:bot|machine|program|robot))|to talk to|for me|now|right now|for this|honestly|tbh|i think))*\W*$"
    r"|\b(?:i'?d|i would|id)(?: much)? (?:rather|prefer)(?: to)? (?:have|talk to|speak to|speak with|talk with|write to|see) (?:a|an) (?:person|human)\b(?! who\b| that\b)",
    re.IGNORECASE,
)
_OTHERS = set(
    words_of("he him his she her they them their my people everyone everybody somebody someone mum mom dad we us")
)
_WONDERS = re.compile(
    r"\bi (?:just |only |really )?(?:wonder|want to (?:know|understand)|(?:don'?t|do not|can'?t|cannot) (?:know|understand|get|see))\b(?!.*\byou\b)"
    r"|^\W*(?:(?:and|but|so)\W+)*why (?:would|do|did|am|was|can'?t|couldn'?t|don'?t|didn'?t|have) i\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|go on|continue|explain|elaborate|carry on|what else|further|keep going|details?|tell me|expand|say)\b",
    re.IGNORECASE,
)
# Plain questions about what is kept and by whom, whatever a message was read as.
_LAW = r"(?:police|cops|ambulance|authorities|social (?:services|workers?)|child services|cps)"
_SOMEONE = (
    rf"(?:{_LAW}|the {_LAW}|an ambulance|anyone|anybody|someone|somebody|(?:my|the|our) (?:\w+ )?(?:mum|mom|mother|dad|father|parents?|family"
    r"|husband|wife|partner|school|teachers?|boss|work|employer|doctor|gp|landlord))"
)
_WRITTEN = r"(?:my|our|these|this|what i|the) ?(?:\w+ )?(?:words|messages?|conversations?|chats?|texts?|data|lines|answers|sentences|say|write|wrote|said|stuff)"
_OF_DATA = (
    (
        "privacy.training",
        rf"\b(?:use|using|used|take|learn\w*)\b.{{0,16}}\b{_WRITTEN}\b.{{0,20}}\b(?:training|train|to (?:learn|improve|get better|teach)|for (?:learning|ai|improv\w+))\b"
        rf"|\b(?:train(?:ed|ing)?|learn(?:ing)?) (?:\w+ )?(?:on|with|from|using) {_WRITTEN}\b|\b{_WRITTEN}\b.{{0,16}}\b(?:used|taken)\b.{{0,16}}\b(?:train\w*|ai)\b",
    ),
    (
        "privacy.reported",
        rf"\b(?:will|are|do|did|have) (?:you|u|this)\b(?: \w+){{0,4}}? (?:tell|telling|told|call|calling|contact\w*|inform\w*|notify\w*|report\w*|alert\w*|ring|ringing)"
        rf"(?: (?:me|this|that|it|all this))?(?: to)? {_SOMEONE}(?! for me)\b|\b(?:will|are|is|would|can) (?:the )?{_LAW} (?:be (?:called|told|involved|informed|here|sent)|(?:get|being|going to be) (?:called|told|involved|informed|sent))",
    ),
    (
        "privacy.kept_for",
        r"\bhow long\b.{0,30}\b(keep|kept|stor\w+|save\w*|saving|hold|retain\w*|remember\w*)\b"
        r"|\b(when|after how long)\b.{0,24}\b(you|it|they|messages?|data|this|that|everything)\b.{0,12}\b(deleted?|erased?|gone|expires?|removed?)\b(?! by)",
    ),
    ("privacy.encrypted", r"\bencrypt\w*|\bend.to.end\b"),
    (
        "privacy.address",
        r"\b(my|the|an|any|our) ip\b|\bip.?address\w*|\b(track|trace|locate) (me|where i am|my (location|phone|address))\b",
    ),
    (
        "privacy.operator",
        r"\bwho('?s| is| are)? (actually |really )?(behind|runs?|running|owns?|operat\w+|responsible for|hosts?|pays? for) ((this|the) (bot|service|chat|site|thing|program|app|server)\b|(this|it|you)\W*$)"
        r"|\bwho (do|does) (you|this) belong to\W*$|\b(which|what) (company|organi[sz]ation)\b.{0,16}\b(behind|runs?|owns?) (this|you|it)\W*$",
    ),
)
_ASKS = re.compile(
    r"\?\s*$|^(and |so |but |hey |wait |hm+ |ok |okay )*(how|is|are|do|does|did|will|can|could|who|what|which|when|after)\b",
    re.IGNORECASE,
)
_ABOUT_PRIVACY = (
    *_OF_DATA,
    ("privacy.deleted", r"really gone|gone\b|undo|get rid|take (it|this) back|change my mind|remove|delete|erase|wipe"),
    ("privacy.backups", r"back ?-?up|copies|copy of it somewhere"),
    ("privacy.reported", r"report|police|flag|alert|authorit|get in trouble|bad\b|call someone|notif"),
    (
        "privacy.employer",
        r"boss|manager|work|employer|company|\bhr\b|school|teacher|parent|mum|mom|dad|husband|wife|partner|insur",
    ),
    ("privacy.training", r"train|learn from|teach|improve|ai\b|model"),
    ("privacy.readers", r"who|read|see|anyone|human|somebody|share|nobody|confiden|private|look at"),
    ("privacy.stored", r""),
)


def bot(turn: Turn) -> None:
    """Say plainly what it is; the disclosure counts as given again."""
    turn.say(_first(turn.heard.text, _ABOUT_THE_BOT))
    turn.state.disclosed = turn.now.isoformat()


def abilities(turn: Turn) -> None:
    """What it can do, and how to steer it."""
    turn.say("about.abilities")


def privacy(turn: Turn) -> None:
    """Storage, readers, employer, reporting, backups: true answers from the profile, "I can't know that" where so."""
    saying = _first(turn.heard.text, _ABOUT_PRIVACY)
    turn.say("delete.after" if turn.state.asked == ERASED and saying == "privacy.deleted" else saying)


def asks_about_storage(text: str) -> bool:
    """Whether a short question is about what is kept, also where it was taken for another topic."""
    return (
        bool(re.search(r"\bback ?-?ups?\b|\b(saved?|stored?|recorded|logged|kept)\b", text.lower()))
        and len(text.split()) <= 10
    )


def asks_to_undo(text: str) -> bool:
    """Whether a short question asks how what was written can be taken back, without asking for it now."""
    lowered = text.lower()
    return (
        bool(re.search(r"\b(how|can i|could i|is there a way|what if i)\b", lowered))
        and bool(re.search(r"\b(undo|delete|erase|remove|wipe|take back|get rid of)\b", lowered))
        and bool(
            re.search(r"\b(conversation|chat|talk|messages?|data|everything|all of it|what i (said|wrote))\b", lowered)
        )
        and len(text.split()) <= 14
    )


def asks_of_data(text: str) -> bool:
    """Whether a short question is about how long and how safely things are kept, or who runs this."""
    lowered = text.lower().replace("’", "'")
    asked = bool(_ASKS.search(lowered)) and len(words_of(text)) <= LONGEST_QUESTION
    return asked and any(re.search(pattern, lowered) for _, pattern in _OF_DATA)


def asks_who_reads(text: str) -> bool:
    """Whether a question about a source is really about who can read."""
    return bool(re.search(r"\bwho('?s| is| else| can| gets to| will)? ?(reads?|reading|sees?|seeing)\b", text.lower()))


def asks_why(text: str) -> bool:
    """Whether a message asks the bot for its reason, and does not wonder about somebody else's."""
    said = set(words_of(text))
    wonders = bool(_OTHERS & said) and not {"you", "u"} & said
    return not wonders and not _WONDERS.search(text)


def asks_for_more(text: str) -> bool:
    """Whether a message asks to read on."""
    return bool(_MORE.search(text)) or "?" in text


def asks_for_person(text: str) -> bool:
    """Whether a short message asks for a human being instead of the program."""
    return bool(_PERSON.search(text)) and len(words_of(text)) <= LONGEST_QUESTION


def reach_person(turn: Turn) -> None:
    """Ways to a human being, without hinting that the person is in danger."""
    turn.say("person.ways")


def source(turn: Turn) -> None:
    """Where the last passage or exercise comes from."""
    shown = turn.state.shown or ""
    library = turn.library
    if shown in library.reflections:
        turn.say("source.reflection", citation=library.citation(library.reflections[shown].section))
    elif shown in library.techniques:
        origin = library.techniques[shown].source
        citation = library.citation(origin.section) if origin.section else ""
        turn.say(f"source.{origin.kind.value}", citation=citation)
    else:
        turn.say("source.nothing")


def why(turn: Turn) -> None:
    """Why an exercise or a question."""
    practise.why(turn)


def _first(text: str, patterns: Sequence[Tuple[str, str]]) -> str:
    lowered = text.lower()
    return next(saying for saying, pattern in patterns if re.search(pattern, lowered))
