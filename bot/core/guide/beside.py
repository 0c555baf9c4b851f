"""Beside a loss or an illness: words and questions that fit what happened, and often no question at all."""

from typing import Optional

from bot.core.guide import circumstances, hearing, quoting, weight
from bot.core.guide.turn import Turn

# The sayings for each; what is not here is grief for someone who died.
_KINDS = {
    circumstances.BABY: "loss.baby",
    circumstances.ANIMAL: "loss.animal",
    circumstances.ILLNESS: "illness",
}
# Every so many answers nothing is asked.
PAUSES_EVERY = 3


def about(turn: Turn) -> Optional[str]:
    """The family of sayings for the loss or illness that the talk is about; None when it is about none."""
    found = circumstances.beside(turn)
    return None if found is None else _KINDS.get(found, "loss")


def told(turn: Turn) -> None:
    """It was told just now."""
    family = about(turn) or "loss"
    turn.add(family, turn.wording(family), turn.question(turn.wording(f"{family}.question")))
    turn.ask("question")


def go_on(turn: Turn) -> None:
    """More was told of it."""
    family = about(turn) or "loss"
    asks = bool(turn.state.told % PAUSES_EVERY)
    turn.add(family, line(turn), turn.question(turn.wording(f"{family}.question")) if asks else None)
    turn.ask("question")


def leave(turn: Turn) -> None:
    """What was asked is not for now: nothing else is asked instead."""
    turn.add(about(turn) or "loss", turn.wording("beside.listen"))
    turn.ask("question")


def keep_company(turn: Turn) -> None:
    """Whatever was told while no questions are wished for: plain words that suit it."""
    text, family = turn.heard.text, about(turn)
    if circumstances.told_now(text):
        said = turn.wording(family or "loss")
    elif weight.is_good(text):
        said = turn.wording("brighter")
    elif weight.weighs(text) and not hearing.names_feeling(text):
        said = turn.wording("beside.fear" if weight.names_fear(text) else "beside.heavy")
    else:
        said = line(turn, otherwise="beside.listen" if family else "company")
    turn.add("company", said)


def line(turn: Turn, otherwise: str = "beside.listen") -> str:
    """One line without a question that takes up what was said; a wording of `otherwise` where nothing can be taken up."""
    text = turn.heard.text
    if weight.names_fear(text):
        return turn.wording("beside.fear")
    if hearing.names_feeling(text) and not weight.has_good(text):
        return turn.wording("beside.feeling")
    phrase = quoting.own_words(turn, in_part=True)
    if phrase:
        return turn.wording("quote.listening", quote=phrase)
    return turn.wording("beside.heavy" if weight.weighs(text) else otherwise)
