"""A move stands only where its words do: "last night too" leaves nobody, "that's not fair" corrects nothing.

The reader goes by likeness, which says little of a few words; what is no move after all is told.
"""

import re
from dataclasses import replace
from typing import Dict, Optional

from bot.core.conversation import Heard
from bot.core.retrieval import SURE_THEME

# Few words can be far apart.
LONGEST_TEXT = 400
TOLD, AT_A_LOSS, LEAVES, AGREES = "just_talking", "too_vague", "goodbye", "affirm"
# What commands an exercise, and may tell of somebody's life where none is running.
_NOT_AT_A_STEP = ("stop", "skip", "pause", "next", "back", "repeat")
_DAY = r"(?:mornin\w*|afternoon|evenin\w*|day|nights?|nite)"
_POLITE = rf"(?:thanks|thank (?:you|u)|(?:good ?)?bye|goodbyes?|hello|hi|good ?{_DAY}|sorry|please)"
_NOT = r"(?:never|nobody|no ?one|without|hardly|barely|not|(?:do|did|does|wo|would|is|was|has|have|had)n'?t)"
# Thanks and greetings of somebody else, or the lack of them.
_OF_ANOTHER = re.compile(
    rf"\b(?:says|said|{_NOT}\b(?: \w+){{0,3}} (?:say|saying|says|said|hear|get|got|bother))\b(?: (?!that\b)\w+){{0,3}} {_POLITE}\b"
    rf"|\b(?:not even|never|without|not|single|got|gets?) (?:so much as )?(?:an?|any|one)(?: single| simple)? {_POLITE}\b",
    re.IGNORECASE,
)
_BYE = r"\b(?:by+e+|goodbye|good ?night|gtg|g2g|ttyl|see (?:you|u|ya)|talk (?:later|soon|tomorrow|to you)|take care|thanks)\b"
_OTHERS = r"(?:he|she|they|nobody|everyone|people|(?:my|his|her|their|our) \w+)"
_HELLO = (
    r"\b(?:h(?:i+|ai|iya|e+y+a?)|h[aeu]l+o+|ello|yo|oi|sup|ey|howdy|g'?day|greetings|welcome|namaste|salaa?m\w*|hola|gm)\b",
    rf"\bgood {_DAY}|^\W*(?:(?:oh|ok|ah|top of the)\W+)*{_DAY}\b(?: (?:all|everyone|again|there|bot|mate|to you)\b|\s*[,!.]|\W*$)",
    r"\bhow(?:'?s| are| r| ya| do you do)\b|\bwhat'?s (?:up|the craic)|\bwas{1,2}up|\bwotcha|\b(?:anyone|anybody|you|still) (?:\w+ )?(?:there|here|around|home)\b",
    r"\b(?:remember me|meet you|see you|it'?s me|long time|been a (?:while|minute)|happy|stranger|mate|knock|(?:drop|stopp|popp)ing)\b|\b(?:back|here)\b",
)
_GOODBYE = (
    # Words of leave.
    r"\w*by+e+\b|\b(?:good ?|g)?(?:nite|night night|nighty)|\b(?:good |g)ni\w+|\bgoodni\w+|(?:^|[,.!]\s*|^\W*(?:ok|right|well)\W+)night\W*(?:x+|all)?\W*$",
    r"\b(?:nn|gn|gtg|g2g|cya|cu|ttyl|brb|l8r|adios|ciao|cheerio|tood\w+|tata|ta[- ]?ra|farewell|so long|peace out|hasta|hooroo|sl[aá]n|au revoir|dude)\b",
    # Until when.
    r"\b(?:see|catch) (?:you|u|ya)\b|^\W*(?:ok\W+)?(?:maybe )?lat(?:er|ers|a)\b|\b(?:talk|speak|chat)(?: to you)? (?:\w+ )?(?:later|soon|after|tomorrow|another)",
    r"\b(?:until|till|til) (?:next|tomorrow|then|later|soon)|\b(?:another|some other) (?:day|time)|\b(?:be|look|in|come) (?:back|in again)\b|\bback (?:on|tomorrow|later|soon)|\bping you",
    # Wishes.
    r"\btake care\b|\b(?:take|my) (?:your|my)? ?leave\b|\ball the best|\b(?:have|enjoy) (?:an?|your|the)\b.{0,20}\b(?:day|night|evening|one|week\w*|time)\b|\bsleep (?:well|tight)|\brest of (?:your|the) day",
    # Going.
    r"\b(?:have to|need to|got to|gotta|gonna|must|should|i'?d better|i'?d best|best|time (?:for me )?to|i'?ll|i'?m|im|ok|away|can i) (?:be |just |now |really |get |going to )*"
    r"(?:go|going|get|run|dash|leave|leaving|off|out|head\w*|bounce|jump|crash|sleep|bed|stop|clos\w+|log\w*|done|away|shut)\b",
    r"\b(?:logging|signing|closing|heading|leaving|going) (?:off|out|offline|now|the|this|to bed)|\boff (?:now|to)\b|\bright,? bed\b|\b(?:leave|let) (?:you|it)\b",
    # Enough.
    r"\b(?:that|this|it)(?:'?s| is| will be|'?ll be|'?ll do) ?(?:all|it|enough|me|my|for)?\b|\benough\b|\bdone (?:for|talking)\b|\bnothing else\b|\bsaid all\b|\bfor (?:now|today)\b",
)
_THANKS = (
    r"\bth?a?n?[kx]s?\b|\bth\w{0,4}[kx]\w{0,3}\b|\b(?:ty\w*|tq|ta|tks|merci|gracias|danke|maith|cheers|bless|grateful|obliged|appreciat\w*|owe)\b|🙏|👍|❤",
    r"\b(?:legend|kind|decent|sweet|nice|lovely|great|good|useful|brilliant|sound|trick|worked|works|sense|better|lighter|calmer|glad|liked|loved|help\w*)\b",
)
# With no exercise running, "I've had enough" tells how somebody is.
_STOP = (
    r"\b(?:stopp*(?:ing)?|quit|exit|cancel|abort|halt|terminate|discontinue|unsubscribe|shut up|end (?:it|this|here|the \w+)|(?:drop|leave|break|cut|knock|pack|finish) (?:it|this|here|off|out|in))\b",
    r"^\W*(?:(?:ok(?:ay)?|right|please|no)\W+)*(?:enough of (?:this|that)|end|finish)\b|(?<!had )(?<!quite )\benough\W*$|\benough (?:for (?:now|today|tonight)|with|here|of this thing)\b",
    r"\b(?:no more|no further|any further|call it a day|(?:that'?s|this is|it'?s) enough|(?:done|finished) (?:with this|for|here)|on the head|(?:out|rid) of this)\b",
    r"\b(?:exercises?|techniques?|breathing|counting|steps?|questions?|asking|chat|talk|bot)\b|\b(?:don'?t (?:want to|wanna)|do not want to|not|let'?s not) (?:do|doing|carry|carrying|continu(?:e|ing)|go|keep)\b",
)
# What a greeting, a goodbye, thanks or a "stop" hold.
_HOLDS: Dict[str, "re.Pattern[str]"] = {
    name: re.compile("|".join(patterns), re.IGNORECASE)
    for name, patterns in (("greeting", _HELLO), (LEAVES, _GOODBYE), ("thanks", _THANKS), ("stop", _STOP))
}
_ANY_MORE = r"(?: (?:any ?more|any longer|at all|no more|much longer|now|today|alone))*"
# More than one can bear, or somebody or something else that is to stop.
_AT_THE_END = (
    rf"\b(?:can'?t|cannot|can not|couldn'?t)(?: (?:just|really|even|simply|possibly))* (?:do|take|go on|keep|handle|bear|stand|manage|cope|carry on|live)"
    rf"(?: (?:on|up|with|doing|going|living|like|it|this|that|them|all|of|any))*{_ANY_MORE}\W*(?:$|[,.!;])"
    r"|\b(?:can'?t|cannot|can not|couldn'?t|won'?t|never|doesn'?t) stop\b|\b(?:him|her|them|he|she|they|everything|it all|(?:want|need|make) it) (?:would |will |could )?(?:just )?(?:to )?stop\b"
)
# What a message of the other kinds does not say.
_SHUT_OUT: Dict[str, "re.Pattern[str]"] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        (
            # Leaving somebody, a home or a job, or leaving on another day.
            LEAVES,
            rf"^(?!.*{_BYE}).*\bleav(?:e|es|ing) (?:(?:him|her|them|there|everyone|everybody|everything|home|town|school|uni|(?:my|his|our|their) \w+"
            r"|(?:the|this|that|an?) (?:\w+ )?(?:job|house|flat|apartment|country|town|city|place|marriage|relationship|family|church|company|man|guy|woman|firm|school|course|kids|children|hospital))\b"
            r"|(?:tomorrow|tonight|soon|for good|in the morning|on \w+day|next \w+|this (?:week|month|weekend))\b)",
        ),
        *((kind, _AT_THE_END) for kind in _NOT_AT_A_STEP),
        (
            "not_it",
            # An opinion of what happened, a fault of somebody else, or that there is more.
            r"\b(?:that|it|this|thats|its|what (?:he|she|they) \w+)(?:'?s| is| was| isn'?t| wasn'?t| ?ain'?t)?(?: just| really| so| simply| even)* (?:un(?:fair|acceptable|kind|healthy)|(?:not|n'?t)?(?: even| just| really| so| very| that| exactly)* ?"
            r"(?:fair|normal|ok|okay|alright|all right|funny|fun|nice|kind|good|great|easy|enough|acceptable|healthy|safe|possible|worth|over|all|only (?:that|this|him|her|me)|just (?:that|this|me|him|her|them|once|today|work)|like (?:him|her|them) to"
            r"|(?:my|his|her|their|our|your|anyone'?s|anybody'?s) fault|how (?:you|people|one|he|she|they) (?:treat|should|talk|speak|behave)\w*))(?!\w)"
            rf"|^\W*(?:(?:and|but|so|because|maybe|then|no)\W+)*(?:(?:i|we)(?:'m| am| was| were|'ve been)? (?:\w+ )?(?:wrong|got (?:it|this|that|him|her|them|everything) (?:all )?wrong)|{_OTHERS}\b(?! (?:isn'?t|is not|wasn'?t) (?:it|the)\b))"
            r"|\bwrong (?:of|with|to do|for (?:him|her|them))\b|\b(?:was|is|were|be|been) (?:so |very |all )*wrong (?:of|to|that|what)\b",
        ),
        # Help with a matter of their own tells of it.
        ("what_can_you_do", r"\bhelp me (?:with|about) (?:my|our|this|the|a|an)\b(?! (?:questions?|things?|stuff)\b)"),
        (
            "change_country",
            # Told of a country, and nothing is to be set.
            r"^(?!.*\b(?:chang\w+|switch|set|updat\w+|wrong|numbers?|helplines?|lines?|card|location|country ?[:=]|my country is \w+\W*$|my country has changed\W*$|new country)\b)"
            r".*(?:\b(?:my|our|the|this|that|another|own|home|whole|same|of|in a) (?:\w+ )?country\b|\b(?:nobody|no one|everyone|people|they|them|him|her|he|she|because|friends?|family|alone|lonel\w+|miss\w*|feel\w*|never|always|hate\w*|different|trying|when)\b)",
        ),
        (
            "privacy_question",
            # How somebody is, or where they go: nothing is asked of this program.
            r"^\W*(?:(?:yes|no|ok|okay|well|but|and|so|don'?t worry|thanks)\W+)*(?:(?:i|we|she|he|they)(?:'m|'re|'s| am| are| is| feel| was| were)?|im|were)(?: \w+){0,2} safe\b(?!.*(?:\?|\b(?:if|writ\w+|tell\w*|typ\w+|shar\w+|say\w*|data|using)\b))"
            r"|\bis it safe (?:to (?!write|say|tell|talk|type|share|use|speak|put|be (?:honest|open))|for (?:him|her|them|me to (?:go|stay|leave|be))|outside|at home)",
        ),
    )
}
_TAKES_LEAVE = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|well|please|and|right|thanks)\W+)*(?:can|may|could) i (?:please )?(?:just )?(?:go|leave)(?: now| then| please)*\W*$"
    r"|^\W*(?:(?:ok(?:ay)?|well|right|anyway|sorry|thanks)\W+)+(?:i (?:should|have to|need to|must|got to)|i'd better|i'd best|gotta) (?:probably |really )?"
    r"(?:go|run|be going|get going|get off|head off)(?: now| then)*\W*$",
    re.IGNORECASE,
)
# A yes to what was said back: "that fits", "you understood me".
_AGREES = re.compile(
    r"^\W*(?:(?:yes|yeah|yep|yup|ok(?:ay)?|oh|wow|hm+|well|and|right|exactly|true|actually|i think|i guess)\W+)*"
    r"(?:(?:that|this|it(?!'?s\b| is\b)|what you (?:said|wrote|say))(?:'?s| is| does| all| one| really| just| kind of| sort of| pretty much| totally| completely| exactly| definitely| actually| so| quite)*"
    r" (?:fits?|hits? (?:home|the nail on the head|hard)|rings (?:true|a bell)|resonates?|applies|sums? (?:it|me) up|describes? (?:it|me)|sounds like me|nails? it|true|me|how it is|how i feel|spot on)"
    r"|(?:you(?:'ve| have)?|u)(?: really| just| totally| exactly| kind of)? (?:got|get|understood|understand|nailed|hit|summed up|caught)"
    r" (?:my point|the point|me|it right|that right|me right|it exactly|the nail on the head|exactly what i (?:mean|meant)|what i (?:mean|meant)))"
    r"(?: (?:well|perfectly|exactly|pretty much|very well|quite well|so much|really|too|there|with me|for me|i think|yes|thanks|thank you|to a t))*\W*$",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|maybe|perhaps|not (?:now|yet)|no|well|probably|much|a (?:bit|little))\W+)*(?:later|laters|lata|another (?:time|day)|some other (?:time|day))(?: (?:maybe|perhaps|please|today|tonight|on))*\W*$",
    re.IGNORECASE,
)
_MURMUR = re.compile(r"^\W*(?:m{2,}|m+-?h+m+|h+m+|u+h ?hu+h|e+r+m*|h+)\W*$", re.IGNORECASE)
_PLEA = re.compile(
    r"\bhow (?:am|are|is) (?:i|we|one|anyone|she|he) (?:even |ever )?(?:supposed|meant|going) to\b"
    r"|\bhow (?:can|could|do|should) (?:i|we) (?:ever |even |just )?(?:live with|go on|cope|stop \w+ing|face|forgive|bear|trust|carry on|get through|sleep (?:when|if|like|after|with))\b",
    re.IGNORECASE,
)
_SPOKEN_OF, _UNREAD = ("greeting", LEAVES, "thanks"), ("out_of_scope", "gibberish", "other_language")
_MISSES_YES = ("not_it", "forget_that", TOLD, AT_A_LOSS, *_UNREAD)


def as_meant(heard: Heard, playing: bool = False) -> Heard:
    """The message as what its words say, where the reader took it for a move without them; else as it is.

    While an exercise is `playing`, its commands are the player's to judge.
    """
    kind = heard.kind if playing and heard.kind in _NOT_AT_A_STEP else _meant(heard)
    if kind is None or kind == heard.kind:
        return heard
    plain = tuple(theme for theme in heard.near if theme.score >= SURE_THEME) if kind == TOLD else ()
    return replace(heard, kind=kind, confidence=1.0, themes=heard.themes or plain)


def tells_of_another(text: str) -> bool:
    """Whether thanks, a greeting or a goodbye is one of somebody else ("she never says thank you")."""
    return len(text) <= LONGEST_TEXT and bool(_OF_ANOTHER.search(text.replace("’", "'")))


def puts_off(text: str) -> bool:
    """Whether a message says no more than "later": a goodbye, but no answer where one about safety is awaited."""
    return bool(_LATER.search(text))


def _meant(heard: Heard) -> Optional[str]:
    text = heard.text.replace("’", "'")
    if len(text) > LONGEST_TEXT:
        return None
    if _TAKES_LEAVE.search(text):
        return LEAVES
    if heard.kind in _MISSES_YES and _AGREES.search(text):
        return AGREES
    if heard.kind in _HOLDS and not _HOLDS[heard.kind].search(text):
        return TOLD
    if heard.kind in _SPOKEN_OF and tells_of_another(text):
        return TOLD
    if heard.kind in _SHUT_OUT and _SHUT_OUT[heard.kind].search(text):
        return TOLD
    if heard.kind not in _UNREAD:
        return None
    return AT_A_LOSS if _MURMUR.search(text) else TOLD if _PLEA.search(text) else None
