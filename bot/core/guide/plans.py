"""What somebody means to do: a plan of their own wherever it is said, and whether an answer can be a step at all."""

import re
from typing import Optional

from bot.core.conversation import Heard, Level
from bot.core.guide.journey import felt
from bot.core.guide.turn import BUTTON, State, words_of

LONGEST_PLAN = 22
LONGEST_WORD_ON_IT = 5
LEAST_WORDS = 2
SURE = 0.6
_NO_STEPS = (
    "thanks",
    "rating",
    "other_feeling",
    "greeting",
    "goodbye",
    "too_vague",
    "gibberish",
    "other_language",
    "repeat",
    "back",
    "next",
    "pause",
)
_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_TIME = re.compile(
    rf"\b(?:today|tonight|tomorrow|{_DAY}|weekend|(?:this|next|in the|every) (?:morning|afternoon|evening|week|month)|after (?:work|school|dinner|lunch)"
    r"|at (?:lunch|dinner|breakfast)|later today|first thing|before (?:work|school|bed))\b"
)
_DOES = (
    r"(?:tell|ask|ring|call|phone|text|message|email|write(?: to)?|talk (?:to|with)|speak (?:to|with)|chat (?:to|with)|see|meet|visit|invite|go (?:to|and|with|over|round)"
    r"|book|show|let|give|bring|join|help|contact|say|make|have|sign up|take|pop|drop)"
)
_WILL = r"i(?:'ll| will|'m going to| am going to|'m gonna| am gonna|'m planning to| plan to)"
_PLAN = re.compile(
    rf"(?:^|[.!;:]\s+|,\s*|\b(?:so|and|but|think|then|maybe|perhaps|ok|okay|yes)\s+){_WILL} (?:just |probably |maybe |try to |definitely )?(?P<step>{_DOES}\b[^.!?;]+)"
)
# What is said to the bot, is feared, or hangs on something.
_NO_PLAN = re.compile(
    rf"\b(?:tell|ask|show|give|write|say|talk to|see|meet|text|let) (?:to )?you\b|\bhave (?:to|no|a (?:panic|breakdown|bad))\b|\b(?:scared|afraid|worried|dread\w*|terrified|nervous"
    rf"|anxious|panick?\w*|hate|never|can'?t|cannot|don'?t|won'?t|if|unless|pretend)\b|\bmake (?:a fool|a mess)\b|\bsee (?:how|if|what|whether)\b|\bgoodbye\b|\bfarewell\b|\bgive (?:away|all|everything)\b|{_WILL} (?:die|be dead)\b"
)
_THANKS = re.compile(
    r"^(?:(?:ok|okay|well|great|good|oh|no|yes|many|aw|wow|cool|fine) )*(?:thanks|thank you|thankyou|thx|ta|cheers|much appreciated)\b"
)
_NOTHING_TO_DO = re.compile(
    r"^(?:(?:um+|h+m+|uh|er|well|so|oh|ok|okay|a|the|one|my) )*(?:\d+|ok|okay|hm+|mm+|fine|good|great|nice|cool|sure thing|whatever|maybe|idk|dunno|lol|haha|wow|right|same|steps?|"
    r"small steps?|little steps?|next|back|repeat|pause|again|not sure|no idea|i don'?t know|i dont know|dont know|number \w+|option \w+|interesting|hello|hi|hey|(?:good)?bye)(?: (?:then|please|now|one))*$"
)
# How it is, what somebody did, or a question is nothing that one could do.
_IS_OR_ASKS = re.compile(
    r"^(?:(?:um+|h+m+|well|so|oh|yes|no|but|and|ok|okay|because|actually) )*(?:i feel|i felt|i (?:am|was)\b(?! going to| gonna| planning| thinking of)|i'm(?! going to| gonna| planning| thinking of)\b"
    r"|it(?:'s)?\b|that(?:'s)? (?:is|was|s|will|would|sounds|seems|feels|helps|helped)\b|that's\b|this (?:is|was|feels|helps|helped)\b"
    r"|(?:he|she|they|we|you|there)(?:'s|'re|'ve|'ll)?\b|i (?:don'?t|can'?t|didn'?t|cannot|couldn'?t|hate|love|liked?|just feel|already|have been|had|did|think i'm)\b"
    r"|my \w+ (?:is|was|has|had|just|never|always|\w+ed)\b|(?:what|why|how|who|when|where|which|can (?:you|i|we)|could you|do you|do i|does|did|is|are|am i|will you)\b)"
)


def plan_in(text: str) -> Optional[str]:
    """The step in a message that says what its writer will do, with somebody and at some time; None where it says no such thing."""
    said = text.replace("’", "'").strip()
    lowered = said.lower()
    if len(words_of(said)) > LONGEST_PLAN or "?" in said or _NO_PLAN.search(lowered):
        return None
    found = _PLAN.search(lowered)
    if found is None or not _TIME.search(found["step"]):
        return None
    return said[found.start("step") : found.end("step")].strip(" ,.!")


def is_own(state: State, heard: Heard) -> bool:
    """Whether a message is a plan of one's own, where no other answer is awaited and nothing dangerous is near."""
    awaited = state.asked in ("closing", "small_step", "own_step") or (state.asked or "").startswith("step_")
    if (
        awaited
        or not (state.told or state.session > 1)
        or heard.judgement.level >= Level.concern
        or Level[state.level] >= Level.risk
    ):
        return False
    return plan_in(heard.text) is not None


def can_be_step(heard: Heard, wanted: bool) -> bool:
    """Whether an answer says something that one would do. Where a step of one's own was asked for (`wanted`), one word will do."""
    text = heard.text.replace("’", "'").strip()
    said = words_of(text)
    joined = " ".join(said)
    if text.endswith("?") or heard.kind == BUTTON or (len(said) < LEAST_WORDS and not wanted):
        return False
    about_now = felt(text) is not None and len(said) <= LONGEST_WORD_ON_IT
    if about_now or (heard.kind in _NO_STEPS and len(said) <= LONGEST_WORD_ON_IT and heard.confidence >= SURE):
        return False
    return not (_NOTHING_TO_DO.search(joined) or _IS_OR_ASKS.search(joined) or thanks(text))


def is_word_on_it(heard: Heard) -> bool:
    """Whether a short message at the step only nods, gives a number or says how it is, so that the step can still wait."""
    said = words_of(heard.text)
    nods = (
        felt(heard.text) is not None or _NOTHING_TO_DO.search(" ".join(said)) or heard.kind in ("rating", "too_vague")
    )
    return bool(nods) and len(said) <= LONGEST_WORD_ON_IT


def thanks(text: str) -> bool:
    """Whether a short message is thanks, whatever it was read as."""
    said = words_of(text)
    return len(said) <= LONGEST_WORD_ON_IT and bool(_THANKS.search(" ".join(said)))
