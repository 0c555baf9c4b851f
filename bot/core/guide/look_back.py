"""After an exercise: one question that looks back, an optional word on how it was, and one small step."""

from typing import Mapping, Optional

from bot.core.entries import PLACEHOLDER, Technique, words
from bot.core.guide import safety
from bot.core.guide.turn import Turn, fill, number_in, words_of

# A step is something to remember; what is longer than this is not said back as one.
LONGEST_STEP = 24
STEPS_KEPT = 10
LIGHTER, SAME, HEAVIER = "Lighter", "The same", "Heavier"


def prepare_step(turn: Turn, technique: Technique, notes: Mapping[str, str]) -> None:
    """The step that follows from an exercise, in the person's own words where they gave some, with the cost they expect."""
    asked_for = PLACEHOLDER.findall(technique.small_step)
    given = {key: notes[key].strip(" .!?") for key in asked_for if key in notes and not _none(notes[key])}
    own = fill(technique.small_step, given)
    complete = len(given) == len(asked_for) and words(own) <= LONGEST_STEP
    turn.state.pending = own if complete else (technique.small_step_if_skipped or technique.small_step)
    turn.state.expected_cost = notes.get(technique.weighs) if technique.weighs else None


def _none(note: str) -> bool:
    """Whether the answer to a step was that there is none."""
    return words_of(note)[:1] in (["nobody"], ["nothing"], ["none"], ["undecided"]) or words_of(note)[:2] == [
        "no",
        "one",
    ]


def open_question(turn: Turn, technique: Technique, lead: Optional[str]) -> None:
    """The technique's closing question."""
    turn.state.stage = "looking_back"
    turn.state.shown = technique.id
    turn.add(f"{technique.id}.closing", lead or turn.wording("exercise.done"), technique.closing)
    turn.ask("closing")


def closing_answered(turn: Turn) -> None:
    """Whatever was answered is received; then how it is now, on a scale that can be skipped."""
    turn.add("look_back.scale", turn.wording("look_back.scale"), buttons=(LIGHTER, SAME, HEAVIER, "Skip"))
    turn.ask("scale")


def scale_answered(turn: Turn) -> None:
    """Lighter, the same, heavier, a number or nothing: all are fine. Then one small step is offered."""
    state, said = turn.state, set(words_of(turn.heard.text))
    done = turn.library.techniques.get(state.shown or "")
    number = number_in(turn.heard.text)
    if number is not None:
        state.heaviness.append(number)
        turn.keep("rating", scale="heaviness", value=number)
    saying = "look_back.received"
    if {"lighter", "better", "calmer", "good"} & said or (
        number is not None and len(state.heaviness) > 1 and number < state.heaviness[-2]
    ):
        saying = "look_back.lighter"
        if done is not None and done.id not in state.helped:
            state.helped.append(done.id)
    elif {"heavier", "worse"} & said:
        saying = "look_back.heavier"
    turn.keep(
        "rating",
        scale="exercise",
        value=turn.heard.text if len(said) <= 3 else None,
        technique=done.id if done else None,
    )
    if number is not None and safety.too_heavy(turn):
        return safety.check_heaviness(turn)
    lead = turn.wording(saying)
    if done is None:
        turn.add(saying, lead)
        turn.ask("question")
        return None
    turn.state.stage = "stepping"
    turn.add(
        "step.offer",
        lead,
        turn.wording("step.offer", step=state.pending or done.small_step),
        buttons=("Yes", "Something else", "Not now"),
    )
    turn.ask("small_step")
    return None


def step_answered(turn: Turn) -> None:
    """The step is agreed as offered, in the person's own words, or left."""
    state, kind = turn.state, turn.heard.kind
    said = turn.heard.text.strip()
    offered, state.pending = state.pending, None
    state.stage = "telling"
    turn.ask("after_step")
    if kind in ("deny", "skip", "stop", "not_it") or said.lower() == "not now":
        turn.say("step.left")
        return
    if said.lower() == "something else":
        turn.say("step.own")
        state.pending, state.stage = offered, "stepping"
        turn.ask("small_step")
        return
    own = kind != "affirm" or words(said) > 4
    step = said if own else (offered or said)
    agree(turn, step, own)
    turn.say("step.agreed_own" if own else "step.agreed")


def agree(turn: Turn, step: str, own: bool) -> None:
    """Keep the one small step, with what the person expects it to cost when an exercise asked for that."""
    state = turn.state
    state.step = {"text": step, "on": turn.now.date().isoformat()}
    if state.expected_cost is not None:
        state.step["expected"] = state.expected_cost
        turn.keep("rating", scale="expected_cost", value=state.expected_cost)
    state.steps = [*state.steps, step][-STEPS_KEPT:]
    turn.keep("step", text=step, own="yes" if own else "no")
