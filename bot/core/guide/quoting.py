"""A phrase of the person's own to say back: at most twelve words, never one that raised the risk level."""

from bot.core import text as texts
from bot.core.conversation import Level
from bot.core.guide.turn import Turn, words_of

LONGEST_WEIGHED = 8
# Saying nearly the whole message back is an echo.
MOST_OF_IT = 0.7
SHORTEST = 4
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
    """The thing that a message of a word or two does nothing but name ("the towel. yeah"); empty for anything else."""
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
    if (
        turn.hold_question
        or heard.kind not in _TOLD
        or heard.judgement.level >= Level.concern
        or "?" in heard.text
        or set(said[:1]) & _NOT_QUOTED
    ):
        return ""
    span = heard.themes[0].span if heard.themes else None
    most = len(said) * MOST_OF_IT if in_part else len(said)

    def weight(phrase: str) -> float:
        words = words_of(phrase)
        spoken = f" {' '.join(words)} ".replace("'", "")
        if not SHORTEST <= len(words) <= most or any(f" {sign} " in spoken for sign in _NOT_TOLD):
            return 0.0
        place = heard.text.find(phrase)
        near = bool(span and place >= 0 and place < span[1] and span[0] < place + len(phrase))
        return (10.0 if near else 0.0) + min(len(words), LONGEST_WEIGHED)

    return texts.quote(heard.text, weight, heard.judgement.spans)
