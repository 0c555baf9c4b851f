"""The loop detector: when three turns in a row led nowhere, say so, and offer a person, another topic or a pause."""

from typing import Optional

from bot.core.conversation import Level
from bot.core.guide.turn import Turn, words_of

LIMIT = 3
LONGEST_ANSWER = 5


def led_nowhere(turn: Turn) -> bool:
    """Count a turn that led nowhere. True when it was the third in a row, and that was said."""
    state = turn.state
    state.lost += 1
    if state.lost < LIMIT or turn.hold_question or turn.level >= Level.risk:
        return False
    state.lost = 0
    turn.say("lost.offer")
    turn.ask("lost")
    return True


def way_out(text: str) -> Optional[str]:
    """Which way out a short answer chooses: `topic`, `person` or `pause`; None when it chooses none."""
    said = set(words_of(text))
    if len(said) > LONGEST_ANSWER:
        return None
    for name, signs in (("topic", {"topic", "else"}), ("person", {"person", "human"}), ("pause", {"pause", "break"})):
        if signs & said:
            return name
    return None


def take_way_out(turn: Turn) -> None:
    """Another topic, a real person, or a pause."""
    chosen = way_out(turn.heard.text)
    if chosen == "topic":
        turn.state.themes, turn.state.shown = [], None
    turn.say({"topic": "lost.topic", "person": "person.ways"}.get(chosen or "", "pause"))
    turn.ask(None if chosen == "pause" else "question")
