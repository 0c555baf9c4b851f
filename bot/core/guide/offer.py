"""Offering help as a choice: two techniques, or none."""

import re
from typing import Dict, List, Optional, Set

from bot.core.conversation import Heard, Level
from bot.core.entries import Technique
from bot.core.guide import circumstances, practise
from bot.core.guide.turn import Turn, words_of
from bot.core.retrieval import is_barred

KEEP_TALKING = "Keep talking"
SHORTEST_NAME = 5
LONGEST_WISH = 14
_ACCEPTING = {"yes", "please", "sure", "great", "good", "lovely", "wonderful", "would"}
_WANTING = re.compile(
    r"^\W*(ok |so |please |and )*((can|could|may) (i|we|you)|let'?s|try)\b|\bexercise\b|\bi('d| would)? (like|want) to (do|try)\b",
    re.IGNORECASE,
)
TRYING = {"try", "exercise", "exercises"}


def offer(turn: Turn, lead: Optional[str] = None) -> bool:
    """Offer two techniques that fit what was told; False when nothing fits that was not done or refused."""
    state = turn.state
    fitting = _fitting(turn)
    # What was asked for by name comes first, then what helped before, where it is about the same thing.
    fitting.sort(key=lambda technique: not _named(technique, turn.heard))
    helped = [item for item in fitting if item.id in state.helped and set(item.themes) & set(state.themes)][:1]
    found = [*helped, *(item for item in fitting if item.id not in {first.id for first in helped})][:2]
    if not found:
        return False
    state.choice = [technique.id for technique in found]
    state.stage = "offering"
    state.since_offer = 0
    saying = "offer.again" if helped else "offer.two" if len(found) == 2 else "offer.one"
    values = {"a": found[0].offer, "b": found[-1].offer}
    turn.add(saying, lead, turn.wording(saying, **values), buttons=[*(item.name for item in found), KEEP_TALKING])
    turn.ask("offer")
    return True


def _named(technique: Technique, heard: Heard) -> bool:
    """Whether the person asks for this one or its kind ("a breathing exercise")."""
    if heard.kind != "ask_technique":
        return False
    telling = {word for word in words_of(f"{technique.name} {technique.kind}") if len(word) > SHORTEST_NAME}
    return bool(telling & set(words_of(heard.text)))


def _fitting(turn: Turn) -> List[Technique]:
    """The best techniques first; where one is not for this person now, its gentler variant stands in."""
    resting, barred = _resting(turn), circumstances.barred(turn)
    # By id: comparing whole entries with each other took seconds.
    found: Dict[str, Technique] = {}
    for technique in turn.chooser.techniques(_about(turn), turn.state.themes[:3], resting, ()):
        fit: Optional[Technique] = technique
        if is_barred(technique, barred):
            fit = turn.library.techniques.get(technique.gentler or "")
        if fit is not None and fit.id not in resting and not is_barred(fit, barred) and _presumes_nothing(fit, turn):
            found.setdefault(fit.id, fit)
    return list(found.values())


def _presumes_nothing(technique: Technique, turn: Turn) -> bool:
    """Whether it takes for granted only what the person told: children, a job or debts are not everybody's."""
    return not technique.only_for or bool(set(technique.only_for) & set(turn.state.themes))


def _about(turn: Turn) -> str:
    """What the talk is about, in words to compare with: asking for something to do says nothing of it."""
    if turn.heard.themes or not turn.state.themes:
        return turn.heard.text
    return " ".join(turn.library.themes[name].definition for name in turn.state.themes[:2])


def _resting(turn: Turn) -> List[str]:
    """What is not offered: refused for good, tried in this session, or done before without having helped."""
    state = turn.state
    return [*state.refused, *state.tried, *(name for name in state.techniques_done if name not in state.helped)]


def named(turn: Turn) -> Optional[Technique]:
    """The technique that a message asks for by its name ("can we do the page given back")."""
    text, long = turn.heard.text.lower(), len(words_of(turn.heard.text)) > LONGEST_WISH
    if turn.heard.judgement.level >= Level.concern or long or not _WANTING.search(text):
        return None
    barred = circumstances.barred(turn)
    return next(
        (
            item
            for item in turn.library.techniques.values()
            if item.name.lower().removeprefix("the ").removeprefix("a ") in text and not is_barred(item, barred)
        ),
        None,
    )


def start_named(turn: Turn) -> None:
    """Begin what was asked for by its name."""
    technique = named(turn)
    if technique is not None:
        practise.start(turn, technique)


def asked_for(turn: Turn) -> None:
    """The person asked for something to do."""
    if turn.level >= Level.risk or not offer(turn):
        turn.say("offer.nothing")
        turn.ask("question")


def choose(turn: Turn) -> bool:
    """The answer to an offer. False when the message is not an answer to it, so that it is heard as telling."""
    state, heard = turn.state, turn.heard
    said = set(words_of(heard.text))
    options = [turn.library.techniques[name] for name in state.choice if name in turn.library.techniques]
    picked = _picked(heard.text, said, options, heard.kind)
    if picked is not None:
        practise.start(turn, picked)
        return True
    if heard.kind == "thanks" and options and not {"no", "not"} & said:
        # "That would be great, thank you" accepts; a bare thank you leaves it open.
        if _ACCEPTING & said:
            practise.start(turn, options[0])
        else:
            turn.say("offer.which")
        return True
    if (
        heard.kind in ("deny", "thanks")
        or heard.text.strip().lower() == KEEP_TALKING.lower()
        or heard.kind in ("skip", "stop")
    ):
        state.refused += [technique.id for technique in options if technique.id not in state.refused]
        state.choice, state.stage, state.only_listening = [], "telling", True
        turn.say("offer.declined")
        turn.ask("question")
        return True
    if heard.kind in ("too_vague", "ask_technique"):
        turn.say("offer.which")
        return True
    state.choice, state.stage, state.asked = [], "telling", "question"
    return False


def _picked(text: str, said: Set[str], options: List[Technique], kind: str) -> Optional[Technique]:
    if len(words_of(text)) > LONGEST_WISH:
        # Whoever writes at length is telling, whatever words are in it.
        return None
    lowered = text.lower()
    for technique in options:
        if technique.name.lower() in lowered:
            return technique
    for place, names in ((0, {"first", "former", "1"}), (1, {"second", "latter", "2", "other"})):
        if names & said and place < len(options):
            return options[place]
    for technique in options:
        telling = {word for word in words_of(f"{technique.name} {technique.kind}") if len(word) > 4}
        if telling & said and len(said) <= 4:
            return technique
    if options and kind in ("affirm", "next"):
        return options[0]
    return None
