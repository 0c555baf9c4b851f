"""Which capability answers a message: one function for each action of the domain."""

from dataclasses import replace
from typing import Callable, Dict, Optional, Tuple

from bot.core import text as texts
from bot.core.conversation import Level
from bot.core.guide import (
    about,
    age,
    arrive,
    asides,
    circumstances,
    close,
    consent,
    country,
    forgetting,
    last_step,
    listen,
    look_back,
    loops,
    naming,
    offer,
    outside,
    personal,
    practise,
    safety,
)
from bot.core.guide.at_step import Sense
from bot.core.guide.turn import BUTTON, Turn, as_pressed, number_in, words_of
from bot.core.retrieval import SURE_THEME
from bot.core.risk import level as levels

# What also a person gets whom this service is not for.
_FOR_ANYONE = (
    "action_safety",
    "action_personal_data",
    "action_consent",
    "action_country",
    "action_about",
    "action_reach_person",
    "action_close",
)
_MAY_BE_ASIDE = ("action_reflect", "action_answer", "action_outside", "action_why", "action_thanks", "action_not_it")
_AWAITED = ("action_exercise", "action_choose", "action_look_back")
_MAY_ASK_TO_LISTEN = (
    *_MAY_BE_ASIDE,
    "action_offer",
    "action_choose",
    "action_stop",
    "action_exercise",
    "action_reach_person",
)
_NEVER_BY_NAME = ("action_safety", "action_personal_data", "action_consent", "action_country")
LONGEST_GREETING = 5
_OF_SELF = {"i", "im", "i'm", "i've", "ive", "my", "me"}


def take(turn: Turn, action: str, session_hours: float, disclosure_hours: float) -> None:
    """One whole turn: what comes before, the capability behind `action`, what comes after."""
    turn.heard = as_pressed(turn.state, turn.heard)
    level_before, heard_level = turn.level, turn.heard.judgement.level
    opened, checked_in = _prepare(turn, session_hours, disclosure_hours)
    checking = turn.state.asked, turn.state.asked_kind
    rose = level_before is Level.none and turn.level is Level.concern and heard_level is Level.none
    if rose and turn.state.asked != "safety":
        turn.hold_question = True
    if opened and _belongs_to_the_session_before(turn, action):
        action = "action_greet" if turn.heard.kind == "greeting" else "action_reflect"
    if turn.heard.cut and turn.heard.judgement.level < Level.risk:
        outside.long(turn, texts.MAX_CHARACTERS)
    if level_before < Level.risk <= turn.level and heard_level < Level.risk and action != "action_safety":
        # What was said before and this message are danger together, though neither is alone.
        safety.open_up(turn)
    elif action != "action_safety" and safety.wants_numbers(turn.heard.text) and heard_level < Level.risk:
        safety.show_numbers(turn)
    elif age.bars(turn) and action not in _FOR_ANYONE:
        age.answer(turn)
    elif not (checked_in and turn.heard.kind in ("greeting", "thanks", "too_vague", "affirm")):
        aside = _aside(turn, action)
        (aside or CAPABILITIES["action_reflect" if checked_in and action == "action_safety" else action])(turn)
    if checked_in:
        # Whatever was said in answer to the rest of the message, the question of the check-in still waits.
        turn.state.asked, turn.state.asked_kind = checking
    _finish(turn, rose)


def _belongs_to_the_session_before(turn: Turn, action: str) -> bool:
    """Whether `action` was chosen for a question of the last session, and this message by itself does not ask for it."""
    heard = turn.heard
    if action in _AWAITED:
        return heard.kind not in practise.STEERING
    if action == "action_consent":
        return consent.wish(heard.text) is None
    if action == "action_country":
        return heard.kind != "change_country" and country.named_in(turn.library, heard.text) is None
    if action == "action_personal_data":
        return heard.kind not in personal.MOVES and not personal.is_wish(heard)
    return False


def _aside(turn: Turn, action: str) -> Optional[Callable[[Turn], None]]:
    """What answers a small thing said on the way instead of the capability behind `action`."""
    if action in _MAY_ASK_TO_LISTEN and offer.keeps_talking(turn.heard.text):
        return offer.keep_talking
    if turn.heard.kind == BUTTON:
        return None
    if action in _MAY_ASK_TO_LISTEN and asides.wants_only_listening(turn.heard.text):
        return asides.only_listen
    # Where an answer is awaited, a name may be a part of it.
    awaited = practise.under_way(turn) or action in ("action_look_back", "action_greet")
    if action not in _NEVER_BY_NAME and (not awaited or naming.wishes(turn.heard.text)) and naming.named(turn):
        return offer.start_named
    return asides.capability(turn) if action in _MAY_BE_ASIDE and turn.state.asked != "erased" else None


def _prepare(turn: Turn, session_hours: float, disclosure_hours: float) -> Tuple[bool, bool]:
    """What comes before any capability: the session, the disclosure, the level, the check-in.

    Gives whether a session was opened, and whether there was a check-in.
    """
    waited_for = (
        close.answers_feedback(turn.state, turn.heard) or arrive.still_asked(turn) or personal.speaks_of_erasure(turn)
    )
    opened = not waited_for and arrive.begin(turn, session_hours, disclosure_hours)
    safety.hear_denial(turn)
    levels.update(turn.state, turn.heard)
    circumstances.notice(turn)
    if opened and turn.state.session > 1 and turn.level >= Level.concern and turn.heard.judgement.level is Level.none:
        turn.state.level = Level.concern.name
        safety.check_in(turn)
        turn.hold_question = True
        return opened, True
    if turn.heard.judgement.level is Level.concern and turn.state.asked not in ("safety", "other"):
        turn.hold_question = True
    return opened, False


def _finish(turn: Turn, rose: bool) -> None:
    """What comes after: the one question about safety, when the message, or all that was said, raised concern."""
    if turn.level < Level.risk and turn.hold_question and (rose or turn.heard.judgement.level is Level.concern):
        safety.accompany(turn)
    if not turn.replies and turn.request is None:
        turn.say("quiet")


def _listen(turn: Turn) -> None:
    if turn.state.asked == "erased" and "remember" in words_of(turn.heard.text):
        turn.say("delete.after")
    elif turn.state.told == 0 and outside.is_instruction(turn.heard.text):
        outside.out_of_scope(turn)
    elif turn.state.asked == "either_or":
        listen.choose_reading(turn)
    elif turn.state.asked == "area" and listen.area_in(turn.heard.text):
        listen.ask_about_area(turn)
    elif turn.state.asked == "lost" and loops.way_out(turn.heard.text):
        loops.take_way_out(turn)
    elif outside.asks_for_room(turn.heard.text):
        outside.invite_long(turn, texts.MAX_CHARACTERS)
    elif turn.level >= Level.risk:
        safety.stay(turn)
    else:
        listen.tell(turn)


def _answer(turn: Turn) -> None:
    number = number_in(turn.heard.text)
    if turn.state.asked == "stopped":
        turn.say("offer.declined")
        turn.ask("question")
    elif turn.heard.kind == "rating" and turn.state.asked == "arrive" and number is not None:
        arrive.weighed(turn, number)
    elif turn.heard.kind == "rating" and number is not None:
        turn.state.heaviness.append(number)
        turn.keep("rating", scale="heaviness", value=number)
        if safety.too_heavy(turn):
            safety.check_heaviness(turn)
        else:
            turn.say("rating.noted")
            turn.ask("question")
    elif turn.heard.kind == "deny" and personal.may_refuse(turn):
        personal.refuse(turn)
    elif turn.state.asked == "erased":
        turn.say("delete.well")
    elif turn.level >= Level.risk:
        safety.stay(turn)
    elif turn.heard.kind == "affirm" and turn.state.told == 0:
        turn.say("open")
        turn.ask("question")
    elif turn.heard.kind == "affirm" and offer.TRYING & set(words_of(turn.heard.text)):
        offer.asked_for(turn)
    else:
        listen.answer(turn)


def _exercise(turn: Turn) -> None:
    if turn.hold_question and practise.under_way(turn):
        practise.wait(turn)
    elif turn.heard.kind == "ask_why":
        practise.why(turn)
    elif practise.commanded(turn):
        practise.steer(turn, turn.heard.kind)
    else:
        _AT_STEP[practise.sense(turn)](turn)


def _talk_instead(turn: Turn) -> None:
    practise.set_aside(turn)
    listen.tell(turn)
    turn.say("exercise.on_hold")


def _choose(turn: Turn) -> None:
    if not offer.choose(turn):
        _listen(turn)


def _look_back(turn: Turn) -> None:
    asked = turn.state.asked or ""
    if asked in ("closing", "scale"):
        (look_back.closing_answered if asked == "closing" else look_back.scale_answered)(turn)
    elif asked in ("small_step", "own_step"):
        if not look_back.step_answered(turn):
            _listen(turn)
    elif last_step.wants_again(turn.state, turn.heard.text):
        last_step.offer_again(turn)
    else:
        _listen(turn)


def _greet(turn: Turn) -> None:
    asked, state = turn.state.asked or "", turn.state
    if arrive.chooses_thread(state, turn.heard.text):
        arrive.take_thread(turn)
    elif asked in _REMEMBERED:
        if not _REMEMBERED[asked](turn):
            _listen(turn)
    elif len(words_of(turn.heard.text)) > LONGEST_GREETING and _OF_SELF & set(words_of(turn.heard.text)):
        # "Hi, I'm not doing so well today" says more than hello.
        turn.heard = replace(turn.heard, kind="just_talking")
        _listen(turn)
    else:
        arrive.greet(turn)


def _close(turn: Turn) -> None:
    if turn.state.asked in close.SCALES:
        close.feedback(turn)
    else:
        close.close(turn)


def _personal(turn: Turn) -> None:
    kind, asked = turn.heard.kind, turn.state.asked
    if personal.asks_what_is_known(turn.heard.text):
        personal.known(turn)
    elif asked in ("delete", "forget") and not personal.wants_other(turn):
        (personal.delete_answered if asked == "delete" else personal.forget_answered)(turn)
    elif forgetting.names_one(turn.heard.text):
        personal.ask_forget(turn)
    else:
        {
            "export_data": personal.export,
            "delete_data": personal.ask_delete,
            "forget_that": personal.ask_forget,
            "journey": personal.journey,
        }[kind](turn)


def _about(turn: Turn) -> None:
    if about.asks_to_undo(turn.heard.text):
        about.privacy(turn)
    else:
        {"what_can_you_do": about.abilities, "privacy_question": about.privacy}.get(turn.heard.kind, about.bot)(turn)


def _why(turn: Turn) -> None:
    # "I don't know why I told you that" asks nothing of the bot.
    if {"know", "idea"} & set(words_of(turn.heard.text)) and "?" not in turn.heard.text:
        _listen(turn)
    else:
        about.why(turn)


def _source(turn: Turn) -> None:
    if about.asks_who_reads(turn.heard.text):
        about.privacy(turn)
    else:
        about.source(turn)


def _outside(turn: Turn) -> None:
    if about.asks_about_storage(turn.heard.text):
        return about.privacy(turn)
    if turn.heard.kind in ("out_of_scope", "theme") and (
        outside.announces_long(turn.heard.text)
        or listen.hands_over(turn.heard.text)
        or outside.belongs_to_the_talk(turn)
    ):
        kind = "too_vague" if listen.hands_over(turn.heard.text) else "just_talking"
        # Themes are not claimed of what looks like another topic; where it is none, the sure ones hold.
        plain = tuple(theme for theme in turn.heard.near if theme.score >= SURE_THEME)
        turn.heard = replace(turn.heard, kind=kind, themes=turn.heard.themes or plain)
        return _listen(turn)
    if turn.state.told == 0 and len(turn.state.uttered) <= 1 and len(words_of(turn.heard.text)) <= outside.BARE_HELLO:
        return arrive.greet(turn)
    {"gibberish": outside.gibberish, "other_language": outside.other_language}.get(
        turn.heard.kind, outside.out_of_scope
    )(turn)
    return None


_AT_STEP: Dict[Sense, Callable[[Turn], None]] = {
    Sense.answer: practise.take_answer,
    Sense.unclear: practise.take_answer,
    Sense.repeat: lambda turn: practise.steer(turn, "repeat"),
    Sense.pause: lambda turn: practise.steer(turn, "pause"),
    Sense.stop: practise.stop,
    Sense.leave: close.close,
    Sense.aside: practise.make_room,
    Sense.talk: _talk_instead,
}

_REMEMBERED: Dict[str, Callable[[Turn], bool]] = {
    "step_review": last_step.reviewed,
    "step_cost": last_step.cost_answered,
    "step_reason": last_step.reason_told,
    "step_reason_hard": last_step.reason_told,
    "step_again": last_step.again_answered,
    "resume": arrive.resume_answered,
}

CAPABILITIES: Dict[str, Callable[[Turn], None]] = {
    "action_greet": _greet,
    "action_reflect": _listen,
    "action_answer": _answer,
    "action_not_it": listen.not_it,
    "action_tell_more": listen.tell_more,
    "action_offer": offer.asked_for,
    "action_choose": _choose,
    "action_exercise": _exercise,
    "action_stop": practise.stop,
    "action_look_back": _look_back,
    "action_thanks": close.thanks,
    "action_close": _close,
    "action_about": _about,
    "action_source": _source,
    "action_why": _why,
    "action_reach_person": about.reach_person,
    "action_personal_data": _personal,
    "action_consent": consent.answer,
    "action_country": country.change,
    "action_outside": _outside,
    "action_safety": safety.respond,
}
