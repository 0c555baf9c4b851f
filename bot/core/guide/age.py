"""Services that are not for minors: a person who says they are younger is shown to people instead, and never cut off from help."""

import re
from typing import Optional

from bot.core.guide.turn import Turn

OF_AGE = 18
_SMALL = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen")
_AGE = re.compile(
    rf"\bi(?:'?m| am)(?: only| just| still| actually)? (\d{{1,2}}|{'|'.join(_SMALL)})"
    r"(?:(?: ?- ?| )(?:years?|yrs?)(?: ?- ?| )olds?| ?y ?/ ?o| ?yo| ?[mf])?\s*(?=$|[.,;!?)]|and\b|but\b|so\b)",
    re.IGNORECASE,
)


def told(text: str) -> Optional[int]:
    """The age in years that a person says is theirs ("im 15 and ..."); None when none is said."""
    found = _AGE.search(text.replace("’", "'"))
    if found is None:
        return None
    said = found.group(1).lower()
    return _SMALL.index(said) + 10 if said in _SMALL else int(said)


def bars(turn: Turn) -> bool:
    """Whether this service is not for the person, by what they said of their age; remembered until they say otherwise."""
    least = int(turn.facts.get("minimum_age") or 0)
    age = told(turn.heard.text)
    if age is not None:
        turn.state.minor = age < OF_AGE
        turn.state.too_young = age < least
    return turn.state.too_young and bool(least)


def answer(turn: Turn) -> None:
    """Say whom the service is for, and name people to turn to."""
    turn.say("age.too_young")
    turn.ask(None)
