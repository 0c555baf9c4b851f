"""Forgetting one thing: where its words were given back, and what the state loses with it."""

import re
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, List, Mapping, Sequence, Tuple

from bot.core.guide.turn import State, unasked, words_of

# Answers by which a message is known to be about one's data or about consent; forgetting never means such a message.
ABOUT_DATA = ("forget.", "delete.", "data.", "journey", "known", "share.", "training.")
# Fewer words than these are found everywhere.
LEAST_WORDS = 3
WORDS_SHOWN = 12
_QUOTED = re.compile(r"“([^”]*)”")


@dataclass(frozen=True)
class Lost:
    """What goes with a forgotten message of a session, and what is left of that session without it.

    `themes` are those that no other message of the session carried; `replies` the ids and `uttered` the fingerprints of
    answers that went; `notes` what was typed as notes; `helped` the exercises it found helpful; `circumstances` what only
    it mentioned. `heaviness`, `felt` (of the session) and `steps` (of all sessions) are what is left.
    """

    session: int
    themes: FrozenSet[str] = frozenset()
    replies: FrozenSet[str] = frozenset()
    uttered: FrozenSet[str] = frozenset()
    notes: Tuple[str, ...] = ()
    helped: FrozenSet[str] = frozenset()
    circumstances: FrozenSet[str] = frozenset()
    heaviness: Tuple[int, ...] = ()
    felt: Tuple[Mapping[str, Any], ...] = ()
    steps: Tuple[str, ...] = ()


def stem(word: str) -> str:
    """A word without the ending by which "brother", "brothers" and "brother's" differ."""
    bare = word.removesuffix("'s")
    return bare[:-1] if len(bare) > LEAST_WORDS and bare.endswith("s") and not bare.endswith("ss") else bare


def fits(topic: Sequence[str], text: str) -> int:
    """How many of the words of a topic a message holds."""
    return len(set(topic) & {stem(word) for word in words_of(text)})


def shown(text: str, most: int = WORDS_SHOWN) -> str:
    """The beginning of a message, as the question shows which one is meant; without question marks of its own."""
    parts = unasked(text).replace("“", "").replace("”", "").split()
    return " ".join(parts[:most]).rstrip(",") + ("…" if len(parts) > most else "")


def gives_back(said: str, texts: Sequence[str], of_its_own: bool = False) -> bool:
    """Whether something the bot said repeats one of these texts, or quotes a part of it.

    What is `of_its_own` (of the exercise in which it was typed, or a step that came of it) may repeat a single word.
    """
    spoken = _spaced(said)
    quoted = [part for part in map(_spaced, _QUOTED.findall(said)) if len(part.split()) >= LEAST_WORDS]
    for whole in map(_spaced, texts):
        enough = of_its_own or len(whole.split()) >= LEAST_WORDS
        if whole.strip() and ((enough and whole in spoken) or any(part in whole for part in quoted)):
            return True
    return False


def take_out(state: State, lost: Lost) -> None:
    """Let the state lose what came from a forgotten message. Its safety level stays, and what was done in exercises."""
    if lost.session == state.session:
        _out_of_this_session(state, lost)
    state.past = [_out_of_day(day, lost) if day.get("session") == lost.session else day for day in state.past]
    state.rest = {name: day for name, day in state.rest.items() if name not in lost.replies}
    state.helped = [name for name in state.helped if name not in lost.helped]
    state.steps = [step for step in state.steps if step in lost.steps]
    state.left_step = None
    if state.step is not None and state.step["text"] not in lost.steps:
        state.step = None
    if state.step is not None and state.step.get("expected") in lost.notes:
        del state.step["expected"]
    if state.expected_cost in lost.notes:
        state.expected_cost = None
    if state.exercise is not None:
        kept = {key: note for key, note in state.exercise["notes"].items() if note not in lost.notes}
        state.exercise = {**state.exercise, "notes": kept}


def _out_of_this_session(state: State, lost: Lost) -> None:
    def left(names: Sequence[str]) -> List[str]:
        return [name for name in names if name not in lost.themes]

    state.themes, state.guessed, state.ruled_out = left(state.themes), left(state.guessed), left(state.ruled_out)
    state.choice = [] if lost.themes & set(state.choice) else state.choice
    state.evidence = {name: weight for name, weight in state.evidence.items() if name not in lost.themes}
    # A blend of all that was told, from which no part can be taken.
    state.sections = {}
    of_themes = tuple(f"theme.{name}." for name in lost.themes)
    gone = (*lost.replies, *(f"{name}.more" for name in lost.replies))
    state.said = [key for key in state.said if key not in gone and not (of_themes and key.startswith(of_themes))]
    state.uttered = [print_ for print_ in state.uttered if print_ not in lost.uttered]
    state.shown = None if state.shown in lost.replies else state.shown
    state.circumstances = [name for name in state.circumstances if name not in lost.circumstances]
    state.heaviness, state.felt = list(lost.heaviness), [dict(one) for one in lost.felt]


def _out_of_day(day: Mapping[str, Any], lost: Lost) -> Dict[str, Any]:
    themes = [name for name in day["themes"] if name not in lost.themes]
    return {**day, "themes": themes, "heaviness": list(lost.heaviness), "felt": [dict(one) for one in lost.felt]}


def _spaced(text: str) -> str:
    return " " + " ".join(re.findall(r"[^\W_]+", text.casefold())) + " "
