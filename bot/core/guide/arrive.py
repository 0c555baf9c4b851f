"""The start of a session: disclosure first, then a hello that remembers."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Optional

from bot.core.conversation import Level
from bot.core.guide import practise, safety
from bot.core.guide.turn import SESSION_FIELDS, State, Turn, number_in, words_of

LONG_ABSENCE = timedelta(days=7)
SESSIONS_KEPT = 12
STILL_THERE = timedelta(hours=1)


def begin(turn: Turn, session_hours: float, disclosure_hours: float) -> bool:
    """Open a new session when the last one ended, and say first what this is. True when a session was opened.

    A session ends at goodbye or after `session_hours` without a word. The disclosure comes at the very first, after
    seven days away, and again after `disclosure_hours` of continuing use.
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
    turn.say(saying)
    turn.state.disclosed = turn.now.isoformat()


def greet(turn: Turn) -> None:
    """Hello: with what was agreed or left open last time, or with an open question."""
    state = turn.state
    first_words = len(state.uttered) <= 1
    may_remember = not state.abuse_told and turn.level is Level.none
    left_open = practise.current(turn)
    if not first_words:
        turn.say("greeting.again")
    elif state.step is not None and may_remember:
        turn.say("greeting.step", step=state.step["text"])
        turn.ask("step_review")
        return
    elif left_open is not None and state.session > 1 and may_remember:
        turn.say("greeting.exercise", name=left_open.name.lower())
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
    state, said = turn.state, set(words_of(turn.heard.text))
    state.stage = "telling"
    if turn.heard.kind in ("affirm", "next") or {"go", "on"} <= said:
        turn.heard = replace(turn.heard, kind="next")
        practise.steer(turn)
    elif turn.heard.kind in ("deny", "skip", "stop") or {"afresh", "fresh", "new"} & said:
        state.exercise = None
        _afresh(turn)
    else:
        turn.ask("question")
        return False
    return True


def _afresh(turn: Turn) -> None:
    turn.say("greeting.afresh")
    turn.ask("question")


def step_reviewed(turn: Turn) -> None:
    """How the agreed step went: any answer is fine; where a cost was expected, the real one is asked for once."""
    state = turn.state
    step, state.step = state.step or {}, None
    said = set(words_of(turn.heard.text))
    if {"afresh", "fresh"} & said:
        return _afresh(turn)
    turn.keep("note", technique="small_step", step="review", text=turn.heard.text)
    not_done = turn.heard.kind in ("deny", "skip") or {"not", "yet"} <= said
    if "expected" in step and not not_done:
        state.expected_cost = step["expected"]
        turn.say("step.cost", expected=step["expected"])
        turn.ask("step_cost")
        return None
    turn.say("step.not_done" if not_done else "step.went" if turn.heard.kind == "affirm" else "step.heard")
    turn.ask("question")
    state.stage = "telling"


def cost_answered(turn: Turn) -> bool:
    """What the step cost in the end, beside what was expected. False when no number was said, which is heard as talk."""
    state, cost = turn.state, number_in(turn.heard.text)
    expected, state.expected_cost = int(state.expected_cost or 0), None
    turn.ask("question")
    state.stage = "telling"
    if cost is None:
        if turn.heard.kind in ("skip", "deny", "stop", "too_vague"):
            turn.say("step.heard")
            return True
        return False
    turn.keep("rating", scale="real_cost", value=cost)
    saying = "step.cost_less" if cost < expected else "step.cost_more" if cost > expected else "step.cost_same"
    turn.say(saying, expected=str(expected), cost=str(cost))
    return True


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
    if state.themes or state.heaviness:
        lived = {"on": (state.started or now.isoformat())[:10], "themes": state.themes[:2]}
        state.past = [*state.past, {**lived, "heaviness": state.heaviness}][-SESSIONS_KEPT:]
    fresh = State()
    for name in SESSION_FIELDS:
        setattr(state, name, getattr(fresh, name))
    if state.exercise is not None:
        state.exercise["paused"] = True
    state.session += 1
    state.started = now.isoformat()


def _time(value: Optional[str]) -> Optional[datetime]:
    return datetime.fromisoformat(value) if value else None
