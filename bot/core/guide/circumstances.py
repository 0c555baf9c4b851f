"""What a person mentions that some techniques are not for (`not_when` in the library): recognised by plain wording only."""

import re
from typing import Dict, List, Tuple

from bot.core.conversation import Level
from bot.core.guide.turn import Turn

GRIEF = "grief_fresh"
_KIN = r"(mum|mom|mother|dad|father|parents?|brother|sister|son|daughter|baby|child|husband|wife|partner|boyfriend|girlfriend|fianc[eé]e?|gran\w*|nan|uncle|aunt\w*|cousin|friend|dog|cat|puppy|pet)"
# "I lost my friend" may be about a quarrel.
_FAMILY = r"(mum|mom|mother|dad|father|parents|brother|sister|son|daughter|baby|husband|wife|gran\w*|nan|dog|cat)"
_SUM = r"\d+ ?(pounds?|quid|dollars?|euros?|bucks|[£$€])|[£$€] ?\d+"
_SIGNS: Dict[str, "re.Pattern[str]"] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        (
            GRIEF,
            rf"\b(my|our) (\w+ )?{_KIN}('s)? (\w+ ){{0,3}}(died|passed|was put (down|to sleep))\b"
            rf"|\b(buried|death of) (my|our) (\w+ )?{_KIN}\b|\b(lost|loss of) (my|our) (\w+ )?{_FAMILY}\b|\bfuneral\b|\bmiscarr\w+",
        ),
        ("panic", r"\bpanic(king|ked)?( attacks?)?\b|\bhyperventilat\w+"),
        (
            "insomnia",
            r"\b(can'?t|cannot|couldn'?t|can not) (get to |fall a?)?sleep\b|\bsleepless\b|\binsomnia\b|\b[1-4] ?a\.?m\b",
        ),
        (
            "body_pain",
            r"\b(chronic|constant|back|joint|neck) pain\b|\binjur(y|ed)\b|\bfibromyalgia\b|\barthritis\b|\bsurgery\b",
        ),
        ("breathing_problem", r"\basthma\w*|\bcopd\b|\bshort of breath\b|\b(can'?t|hard to|trouble) breath\w*"),
        (
            "no_money",
            r"\b(can'?t|cannot|couldn'?t|won'?t|unable to|not able to|how (do|can|will|am) i|not enough (left )?)\b.{0,12}\b(pay|afford|cover|make)\b"
            r".{0,20}\b(rent|bills?|food|groceries|heating|electric\w*|mortgage)\b"
            r"|\brent (is |was |comes )?(due|late|overdue)\b|\bbehind (on|with) (the |my |our )?(rent|bills|payments)\b"
            r"|\b(overdrawn|skint|evict\w+|bailiffs?|food ?bank)\b|\b(i'?m|we'?re|i am|we are) (so |totally |completely |flat )?broke\b"
            rf"|\bno money (left|for|until|till)\b|(?<!\w)({_SUM}) (left|to my name|in (my|the) (account|bank))\b",
        ),
        ("eating_distress", r"\banorexi\w+|\bbulimi\w+|\bbing(e|ing)\b|\bpurg(e|ing)\b|\beating disorder\b"),
    )
}


def notice(turn: Turn) -> None:
    """Remember for this session what was mentioned; fresh grief wants a listener and no exercise."""
    state = turn.state
    for name in mentioned(turn.heard.text):
        if name not in state.circumstances:
            state.circumstances.append(name)
            if name == GRIEF:
                state.only_listening = True


def mentioned(text: str) -> List[str]:
    """What a message mentions that some techniques are not for."""
    return [name for name, sign in _SIGNS.items() if sign.search(text)]


def tells_of_loss(text: str) -> bool:
    """Whether a message speaks of a death."""
    return bool(_SIGNS[GRIEF].search(text))


def barred(turn: Turn) -> Tuple[str, ...]:
    """What must not be suggested now: `abuse` bars techniques that lean on other people, `crisis` all of them."""
    found: List[str] = [*turn.state.circumstances]
    if turn.state.abuse_told or turn.state.level_kind == "abuse":
        found.append("abuse")
    if turn.level >= Level.risk:
        found.append("crisis")
    return tuple(found)
