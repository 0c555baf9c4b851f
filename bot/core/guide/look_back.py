"""After an exercise: one question that looks back, an optional word on how it was, and one small step."""

import re
from typing import Mapping, Optional

from bot.core.entries import PLACEHOLDER, Technique, words
from bot.core.guide import about_step, at_step, plans, safety
from bot.core.guide.about_step import About
from bot.core.guide.forgetting import stem
from bot.core.guide.journey import felt
from bot.core.guide.turn import Turn, fill, number_in, unasked, words_of

# A step is something to remember; what is longer than this is not said back as one.
LONGEST_STEP = 24
STEPS_KEPT = 10
# "Yes", "Something else", "Not now".
ANSWERS = 3
LONGEST_YES, LONGEST_REFUSAL, LONGEST_PLAIN = 4, 4, 8
LEAST_SHARED = 2
_AROUND_ANY_STEP = set(
    words_of(
        "a an the my your for this that to of in on at with about and or if it me i him her them us ask tell turn one next could you can do"
        " take small little go today tomorrow"
    )
)
LIGHTER, SAME, HEAVIER = "Lighter", "The same", "Heavier"
SOMETHING_ELSE = "Something else"
_PASSING = ("next", "skip", "deny", "stop")
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
    given = {key: unasked(notes[key]).strip(" .!,") for key in asked_for if key in notes and not _none(notes[key])}
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
    """Whatever was answered is received, and what was passed over is not; then how it is now, on a scale that can be skipped."""
    heard = turn.heard
    passed = heard.kind in _PASSING and words(heard.text) <= LONGEST_REFUSAL
    passed = passed or about_step.heard(heard.text) in (About.no_idea, About.private, About.leaves)
    saying = "look_back.scale_only" if passed else "look_back.scale"
    turn.add(saying, turn.wording(saying), buttons=(LIGHTER, SAME, HEAVIER, "Skip"))
    turn.ask("scale")


def ask_again(turn: Turn) -> None:
    """The last question was not understood: the closing one once more, or the scale in plain words."""
    done = turn.library.techniques.get(turn.state.shown or "")
    if turn.state.asked == "closing" and done is not None:
        turn.add(f"{done.id}.closing", turn.wording("look_back.closing_again"), done.closing, buttons=("Skip",))
    else:
        buttons = (LIGHTER, SAME, HEAVIER, "Skip")
        turn.add("look_back.scale_again", turn.wording("look_back.scale_again"), buttons=buttons)


def scale_answered(turn: Turn) -> None:
    """Lighter, the same, heavier, a number or nothing: all are fine. Then one small step is offered."""
    state = turn.state
    done = turn.library.techniques.get(state.shown or "")
    saying = _rate(turn, done)
    if number_in(turn.heard.text) is not None and safety.too_heavy(turn):
        return safety.check_heaviness(turn)
    lead = turn.wording(saying)
    if done is None:
        turn.add(saying, lead)
        turn.ask("question")
        return None
    state.stage = "stepping"
    _offer_step(turn, lead, state.pending or done.small_step)
    return None


def _offer_step(turn: Turn, lead: str, step: str) -> None:
    turn.add("step.offer", lead, turn.wording("step.offer", step=step), buttons=("Yes", SOMETHING_ELSE, "Not now"))
    turn.ask("small_step")


def _rate(turn: Turn, done: Optional[Technique]) -> str:
    """Keep how it is after an exercise; gives the saying that receives it."""
    state, said = turn.state, set(words_of(turn.heard.text))
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
    return saying


def tells_instead(turn: Turn) -> bool:
    """Whether a message, instead of saying how it is on the scale, tells of something else; that waits then no longer."""
    text = turn.heard.text
    if number_in(text) is not None or felt(text) is not None or not at_step.tells(turn.heard):
        return False
    turn.state.stage, turn.state.pending = "telling", None
    turn.ask("question")
    return True


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
        _leave(turn, offered)
    elif offered and (_SAME.search(said) or _TAKEN.search(said) or (kind == "affirm" and words(said) <= LONGEST_YES)):
        agree(turn, offered, own=False)
        turn.say("step.agreed")
    elif offered and not own_wanted and plans.is_word_on_it(turn.heard):
        _wait(turn, offered)
    elif not _is_step(turn, own_wanted):
        turn.ask("question")
        return False
    else:
        agree(turn, _BEFORE_STEP.sub("", said) or said, own=True, offered=offered)
        turn.say("step.agreed_own")
    return True


def plan_taken_up(turn: Turn) -> None:
    """A plan that the person names unasked is the agreed step. After abuse was told it is not repeated on the screen."""
    step, state = plans.plan_in(turn.heard.text) or turn.heard.text, turn.state
    offered, state.pending, state.choice, state.stage = state.pending, None, [], "telling"
    agree(turn, step, own=True, offered=offered)
    own = turn.wording("step.agreed_own")
    turn.add("decided", None if state.abuse_told else turn.wording("decided", step=step), own)
    turn.ask("after_step")


def _is_step(turn: Turn, own_wanted: bool) -> bool:
    said, heard = words(turn.heard.text), turn.heard
    told = heard.kind == "other_feeling" and said > LONGEST_PLAIN
    return said <= LONGEST_STEP and not told and plans.can_be_step(heard, own_wanted)


def _wait(turn: Turn, offered: str) -> None:
    """How it is, said late, is received; the step waits once more for its answer, and then it is left."""
    state, number = turn.state, number_in(turn.heard.text)
    # A lower number may be the place of an answer.
    if felt(turn.heard.text) is not None or (number is not None and number > ANSWERS):
        _rate(turn, turn.library.techniques.get(state.shown or ""))
    if number is not None and number > ANSWERS and safety.too_heavy(turn):
        safety.check_heaviness(turn)
    elif any(key.startswith("step.waits#") for key in state.said):
        _leave(turn, offered)
    else:
        state.pending, state.stage = offered, "stepping"
        turn.say("step.waits", step=offered)
        turn.ask("small_step")


def _leave(turn: Turn, offered: Optional[str]) -> None:
    """No step is agreed; where a cost was guessed, it is kept for the case that it is done all the same."""
    state = turn.state
    if offered and state.expected_cost is not None:
        state.left_step = {"text": offered, "expected": state.expected_cost}
    turn.say("step.left")


def wants_other(text: str) -> bool:
    """Whether a message does nothing but ask for something else than what was offered."""
    return bool(_OTHER.search(text))


def agree(turn: Turn, step: str, own: bool, offered: Optional[str] = None) -> None:
    """Keep the one small step, with what the person expects it to cost when an exercise asked for that.

    What was guessed of the step that was `offered` says nothing about another one, but holds for it in other words.
    """
    state = turn.state
    state.step, state.left_step = {"text": step, "on": turn.now.date().isoformat()}, None
    if state.expected_cost is not None and (not own or (offered is not None and is_same_step(step, offered))):
        state.step["expected"] = state.expected_cost
        turn.keep("rating", scale="expected_cost", value=state.expected_cost)
    state.steps = [*state.steps, step][-STEPS_KEPT:]
    turn.keep("step", text=step, own="yes" if own else "no")


def is_same_step(step: str, offered: str) -> bool:
    """Whether a step in the person's words is the one that was offered: it asks for the same, or the same person."""
    said, meant = ({stem(word) for word in words_of(text)} - _AROUND_ANY_STEP for text in (step, offered))
    return len(said & meant) >= LEAST_SHARED
