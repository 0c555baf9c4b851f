"""The small step of last time: how it went, what it cost, what made it so, and whether another one follows from it."""

import re

from bot.core.conversation import Level
from bot.core.guide import practise, quoting
from bot.core.guide.turn import State, Turn, number_in, words_of

LONGEST_WISH = 14
# Where nothing was spoken of before: "he'll do that again" is no wish.
_WISHED = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|yes|yeah|no|maybe|so|and|but|well|please|then|now|how about|what about|can we|could we|can i|could i|i want|i'?d like|i would like"
    r"|let'?s|we could|i could|to|do|try|have|take|just|rather|again|perhaps)\W+)*(?:something|a step|another|one|the same)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:something|a step|one|another(?: one| step)?) (?:like|similar to|along the lines of) (?:that|this|it)\b|\banother (?:small |little )?step\b"
    r"|\b(?:do|try|take|repeat|have) (?:that|it|this|the same)(?: thing| step| one)?(?: once more| one more time|,? again)\b"
    r"|\b(?:the )?same(?: thing| step)? (?:again|once more)\b",
    re.IGNORECASE,
)


def wants_again(state: State, text: str) -> bool:
    """Whether, after the last step was spoken of, a message asks for another one like it."""
    asks = bool(_AGAIN.search(text)) and len(words_of(text)) <= LONGEST_WISH
    return asks and state.reviewed and bool(state.steps) and not state.abuse_told


def wishes_another(text: str) -> bool:
    """Whether a message asks for something like what was before, also where no step was agreed."""
    return bool(_WISHED.search(text) and _AGAIN.search(text)) and len(words_of(text)) <= LONGEST_WISH


def reviewed(turn: Turn) -> bool:
    """How the agreed step went: any answer is fine; where a cost was expected, the real one is asked for once."""
    state = turn.state
    step, state.step = state.step or {}, None
    turn.keep("note", technique="small_step", step="review", text=turn.heard.text)
    state.stage = "telling"
    turn.ask("question")
    state.reviewed = True
    not_done = turn.heard.kind in ("deny", "skip") or {"not", "yet"} <= set(words_of(turn.heard.text))
    if not_done:
        turn.say("step.not_done")
        _mention_exercise(turn)
        return True
    if "expected" in step:
        state.expected_cost = step["expected"]
        turn.say("step.cost", expected=step["expected"])
        turn.ask("step_cost")
    elif turn.heard.kind == "affirm":
        turn.say("step.went")
        turn.ask("step_reason")
    else:
        turn.say("step.heard")
        _mention_exercise(turn)
    return True


def cost_answered(turn: Turn) -> bool:
    """What the step cost in the end, beside what was expected. False when no number was said, which is heard as talk."""
    state, cost = turn.state, number_in(turn.heard.text)
    expected, state.expected_cost = int(state.expected_cost or 0), None
    turn.ask("question")
    if cost is None:
        if turn.heard.kind in ("skip", "deny", "stop", "too_vague"):
            turn.say("step.heard")
            return True
        return False
    turn.keep("rating", scale="real_cost", value=cost)
    saying = "step.cost_less" if cost < expected else "step.cost_more" if cost > expected else "step.cost_same"
    turn.say(saying, expected=str(expected), cost=str(cost))
    turn.ask("step_reason_hard" if cost > expected else "step_reason")
    return True


def reason_told(turn: Turn) -> bool:
    """What made it so is said back and kept; then another step is offered, a smaller one where it cost much."""
    state, heard = turn.state, turn.heard
    hard, state.asked = state.asked == "step_reason_hard", "question"
    if heard.kind in ("skip", "stop"):
        turn.say("step.heard")
        return True
    turn.keep("note", technique="small_step", step="reason", text=heard.text)
    if heard.judgement.level >= Level.concern or state.abuse_told:
        return False
    phrase = quoting.own_words(turn)
    lead = turn.wording("step.reason_quoted", quote=phrase) if phrase else turn.wording("step.reason")
    another = "step.another_smaller" if hard else "step.another"
    turn.add("step.reason", lead, turn.wording(another), buttons=turn.library.sayings[another].buttons)
    turn.ask("step_again")
    _mention_exercise(turn)
    return True


def again_answered(turn: Turn) -> bool:
    """Whether another step follows. False for anything else than an answer, which is heard as talk."""
    heard = turn.heard
    turn.ask("question")
    if heard.kind in ("deny", "skip", "stop", "not_it"):
        turn.say("step.left")
    elif heard.kind == "affirm" or heard.text.strip().lower() in ("another one", "a smaller one"):
        offer_again(turn)
    else:
        return False
    return True


def offer_again(turn: Turn) -> None:
    """Another step like the last one: the same, or changed in the person's own words."""
    state = turn.state
    state.pending, state.expected_cost, state.stage = state.steps[-1], None, "stepping"
    turn.say("step.again", step=state.pending)
    turn.ask("own_step")


def _mention_exercise(turn: Turn) -> None:
    """An exercise left open last time is still there."""
    left_open = practise.current(turn)
    if left_open is not None:
        turn.say("exercise.still_open", name=left_open.name_in_text)
