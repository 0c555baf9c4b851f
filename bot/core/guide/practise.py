"""Playing a technique step by step, at the person's pace. Data decides everything: a new technique needs no code."""

import re
from typing import Any, Dict, Optional, Sequence

from bot.core.conversation import Heard
from bot.core.entries import PLACEHOLDER, Expects, Step, Technique, Wants
from bot.core.guide import about_step, at_step, circumstances, look_back
from bot.core.guide.at_step import Sense
from bot.core.guide.turn import Turn, fill, unasked, words_of

SCALE = [0, 10]
NEXT, SKIP, STOP = "Next", "Skip", "Stop"
SURE, LIKELY, SHORT_COMMAND = 0.6, 0.3, 3
_GOING_ON = {"on", "going", "continue"}
# "I won't do that again" is told.
_NOT_STEERING = re.compile(
    r"\b(?:won'?t|will not|wouldn'?t|never|don'?t|do not|didn'?t|can'?t|cannot|not) (?:\w+ ){0,4}(?:again|back|on|next|repeat|continue)\b",
    re.IGNORECASE,
)
STEERING = ("next", "back", "repeat", "skip", "pause", "stop", "ask_why")


def start(turn: Turn, technique: Technique) -> None:
    """Begin with the first step."""
    state = turn.state
    state.exercise = {"id": technique.id, "step": 0, "notes": {}, "paused": False}
    state.choice, state.stage, state.shown, state.since_offer = [], "practising", technique.id, 0
    state.tried.append(technique.id)
    turn.keep("technique", technique=technique.id, event="started")
    turn.ask("step")
    _present(
        turn,
        technique,
        lead=turn.wording("exercise.start", name=technique.name_in_text, minutes=str(technique.minutes)),
    )


def current(turn: Turn) -> Optional[Technique]:
    """The technique under way, also when it is paused."""
    exercise = turn.state.exercise
    technique = turn.library.techniques.get(exercise["id"]) if exercise else None
    if exercise and technique is not None:
        # A library taken up meanwhile may have fewer steps.
        exercise["step"] = min(exercise["step"], len(technique.steps) - 1)
    return technique


def under_way(turn: Turn) -> bool:
    """Whether an exercise is being played, and not paused."""
    return _asked(turn) is not None


def wants_words(turn: Turn) -> bool:
    """Whether the step under way asks for words to say to somebody."""
    step = _asked(turn)
    return step is not None and step.wants is Wants.sentence


def steers(heard: Heard) -> bool:
    """Whether a message moves the exercise instead of answering its step: a sure command, or a short one that is likely."""
    short = len(words_of(heard.text)) <= SHORT_COMMAND
    if _NOT_STEERING.search(heard.text.replace("’", "'")):
        return False
    return heard.kind in STEERING and heard.confidence >= (LIKELY if short else SURE)


def commanded(turn: Turn) -> bool:
    """Whether a message is a command to the player: when no step is being asked, always if it is worded as one."""
    step = _asked(turn)
    if step is None:
        return not _NOT_STEERING.search(turn.heard.text.replace("’", "'"))
    if at_step.plainly(turn.heard) is not None or about_step.heard(turn.heard.text, step.wants) is not None:
        return False
    if steers(turn.heard):
        return True
    may_nod = step.expects in (Expects.go_on, Expects.breathe) and len(words_of(turn.heard.text)) <= at_step.LONGEST_NOD
    return may_nod and turn.heard.kind in STEERING and at_step.sense(step, turn.heard) is Sense.talk


def resumes(turn: Turn) -> bool:
    """Whether a message plainly wishes to go on with the exercise that waits."""
    return current(turn) is not None and not under_way(turn) and about_step.wants_back(turn.heard.text)


def means_stop(turn: Turn) -> bool:
    """Whether a message read as "stop" is one: with nothing under way, "I won't go on like this" is told."""
    told = _NOT_STEERING.search(turn.heard.text.replace("’", "'")) and "exercise" not in words_of(turn.heard.text)
    return under_way(turn) or not told


def sense(turn: Turn) -> Sense:
    """What a message that is no command is at the step under way."""
    step = _asked(turn)
    assert step is not None
    return at_step.sense(step, turn.heard)


def steer(turn: Turn, kind: str) -> None:
    """Next, back, repeat, skip, pause: with nothing under way, say so kindly."""
    technique, exercise = current(turn), turn.state.exercise
    if technique is not None and technique.involves_people and "abuse" in circumstances.barred(turn):
        technique, exercise, turn.state.exercise = None, None, None
    if technique is None or exercise is None:
        goes_on = kind == "next" and bool(_GOING_ON & set(words_of(turn.heard.text)))
        none = "exercise.none.repeat" if kind == "repeat" else "exercise.none.other"
        turn.say("pause" if kind == "pause" else "keep_talking" if goes_on else none)
        turn.ask("question")
        return
    turn.ask("step")
    turn.state.stage = "practising"
    if kind == "pause":
        exercise["paused"] = True
        turn.say("exercise.paused")
    elif exercise["paused"]:
        exercise["paused"] = False
        _present(turn, technique, lead=turn.wording("exercise.resumed"))
    elif kind == "repeat":
        _present(turn, technique)
    elif kind == "back":
        if exercise["step"] == 0:
            _present(turn, technique, lead=turn.wording("exercise.at_first"))
        else:
            exercise["step"] -= 1
            _present(turn, technique)
    else:
        _advance(turn, technique, lead=turn.wording("exercise.skipped") if kind == "skip" else None)


def take_answer(turn: Turn) -> None:
    """What was typed is the answer to the step under way; it is kept as the person's own note."""
    technique, exercise = current(turn), turn.state.exercise
    assert technique is not None and exercise is not None
    step = technique.steps[exercise["step"]]
    value = _value(step, turn.heard.text)
    if value is None:
        if exercise.get("retried") == step.id:
            return _advance(turn, technique, lead=turn.wording("exercise.skipped"))
        exercise["retried"] = step.id
        saying = "exercise.need_number" if step.expects is Expects.number else "exercise.need_choice"
        turn.add(saying, turn.wording(saying), buttons=_buttons(step))
        return None
    if step.note:
        exercise["notes"][step.note] = value
        turn.keep("note", technique=technique.id, step=step.id, text=value)
    return _advance(turn, technique, lead=step.reply)


def explain(turn: Turn) -> None:
    """The step was not understood: where it belongs, and what is enough for it; then once more."""
    technique, exercise = current(turn), turn.state.exercise
    assert technique is not None and exercise is not None
    values = {"step": str(exercise["step"] + 1), "steps": str(len(technique.steps)), "aim": technique.offer}
    writes = technique.steps[exercise["step"]].expects is Expects.text
    saying = "exercise.explain" if writes else "exercise.explain_doing"
    _present(turn, technique, lead=turn.wording(saying, **values))


def let_off(turn: Turn, saying: str) -> None:
    """Nothing comes to mind, or it is not to be said or done: the step may be left out; said again, that leaves it so."""
    technique, exercise = current(turn), turn.state.exercise
    assert technique is not None and exercise is not None
    step = technique.steps[exercise["step"]]
    if exercise.get("retried") == step.id or (step.short and saying == "exercise.no_idea"):
        # A name that is not known does not come by waiting.
        return _advance(turn, technique, lead=turn.wording("exercise.skipped"))
    exercise["retried"] = step.id
    to_do = step.expects in (Expects.go_on, Expects.breathe)
    turn.add(saying, turn.wording(saying), buttons=(SKIP, STOP) if to_do else _buttons(step))
    return None


def read_back(turn: Turn) -> None:
    """What was written at the steps before; not on a screen that somebody else may see."""
    exercise = turn.state.exercise
    written = [f"“{unasked(note).strip()}”" for note in (exercise or {}).get("notes", {}).values()]
    if turn.state.abuse_told or not written:
        return show_again(turn, turn.wording("exercise.kept_back" if written else "exercise.nothing_written"))
    return show_again(turn, turn.wording("exercise.written", notes=" / ".join(written)))


def show_again(turn: Turn, lead: str) -> None:
    """The step under way once more, after something else was said."""
    technique = current(turn)
    assert technique is not None
    _present(turn, technique, lead)


def wait(turn: Turn) -> None:
    """A worrying message stops the exercise where it is: what was typed is kept, and never said back."""
    technique, exercise = current(turn), turn.state.exercise
    assert technique is not None and exercise is not None
    step = technique.steps[exercise["step"]]
    if step.note and step.expects is Expects.text:
        turn.keep("note", technique=technique.id, step=step.id, text=turn.heard.text)
    exercise["paused"] = True
    turn.say("exercise.on_hold")


def stop(turn: Turn) -> None:
    """End it at once; the place is given up, nothing is asked twice."""
    technique, state = current(turn), turn.state
    if technique is not None:
        turn.keep("technique", technique=technique.id, event="stopped", step=(state.exercise or {}).get("step"))
        if technique.id not in state.refused:
            state.refused.append(technique.id)
        state.exercise, state.stage, state.only_listening = None, "telling", True
        turn.say("exercise.stopped")
    else:
        state.stage, state.choice = "telling", []
        turn.say("stop.nothing")
    turn.ask("stopped")


def set_aside(turn: Turn) -> None:
    """Talk about something else, or leave, without losing the place."""
    if turn.state.exercise is not None:
        turn.state.exercise["paused"] = True


def make_room(turn: Turn) -> None:
    """The person wishes to speak of something else first: the exercise keeps its place."""
    set_aside(turn)
    turn.say("exercise.aside")
    turn.ask("question")


def why(turn: Turn) -> None:
    """Why this exercise, or why a question is asked."""
    technique = current(turn) or turn.library.techniques.get(turn.state.shown or "")
    if technique is not None:
        turn.add(
            technique.id,
            technique.why,
            buttons=_buttons(technique.steps[turn.state.exercise["step"]]) if turn.state.exercise else (),
        )
    else:
        turn.say("why.question")


def _asked(turn: Turn) -> Optional[Step]:
    """The step that waits for an answer; None when nothing is under way."""
    technique, exercise = current(turn), turn.state.exercise
    if technique is None or exercise is None or exercise["paused"]:
        return None
    step: Step = technique.steps[exercise["step"]]
    return step


def _advance(turn: Turn, technique: Technique, lead: Optional[str]) -> None:
    exercise = turn.state.exercise
    assert exercise is not None
    exercise["step"] += 1
    if exercise["step"] < len(technique.steps):
        return _present(turn, technique, lead)
    look_back.prepare_step(turn, technique, exercise["notes"])
    turn.state.exercise = None
    if technique.id not in turn.state.techniques_done:
        turn.state.techniques_done.append(technique.id)
    turn.keep("technique", technique=technique.id, event="finished")
    return look_back.open_question(turn, technique, lead)


def _present(turn: Turn, technique: Technique, lead: Optional[str] = None) -> None:
    exercise = turn.state.exercise
    assert exercise is not None
    step = technique.steps[exercise["step"]]
    data: Dict[str, Any] = {"technique": technique.id, "step": exercise["step"] + 1, "steps": len(technique.steps)}
    if step.expects is Expects.number:
        data["rating"] = SCALE
    if step.breathe is not None:
        data["breathe"] = step.breathe.dict()
    turn.add(f"{technique.id}.{step.id}", lead, _words(step, exercise["notes"]), buttons=_buttons(step), data=data)


def _words(step: Step, notes: Dict[str, str]) -> str:
    if not all(key in notes for key in PLACEHOLDER.findall(step.say)):
        return step.say_if_skipped or step.say
    if "?" in step.say:
        # A question mark of theirs would make two questions of one.
        notes = {key: unasked(note) for key, note in notes.items()}
    return fill(step.say, {key: note.strip() for key, note in notes.items()})


def _buttons(step: Step) -> Sequence[str]:
    if step.expects is Expects.choice:
        return (*step.choices, SKIP)
    if step.expects in (Expects.text, Expects.number):
        return (SKIP, STOP)
    return (NEXT, STOP)


def _value(step: Step, text: str) -> Optional[str]:
    if step.expects is Expects.number:
        number = at_step.number_said(text)
        return None if number is None else str(number)
    if step.expects is Expects.choice:
        return at_step.choice_in(step.choices, text) or at_step.own_choice(step.choices, text)
    return text.strip()
