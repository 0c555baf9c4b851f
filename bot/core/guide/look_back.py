"""After an exercise: one question that looks back, an optional word on how it was, and one small step."""

import re
from typing import Mapping, Optional

from bot.core.entries import PLACEHOLDER, Technique, words
from bot.core.guide import safety
from bot.core.guide.journey import felt
from bot.core.guide.turn import Turn, fill, number_in, words_of

# A step is something to remember; what is longer than this is not said back as one.
LONGEST_STEP = 24
STEPS_KEPT = 10
LONGEST_YES, LONGEST_REFUSAL, LONGEST_PLAIN = 4, 4, 8
LIGHTER, SAME, HEAVIER = "Lighter", "The same", "Heavier"
SOMETHING_ELSE = "Something else"
_TAKEN = re.compile(
    r"\bi(?:'ll| will| can| could| might|'d like to)(?: \w+)? (?:do|try) (?:that|it|this)(?: one)?\W*$", re.IGNORECASE
)
_NONE = ("nobody", "nothing", "none", "undecided", "unsure", "idk", "dunno")
_NOT_KNOWN = [["no", "one"], ["no", "idea"], ["not", "sure"], ["i", "don't"], ["i", "dont"]]
_BEFORE_STEP = re.compile(
    r"^(?:(?:no|yes|yeah|ok(?:ay)?|well|um+|maybe|perhaps|rather|then|i'?ll|i will|i could|i(?:'d| would) (?:rather|like to)|i want to)\b\W*)+",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"^\W*(?:no\W+|rather |maybe )*(?:i'?d (?:rather|like|prefer) )?(?:to )?(?:have |do |take |pick |choose )?"
    r"(?:something|another|a different|one|my own)(?: one| step| else| different| of my own| of mine)*(?: please| instead)?\W*$",
    re.IGNORECASE,
)
_SAME = re.compile(r"^\W*(?:yes\W+|just )*(?:the )?same(?: one| thing| step)?(?: again)?\W*$", re.IGNORECASE)


def prepare_step(turn: Turn, technique: Technique, notes: Mapping[str, str]) -> None:
    """The step that follows from an exercise, in the person's own words where they gave some, with the cost they expect."""
    asked_for = PLACEHOLDER.findall(technique.small_step)
    given = {key: notes[key].strip(" .!?") for key in asked_for if key in notes and not _none(notes[key])}
    own = fill(technique.small_step, given)
    complete = len(given) == len(asked_for) and words(own) <= LONGEST_STEP
    turn.state.pending = own if complete else (technique.small_step_if_skipped or technique.small_step)
    turn.state.expected_cost = notes.get(technique.weighs) if technique.weighs else None


def _none(note: str) -> bool:
    """Whether the answer to a step was that there is none, or that it is not known."""
    said = words_of(note)
    return said[:1] in [[word] for word in _NONE] or said[:2] in _NOT_KNOWN


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
        value=turn.heard.text if len(said) <= 3 else felt(turn.heard.text),
        technique=done.id if done else None,
    )
    in_words = felt(turn.heard.text)
    if in_words is not None:
        state.felt.append({"technique": done.id if done else None, "felt": in_words})
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
        buttons=("Yes", SOMETHING_ELSE, "Not now"),
    )
    turn.ask("small_step")
    return None


def step_answered(turn: Turn) -> bool:
    """The step is agreed as offered, put in the person's own words, or left. False for what is no step, which is talk."""
    state, kind, said = turn.state, turn.heard.kind, turn.heard.text.strip()
    own_wanted = state.asked == "own_step"
    offered, state.pending = state.pending, None
    state.stage = "telling"
    turn.ask("after_step")
    refused = kind in ("deny", "skip", "stop", "not_it")
    if wants_other(said):
        turn.say("step.own")
        state.pending, state.stage = offered, "stepping"
        turn.ask("own_step")
    elif refused and (not own_wanted or words(said) <= LONGEST_REFUSAL):
        turn.say("step.left")
    elif offered and (_SAME.search(said) or _TAKEN.search(said) or (kind == "affirm" and words(said) <= LONGEST_YES)):
        agree(turn, offered, own=False)
        turn.say("step.agreed")
    elif words(said) > LONGEST_STEP or said.endswith("?") or (kind == "other_feeling" and words(said) > LONGEST_PLAIN):
        turn.ask("question")
        return False
    else:
        agree(turn, _BEFORE_STEP.sub("", said) or said, own=True)
        turn.say("step.agreed_own")
    return True


def wants_other(text: str) -> bool:
    """Whether a message does nothing but ask for something else than what was offered."""
    return bool(_OTHER.search(text))


def agree(turn: Turn, step: str, own: bool) -> None:
    """Keep the one small step, with what the person expects it to cost when an exercise asked for that."""
    state = turn.state
    state.step = {"text": step, "on": turn.now.date().isoformat()}
    # What was guessed of the step that was offered says nothing about another one.
    if state.expected_cost is not None and not own:
        state.step["expected"] = state.expected_cost
        turn.keep("rating", scale="expected_cost", value=state.expected_cost)
    state.steps = [*state.steps, step][-STEPS_KEPT:]
    turn.keep("step", text=step, own="yes" if own else "no")
