"""What the bot cannot use: said so kindly, and led back."""

import re

from bot.core.guide import circumstances, loops
from bot.core.guide.turn import Turn, words_of
from bot.core.retrieval import SURE_THEME

_PEOPLE = {"i", "i'm", "im", "me", "my", "he", "him", "his", "she", "her", "they", "them", "their", "we", "us", "our"}
_RELATIONS = set(
    [
        "son",
        "daughter",
        "kid",
        "kids",
        "child",
        "children",
        "husband",
        "wife",
        "partner",
        "mum",
        "mom",
        "dad",
        "mother",
        "father",
        "parents",
        "sister",
        "brother",
        "friend",
        "friends",
        "boss",
        "family",
        "boyfriend",
        "girlfriend",
        "ex",
        "colleague",
        "colleagues",
        "teacher",
        "roommate",
        "flatmate",
    ]
)
# The first words of someone whose greeting was not understood ("hai").
LONGEST_ASKING = 20
BARE_HELLO = 1
_ASKS = re.compile(
    r"^(ok |so |and |please )*(what|who|where|when|which|how|can|could|will|would|do|does|is|are|tell|give|show|find|play|set|book|order|write|translate|calculate|convert|remind|search|look up|call|turn|add|make)\b",
    re.I,
)
_INSTRUCTIONS = re.compile(
    r"ignore (all|any|your|previous)|system prompt|you are now|pretend (to be|you)|jailbreak|\bdan\b|developer|no rules|your (rules|instructions)",
    re.I,
)


def is_instruction(text: str) -> bool:
    """Whether the text tries to instruct the program instead of telling something."""
    return bool(_INSTRUCTIONS.search(text))


def belongs_to_the_talk(turn: Turn) -> bool:
    """Whether what looks like another topic goes on with the talk: it speaks of people in it, or answers in a word or two."""
    said = words_of(turn.heard.text)
    if is_instruction(turn.heard.text):
        return False
    asks = "?" in turn.heard.text or bool(_ASKS.search(turn.heard.text))
    if not asks and circumstances.mentioned(turn.heard.text):
        return True
    if any(theme.score >= SURE_THEME for theme in turn.heard.near) and {"i", "my", "me"} & set(said):
        return True
    if len(said) <= 2 and turn.state.asked in ("question", "either_or"):
        return True
    if turn.state.told == 0:
        return bool(_RELATIONS & set(said))
    # In the middle of a talk only a question or a request leads away from it.
    return bool(_PEOPLE & set(said)) or not asks


def out_of_scope(turn: Turn) -> None:
    """A question or request about anything else."""
    if is_instruction(turn.heard.text):
        turn.say("outside.instructions")
    elif not loops.led_nowhere(turn):
        turn.say("outside.topic")


def gibberish(turn: Turn) -> None:
    """Nothing readable in it."""
    if not loops.led_nowhere(turn):
        turn.say("outside.gibberish")


def other_language(turn: Turn) -> None:
    """Only English is understood; the helplines are one tap away."""
    turn.say("outside.language")


def empty(turn: Turn) -> None:
    """An empty message."""
    turn.say("outside.empty")


def long(turn: Turn, kept: int) -> None:
    """The text was longer than can be read: say how much was."""
    turn.say("long.read", kept=f"{kept:,}")


def asks_for_room(text: str) -> bool:
    """Whether a message does nothing but ask if something long may follow."""
    return announces_long(text) and len(words_of(text)) <= LONGEST_ASKING


def announces_long(text: str) -> bool:
    """Whether the person asks if they may paste something long."""
    return bool(
        re.search(
            r"\b(paste|copy|send|type|write)\b.{0,40}\b(long|essay|a lot|whole|notes?)\b|\bits? long\b|\bhow (long|much) can i\b",
            text,
            re.I,
        )
    )


def invite_long(turn: Turn, limit: int) -> None:
    """Yes, and how much can be read at once."""
    turn.say("long.invite", limit=f"{limit:,}")
    turn.ask("question")
