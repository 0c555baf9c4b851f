"""Reading the answer to a question about safety as its answer."""

import re
from enum import Enum


class Reading(str, Enum):
    """What an answer says. `hedged` (sometimes, evasion, a question back) counts as at least `risk`, `plan` (means, time, plan) as
    `imminent`; a `hedged_no` leaves the level where it is; only a `clear_no` may lower it; `other` is no answer.
    """

    clear_yes = "clear_yes"
    hedged = "hedged"
    plan = "plan"
    hedged_no = "hedged_no"
    clear_no = "clear_no"
    other = "other"


def _words(*alternatives: str) -> "re.Pattern[str]":
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


_MEANS = (
    r"(?:pills?|tablets?|meds|medication|rope|noose|knife|blades?|razors?|gun|rifle|pistol|bottle|insulin|helium|stuff|something|"
    r"what i need|everything i need|it all|means|way to do it|cord|belt|scissors|lighter)"
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
# What only someone with a plan, means at hand, or an act under way says.
_PLANNED = _words(
    rf"(?:have|got|ive|bought|saved|hid|hidden|stashed|ordered|collected|holding|counted|found|keep) .{{0,25}}\b{_MEANS}",
    rf"{_MEANS}\b.{{0,25}}\b(?:here|ready|next to|in my|with me|in front|beside|on the|under)",
    r"(?:on|at|over) the (?:bridge|roof|edge|tracks|ledge|cliff|platform|railing|station|top|window)",
    r"(?:letters?|notes?|goodbyes?|will)(?: is| are| has been| have been)? ?(?:all |already )?(?:done|written|ready|sent|signed)",
    r"(?:wrote|written|writing|left) .{0,12}\b(?:note|letters?|goodbye)",
    r"(?:said|sent) .{0,12}\b(?:goodbye|goodbyes)",
    r"already (?:took|taken|did|done|started|cut|swallowed|drank|have|decided)",
    r"(?:i|ive|just|have) (?:just )?(?:took|taken|swallowed|drank|overdosed|started)",
    r"(?:took|swallowed) (?:them|it|the|all|some|a|my)",
    r"(?:planned|plan it|planning it|worked out|figured out) ?(?:it|out|how|when|everything|all)?",
    r"(?:ive|have|got|there is|theres|with) (?:got )?(?:a |the |my )?(?:plan|date|day|time)",
    r"(?:picked|set|chosen|chose) (?:a|the|my) (?:date|day|time|place|spot|night)",
    r"know (?:exactly )?(?:how|when|where)",
    r"(?:its|it is|everything is|everythings|all) (?:all |already )?(?:set|ready|arranged|prepared|planned|in place|sorted)",
    r"(?:im|i am|ive|i have|have|its) (?:already )?(?:decided|bleeding)|made up my mind|decided",
    r"(?:doing|do) it (?:now|tonight|today|tomorrow|soon)",
    r"(?:about|going|gonna|ready) to (?:do it|jump|cut|end it|go through|"
    r"take(?! (?:some |a (?:long |little |short )?|more |much |my |the )?(?:time|while|break|walk|shower|bath|nap|rest|call|look|day|days|weeks?|months?|years?|care|note)))|"
    r"(?:im|i am) about to",
    r"wont stop bleeding|bleeding (?:a lot|badly|heavily|everywhere)",
)
_TIMED = _words(
    r"tonight|tomorrow|tmrw|midnight|this (?:weekend|week|evening|afternoon)",
    rf"(?:on|this|next|come) {_DAY}|{_DAY}|the weekend|my birthday|christmas|in (?:an|one|two|a few|ten|five) (?:hours?|minutes?|days?)",
    r"after (?:work|school|my|the|they|she|he|dinner|this|exams?|christmas)",
    r"(?:when|once|as soon as|soon as|until|till) (?:he|she|they|everyone|everybody|the|my|mum|dad|im|i)\b.{0,20}\b"
    r"(?:leaves?|gone|out|asleep|sleeps?|goes|alone|home|work|empty|bed|finished|over)",
    r"later today|any minute|soon|right now i",
)
_NO_PLAN = _words(
    r"(?:no|not|never|dont|without|isnt|havent|have no|wouldnt) (?:\w+ ){0,3}?(?:plans?|planned|planning|date|decided|pills|means|way)"
)
_NOT_NOW = re.compile(r"\bnot (?:today|tonight|tomorrow|right now|now|this \w+|yet|at the moment|just yet|until \w+)\b")
_HEDGED = _words(
    r"sometimes|some ?times|maybe|perhaps|possibly|might be|i guess(?! not)|guess so|kinda|kind of|sort of|sorta|a bit|a little|idk|i dont know|dunno|"
    r"dont really know|not sure|unsure|who knows|not actively|not seriously|in a serious way|seriously no",
    r"does (?:it|that) matter|would it matter|why (?:do|are|would) you|why ask|who cares|would you care|do you care|what do you care|"
    r"who isnt|who doesnt|doesnt everyone|doesnt everybody|isnt everyone|dont we all|everyone does",
    r"rather not|dont want to (?:say|talk|answer|tell)|not going to answer|not answering|skip that|pass|next question|"
    r"something else|change the subject|drop it|leave it|move on|no comment|none of your",
    r"what if|what happens|define|complicated|it depends|depends|on and off|comes and goes|now and then|once in a while|from time to time|"
    r"off and on|in waves|passing|fleeting",
    r"(?:on )?(?:bad|some|certain|worse|most) (?:days|nights|mornings|evenings)|only (?:at|when|on|if|in)|used to|at night|when i drink|when im drunk",
    r"dont have the (?:guts|courage|nerve|energy)|no (?:guts|courage)|couldnt do (?:that|it)|could never do that to|"
    r"wouldnt do (?:that|it) to|too (?:scared|cowardly|chicken|afraid|tired|much of)|coward|religion|sin|hell|my (?:kids|mum|dog|cat|family) (?:stops?|keeps?)",
    r"if i say|if i (?:said|told)|dont call|wont call|locked up|lock me|police|hospital|sectioned|tell anyone|who reads|who sees",
    r"more like|rather be|crossed my mind|thought about|think about (?:it|how)|thoughts (?:come|are)|thinking about how|cant say|hard to say|close to",
    r"(?:youre|you are|ur|u r|youre just|just) (?:just )?(?:a|an) (?:bot|program|machine|computer|robot)|no more than|as (?:usual|always)|same as|like always|"
    r"badly|much|deeply|too deep|what do you mean|how do you mean|what counts|half|in a way|in some way|part of me|technically|theoretically|not not",
)
_SOFTENED = _words(
    r"probably|prob|i think|think so|dont think|not really|not exactly|suppose|supposed|hopefully|guess|hope|dramatic|jk|kidding|joking|lol|haha|"
    r"fine|nah|dont worry|not that bad|its nothing|forget it|nvm|never mind|wish|just (?:want|wish|need|tired|sad)|all to stop|not here|honestly|really|"
    r"but|except|anymore|any more|like before|enough|mean it|though|tho|anyway|still|yet|for now|right now|today|tonight|at the moment|so far|lately|"
    r"this time|promise|swear|whatever|not like|silly|only joking|ok|okay|well|mostly|almost|hardly|just|recently|for a while|since"
)
_MORE_TO_SAY = re.compile(r"\.\.\.|\?|…")
# "Oh goodness, no": what stands before the no says nothing.
_EXCLAIMED = re.compile(
    r"^\W*(?:(?:oh+|my|good|dear|sweet|goodness|gracious|gosh|god|heavens?|lord|jesus|christ|jeez|hell|omg|wow|whoa|what|well|ok|okay|um+|uh+|er+m?|hey|ah|"
    r"aw|ha|haha|lol|grief)[\s,.!?]+){1,4}(?=(?:no+|nope|nah|never|not|nothing)\b)"
)
_NO = re.compile(
    r"^\W*(?:no+|nothing (?:like that|of the (?:sort|kind))|nope|nah|never|not at all|absolutely not|definitely not|"
    r"certainly not|of course not|no way|not|im not|i am not|i have not|i havent|i dont|i do not|none)\b"
)
# Begins like a no and is none: "no way out", "no one would care", "no longer want to live", "not for long".
_NO_OF_SOMETHING = re.compile(
    r"^\W*(?:no (?:way (?:out|forward|back|through)|one|body|longer|point|reason|hope|use|good|future|escape|exit|more (?:pain|tears|days|tomorrows|waiting|me))|"
    r"not (?:for (?:much |very )?long|much longer))\b"
)
_TAKEN_BACK = re.compile(
    r"\b(?:wait|actually|sorry|i mean|lying|lie)\b.{0,15}\b(?:yes|yeah|i (?:do|am|have)|maybe)\b|\byes\W*$"
)
_SOFT_NO_ALONE = re.compile(
    r"^\W*(?:probably not|prob not|i ?(?:dont|do not) think so|not really|i (?:suppose|guess|hope) not|hopefully not|i doubt it|guess not|suppose not)\b"
)
_YES = re.compile(
    r"^\W*(?:y|yes+|yeah+|yea|yep|yup|ya|yh|ye|true|correct|exactly|i am(?=\W*$|\W+(?:yes|thinking|planning|considering|having|going to|suicidal|still)\b)|i do|i have(?! (?:thought|never|no))|am|all the time|every (?:day|night|hour|single)|"
    r"constantly|always|of course|obviously|often|daily|mhm|very much|a lot|absolutely|sure|right|thats it|you got it|more than|"
    r"most of the time|again|too often|i did|did|twice|again|sadly yes|unfortunately|thinking yes|"
    r"i want to(?= (?:die|end|kill|hurt|harm|cut|do (?:it|that)|go|be (?:dead|gone)|disappear|sleep|stop|not)\b|\W*$)|i think about|pretty much)\b|👍|\bso yes\b|\byes\W*$"
)
# Of being safe "every night" or "again" says nothing.
_YES_SAFE = re.compile(
    r"^\W*(?:(?:y|yes+|yeah+|yea|yep|yup|ya|yh|ye|mhm|of course|absolutely|sure|definitely)\b|(?:i am|i do|i think so|true|correct|right)\W*$)|👍|\byes\W*$"
)
# The thing itself named and denied.
_DENIED = _words(
    r"(?:dont|do not|not|never|wouldnt|would not|no|havent|wont|will not) (?:\w+ ){0,2}?"
    r"(?:want(?:ing)? to die|think(?:ing)? (?:about|of) (?:that|it|ending|dying|suicide|killing|death|anything|hurting)|suicidal|suicide|"
    r"do (?:it|that|anything)|hurt(?:ing)? (?:myself|anyone|anybody)|harm(?:ing)? myself|kill(?:ing)? myself|end(?:ing)? (?:my life|it)|intend|"
    r"thoughts (?:of|like) (?:that|dying|suicide|it|ending)|cut(?:ting)?)"
)
# The question missed what was told: nothing follows from that, in either direction.
_MISSED = re.compile(
    r"^\W*(?:no+\W+)?(?:(?:thats|that is|its|it is) not|that isnt|it isnt) (?:quite |really |exactly )?(?:it|what i (?:mean|meant|said)|like that)\W*$"
)
# Violence named and denied, where safety was asked about.
_NOT_HARMED = _words(
    r"(?:he|she|they|nobody|noone|no one|my \w+) (?:doesnt|does not|didnt|did not|dont|has never|have never|never|isnt|wouldnt|would never|hasnt) (?:\w+ ){0,2}?"
    r"(?:hurts?|hurting|hits?|hitting|touch(?:es|ed)?|harms?|harmed|beats?|threatens?|threatened|violent|lay a (?:hand|finger)|do (?:anything|that|so))"
)
# What stays after a denial and keeps it from being a clear one.
_LEFT_OVER = re.compile(
    r"\b(?:but|just (?:dont|want|wish|need)|dont want to be|wish i|wasnt here|rather|be here|disappear|doing it)\b|\.\.\.|\?"
)
_WANTS_LIFE = _words(
    r"i want to live|glad to be alive|happy to be alive|love my life|i meant (?:my|the|that)|i was talking about|about my job"
)
_SAFE = _words(
    r"(?:im|i am|were|we are|feel|totally|completely|perfectly|yes|yeah) (?:all )?safe|^safe|(?:staying|living|stay|im|i am|now|here) (?:at|with) my "
    r"(?:sister|brother|mum|mom|friend|parents|aunt|cousin|gran|daughter|son)\w*|at a friends|(?:he|she) (?:moved|has moved) out|"
    r"(?:im|i am|got) out of there|(?:he|she)s? (?:is )?(?:gone|away|not here|in (?:jail|prison|custody))|locks? (?:are|is|were) changed|in a (?:shelter|refuge)"
)
_UNSAFE = _words(
    r"(?:he|she|they|dad|mum|mom|husband|wife|stepdad|partner)(?:s| is| are)? ?(?:still )?(?:here|home|outside|downstairs|upstairs|next door|around|"
    r"in the (?:house|next room|room|kitchen|shower|garden)|coming|back|drunk|angry|watching|listening)",
    r"not safe|unsafe|never safe|isnt safe|scared|afraid|terrified|frightened|locked|hiding|cant (?:leave|get out|talk|go)|nowhere|trapped|danger|"
    r"(?:he|she) (?:will|might|could|is going to|ll) (?:be back|hit|kill|hurt|find)|(?:he|she) (?:said|says) (?:he|she)",
)
_ATTACKED = _words(
    r"at (?:the|my) door|breaking|banging|kicking the|coming (?:up|in|for me|now)|has (?:a|the|got a|his) (?:knife|gun|bat|weapon|belt)|"
    r"outside (?:the|my) (?:door|window|house)|said tonight|(?:going to|gonna|hell|shell|theyll|will|would) (?:kill|stab|shoot)|(?:his|her|a|the) (?:gun|knife|bat|weapon)|hitting me|choking|right now he|beating|just hit|bleeding|"
    r"(?:on (?:his|her)|driving) (?:way|home)|back in \w+ minutes"
)
_SAFE_FOR_A_WHILE = _words(
    r"for now|for the moment|at the moment|right now|until|till|unless|as long as|while (?:he|she|theyre)|when (?:he|she|theyre)|"
    r"(?:hes|shes|he is|she is|theyre) (?:asleep|sleeping|out|at work|away|gone out|not home)|tonight|today|so far|if (?:he|she|i)|depends"
)


def read_answer(text: str, kind: str, short_evades: bool = True) -> Reading:
    """Read `text` as the answer to the direct question for `kind`; `short_evades`: one or two words that say nothing known do.

    For abuse the question is whether the person is safe, so that yes means safe and no means danger; `clear_yes` is danger for every
    kind all the same.
    """
    plain = re.sub(r"['’`]", "", text.lower())
    said = _EXCLAIMED.sub("", " ".join(re.sub(r"([a-z])\1{2,}", r"\1", plain).split()))
    if not said.strip(" .!?…"):
        return Reading.hedged if said else Reading.other
    found = _about_abuse(said) if kind == "abuse" else _about_oneself(said)
    if found is Reading.other and (said.endswith("?") or (short_evades and len(said.split()) <= 2)):
        return Reading.hedged
    return found


def _about_oneself(said: str) -> Reading:
    if _MISSED.search(said):
        return Reading.hedged_no
    no, yes, denied = bool(_NO.search(said)), bool(_YES.search(said)), bool(_DENIED.search(said))
    later = _NOT_NOW.search(said) is not None
    rest = _NOT_NOW.sub(" ", said)
    if _plans(rest, no and not later, denied):
        return Reading.plan
    if no and re.search(r"\b(?:not safe|unsafe)\b", said):
        return Reading.clear_yes
    if no and (_NO_OF_SOMETHING.search(said) or _TAKEN_BACK.search(said)):
        return Reading.hedged
    if _SOFT_NO_ALONE.search(said):
        return Reading.hedged_no
    if later or (yes and denied and not no):
        return Reading.clear_yes if yes and not later else Reading.hedged
    if denied and not _HEDGED.search(said):
        if _LEFT_OVER.search(said):
            return Reading.hedged_no if re.match(r"\W*no", said) else Reading.hedged
        if no or _safe(said):
            return Reading.clear_no
    if no:
        return _a_kind_of_no(said)
    if _safe(said) and not _HEDGED.search(said) and not _UNSAFE.search(said):
        return Reading.hedged_no if re.search(r"\b(?:but|for now|i think|probably|until)\b", said) else Reading.clear_no
    if re.search(r"\bnot safe\b|\bunsafe\b", said):
        return Reading.clear_yes
    if yes and not re.search(r"\b(?:what (?:if|happens)|i guess|maybe|sometimes|kind of|sort of|idk|not sure)\b", said):
        return Reading.clear_yes
    if _HEDGED.search(said):
        return Reading.hedged
    if _SOFTENED.search(said) and len(said.split()) <= 5:
        return (
            Reading.hedged
            if re.fullmatch(r"\W*(?:lol|haha|whatever|well|ok|okay|honestly|really)\W*", said)
            else Reading.hedged_no
        )
    return Reading.other


def _plans(said: str, no: bool, denied: bool) -> bool:
    if _NO_PLAN.search(said):
        return False
    if re.search(r"(?<!not )\bdoing it\b|\b(?:deciding|decided)\b|\bits (?:today|tomorrow|tonight|now)\b", said):
        return True
    if _PLANNED.search(said) and not (no and denied):
        return not no or bool(re.search(r"\b(?:decided|doing it|took|already)\b", said))
    return not no and not denied and bool(_TIMED.search(said)) and (len(said.split()) <= 9 or bool(_YES.search(said)))


def _a_kind_of_no(said: str) -> Reading:
    evades = re.search(
        r"\b(?:no|not) (?:more than|comment|idea|sure|actively|seriously|in a|answering|going to answer|your)\b|\bif i say\b|\blocked up\b",
        said,
    )
    if evades or re.search(r"^\W*(?:i dont know|i dont want to (?:say|talk|answer)|i dont have the)\b", said):
        return Reading.hedged
    if re.search(r"^\W*(?:i dont|i do not|i havent|not|none)\b", said) and _HEDGED.search(said):
        return Reading.hedged
    if _WANTS_LIFE.search(said):
        return Reading.clear_no
    without = re.sub(r"^\W*(?:absolutely|definitely|certainly|god|oh|hell|well|of course|really|honestly)\b", " ", said)
    return (
        Reading.hedged_no
        if _SOFTENED.search(without) or _HEDGED.search(without) or _MORE_TO_SAY.search(said)
        else Reading.clear_no
    )


def _safe(said: str) -> bool:
    return bool(_SAFE.search(said) or _WANTS_LIFE.search(said))


def _about_abuse(said: str) -> Reading:
    no, yes = bool(_NO.search(said)), bool(_YES_SAFE.search(said))
    if _ATTACKED.search(said):
        return Reading.plan
    if _MISSED.search(said) or (_NOT_HARMED.search(said) and not _UNSAFE.search(said)):
        return Reading.hedged_no
    if no:
        return Reading.hedged if _SAFE.search(said) else Reading.clear_yes
    if _UNSAFE.search(said) and not yes and not re.match(r"\W*(?:until|till|unless|as long|when|while|if)\b", said):
        return Reading.hedged if _SAFE.search(said) else Reading.clear_yes
    if _SAFE_FOR_A_WHILE.search(said) or _UNSAFE.search(said):
        return Reading.hedged
    if re.search(r"\b(?:i think so|think so|probably|suppose|should be|fine|ok|okay|mostly|but)\b", said) and (
        yes or "safe" in said or len(said.split()) <= 5
    ):
        return Reading.hedged_no
    if _HEDGED.search(said):
        return Reading.hedged
    if yes or _SAFE.search(said) or re.search(r"\bsafe\b(?!\?)", said):
        return Reading.hedged_no if _SOFTENED.search(said) or _MORE_TO_SAY.search(said) else Reading.clear_no
    return Reading.other
