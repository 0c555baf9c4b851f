"""The person's own data: what is known, a copy, forgetting one thing, deleting all. The engine carries requests out."""

import re
from typing import List

from bot.core.guide.turn import Turn, words_of

LONGEST_QUESTION = 14
_KNOWN = re.compile(
    r"\b(what|how much|anything|everything|all)\b.{0,20}\byou('?ve| have)? (already |actually |still |all )?(know|known|remember|got|have|keep|kept|stored?)\b"
    r".{0,20}\b(about|on|of|from) me\b|\bwhat('?s| is) (stored|kept|saved|known) (about|on|of) me\b",
    re.IGNORECASE,
)
_SECOND_THOUGHTS = {"no", "not", "dont", "don't", "wait", "keep", "never", "stop"}
_A_NOTE = {"note", "notes", "letter", "text", "paste", "pasted", "story"}


def export(turn: Turn) -> None:
    """A copy of everything, where the channel may give one."""
    _request(turn, "export", "data.export")


def journey(turn: Turn) -> None:
    """What was talked about so far, over all sessions, in words."""
    parts = _lived(turn)
    if parts:
        turn.add("journey", *parts, data={"journey": True})
    else:
        turn.say("journey.empty")


def known(turn: Turn) -> None:
    """What is kept about the person, in a few lines, and how to see or erase all of it."""
    turn.add("known", *(_lived(turn) or [turn.wording("known.little")]), turn.wording("known.all"))


def asks_what_is_known(text: str) -> bool:
    """Whether a short question is about what is known or remembered of the person."""
    return bool(_KNOWN.search(text)) and len(words_of(text)) <= LONGEST_QUESTION


def _lived(turn: Turn) -> List[str]:
    """Themes, heaviness, exercises and steps so far. After abuse was told nothing is named: the screen may be shared."""
    state, library = turn.state, turn.library
    if state.abuse_told:
        return [turn.wording("journey.kept_back")]
    earlier = [name for day in reversed(state.past) for name in day["themes"] if name not in state.themes]
    parts = [
        turn.wording(saying, themes=_and([library.themes[name].name for name in names]))
        for saying, names in (
            ("journey.before", list(dict.fromkeys(earlier))[:3]),
            ("journey.themes", state.themes[:3]),
        )
        if names
    ]
    weights = [number for day in state.past for number in day["heaviness"]] + state.heaviness
    if len(weights) > 1:
        parts.append(turn.wording("journey.heaviness", first=str(weights[0]), last=str(weights[-1])))
    done = [library.techniques[name].name.lower() for name in state.techniques_done[-3:] if name in library.techniques]
    if done:
        parts.append(turn.wording("journey.techniques", techniques=_and(done)))
    taken = [step for step in state.steps if state.step is None or step != state.step["text"]]
    if taken:
        parts.append(turn.wording("journey.steps", steps=_and([f"“{step}”" for step in taken[-2:]])))
    if state.step is not None:
        parts.append(turn.wording("journey.step", step=state.step["text"]))
    return parts


def ask_delete(turn: Turn) -> None:
    """Ask once before everything is erased; say what goes and that it cannot be undone."""
    if "erase" not in turn.heard.capabilities:
        turn.say("data.not_here")
        return
    turn.say("delete.confirm")
    turn.ask("delete")


def delete_answered(turn: Turn) -> None:
    """Yes erases everything; anything else keeps it."""
    turn.ask(None)
    if _confirms(turn, "delete_data"):
        turn.request = "erase"
    else:
        turn.say("delete.kept")


def ask_forget(turn: Turn) -> None:
    """Ask once before one message or note is removed."""
    if "erase" not in turn.heard.capabilities:
        turn.say("data.not_here")
        return
    # A note is the longest thing that was written; without that word it is the last message.
    turn.state.pending = "longest" if set(words_of(turn.heard.text)) & _A_NOTE else "last"
    turn.say("forget.confirm")
    turn.ask("forget")


def forget_answered(turn: Turn) -> None:
    """Yes removes it; anything else keeps it."""
    turn.ask(None)
    if _confirms(turn, "forget_that", "delete_data"):
        turn.request = f"forget_{turn.state.pending or 'last'}"
        turn.state.exercise, turn.state.step, turn.state.steps = None, None, []
        turn.say("forget.done")
    else:
        turn.say("forget.kept")
    turn.state.pending = None


def may_refuse(turn: Turn) -> bool:
    """Whether a no can mean the disclosure itself: right after it, when nothing was told yet."""
    state = turn.state
    return state.asked == "arrive" and state.session == 1 and state.told == 0 and state.answered == 0


def refuse(turn: Turn) -> None:
    """A no to the disclosure: nothing is kept."""
    turn.request = "erase"
    turn.say("consent.refused")


def _confirms(turn: Turn, *wishes: str) -> bool:
    """A yes, or the wish once more; anything with a no or a second thought in it keeps what is there."""
    said = words_of(turn.heard.text)
    return not _SECOND_THOUGHTS & set(said) and (turn.heard.kind in ("affirm", *wishes) or said[:1] == ["yes"])


def _request(turn: Turn, request: str, saying: str) -> None:
    if request not in turn.heard.capabilities:
        turn.say("data.not_here")
        return
    turn.request = request
    turn.add(saying, turn.wording(saying), data={"request": request})


def _and(names: List[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
