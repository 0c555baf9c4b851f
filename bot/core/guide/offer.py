"""Offering help as a choice: two techniques, or none."""

import re
from typing import Dict, List, Optional, Sequence, Set

from bot.core.conversation import Heard, Level
from bot.core.entries import Expects, Technique
from bot.core.guide import about_step, at_step, circumstances, hearing, look_back, naming, practise, refusing
from bot.core.guide.about_step import About
from bot.core.guide.choosing import bare_place, chosen_last
from bot.core.guide.turn import State, Turn, words_of
from bot.core.retrieval import is_barred

KEEP_TALKING = "Keep talking"
SHORTEST_NAME = 5
LONGEST_WISH = 14
LONGEST_GOING_ON = 10
# Few words can be far apart.
LONGEST_TEXT = 200
LONGEST_COMPARING = 10
# So many tellings later, what was offered last can still be taken up, as long as nothing else was asked.
STAYS_OPEN = 4
_OPEN = (None, "question", "area", "stopped", "after_step", "step")
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
# These take back the choice that was just made.
_CORRECTING = {
    "wait",
    "no",
    "meant",
    "mean",
    "instead",
    "rather",
    "actually",
    "sorry",
    "changed",
    "other",
    "hang",
    "hold",
}
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
    r"|^\W*(?:(?:so|and|ok(?:ay)?|but|well|please|hm+|yes|no)\W+)*(?:"
    r"what (?:(?:could|can|would|might|does|do|usually|normally|really) )*helps?(?: (?:me|here|now|then|with (?:this|that|it)|against (?:this|that|it)|(?:other |most )?people|others))*"
    r"|(?:any|an|some) ideas?(?: (?:for me|what (?:could|might|would) help|what (?:i|to) (?:could |can )?(?:do|try)))?"
    r"|(?:show|give|offer) me (?:something|anything)(?: (?:to (?:try|do)|that (?:helps|could help|might help)|new|small|please|now))*"
    r"|what (?:else )?(?:do|have|could|can|would) you (?:have|got|offer|suggest)(?: (?:me|for me|to offer|for this|for that|there|now|today|in store))*"
    r"|(?:do you have|have you got|got|is there) (?:something|anything)(?: (?:for (?:me|this|that)|to (?:try|do)|that (?:could |might |would |can )?helps?(?: me)?|practical|useful))+"
    r")(?: please)?\W*$"
    r"|\b(?:mean|meant|like|want|wanted|need|give me|show me|about|have you(?: got)?|do you have) (?:like )?(?:a|an|some|any|another) (?:\w+ )?(?:exercises?|techniques?)\b",
    re.IGNORECASE,
)

_OTHERS = re.compile(
    r"^\W*(?:(?:no|nope|nah|not (?:those|these|that|them|really)|neither|none|hm+|um+|ok(?:ay)?|sorry|thanks|thank you|well|so|and|please|of (?:them|those|these|the two)|is there"
    r"|(?:do )?you (?:have|got)|have you(?: got)?|can (?:i|we) (?:have|do|try)|give me|show me|offer me|i(?:'d| would) (?:like|prefer|rather (?:have|do))|i want|let'?s (?:do|try)|maybe|what about|what)\b\W*)*"
    r"(?:(?:something|anything|what) (?:else|different|other)|(?:any |some |the |an)?other (?:ones?|ideas?|exercises?|things?|options?|choices?|suggestions?)|others|another(?: (?:one|idea|exercise|thing))?"
    r"|different ones?|(?:any )?more (?:ideas|options|choices|exercises))(?: (?:please|then|instead|there|for me|to (?:try|do)|you have|you can offer))*\W*$",
    re.IGNORECASE,
)
_PLACED = r"(?:the |that )?(?:first|second|other|former|latter)(?: one| option| idea| thing)?"
_COMPARES = re.compile(
    rf"\bwhat(?:'s|s| is| are| was) the differences?\b|\bhow (?:do|are|would) (?:they|those|the two) (?:differ|different)"
    rf"|\bwhat(?:'s|s| is| was) {_PLACED}(?: again| about| exactly| called| like)*\W*$"
    r"|\bwhat (?:were|are) (?:they|the two|those(?: two)?|these(?: two)?|both|(?:the|my) (?:options|choices|ideas))(?: again| about| exactly)*\W*$"
    rf"|\b(?:tell me (?:more )?about|explain|describe|what about) (?:{_PLACED}|(?:the |these |those )?(?:two|both|options|ideas)|them|both of them)(?: please| again)*\W*$"
    rf"|\bhow long\b.{{0,16}}\b(?:they|each|both|those|these|the two|{_PLACED})\b"
    r"|\bwhich (?:one |of (?:them|the two|those) )?(?:is|are|would be|takes) (?:the )?(?:short|quick|easi|long|simpl|bett|best)\w*\b"
    r"|\bwhat (?:do|does|would) (?:they|both|those|each)(?: of them)? (?:do|mean|involve)\b",
    re.IGNORECASE,
)


def wants_others(text: str) -> bool:
    """Whether a short message asks for other things than those on offer."""
    return len(words_of(text)) <= LONGEST_WISH and bool(_OTHERS.search(text.replace("’", "'")))


def compares(text: str) -> bool:
    """Whether a short message asks what the things on offer are."""
    return len(words_of(text)) <= LONGEST_COMPARING and bool(_COMPARES.search(text.replace("’", "'")))


def tell_which(turn: Turn) -> None:
    """The name of one exercise of each kind that is for this person now."""
    barred = circumstances.barred(turn)
    of_kind: Dict[str, Technique] = {}
    for technique in sorted(turn.library.techniques.values(), key=lambda one: not one.general):
        if not is_barred(technique, barred) and _presumes_nothing(technique, turn):
            of_kind.setdefault(technique.kind, technique)
    if not of_kind:
        turn.say("offer.nothing")
    else:
        turn.say("offer.list", names=", ".join(f"“{one.name}”" for one in of_kind.values()))
    turn.ask("question")


def takes_up(state: State, text: str) -> bool:
    """Whether a message comes back to what was offered last: an ordinal, what it was, or others instead."""
    if not state.offered:
        return False
    ordinal = bare_place(text, len(state.offered)) is not None
    if state.exercise is not None and not state.exercise["paused"]:
        return (ordinal and not state.exercise["notes"]) or compares(text)
    if state.asked == "offer":
        asks = about_step.heard(text) is About.not_understood
        return compares(text) or asks or wants_others(text) or wants_something_to_do(text)
    still_open = state.asked in _OPEN and state.since_offer <= STAYS_OPEN
    return still_open and (ordinal or compares(text) or wants_others(text))


def keeps_talking(text: str) -> bool:
    """Whether a short message does nothing but wish to go on talking, of the same or of something else."""
    said = words_of(text)
    if len(said) > LONGEST_GOING_ON or len(text) > LONGEST_TEXT:
        return False
    return bool(_GOES_ON.search(" ".join(said))) or at_step.turns_away(text)


def wants_something_to_do(text: str) -> bool:
    """Whether a short message plainly asks for something to try."""
    short = len(words_of(text)) <= LONGEST_WISH and not refusing.refuses_all(text)
    return short and bool(_WANTS_TO_DO.search(text.replace("’", "'")))


def offer(turn: Turn, lead: Optional[str] = None, first: Sequence[Technique] = ()) -> bool:
    """Offer two techniques that fit what was told, those of `first` before others; False when nothing fits that was not
    done or refused."""
    state = turn.state
    named, gentler = [technique.id for technique in first], [technique.gentler for technique in first]
    fitting = _fitting(turn, named)
    # What was asked for by name comes first, or what stands in for it, then what helped before, where it is about the same thing.
    fitting.sort(
        key=lambda one: (
            one.id not in named,
            one.id not in gentler,
            not _of_that_kind(one, turn.heard),
            not _made_for(one, turn),
        )
    )
    helped = [one for one in fitting if one.id in state.helped and set(one.themes) & set(state.themes) and not first][
        :1
    ]
    found = [*helped, *(one for one in fitting if one not in helped)][:2]
    if not found:
        return False
    state.choice = [technique.id for technique in found]
    state.offered = state.choice
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
    return bool(_telling(technique, SHORTEST_NAME) & set(words_of(heard.text)))


def _telling(technique: Technique, shortest: int) -> Set[str]:
    """The words that say which technique is meant: "please" is in the name of some, and in every other wish."""
    return {word for word in words_of(f"{technique.name} {technique.kind}") if len(word) > shortest} - naming.AROUND


def _fitting(turn: Turn, named: Sequence[str]) -> List[Technique]:
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
        if (
            fit is not None
            and fit.id not in resting
            and not is_barred(fit, barred)
            and (fit.id in named or _presumes_nothing(fit, turn))
        ):
            found.setdefault(fit.id, fit)
    themes = set(turn.state.themes[:3]) if hearing.holds(turn) else set()
    return sorted(found.values(), key=lambda technique: not (technique.general or themes & set(technique.themes)))


def _presumes_nothing(technique: Technique, turn: Turn) -> bool:
    """Whether it takes for granted only what the person told: children, a job or debts are not everybody's."""
    known = not technique.only_for or bool(set(technique.only_for) & set(turn.state.themes))
    return known or _made_for(technique, turn)


def _made_for(technique: Technique, turn: Turn) -> bool:
    return bool(set(technique.made_for) & set(turn.state.circumstances))


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
    if practise.current(turn) in found:
        practise.steer(turn, "repeat")
    elif len(found) > 1 or is_barred(found[0], barred):
        asked_for(turn, found)
    else:
        practise.start(turn, found[0])


def asked_for(turn: Turn, first: Sequence[Technique] = ()) -> None:
    """The person asked for something to do."""
    if turn.heard.themes:
        hearing.take_in(turn)
    if turn.level >= Level.risk or not offer(turn, first=first):
        turn.say("offer.nothing")
        turn.ask("question")


def switch(turn: Turn) -> bool:
    """Begin the other one that was offered, as long as nothing was answered in this one. False where that is not meant."""
    options, technique, exercise = _offered(turn), practise.current(turn), turn.state.exercise
    if technique not in options or exercise is None or exercise["notes"]:
        return False
    said = set(words_of(turn.heard.text))
    place = bare_place(turn.heard.text, len(options), options.index(technique))
    if place is not None and technique.steps[exercise["step"]].expects is Expects.choice and not _CORRECTING & said:
        # "The first" is the first of the step's own choices.
        return False
    other = [one for one in naming.named(turn) if one in options and one is not technique] if place is None else []
    meant = options[place] if place is not None else other[0] if other else None
    if meant is None or is_barred(meant, circumstances.barred(turn)):
        return False
    if meant is technique:
        practise.steer(turn, "repeat")
    else:
        turn.state.tried.remove(technique.id)
        practise.start(turn, meant)
    return True


def compare(turn: Turn) -> None:
    """What was offered, and how long each takes; within an exercise only the other one, and its step once more."""
    options, technique = _offered(turn), practise.current(turn)
    if practise.under_way(turn):
        other = next((one for one in options if one is not technique), None)
        lead = "exercise.resumed" if other is None else "offer.other"
        values = {"name": other.name, "minutes": str(other.minutes), "a": other.offer} if other else {}
        practise.show_again(turn, turn.wording(lead, **values))
        return
    first, last = options[0], options[-1]
    values = {"first": first.name, "first_minutes": str(first.minutes), "a": first.offer}
    values.update(second=last.name, second_minutes=str(last.minutes), b=last.offer)
    saying = "offer.compare" if len(options) > 1 else "offer.compare_one"
    turn.state.choice, turn.state.stage, turn.state.since_offer = [one.id for one in options], "offering", 0
    turn.add(saying, turn.wording(saying, **values), buttons=[*(one.name for one in options), KEEP_TALKING])
    turn.ask("offer")


def _offered(turn: Turn) -> List[Technique]:
    names = turn.state.choice if turn.state.asked == "offer" else turn.state.offered
    return [turn.library.techniques[name] for name in names if name in turn.library.techniques]


def keep_talking(turn: Turn) -> None:
    """The person wishes to go on talking: what is on offer is put away, an exercise keeps its place."""
    if at_step.turns_away(turn.heard.text) and not practise.under_way(turn):
        put_away(turn)
        turn.say("keep_talking.elsewhere")
        turn.ask("question")
    elif turn.state.asked == "offer":
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
    options, under_way = _offered(turn), practise.current(turn)
    place = bare_place(heard.text, len(options), options.index(under_way) if under_way in options else 0)
    others = place is None and wants_others(heard.text)
    picked = options[place] if place is not None else None
    if picked is None and not others and state.asked == "offer":
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
    if others or look_back.wants_other(heard.text):
        state.refused += [one.id for one in options if one.id not in state.refused]
        asked_for(turn)
        return True
    if options and (compares(heard.text) or about_step.heard(heard.text) is About.not_understood):
        compare(turn)
        return True
    wants = heard.kind == "ask_technique" or wants_something_to_do(heard.text)
    if refusing.neither(heard.text) or (heard.kind in ("deny", "thanks", "skip", "stop") and not wants):
        _decline(turn)
        return True
    if wants and heard.themes:
        # Something else that there might be help with.
        asked_for(turn)
        return True
    if wants or heard.kind in ("too_vague", "back", "repeat"):
        turn.say("offer.which")
        return True
    state.choice, state.stage, state.asked = [], "telling", "question"
    return False


def put_away(turn: Turn) -> None:
    """What is on offer is declined: a change of mind is heard at once, and after the next telling no more."""
    state = turn.state
    if state.choice:
        state.since_offer = STAYS_OPEN
    state.refused += [name for name in state.choice if name not in state.refused]
    state.choice, state.stage = [], "telling"


def _decline(turn: Turn) -> None:
    put_away(turn)
    turn.state.only_listening = True
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
        if _telling(technique, 4) & said and len(said) <= 4:
            return technique
    agrees = kind == "next" or (kind == "affirm" and said <= _YES)
    either = bool(_EITHER & said) and len(said) <= 4 and not wants_something_to_do(text)
    if options and (agrees or either):
        return options[0]
    return None
