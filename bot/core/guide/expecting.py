"""What a message is taken for before the rules decide: the answer to the last question, or a matter of safety."""

from typing import Optional

from bot.core.conversation import Heard, Level
from bot.core.guide import about, close, consent, listen, loops, outside, personal, practise, safety
from bot.core.guide.turn import State, words_of

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
_REMEMBERED = ("step_review", "step_cost", "resume")
SURE = 0.6
SHORT = 8
LONGEST_NOD = 3


def expected(state: State, heard: Heard) -> Optional[str]:
    """The action that the last question waits for, when this message is its answer; None for what comes unasked."""
    asked = state.asked
    if asked in ("delete", "forget"):
        return "action_personal_data"
    if asked == "country":
        return "action_country"
    if consent.expects(state, heard):
        return "action_consent"
    if about.asks_to_undo(heard.text):
        return "action_about"
    if personal.asks_what_is_known(heard.text):
        return "action_personal_data"
    if about.asks_for_person(heard.text):
        return "action_reach_person"
    if asked in close.SCALES:
        return "action_close" if close.answers_feedback(state, heard) else None
    steering = practise.steers(heard)
    if state.exercise is not None and not state.exercise["paused"] and (steering or heard.kind in ("affirm", "thanks")):
        return "action_stop" if heard.kind == "stop" else "action_exercise"
    if asked == "stopped" and words_of(heard.text)[:1] == ["no"]:
        return "action_answer"
    if listen.hands_over(heard.text) or outside.asks_for_room(heard.text):
        return "action_reflect"
    if asked == "erased" and len(words_of(heard.text)) <= LONGEST_NOD:
        return "action_answer"
    if heard.kind == "back" and asked not in _REMEMBERED:
        # Rasa keeps a rule of its own for this intent, which would undo the turn before.
        return "action_exercise"
    always = heard.kind in _ALWAYS and heard.confidence >= SURE and len(words_of(heard.text)) <= SHORT * 2
    if always or asked is None:
        return None
    if state.exercise is not None and not state.exercise["paused"] and asked == "step":
        return "action_exercise"
    if asked in ("lost", "area"):
        chosen = loops.way_out(heard.text) if asked == "lost" else listen.area_in(heard.text)
        return "action_reflect" if chosen else None
    if heard.kind == "ask_technique" and asked in _REMEMBERED:
        return None
    return {
        "offer": "action_choose",
        "either_or": "action_reflect",
        "closing": "action_look_back",
        "scale": "action_look_back",
        "small_step": "action_look_back",
        "step_review": "action_greet",
        "step_cost": "action_greet",
        "resume": "action_greet",
    }.get(asked)


def needs_safety(state: State, heard: Heard) -> bool:
    """Whether the safety answer comes before everything else."""
    if heard.judgement.level >= Level.risk:
        return True
    if safety.answers(state, heard.text) and (heard.kind in _EVASIONS or safety.wants_numbers(heard.text)):
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
    if consent.expects(state, heard) or personal.asks_what_is_known(heard.text):
        return False
    if Level[state.level] >= Level.risk:
        return True
    return state.asked in ("safety", "other") and heard.kind not in _NO_ANSWERS
