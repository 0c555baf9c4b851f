"""What a message is taken for before the rules decide: the answer to the last question, or a matter of safety."""

from dataclasses import replace
from typing import Optional

from bot.core.conversation import COMMAND, Heard, Level
from bot.core.guide import (
    about,
    about_step,
    arrive,
    at_step,
    close,
    consent,
    forget_words,
    last_step,
    listen,
    loops,
    offer,
    outside,
    personal,
    plans,
    practise,
    safety,
    sure_moves,
)
from bot.core.guide.turn import State, as_pressed, words_of

# A person may always say these, whatever is going on.
_ALWAYS = (
    "stop",
    "delete_data",
    "export_data",
    "forget_that",
    "privacy_question",
    "bot_challenge",
    "ask_human",
    "ask_source",
    "ask_why",
    "what_can_you_do",
    "change_country",
    "journey",
    "goodbye",
    "not_it",
    "tell_me_more",
)
# What is no answer to a question about safety at `concern`.
_NO_ANSWERS = (*_ALWAYS, "greeting", "thanks", "ask_technique", "next", "back", "repeat", "skip", "pause", "journey")
# What looks like a move and is, after a question about safety, a way around it ("why do you ask", "skip that").
_EVASIONS = ("ask_why", "skip")
# What a greeting may ask about; whoever wants something to do instead gets it.
_REMEMBERED = ("step_review", "step_cost", "step_reason", "step_reason_hard", "step_again", "resume")
_AWAITED = {
    "offer": "action_choose",
    "either_or": "action_reflect",
    "closing": "action_look_back",
    "scale": "action_look_back",
    "small_step": "action_look_back",
    "own_step": "action_look_back",
    **dict.fromkeys(_REMEMBERED, "action_greet"),
}
_CHOICES = ("offer", "either_or", *_REMEMBERED)
# What is done for a move that only its words showed.
_MEANT = {sure_moves.LEAVES: "action_close", sure_moves.AGREES: "action_answer"}
SURE = 0.6
SHORT = 8


def expected(state: State, heard: Heard) -> Optional[str]:
    """The action that the last question waits for, when this message is its answer; None for what comes unasked.

    What only looks like a move is unasked too, and is heard as what it is.
    """
    meant = sure_moves.as_meant(heard, _playing(state))
    action = _awaited(state, meant)
    if action is None and meant is not heard:
        return _MEANT.get(meant.kind, "action_reflect")
    return action


def _awaited(state: State, heard: Heard) -> Optional[str]:
    state = _waiting(state, heard)
    asked, heard = state.asked, as_pressed(state, heard)
    playing = _playing(state)
    if personal.nods_at_erasure(state, heard) or personal.asks_of_erasure(state, heard):
        return "action_answer"
    if asked in ("delete", "forget") or personal.confirmed_by_button(state, heard):
        return "action_personal_data"
    if asked == "country" and not personal.is_wish(heard):
        return "action_country"
    if consent.expects(state, heard):
        return "action_consent"
    if about.asks_to_undo(heard.text) or about.asks_of_data(heard.text):
        return "action_about"
    names_one = forget_words.names_own_note if playing else forget_words.names_one
    if personal.asks_what_is_known(heard.text) or names_one(heard.text):
        return "action_personal_data"
    if about.asks_for_person(heard.text):
        return "action_reach_person"
    if plans.is_own(state, heard) and not playing:
        return "action_look_back"
    if asked in close.SCALES:
        return "action_close" if close.answers_feedback(state, heard) else None
    if asked == "lost" and loops.way_out(heard.text):
        return "action_reflect"
    if offer.keeps_talking(heard.text):
        return "action_answer"
    if offer.takes_up(state, heard.text):
        return "action_exercise" if playing else "action_choose"
    if playing and (at_step.plainly(heard) is not None or about_step.heard(heard.text) is not None):
        return "action_exercise"
    if about_step.wants_back(heard.text) and (state.exercise is not None or "exercise" in words_of(heard.text)):
        at_its_end = state.exercise is None and asked in ("closing", "scale")
        return "action_look_back" if at_its_end else "action_exercise"
    if playing and (practise.steers(heard) or heard.kind in ("affirm", "thanks")):
        return "action_stop" if heard.kind == "stop" else "action_exercise"
    if asked == "stopped" and words_of(heard.text)[:1] == ["no"]:
        return "action_answer"
    if listen.hands_over(heard.text) or outside.asks_for_room(heard.text):
        return "action_reflect"
    if arrive.chooses_thread(state, heard.text) and not playing:
        return "action_greet"
    if last_step.wants_again(state, heard.text) and not playing:
        return "action_look_back"
    awaited = _AWAITED.get(asked or "")
    # "The first please" sounds like it, too.
    goes_back = heard.kind == "back" and (heard.confidence >= SURE or awaited is None)
    if goes_back and asked not in _CHOICES:
        # Rasa keeps a rule of its own for this intent, which would undo the turn before.
        return "action_exercise"
    if offer.wants_something_to_do(heard.text) and not playing and asked != "offer":
        return "action_offer"
    always = heard.kind in _ALWAYS and heard.confidence >= SURE and len(words_of(heard.text)) <= SHORT * 2
    if always or asked is None:
        return None
    if asked == "step":
        return "action_exercise" if playing else None
    if asked == "area":
        return "action_reflect" if listen.area_in(heard.text) else None
    if heard.kind == "ask_technique" and asked in _REMEMBERED:
        return None
    return awaited


def _playing(state: State) -> bool:
    return state.exercise is not None and not state.exercise["paused"]


def _waiting(state: State, heard: Heard) -> State:
    """Where the talk stands for this message: a command of a menu answers no question, but one about safety waits on."""
    if COMMAND in heard.capabilities and state.asked not in ("safety", "other"):
        return replace(state, asked=None)
    return state


def needs_safety(state: State, heard: Heard) -> bool:
    """Whether the safety answer comes before everything else."""
    state = _waiting(state, heard)
    heard = sure_moves.as_meant(heard, _playing(state))
    if heard.judgement.level >= Level.risk:
        return True
    if safety.answers(state, heard.text) and (heard.kind in _EVASIONS or safety.wants_numbers(heard.text)):
        return True
    if state.asked == "safety" and sure_moves.puts_off(heard.text):
        return True
    if heard.kind in (
        "delete_data",
        "export_data",
        "forget_that",
        "change_country",
        "privacy_question",
        "goodbye",
        "stop",
        "ask_human",
        "bot_challenge",
        "ask_source",
    ):
        return False
    if state.asked in ("delete", "forget", "country") or safety.wants_numbers(heard.text):
        return False
    if personal.confirmed_by_button(state, heard) or forget_words.names_one(heard.text):
        return False
    if consent.expects(state, heard) or personal.asks_what_is_known(heard.text) or about.asks_of_data(heard.text):
        return False
    if Level[state.level] >= Level.risk:
        return True
    return state.asked in ("safety", "other") and heard.kind not in _NO_ANSWERS
