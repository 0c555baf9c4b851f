"""A phrase of the person's own to say back: at most twelve words, never one that raised the risk level."""

import re

from bot.core import text as texts
from bot.core.conversation import Level
from bot.core.guide import hearing, spelling
from bot.core.guide.turn import Turn, words_of

LONGEST_WEIGHED = 8
LONGEST_HALVES = 200
# Saying nearly the whole message back is an echo, unless it has two halves that belong together.
MOST_OF_IT = 0.7
SHORTEST = 4
# A shorter phrase is said back only where there is a feeling, a stake or a theme in it.
SAYS_ENOUGH = 6
# From so many words on a message is a letter: something of it is said back whatever it was taken for.
LETTER = 60
# A clause with a feeling or a stake says why it was told; one about when and where does not.
STAKE, FEELING, HEARD_THEME, SETTING, HALVES = 3.0, 4.0, 4.0, -6.0, 5.0
MOST_STAKES = 2
_STAKES = re.compile(
    r"\b(?:never|always|nobody|no ?one|nothing|everyone|everything|only|too|can'?t|cannot|couldn'?t|don'?t|didn'?t|doesn'?t|won'?t|wouldn'?t|not|want\w*|need\w*|wish\w*"
    r"|hop(?:e|es|ed|ing)|afraid|fail\w*|lose|losing|lost|leave|leaves|left|leaving|owe\w*|deserve\w*|burden\w*|weak\w*|worth\w*|should|must|have to|supposed|fault|blame\w*"
    r"|scream\w*|die\w*|hate\w*|love\w*|trust\w*|alone|myself|without|stop\w*|enough|anymore|laugh\w*|ignor\w*|forgot\w*|shout\w*|yell\w*)\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"^(?:if|when|whenever|while|since|as|after|before|until|till|that|because|although|though|unless|where|who|which|whose|than)\b",
    re.IGNORECASE,
)
# Ends before it has said what it is about.
_CUT_OFF = re.compile(
    r"\b(?:should|could|would|can|will|must|might|may|is|was|are|were|am|be|been|did|does|had|has|have|to|of|for|with|by|at|in|into|from|about)$",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"(?:\w+\W+){3}(?:, )?\b(?:and|but|because|so|when|while|though|although|or|since)(?:\W+\w+){3}", re.IGNORECASE
)
# A message that begins so asks or agrees more than it tells.
_NOT_QUOTED = set(
    [
        "ok",
        "okay",
        "what",
        "whats",
        "how",
        "who",
        "why",
        "do",
        "does",
        "can",
        "could",
        "is",
        "are",
        "hm",
        "hmm",
        "yeah",
        "yes",
        "no",
        "fine",
        "right",
        "well",
        "and",
        "sorry",
        "thanks",
    ]
)
LONGEST_THING = 2
_SAID_ALONG = {
    "yeah",
    "yes",
    "yep",
    "no",
    "ok",
    "okay",
    "hm",
    "hmm",
    "um",
    "well",
    "so",
    "maybe",
    "and",
    "just",
    "good",
    "great",
    "sure",
}
_NO_THINGS = {
    "as",
    "is",
    "was",
    "are",
    "isn't",
    "perfect",
    "awesome",
    "lol",
    "haha",
    "wow",
    "true",
    "indeed",
    "thanks",
    "too",
    "much",
    "very",
    "really",
    "not",
    "again",
    "fair",
    "enough",
    "right",
    "fine",
    "cool",
    "nice",
    "he",
    "she",
    "they",
    "it",
    "both",
    "neither",
    "same",
    "you",
    "u",
    "here",
    "there",
}
_ARTICLES = {"the", "a", "an", "my", "his", "her", "their", "our", "that", "this"}
_TOLD = ("theme", "just_talking", "other_feeling", "too_vague")
# What is said to or about the bot, or only says that nothing can be said.
_NOT_TOLD = {
    "you",
    "your",
    "u",
    "ur",
    "bot",
    "app",
    "program",
    "dont know",
    "not sure",
    "idk",
    "dunno",
    "less about",
    "not about",
}


def bare_thing(text: str) -> str:
    """The thing that a message of a word or two does nothing but name ("the kettle. yes"); empty for anything else."""
    parts = [part.strip(".,!?;:-") for part in text.split()]
    while parts and parts[-1].lower() in _SAID_ALONG:
        parts.pop()
    while parts and parts[0].lower() in _SAID_ALONG:
        parts.pop(0)
    named = [part for part in parts if part.lower() not in _ARTICLES]
    plain = all(part.replace("'", "").isalpha() and not _is_comment(part.lower()) for part in named)
    return " ".join(parts) if 1 <= len(named) <= LONGEST_THING and plain and len(parts) <= LONGEST_THING + 1 else ""


def _is_comment(word: str) -> bool:
    return word in _NO_THINGS or word.endswith("ly")


def own_words(turn: Turn, in_part: bool = False) -> str:
    """A phrase of theirs: where the leading theme was heard, else the fullest clause; empty when none fits.

    With `in_part`, only a phrase that leaves a good part of the message unsaid.
    """
    heard = turn.heard
    said = words_of(heard.text)
    letter = is_letter(heard.text)
    if turn.hold_question or heard.judgement.level >= Level.concern:
        return ""
    if not letter and (heard.kind not in _TOLD or "?" in heard.text or set(said[:1]) & _NOT_QUOTED):
        return ""
    span = heard.themes[0].span if heard.themes else None
    most = len(said) * MOST_OF_IT if in_part else len(said)

    def weight(phrase: str) -> float:
        words = words_of(phrase)
        spoken = f" {' '.join(words)} ".replace("'", "")
        if len(words) < SHORTEST or any(f" {sign} " in spoken for sign in _NOT_TOLD) or not _well_put(phrase):
            return 0.0
        place = heard.text.find(phrase)
        halves = len(phrase) <= LONGEST_HALVES and bool(_BREAK.search(phrase)) and _point(phrase) > 0
        if f"{phrase}?" in heard.text or (len(words) > most and not (halves and len(words) >= LONGEST_WEIGHED)):
            return 0.0
        near = bool(span and place >= 0 and place < span[1] and span[0] < place + len(phrase))
        if len(words) < SAYS_ENOUGH and not near and _point(phrase) <= 0:
            return 0.0
        return max(0.1, _point(phrase) + HEARD_THEME * near + HALVES * halves + min(len(words), LONGEST_WEIGHED) / 2)

    return texts.quote(heard.text, weight, heard.judgement.spans)


def is_letter(text: str) -> bool:
    """Whether a message is so long that an answer without a word of it would not seem to have read it."""
    return len(words_of(text)) >= LETTER


def refers_back(thing: str) -> bool:
    """Whether a short phrase points at something that was said ("the neighbour thing")."""
    return words_of(thing)[:1] in (["the"], ["that"], ["this"])


def _well_put(phrase: str) -> bool:
    """Whether a phrase stands by itself and has no typo that would be read back."""
    return not _CUT_OFF.search(phrase) and all(spelling.is_known(word.strip('.,;:!?"()')) for word in phrase.split())


def _point(phrase: str) -> float:
    """How much of why it was told is in a phrase."""
    stakes = min(len(_STAKES.findall(phrase)), MOST_STAKES)
    setting = SETTING if _SUBORDINATE.search(phrase) else 0.0
    return STAKE * stakes + FEELING * hearing.names_feeling(phrase) + setting
