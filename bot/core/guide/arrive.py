"""The start of a session: disclosure first, then a hello that remembers."""

import re
from datetime import datetime, timedelta
from typing import Optional

from bot.core.conversation import Level
from bot.core.guide import practise, safety
from bot.core.guide.turn import SESSION_FIELDS, State, Turn, fingerprint, words_of

LONG_ABSENCE = timedelta(days=7)
SESSIONS_KEPT = 12
STILL_THERE = timedelta(hours=1)
LONGEST_CHOICE = 7
_LEAD = r"^\W*(?:(?:ok(?:ay)?|no|yes|please|let'?s|lets|can we|could we|i'?d like to|i want to|i'?d rather|rather|just|we can|maybe)\W+)*"
_AFRESH = re.compile(
    _LEAD
    + r"(?:start|begin) (?:all )?(?:afresh|fresh|anew|over|from scratch)(?: please| now| today| instead| then)*\W*$",
    re.I,
)
_NEW = re.compile(
    _LEAD
    + r"(?:(?:the |a |something |talk about something )?(?:new|different|fresh)(?: one| thread| thing| topic| page)?|(?:talk about )?something else"
    r"|(?:drop|leave) (?:it|that|the thread))\W*$",
    re.I,
)
_OLD = re.compile(
    _LEAD + r"(?:(?:go|carry|keep) on(?: with)?(?: it| that| there| the exercise)?|continue(?: it| with it| with that)?"
    r"|(?:pick|take) (?:it|that|the thread|up)\b.*|(?:the |an )?(?:old|same|last)(?: one| thread| thing| topic)?(?: as last time)?|where we (?:left off|stopped))\W*$",
    re.I,
)


def begin(turn: Turn, session_hours: float, disclosure_hours: float) -> bool:
    """Open a new session when the last one ended, and say first what this is. True when a session was opened.

    A session ends at goodbye or after `session_hours` without a word. The disclosure comes at the very first, after
    seven days away, and again after `disclosure_hours` of continuing use; when it changed who can read, that is said first.
    """
    state, now = turn.state, turn.now
    last = _time(state.last_seen)
    opened = last is None or state.stage == "closed" or now - last > timedelta(hours=session_hours)
    if opened:
        _new_session(state, now)
    state.last_seen = now.isoformat()
    told = _time(state.disclosed)
    if told is None or (last is not None and now - last > LONG_ABSENCE):
        disclose(turn, "disclosure.first")
    elif state.readers != _readers(turn):
        disclose(turn, "disclosure.readers")
    elif now - max(told, _time(state.started) or told) > timedelta(hours=disclosure_hours):
        disclose(turn, "disclosure.again")
    return opened


def still_asked(turn: Turn) -> bool:
    """Whether a question about safety, asked at the goodbye, is answered a little later and not in a new session."""
    state, last = turn.state, _time(turn.state.last_seen)
    return (
        state.stage == "closed"
        and state.asked in ("safety", "other")
        and last is not None
        and turn.now - last < STILL_THERE
    )


def disclose(turn: Turn, saying: str) -> None:
    """Say what this is: a program, not a person, not therapy, not for emergencies; what is stored and how it is deleted."""
    may_erase = "erase" in turn.heard.capabilities or saying == "disclosure.readers"
    turn.add(saying, turn.wording(saying if may_erase else f"{saying}.no_erasing"))
    turn.state.disclosed = turn.now.isoformat()
    if saying != "disclosure.again":
        turn.state.readers = _readers(turn)


def _readers(turn: Turn) -> str:
    return fingerprint(turn.facts.get("readers", ""))


def greet(turn: Turn) -> None:
    """Hello: with what was agreed or left open last time, or with an open question."""
    state = turn.state
    first_words = len(state.uttered) <= 1
    left_open = practise.current(turn)
    if not first_words:
        turn.say("greeting.again")
    elif state.step is not None and _may_remember(turn):
        turn.say("greeting.step", step=state.step["text"])
        turn.ask("step_review")
        return
    elif left_open is not None and state.session > 1 and _may_remember(turn):
        turn.say("greeting.exercise", name=left_open.name_in_text)
        turn.ask("resume")
        return
    elif state.session > 1:
        turn.say("greeting.returning")
    else:
        turn.say("greeting.first")
    turn.ask("arrive")
    state.stage = "telling"


def resume_answered(turn: Turn) -> bool:
    """Whether to go on with the exercise left open. False for anything else than an answer, which is heard as talk."""
    turn.state.stage = "telling"
    chosen = _thread(turn.heard.text)
    if turn.heard.kind in ("affirm", "next") or chosen == "old":
        practise.steer(turn, "next")
    elif turn.heard.kind in ("deny", "skip", "stop") or chosen == "new":
        _afresh(turn)
    else:
        turn.ask("question")
        return False
    return True


def chooses_thread(state: State, text: str) -> bool:
    """Whether a short message goes on with the thread of before or drops it, as a greeting offers; "start afresh" always."""
    # Later in a talk "I want to start over" may be about a life.
    of_the_talk = not state.told or not {"i", "i'd"} & set(words_of(text))
    if state.asked in ("step_review", "resume") or (of_the_talk and _AFRESH.search(text)):
        return _thread(text) == "new"
    greeted_again = state.asked == "arrive" and (state.session > 1 or state.told > 0)
    return greeted_again and _thread(text) is not None


def take_thread(turn: Turn) -> None:
    """Go on with what the last session was about, or start afresh."""
    state = turn.state
    past = state.past[-1]["themes"] if state.past else []
    if _thread(turn.heard.text) == "new":
        _afresh(turn)
    elif past and not state.told and _may_remember(turn):
        turn.say("greeting.thread", theme=turn.library.themes[past[0]].name)
        turn.ask("question")
    else:
        turn.say("keep_talking")
        turn.ask("question")


def _thread(text: str) -> Optional[str]:
    if len(words_of(text)) > LONGEST_CHOICE:
        return None
    if _AFRESH.search(text) or _NEW.search(text):
        return "new"
    return "old" if _OLD.search(text) else None


def _may_remember(turn: Turn) -> bool:
    return not turn.state.abuse_told and turn.level is Level.none


def _afresh(turn: Turn) -> None:
    """A clean page: what was left open is put away, and the step that was just asked about."""
    state = turn.state
    state.step = None if state.asked == "step_review" else state.step
    state.exercise, state.themes, state.stage = None, [], "telling"
    turn.say("greeting.afresh")
    turn.ask("question")


def weighed(turn: Turn, number: int) -> None:
    """How heavy it is on arrival, 0 to 10."""
    turn.state.heaviness.append(number)
    turn.keep("rating", scale="heaviness", value=number)
    if safety.too_heavy(turn):
        safety.check_heaviness(turn)
    else:
        turn.say("arrive.heavy" if number >= 7 else "arrive.number", number=str(number))
        turn.ask("question")


def _new_session(state: State, now: datetime) -> None:
    if state.themes or state.heaviness or state.felt:
        on = (state.started or now.isoformat())[:10]
        lived = {"themes": state.themes[:2], "heaviness": state.heaviness, "felt": state.felt}
        state.past = [*state.past, {"session": state.session, "on": on, **lived}][-SESSIONS_KEPT:]
    fresh = State()
    for name in SESSION_FIELDS:
        setattr(state, name, getattr(fresh, name))
    if state.exercise is not None:
        state.exercise["paused"] = True
    state.session += 1
    state.started = now.isoformat()


def _time(value: Optional[str]) -> Optional[datetime]:
    return datetime.fromisoformat(value) if value else None
