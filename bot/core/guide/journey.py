"""The way so far in words: day by day what it was about, how heavy it was before and after, and what was done."""

from datetime import date
from typing import Any, Dict, List, Optional

from bot.core.guide.turn import Turn, number_in, words_of

DAYS_TOLD = 3
THEMES_A_DAY = 3
LIGHTER, SAME, HEAVIER = "lighter", "the same", "heavier"
_SIGNS = (
    (LIGHTER, {"lighter", "better", "calmer", "good"}),
    (HEAVIER, {"heavier", "worse"}),
    (SAME, {"same", "unchanged"}),
)


def felt(answer: Optional[str]) -> Optional[str]:
    """`lighter`, `the same` or `heavier` where an answer says so in words; None for numbers and everything else."""
    if answer is None or number_in(answer) is not None:
        return None
    said = set(words_of(answer))
    if {"not", "no"} & said:
        return None
    return next((name for name, signs in _SIGNS if signs & said), None)


def day_in_words(on: str) -> str:
    """A day (ISO 8601) as people read it: 2 March 2026."""
    day = date.fromisoformat(on[:10])
    return f"{day.day} {day:%B %Y}"


def lived(turn: Turn) -> List[str]:
    """The lines of the way so far; none when there is nothing yet. After abuse was told nothing is named: the screen may be shared."""
    state, library = turn.state, turn.library
    if state.abuse_told:
        return [turn.wording("journey.kept_back")]
    days = _days(turn)
    lines = [_line(turn, day) for day in days[-DAYS_TOLD:]]
    told = {name for day in days[-DAYS_TOLD:] for name in day["themes"]}
    before = [name for day in days[:-DAYS_TOLD] for name in day["themes"] if name not in told]
    if before:
        lines.insert(0, turn.wording("journey.before", themes=_names(turn, list(dict.fromkeys(before)))))
    done = [library.techniques[name].name_in_text for name in state.techniques_done[-3:] if name in library.techniques]
    if done:
        lines.append(turn.wording("journey.techniques", techniques=listed(done)))
    taken = [step for step in state.steps if state.step is None or step != state.step["text"]]
    if taken:
        lines.append(turn.wording("journey.steps", steps=listed([f"“{step}”" for step in taken[-2:]])))
    if state.step is not None:
        lines.append(turn.wording("journey.step", step=state.step["text"]))
    return lines


def listed(names: List[str]) -> str:
    """Names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _days(turn: Turn) -> List[Dict[str, Any]]:
    """What each day held, oldest first, without days that held nothing; sessions of one day are put together."""
    state = turn.state
    today = {"on": state.started or turn.now.isoformat(), **{name: getattr(state, name) for name in _HELD}}
    days: Dict[str, Dict[str, Any]] = {}
    for session in (*state.past, today):
        day = days.setdefault(session["on"][:10], {name: [] for name in _HELD})
        for name in _HELD:
            day[name] = [*day[name], *session.get(name, ())]
    return [
        {"on": on, **day, "themes": list(dict.fromkeys(day["themes"]))} for on, day in days.items() if any(day.values())
    ]


_HELD = ("themes", "heaviness", "felt")


def _line(turn: Turn, day: Dict[str, Any]) -> str:
    parts = [_names(turn, day["themes"])] if day["themes"] else []
    weights = day["heaviness"]
    if len(weights) > 1:
        parts.append(turn.wording("journey.weights", first=str(weights[0]), last=str(weights[-1])))
    elif weights:
        parts.append(turn.wording("journey.weight", number=str(weights[0])))
    for one in day["felt"][-2:]:
        technique = turn.library.techniques.get(one["technique"] or "")
        if technique is not None:
            parts.append(turn.wording("journey.felt", felt=one["felt"], technique=technique.name_in_text))
    today = day["on"] == turn.now.date().isoformat()
    label = turn.wording("journey.today") if today else day_in_words(day["on"])
    return turn.wording("journey.day", day=label, lived="; ".join(parts))


def _names(turn: Turn, themes: List[str]) -> str:
    return listed([turn.library.themes[name].name for name in themes[:THEMES_A_DAY]])
