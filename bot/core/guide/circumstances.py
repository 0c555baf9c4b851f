"""What a person mentions that some techniques are not for (`not_when` in the library): recognised by plain wording only."""

import re
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Tuple

from bot.core.conversation import Level, ThemeScore
from bot.core.entries import Reflection
from bot.core.guide.turn import Turn

GRIEF, NO_MONEY = "grief_fresh", "no_money"
# "We have nothing to eat" says it without a word of money.
_MONEY = "money_worries"
# Somebody decides where they go and whom they see: what was written about closeness or guilt may point the wrong way.
CONTROLLED = "controlled"
# What wants company and questions of its own.
BABY, ANIMAL, ILLNESS = "loss_baby", "loss_animal", "illness"
_BESIDE = (BABY, ANIMAL, GRIEF, ILLNESS)
KIN = r"(mum|mom|mother|dad|father|parents?|brother|sister|son|daughter|baby|child|husband|wife|partner|boyfriend|girlfriend|fianc[eé]e?|gran\w*|nan|uncle|aunt\w*|cousin|friend|dog|cat|puppy|pet)"
# "I lost my friend" may be about a quarrel.
_FAMILY = r"(mum|mom|mother|dad|father|parents|brother|sister|son|daughter|baby|husband|wife|gran\w*|nan|dog|cat)"
_PETS = r"(dog|cat|puppy|kitten|pet|horse|rabbit|hamster|guinea pig|budgie|parrot)"
# "My parents think I passed" and "dad passed the salt" tell of nobody's death.
_PASSED = (
    r"passed(?! (?:the|my|his|her|their|our|your|it|me|us|by|out|up|over|all|every|judg\w+|with"
    r"|an? (?!few|couple|day|week|month|year|long|short|while)\w+)\b)"
)
_BETWEEN = r"((?!i\b|we\b|you\b|think|thought|knows?\b|knew\b|sa(?:ys?|id)\b|believe|hope|that\b)\w+ ){0,3}"
_GONE = rf"(died|{_PASSED}|was put (down|to sleep)|had to be put (down|to sleep))"
_UNBORN = (
    r"\bmiscarr\w+|\bstill ?(birth|born)\b|\bectopic\b|\b(lost|losing|loss of) (the|my|our|a) (\w+ )?(baby|babies|pregnancy|twins)\b|\bpregnancy loss\b"
    rf"|\b(my|our|the) (\w+ )?baby(?: (?!boy\b|girl\b)\w+){{0,2}} {_GONE}\b"
)
_PARTNER = r"(husband|wife|partner|boyfriend|girlfriend|fianc[eé]e?|man|ex|father|mother|dad|mum|family)"
_SUM = r"\d+ ?(pounds?|quid|dollars?|euros?|bucks|[£$€])|[£$€] ?\d+"
_SIGNS: Dict[str, "re.Pattern[str]"] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in (
        (
            GRIEF,
            rf"\b(my|our) (\w+ )?{KIN}('s)? {_BETWEEN}(died|{_PASSED}|was put (down|to sleep))\b"
            rf"|\b(buried|death of) (my|our) (\w+ )?{KIN}\b|\b(lost|loss of) (my|our) (\w+ )?{_FAMILY}\b|\bfuneral\b|{_UNBORN}",
        ),
        (BABY, _UNBORN),
        (
            ANIMAL,
            rf"\b(my|our) (\w+ )?{_PETS}('s)? {_BETWEEN}{_GONE}\b|\b(buried|death of|lost|loss of) (my|our) (\w+ )?{_PETS}\b",
        ),
        (
            ILLNESS,
            r"\b(cancer|chemo\w*|tumou?rs?|leuk\w+|lymphoma|metasta\w+|hospice|palliative|intensive care|terminally|dialysis|transplant)\b"
            rf"|\b(my|our) (\w+ )?{KIN}(,? [A-Z]\w+,?)?('s| is| was| got| fell| has been) (\w+ )?(ill|sick|in (the )?hospital)\b",
        ),
        (
            CONTROLLED,
            rf"\b(my|the) (\w+ )?{_PARTNER}\b.{{0,60}}\b(where i am(?! (coming|going))|my location|my phone|my messages|track(s|ing)? me|check(s|ing)? (up )?on me|permission|allows? me|lets? me (go|see|work|have)"
            r"|(doesn'?t|does not|won'?t|will not) (want|like|let|allow) (me|that i|it when i))\b",
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
        (
            # Or breathing was recommended once too often.
            "breathing_problem",
            r"\basthma\w*|\bcopd\b|\bshort of breath\b|\b(can'?t|hard to|trouble) breath\w*"
            r"|\b(one more|another|any|some|every)(one|body| \w+)? .{0,20}\b(says?|tells?|telling|saying) .{0,12}\bbreathe\b|\b(don'?t|stop|quit) (tell|telling|say|saying) .{0,8}\bbreathe\b"
            r"|\b(sick|tired|fed up|enough|stop|hate|no more|not) (of |with |the |all |another |a )*breathing\b(?! (space|room))|\bbreathing (exercises? |stuff )?(never|does ?n'?t|do ?n'?t|does not|won'?t) (really )?(help|work)",
        ),
        (
            NO_MONEY,
            r"\b(can'?t|cannot|couldn'?t|won'?t|unable to|not able to|how (do|can|will|am) i|not enough (left )?)\b.{0,12}\b(pay|afford|cover|make)\b"
            r".{0,20}\b(rent|bills?|food|groceries|heating|electric\w*|mortgage)\b"
            r"|\bin debts?\b|\b(my|our|his|her|these|the|big|huge|those) debts?\b|\bow(e|es|ed|ing)? .{0,24}?(\b(money|cash|rent|bank|bnak|loan|tax(es)?)\b|[£$€] ?\d|\b\d{2,})"
            r"|\b(overdraft|creditors?|debt collectors?|loan sharks?|repayments?)\b"
            r"|\brent (is |was |comes )?(due|late|overdue)\b|\bbehind (on|with) (the |my |our )?(rent|bills|payments)\b"
            r"|\b(overdrawn|skint|evict\w+|bailiffs?|food ?bank)\b|\b(i'?m|we'?re|i am|we are) (so |totally |completely |flat )?broke\b"
            r"|\b(?:have|has|got|is|there'?s|with) (?:absolutely |almost |hardly )?(?:nothing|no food|not enough)(?: left)?(?: (?:for us|for the (?:kids|children)))? to eat\b(?!.*\b(?:because|forgot|shops?|shopping|cook\w*|allergic|vegan|canteen|menu|restaurant)\b)"
            r"|\b(?:no|out of|not enough) (?:food|groceries)(?: left)? (?:in the (?:house|fridge|flat)|at home|for (?:the|my|our) (?:kids|children)|until|till)\b|\bfridge (?:is|was|'s) (?:nearly |almost )?empty\b"
            rf"|\bno money (left|for|until|till)\b|(?<!\w)({_SUM}) (left|to my name|in (my|the) (account|bank))\b",
        ),
        ("eating_distress", r"\banorexi\w+|\bbulimi\w+|\bbing(e|ing)\b|\bpurg(e|ing)\b|\beating disorder\b"),
    )
}


def notice(turn: Turn) -> None:
    """Remember for this session what was mentioned; fresh grief wants a listener and no exercise."""
    state, heard = turn.state, turn.heard
    found = mentioned(heard.text)
    if NO_MONEY in found and not heard.themes:
        turn.heard = replace(heard, themes=(ThemeScore(_MONEY, 1.0),))
    for name in found:
        if name in state.left:
            state.left.remove(name)
        if name not in state.circumstances and name in _BESIDE:
            state.only_listening = True
        state.circumstances = [*(known for known in state.circumstances if known != name), name]


def mentioned(text: str) -> List[str]:
    """What a message mentions that some techniques are not for."""
    return [name for name, sign in _SIGNS.items() if sign.search(text)]


def told_now(text: str) -> Optional[str]:
    """The loss or illness that a message tells of."""
    found = mentioned(text)
    return next((name for name in _BESIDE if name in found), None)


def beside(turn: Turn) -> Optional[str]:
    """The loss or illness that the talk is still about, the last one told; None where the person closed that topic."""
    state = turn.state
    return next((name for name in reversed(state.circumstances) if name in _BESIDE and name not in state.left), None)


def suited(turn: Turn, passages: Sequence[Reflection]) -> List[Reflection]:
    """The passages that presume nothing which what was mentioned rules out."""
    found = barred(turn)
    return [one for one in passages if not set(one.not_when) & set(found)]


def tells_of_loss(text: str) -> bool:
    """Whether a message speaks of a death."""
    return bool(_SIGNS[GRIEF].search(text))


def barred(turn: Turn) -> Tuple[str, ...]:
    """What must not be suggested now: `abuse` bars techniques that lean on other people, `crisis` all of them."""
    found: List[str] = [*turn.state.circumstances]
    if turn.state.abuse_told or turn.state.level_kind == "abuse":
        found += ["abuse", CONTROLLED]
    if turn.level >= Level.risk:
        found.append("crisis")
    return tuple(found)
