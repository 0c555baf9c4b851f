"""Ending well: a clear close, the next step with people in it, no pull back."""

import re
from datetime import datetime, timedelta

from bot.core.conversation import Heard, Level
from bot.core.guide import circumstances, country, practise
from bot.core.guide.turn import State, Turn, words_of

TOLD_ENOUGH = 4
LONGEST_NOD = 3
_THANKS = {"thanks", "thank", "thx", "ty", "cheers"}
JUST_LEFT = timedelta(hours=1)
# What a rating after the goodbye is kept as, by the question, in the order they are asked.
SCALES = {"feedback": "felt_heard", "feedback.topic": "right_topic", "feedback.help": "right_help"}
# Elsewhere "I'm done" may tell of exhaustion; where only a next step is asked for, it ends the talk.
_DONE = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|no|nah|thanks|well|and|i think)\W+)*(?:i'?m|i am|we'?re) (?:all )?(?:done|finished|through)"
    r"(?: (?:here|now|thanks|for (?:now|today|tonight)|with (?:this|that)))*\W*$",
    re.IGNORECASE,
)


def close(turn: Turn) -> None:
    """Accept the ending at once, keeping the place in an exercise; ask for a word on how it was only where there was
    enough to judge, and only once."""
    state = turn.state
    left_open = practise.current(turn)
    if turn.level >= Level.risk:
        turn.say("close.risk")
    elif state.session > 1 and not state.uttered:
        # Nothing was said since the last goodbye.
        turn.say("close.again")
    elif state.step is not None and not state.abuse_told:
        turn.say("close.step", step=state.step["text"])
    elif left_open is not None and not state.abuse_told:
        turn.say("close.exercise", name=left_open.name_in_text)
    else:
        thanked = turn.wording("close.thanked") if _THANKS & set(words_of(turn.heard.text)) else None
        turn.add("close.plain", thanked, turn.wording("close.plain"))
    if turn.level >= Level.concern:
        # The last thing that stays on the screen of somebody who may be in danger.
        country.card(turn, state.level_kind)
    practise.set_aside(turn)
    state.stage, state.choice = "closed", []
    turn.ask(None)
    if turn.level is Level.none and not state.feedback_asked:
        _ask_for_a_word(turn)


def _ask_for_a_word(turn: Turn) -> None:
    """After enough talk whether it was heard; after little of it, whether the exercise was the right kind of help."""
    state = turn.state
    told_enough = state.told + state.answered >= TOLD_ENOUGH
    if told_enough or _practised(state):
        state.feedback_asked = True
        turn.say("close.feedback" if told_enough else "close.feedback.only_help")
        turn.ask("feedback" if told_enough else "feedback.help")


def _practised(state: State) -> bool:
    """Whether an exercise was done to its end in this session."""
    return bool(set(state.tried) & set(state.techniques_done))


def nods_after_goodbye(turn: Turn) -> bool:
    """Whether a message a moment after the goodbye only nods at it, and so begins nothing anew."""
    state, heard = turn.state, turn.heard
    if state.stage != "closed" or state.asked is not None or state.last_seen is None or turn.level >= Level.risk:
        return False
    nod = heard.kind in ("affirm", "deny", "thanks", "goodbye", "skip") and len(words_of(heard.text)) <= LONGEST_NOD
    return (
        nod and heard.judgement.level is Level.none and turn.now - datetime.fromisoformat(state.last_seen) < JUST_LEFT
    )


def is_done(text: str) -> bool:
    """Whether a message says no more than that the person is done."""
    return bool(_DONE.search(text.replace("’", "'")))


def answers_feedback(state: State, heard: Heard) -> bool:
    """Whether a message after the goodbye answers the optional question, and does not begin anew."""
    return state.asked in SCALES and (
        heard.kind in ("affirm", "deny", "skip", "rating", "thanks") or "partly" in words_of(heard.text)
    )


def feedback(turn: Turn) -> None:
    """One word on one question, then the next one; skipping one skips the rest."""
    asked = turn.state.asked or ""
    answered = turn.heard.kind in ("affirm", "deny", "rating") or "partly" in words_of(turn.heard.text)
    turn.keep("rating", scale=SCALES[asked], value=turn.heard.text if len(turn.heard.text) <= 20 else None)
    questions = [name for name in SCALES if name != "feedback.help" or _practised(turn.state)]
    later = questions[questions.index(asked) + 1 :]
    if answered and later:
        turn.say(f"close.{later[0]}")
        turn.ask(later[0])
    else:
        turn.say("close.thanks")
        turn.ask(None)


def thanks(turn: Turn) -> None:
    """Thanks are taken lightly; after an agreed step or at the end of telling they are an ending too."""
    ending = turn.state.asked in ("after_step", "small_step", "own_step", "feedback")
    grieves = circumstances.GRIEF in turn.state.circumstances
    turn.say("thanks.closing" if ending else "thanks.grief" if grieves else "thanks")
    turn.state.pending = None
    if turn.state.exercise is None:
        turn.ask("question")
