"""Offering help as a choice: two techniques, or none."""

import re
from typing import Dict, List, Optional, Sequence, Set

from bot.core.conversation import Heard, Level
from bot.core.entries import Technique
from bot.core.guide import at_step, circumstances, hearing, look_back, naming, practise
from bot.core.guide.choosing import chosen_last
from bot.core.guide.turn import Turn, words_of
from bot.core.retrieval import is_barred

KEEP_TALKING = "Keep talking"
SHORTEST_NAME = 5
LONGEST_WISH = 14
LONGEST_GOING_ON = 10
_ACCEPTING = {"yes", "please", "sure", "great", "lovely", "wonderful", "would"}
# A yes that says more than these words agrees with something else than the offer.
_YES = set(
    words_of(
        "yes yeah yep yup yea sure ok okay alright definitely absolutely please fine good great sounds lovely nice cool thanks thank you"
        " of course why not oh well um maybe i we i'd i'll let's lets let us can could might would will like love to do try go for it"
        " that this one a an the exercise both guess think so help be give"
    )
)
_EITHER = {"both", "either", "any", "whichever", "whatever"}
TRYING = {"try", "exercise", "exercises"}
_GOES_ON = re.compile(
    r"^\W*(?:(?:no|nah|ok(?:ay)?|yes|yeah|please|actually|sorry|thanks|thank you|well|sure|um+|hm+|but|so|not now|neither)\b\W*)*"
    r"(?:i think )?(?:(?:can|could|may|shall) (?:we|i|you)|let'?s|let (?:us|me)|we (?:can|could)"
    r"|i(?:'d| would)? (?:like|love|prefer|want|rather|need)(?: to)?|i'd rather|i wanna)?\W*(?:just |please |rather |still |simply )*"
    r"(?:keep(?: on)?|go on|carry on|continue|stay with)(?: with)?(?: the| to| our)? (?:talk(?:ing)?|chat(?:ting)?|tell(?:ing)?|conversation)\b",
    re.IGNORECASE,
)
_WANTS_TO_DO = re.compile(
    r"\b(?:like|want|love|wanna|could|can|let'?s|shall|willing|ready)\b.{0,12}\b(?:try|do) (?:out )?something(?: (?:small|tiny|easy|little|new|else|different|practical|"
    r"simple|short|like that|again|together|now|here|please|instead|with you|about (?:it|this|that)))*\W*$"
    r"|\b(?:is|isn'?t) there (?:really |maybe )?(?:something|anything|some exercise) (?:else |small )?(?:that )?(?:i|we) (?:can|could|might) (?:do|try)\b"
    r"|\bwhat (?:should|can|could) (?:i|we) (?:do|try)(?: next| now| first| then)?\W*$"
    r"|\b(?:mean|meant|like|want|wanted|need|give me|show me|about|have you(?: got)?|do you have) (?:like )?(?:a|an|some|any|another) (?:\w+ )?(?:exercises?|techniques?)\b",
    re.IGNORECASE,
)


def keeps_talking(text: str) -> bool:
    """Whether a short message does nothing but wish to go on talking, of the same or of something else."""
    wishes = bool(_GOES_ON.search(text.replace("’", "'"))) or at_step.turns_away(text)
    return wishes and len(words_of(text)) <= LONGEST_GOING_ON


def wants_something_to_do(text: str) -> bool:
    """Whether a short message plainly asks for something to try."""
    return len(words_of(text)) <= LONGEST_WISH and bool(_WANTS_TO_DO.search(text.replace("’", "'")))


def offer(turn: Turn, lead: Optional[str] = None, first: Sequence[Technique] = ()) -> bool:
    """Offer two techniques that fit what was told, those of `first` before others; False when nothing fits that was not
    done or refused."""
    state = turn.state
    named, gentler = [technique.id for technique in first], [technique.gentler for technique in first]
    fitting = _fitting(turn)
    # What was asked for by name comes first, or what stands in for it, then what helped before, where it is about the same thing.
    fitting.sort(key=lambda one: (one.id not in named, one.id not in gentler, not _of_that_kind(one, turn.heard)))
    helped = [one for one in fitting if one.id in state.helped and set(one.themes) & set(state.themes) and not first][
        :1
    ]
    found = [*helped, *(one for one in fitting if one not in helped)][:2]
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


def _of_that_kind(technique: Technique, heard: Heard) -> bool:
    """Whether the person asks for its kind ("a breathing exercise")."""
    if heard.kind != "ask_technique":
        return False
    telling = {word for word in words_of(f"{technique.name} {technique.kind}") if len(word) > SHORTEST_NAME}
    return bool(telling & set(words_of(heard.text)))


def _fitting(turn: Turn) -> List[Technique]:
    """The best techniques first; where one is not for this person now, its gentler variant stands in.

    Before all others come those that fit everybody and, once it is clear what the talk is about, those that are about it.
    """
    resting, barred = _resting(turn), circumstances.barred(turn)
    # By id: comparing whole entries with each other took seconds.
    found: Dict[str, Technique] = {}
    for technique in turn.chooser.techniques(_about(turn), turn.state.themes[:3], resting, ()):
        fit: Optional[Technique] = technique
        if is_barred(technique, barred):
            fit = turn.library.techniques.get(technique.gentler or "")
        if fit is not None and fit.id not in resting and not is_barred(fit, barred) and _presumes_nothing(fit, turn):
            found.setdefault(fit.id, fit)
    themes = set(turn.state.themes[:3]) if hearing.holds(turn) else set()
    return sorted(found.values(), key=lambda technique: not (technique.general or themes & set(technique.themes)))


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


def start_named(turn: Turn) -> None:
    """Begin what was asked for by its name; what several are called, or what is not for the person now, is offered."""
    found, barred = naming.named(turn), circumstances.barred(turn)
    if len(found) > 1 or is_barred(found[0], barred):
        asked_for(turn, found)
    elif practise.current(turn) is found[0]:
        practise.steer(turn, "repeat")
    else:
        practise.start(turn, found[0])


def asked_for(turn: Turn, first: Sequence[Technique] = ()) -> None:
    """The person asked for something to do."""
    if turn.heard.themes:
        hearing.take_in(turn)
    if turn.level >= Level.risk or not offer(turn, first=first):
        turn.say("offer.nothing")
        turn.ask("question")


def keep_talking(turn: Turn) -> None:
    """The person wishes to go on talking: what is on offer is put away, an exercise keeps its place."""
    if turn.state.asked == "offer":
        _decline(turn)
    elif practise.under_way(turn):
        practise.make_room(turn)
    else:
        turn.state.stage = "telling"
        turn.say("keep_talking")
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
    if look_back.wants_other(heard.text):
        state.refused += [name for name in state.choice if name not in state.refused]
        asked_for(turn)
        return True
    wants = heard.kind == "ask_technique" or wants_something_to_do(heard.text)
    if wants and heard.themes:
        # Something else that there might be help with.
        asked_for(turn)
        return True
    if wants or heard.kind in ("too_vague", "back", "repeat"):
        turn.say("offer.which")
        return True
    if heard.kind in ("deny", "thanks", "skip", "stop"):
        _decline(turn)
        return True
    state.choice, state.stage, state.asked = [], "telling", "question"
    return False


def _decline(turn: Turn) -> None:
    state = turn.state
    state.refused += [name for name in state.choice if name not in state.refused]
    state.choice, state.stage, state.only_listening = [], "telling", True
    turn.say("offer.declined")
    turn.ask("question")


def _picked(text: str, said: Set[str], options: List[Technique], kind: str) -> Optional[Technique]:
    if len(words_of(text)) > LONGEST_WISH:
        # Whoever writes at length is telling, whatever words are in it.
        return None
    place = chosen_last(text, [technique.name for technique in options])
    if place is not None:
        return options[place]
    for technique in options:
        telling = {word for word in words_of(f"{technique.name} {technique.kind}") if len(word) > 4}
        if telling & said and len(said) <= 4:
            return technique
    agrees = kind == "next" or (kind == "affirm" and said <= _YES)
    if options and (agrees or (_EITHER & said and len(said) <= 4)):
        return options[0]
    return None
