"""Which capability answers a message: one function for each action of the domain."""

from dataclasses import replace
from typing import Callable, Dict, Tuple

from bot.core import text as texts
from bot.core.conversation import COMMAND, Level
from bot.core.guide import (
    about,
    about_step,
    after_steps,
    age,
    arrive,
    asides,
    at_step,
    circumstances,
    close,
    consent,
    country,
    hearing,
    last_step,
    limits,
    listen,
    look_back,
    loops,
    offer,
    on_the_way,
    outside,
    personal,
    plans,
    practise,
    safety,
    sure_moves,
)
from bot.core.guide.at_step import Sense
from bot.core.guide.turn import ERASED, Turn, as_pressed, number_in, words_of
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
_AWAITED = ("action_exercise", "action_choose", "action_look_back")
# Questions whose answer changes what is kept, who reads it, or which helplines are shown.
_CHANGES = ("delete", "forget", "share", "training", "country")
LONGEST_GREETING = 5
_OF_SELF = {"i", "im", "i'm", "i've", "ive", "my", "me"}


def take(turn: Turn, action: str, session_hours: float, disclosure_hours: float) -> None:
    """One whole turn: what comes before, the capability behind `action`, what comes after."""
    turn.heard = sure_moves.as_meant(as_pressed(turn.state, turn.heard), practise.under_way(turn))
    if COMMAND in turn.heard.capabilities:
        _drop_question(turn)
    if close.nods_after_goodbye(turn):
        turn.heard, action = replace(turn.heard, kind="goodbye"), "action_close"
    level_before, heard_level = turn.level, turn.heard.judgement.level
    of_erasure = personal.speaks_of_erasure(turn)
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
        aside = on_the_way.aside(turn, action)
        (aside or CAPABILITIES["action_reflect" if checked_in and action == "action_safety" else action])(turn)
    if checked_in:
        # Whatever was said in answer to the rest of the message, the question of the check-in still waits.
        turn.state.asked, turn.state.asked_kind = checking
    if of_erasure and turn.state.asked is None:
        # More may be asked about it.
        turn.ask(ERASED)
    _finish(turn, rose)


def _drop_question(turn: Turn) -> None:
    """A command came instead of the answer to a question that would change something; an exercise goes on where it was."""
    if turn.state.asked in _CHANGES:
        turn.state.pending = None
        turn.ask("step" if practise.under_way(turn) else None)


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
    if opened:
        turn.state.check_in_due = turn.state.session > 1 and turn.level >= Level.concern
    if turn.heard.judgement.level is not Level.none:
        turn.state.check_in_due = False
    if turn.state.check_in_due and not (turn.heard.kind == "goodbye" or personal.comes_first(turn)):
        turn.state.check_in_due, turn.state.level = False, Level.concern.name
        safety.check_in(turn)
        turn.hold_question = True
        return opened, True
    if turn.heard.judgement.level is Level.concern and turn.state.asked not in ("safety", "other"):
        turn.hold_question = True
    return opened, False


def _finish(turn: Turn, rose: bool) -> None:
    """What comes after: the one question about safety, when the message, or all that was said, raised concern."""
    if turn.level < Level.risk and turn.hold_question and (rose or turn.heard.judgement.level is Level.concern):
        turn.drop_questions()
        safety.accompany(turn)
    if not turn.replies and turn.request is None:
        turn.say("quiet")


def _listen(turn: Turn) -> None:
    if turn.state.told == 0 and outside.is_instruction(turn.heard.text):
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
    elif turn.heard.kind == "deny" and hearing.refuses(turn.heard.text) and personal.may_refuse(turn):
        personal.refuse(turn)
    elif turn.state.asked == ERASED:
        personal.answer_after_erasure(turn)
    elif turn.level >= Level.risk:
        safety.stay(turn)
    elif turn.heard.kind == "affirm" and turn.state.told == 0:
        turn.say("open")
        turn.ask("question")
    elif turn.heard.kind == "affirm" and offer.TRYING & set(words_of(turn.heard.text)):
        offer.asked_for(turn)
    elif not hearing.is_bare(turn.heard.text, agreeing=turn.heard.kind == "affirm"):
        _listen(turn)
    else:
        listen.answer(turn)


def _exercise(turn: Turn) -> None:
    # Outside an exercise "I'm done" ends the talk after an agreed step, and anywhere else tells how somebody is.
    done = not practise.under_way(turn) and close.is_done(turn.heard.text)
    if turn.hold_question and practise.under_way(turn):
        practise.wait(turn)
    elif turn.heard.kind == "ask_why":
        practise.why(turn)
    elif turn.heard.kind == "repeat" and not practise.under_way(turn) and last_step.wishes_another(turn.heard.text):
        offer.asked_for(turn)
    elif offer.switch(turn):
        pass
    elif practise.under_way(turn) and offer.compares(turn.heard.text):
        offer.compare(turn)
    elif practise.resumes(turn):
        practise.steer(turn, "next")
    elif done and turn.state.asked == "after_step":
        close.close(turn)
    elif practise.commanded(turn) and not done:
        practise.steer(turn, turn.heard.kind)
    elif not practise.under_way(turn):
        turn.heard = replace(turn.heard, kind="just_talking")
        _listen(turn)
    else:
        _AT_STEP[practise.sense(turn)](turn)


def _stop(turn: Turn) -> None:
    if practise.means_stop(turn):
        practise.stop(turn)
    else:
        turn.heard = replace(turn.heard, kind="just_talking")
        _listen(turn)


def _talk_instead(turn: Turn) -> None:
    practise.set_aside(turn)
    turn.heard = replace(turn.heard, text=about_step.without_excuse(turn.heard.text))
    listen.tell(turn)
    turn.say("exercise.on_hold")


def _choose(turn: Turn) -> None:
    if not offer.choose(turn):
        _listen(turn)


def _look_back(turn: Turn) -> None:
    asked = turn.state.asked or ""
    if plans.is_own(turn.state, turn.heard):
        look_back.plan_taken_up(turn)
    elif asked == "scale" and look_back.tells_instead(turn):
        _listen(turn)
    elif asked in ("closing", "scale") and after_steps.answered(turn):
        pass
    elif asked in ("closing", "scale"):
        (look_back.closing_answered if asked == "closing" else look_back.scale_answered)(turn)
    elif asked in ("small_step", "own_step"):
        if at_step.plainly(turn.heard) is Sense.leave or turn.heard.kind == "goodbye" or close.is_done(turn.heard.text):
            close.close(turn)
        elif turn.heard.kind == "thanks" or plans.thanks(turn.heard.text):
            close.thanks(turn)
        elif not look_back.step_answered(turn):
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
        (asides.capability(turn) or _listen)(turn)
    else:
        arrive.greet(turn)


def _close(turn: Turn) -> None:
    if turn.state.asked in close.SCALES:
        close.feedback(turn)
    else:
        close.close(turn)


def _personal(turn: Turn) -> None:
    if not personal.answer(turn):
        _listen(turn)


def _about(turn: Turn) -> None:
    if about.asks_to_undo(turn.heard.text) or about.asks_of_data(turn.heard.text):
        about.privacy(turn)
    else:
        {"what_can_you_do": about.abilities, "privacy_question": about.privacy}.get(turn.heard.kind, about.bot)(turn)


def _why(turn: Turn) -> None:
    # "I don't know why I told you that" asks nothing of the bot, and "I wonder why she did it" is about her.
    unsure = {"know", "idea"} & set(words_of(turn.heard.text)) and "?" not in turn.heard.text
    if unsure or not about.asks_why(turn.heard.text):
        turn.heard = replace(turn.heard, kind="just_talking")
        _listen(turn)
    else:
        about.why(turn)


def _tell_more(turn: Turn) -> None:
    # "Hm, I had not thought about that" is a thought, and no wish to read on.
    if about.asks_for_more(turn.heard.text):
        listen.tell_more(turn)
    else:
        turn.heard = replace(turn.heard, kind="just_talking")
        (asides.capability(turn) or _listen)(turn)


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
    Sense.explain: practise.explain,
    Sense.no_idea: lambda turn: practise.let_off(turn, "exercise.no_idea"),
    Sense.private: lambda turn: practise.let_off(turn, "exercise.private"),
    Sense.leave_out: lambda turn: practise.let_off(turn, "exercise.leave_out"),
    Sense.next: lambda turn: practise.steer(turn, "next"),
    Sense.skip: lambda turn: practise.steer(turn, "skip"),
    Sense.pause: lambda turn: practise.steer(turn, "pause"),
    Sense.stop: practise.stop,
    Sense.leave: close.close,
    Sense.aside: practise.make_room,
    Sense.asks_back: practise.read_back,
    Sense.closes: lambda turn: limits.take(turn, "limits.closed"),
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
    "action_tell_more": _tell_more,
    "action_offer": offer.asked_for,
    "action_choose": _choose,
    "action_exercise": _exercise,
    "action_stop": _stop,
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
