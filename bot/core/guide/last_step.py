"""The small step of last time: how it went, what it cost, what made it so, and whether another one follows from it."""

import re

from bot.core.conversation import Level
from bot.core.guide import look_back, practise, quoting
from bot.core.guide.turn import State, Turn, number_in, words_of

LONGEST_WISH = 14
# So few wordings after the step was spoken of, "what now" still means it.
SOON = 5
# Where nothing was spoken of before: "he'll do that again" is no wish.
_WISHED = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|yes|yeah|no|maybe|so|and|but|well|please|then|now|how about|what about|can we|could we|can i|could i|i want|i'?d like|i would like"
    r"|let'?s|we could|i could|to|do|try|have|take|just|rather|again|perhaps)\W+)*(?:something|a step|another|one|the same)\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    r"\b(?:something|a step|one|another(?: one| step)?) (?:like|similar to|along the lines of) (?:that|this|it)\b|\banother (?:small |little )?step\b"
    r"|\b(?:do|try|take|repeat|have) (?:that|it|this|the same)(?: thing| step| one)?(?: once more| one more time|,? again)\b"
    r"|\b(?:the )?same(?: thing| step)? (?:again|once more)\b",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"^\W*(?:(?:so|and|but|ok(?:ay)?|sorry|please|hey|hi|wait|um+|right|oh)\W+)*(?:what(?:'s|s| is| was)|which (?:was|is)|(?:(?:can|could|would) you )?(?:please )?"
    r"(?:remind me(?: of)?|tell me|show me|repeat)(?: again)?(?: what)?(?: (?:is|was))?) (?:my|the|our|that) (?:(?:next|small|little|last|agreed|own) )*step"
    r"(?: (?:again|is|was|please|now|for (?:today|tomorrow|this week)|(?:that )?(?:we|i) (?:had )?(?:agreed(?: on)?|chose|picked|took)))*\W*$",
    re.IGNORECASE,
)
_AGREED = re.compile(
    r"^\W*(?:(?:so|and|but|ok(?:ay)?|sorry|wait|um+|oh)\W+)*(?:(?:what|which step) (?:was it (?:that )?(?:i|we) agreed|(?:did|had|have) (?:i|we) agreed?)(?: on| to)?(?: do)?"
    r"|(?:which|what) step(?: was (?:it|that)| (?:did|had) (?:i|we) (?:choose|pick|take|agree))?)(?: again| please| now)*\W*$",
    re.IGNORECASE,
)
_WISH = r"^\W*(?:(?:ok(?:ay)?|no|please|then|actually|yes|well|just|let'?s|can (?:i|we)|could (?:i|we)|i(?:'d| would)? (?:like|want)(?: to)?|i'?ll|i'd rather)\W+)*"
_THE_STEP = r"(?:(?:the|my|that|this|our) (?:\w+ )?step)"
_END = r"(?: (?:then|please|now|again|after all|too|altogether))*\W*$"
_DROPS = re.compile(
    rf"{_WISH}(?:drop|cancel|scrap|ditch|bin|leave out|get rid of|remove) {_THE_STEP}{_END}", re.IGNORECASE
)
_DROPS_IT = re.compile(rf"{_WISH}(?:drop|cancel|scrap|ditch|bin|leave) (?:it|that|this)(?: one)?{_END}", re.IGNORECASE)
_CHANGES = re.compile(rf"{_WISH}(?:change|swap|replace|rewrite) {_THE_STEP}{_END}", re.IGNORECASE)
_CHANGES_IT = re.compile(rf"{_WISH}(?:change|swap|replace) (?:it|that|this)(?: one)?{_END}", re.IGNORECASE)
# Just spoken of, so that "it" is the step.
_STEP_NAMED = ("step.recalled#", "step.agreed#", "step.agreed_own#")
# Said before anybody asked, and with nothing else that it could be about.
_GAVE_UP = re.compile(
    r"^\W*(?:(?:well|no|sorry|honestly|um+|oh|hi|hey|hello|ok(?:ay)?|and|but|so|yeah)\W+)*i (?:just |totally |kind of |really |completely |sort of |have |'?ve )*"
    r"(?:(?:chickened|bottled|backed|wimped) out|bottled it|lost my nerve|put it off|(?:didn'?t|did not|haven'?t|have not|couldn'?t|never)(?: (?:do|done|did|dare|manage|managed))(?: (?:it|that|my step|the step))?)"
    r"(?: (?:of it|again|yet|in the end|today|yesterday|last night|after all|sorry))*\W*$",
    re.IGNORECASE,
)
_NOT_DONE = re.compile(
    r"^\W*(?:(?:well|no|nope|sorry|honestly|um+|oh|actually|yeah|ok(?:ay)?|and|but|so)\W+)*"
    r"(?:i (?:just |totally |kind of |really |completely |sort of )*(?:(?:chickened|bottled|backed|wimped) (?:it|out)|bottled|lost my nerve|forgot(?! (?:how|that|my)\b)|put it off|never (?:did|got)\b"
    r"|(?:didn'?t|did not) (?:do|manage|dare|try|ask|get (?:round|around)|go through|have (?:the )?(?:time|chance|courage|nerve|energy))"
    r"|(?:haven'?t|have not)(?: (?:done|had|got|tried|asked|managed|yet)|\W*$)|(?:couldn'?t|could not)(?: (?:do|bring|face|manage)|\W*$)|didn'?t\W*$)|nothing (?:happened|came of it)|it didn'?t happen)",
    re.IGNORECASE,
)
_DONE_AFTER_ALL = re.compile(
    r"\bbut (?:then |in the end |later |today )*i (?:did|asked|told|went|tried)\b", re.IGNORECASE
)
_DONE = re.compile(
    r"^\W*(?:(?:so|well|yes|yeah|hey|hi|hello|guess what|ok(?:ay)?|oh|and|today|yesterday|last night|this morning|earlier|finally|actually)\W+)*"
    r"i(?:'ve| have)? (?:just |finally |actually |really |then |already )*(?:\w+ed|did|told|sent|wrote|said|went|took|had|made|spoke|met|saw|gave|rang|got|let)\b",
    re.IGNORECASE,
)
_DID_IT = re.compile(
    r"^\W*(?:(?:so|well|yes|yeah|hey|hi|hello|guess what|oh)\W+)*(?:i(?:'ve| have)? )?(?:actually |really |finally |just )*(?:did|done)(?: (?:it|that|(?:my|the) step))?\W*$",
    re.IGNORECASE,
)
_COST_SAID = re.compile(
    r"\bit (?:only |really |actually |just )?cost(?: me)? (?:(?:a bit|a lot|much|far|way|about|around|almost|hardly|maybe) )*(?:less|more|the same|nothing|anything|an? \d|\d)",
    re.IGNORECASE,
)
# How it was beside the guess, in this order: "more or less the same" is neither more nor less.
_BESIDE_GUESS = (
    (
        "same",
        re.compile(r"\bmore or less\b|\bthe same\b|\babout (?:right|that)\b|\bspot on\b|\bexactly\b", re.IGNORECASE),
    ),
    (
        "less",
        re.compile(
            r"\b(?:less|easier|nothing|hardly|not (?:as|so|that) (?:\w+)|wasn'?t (?:as|so|that) \w+)\b", re.IGNORECASE
        ),
    ),
    ("more", re.compile(r"\b(?:more|harder|worse|too much)\b", re.IGNORECASE)),
    ("same", re.compile(r"\bas (?:i )?(?:expected|thought|guessed)\b", re.IGNORECASE)),
)
_WHAT_NOW = re.compile(
    r"^\W*(?:(?:so|ok(?:ay)?|and|well|hm+)\W+)*(?:what now|now what|what next|and now)\W*$", re.IGNORECASE
)
_JUST_REVIEWED = ("step.not_done#", "step.heard#")


def review_unasked(turn: Turn) -> None:
    """The step was spoken of before it was asked about."""
    reviewed(turn)


def asks_which(turn: Turn) -> bool:
    """Whether a message asks which step was agreed; within an exercise "what was the step" means the one under way."""
    text = turn.heard.text.replace("’", "'")
    return bool(_WHICH.search(text) or _AGREED.search(text)) and not practise.under_way(turn)


def recall(turn: Turn) -> None:
    """The step that waits, was agreed, or was the last one; after abuse was told it is not put on the screen."""
    state = turn.state
    agreed = state.step["text"] if state.step else state.steps[-1] if state.steps else None
    if (agreed or state.pending) and state.abuse_told:
        turn.say("journey.kept_back")
    elif state.pending:
        return turn.say("step.waits", step=state.pending)
    elif agreed:
        turn.say("step.recalled", step=agreed)
    else:
        turn.say("step.none_agreed")
    if state.asked != "step_review":
        turn.ask("question")
    return None


def lets_go(turn: Turn) -> bool:
    """Whether a message drops or changes the agreed step, by its name or as the thing just spoken of."""
    text = turn.heard.text.replace("’", "'")
    if turn.state.step is None or practise.under_way(turn):
        return False
    by_name = _DROPS.search(text) or _CHANGES.search(text)
    return bool(by_name or (_just_named(turn.state) and (_DROPS_IT.search(text) or _CHANGES_IT.search(text))))


def let_go(turn: Turn) -> None:
    """The agreed step is agreed no more; who changes it is asked for another one."""
    state, text = turn.state, turn.heard.text.replace("’", "'")
    step = (state.step or {})["text"]
    state.step, state.left_step, state.expected_cost = None, None, None
    # What is recalled is the last one of these.
    state.steps = [one for one in state.steps if one != step]
    if _CHANGES.search(text) or _CHANGES_IT.search(text):
        state.pending, state.stage = step, "stepping"
        turn.say("step.own")
        turn.ask("own_step")
    else:
        turn.say("step.dropped")
        turn.ask("question")


def _just_named(state: State) -> bool:
    return bool(state.said) and state.said[-1].startswith(_STEP_NAMED)


def reports(turn: Turn) -> bool:
    """Whether a message tells, unasked, of doing the step whose cost was guessed, or what it cost; or begins with "I did it"."""
    state, text = turn.state, turn.heard.text.replace("’", "'")
    step = state.step or state.left_step
    tame = turn.heard.judgement.level < Level.concern and not (state.abuse_told or practise.under_way(turn))
    if step is None or not tame or len(words_of(text)) > LONGEST_WISH:
        return False
    if state.step is not None and not state.told and _DID_IT.search(text):
        return True
    if state.step is not None and (not state.told or _just_named(state)) and _GAVE_UP.search(text):
        return True
    if "expected" not in step:
        return False
    return bool(_COST_SAID.search(text) or (_DONE.search(text) and look_back.is_same_step(text, step["text"])))


def wants_again(state: State, text: str) -> bool:
    """Whether, after the last step was spoken of, a message asks for another one like it."""
    what_now = _WHAT_NOW.search(text) and any(key.startswith(_JUST_REVIEWED) for key in state.said[-SOON:])
    asks = bool(what_now or _AGAIN.search(text)) and len(words_of(text)) <= LONGEST_WISH
    return asks and state.reviewed and bool(state.steps) and not state.abuse_told


def wishes_another(text: str) -> bool:
    """Whether a message asks for something like what was before, also where no step was agreed."""
    return bool(_WISHED.search(text) and _AGAIN.search(text)) and len(words_of(text)) <= LONGEST_WISH


def reviewed(turn: Turn) -> bool:
    """How the agreed step went: any answer is fine; where a cost was expected, the real one is asked for once."""
    state, text = turn.state, turn.heard.text.replace("’", "'")
    step, state.step, state.left_step = state.step or state.left_step or {}, None, None
    turn.keep("note", technique="small_step", step="review", text=turn.heard.text)
    state.stage = "telling"
    turn.ask("question")
    state.reviewed = True
    not_done = turn.heard.kind in ("deny", "skip") or {"not", "yet"} <= set(words_of(text)) or _NOT_DONE.search(text)
    if not_done and not _DONE_AFTER_ALL.search(text):
        turn.say("step.not_done")
        _mention_exercise(turn)
        return True
    if "expected" in step:
        state.expected_cost = step["expected"]
        if _COST_SAID.search(text):
            return cost_answered(turn)
        turn.say("step.cost", expected=step["expected"])
        turn.ask("step_cost")
    elif turn.heard.kind == "affirm" or _DID_IT.search(text):
        turn.say("step.went")
        turn.ask("step_reason")
    else:
        turn.say("step.heard")
        _mention_exercise(turn)
    return True


def cost_answered(turn: Turn) -> bool:
    """What the step cost in the end, in a number or in words, beside what was expected. False for anything else, which is talk."""
    state, cost, text = turn.state, number_in(turn.heard.text), turn.heard.text.replace("’", "'")
    expected, state.expected_cost = int(state.expected_cost or 0), None
    turn.ask("question")
    if cost is None:
        if turn.heard.kind in ("skip", "deny", "stop", "too_vague"):
            turn.say("step.heard")
            return True
        beside = next((name for name, sign in _BESIDE_GUESS if sign.search(text)), None)
        if beside is None or len(words_of(text)) > LONGEST_WISH:
            return False
        turn.say(f"step.said_{beside}", expected=str(expected))
        turn.ask("step_reason_hard" if beside == "more" else "step_reason")
        return True
    turn.keep("rating", scale="real_cost", value=cost)
    saying = "step.cost_less" if cost < expected else "step.cost_more" if cost > expected else "step.cost_same"
    turn.say(saying, expected=str(expected), cost=str(cost))
    turn.ask("step_reason_hard" if cost > expected else "step_reason")
    return True


def reason_told(turn: Turn) -> bool:
    """What made it so is said back and kept; then another step is offered, a smaller one where it cost much."""
    state, heard = turn.state, turn.heard
    hard, state.asked = state.asked == "step_reason_hard", "question"
    if heard.kind in ("skip", "stop"):
        turn.say("step.heard")
        return True
    turn.keep("note", technique="small_step", step="reason", text=heard.text)
    if heard.judgement.level >= Level.concern or state.abuse_told:
        return False
    phrase = quoting.own_words(turn)
    lead = turn.wording("step.reason_quoted", quote=phrase) if phrase else turn.wording("step.reason")
    another = "step.another_smaller" if hard else "step.another"
    turn.add("step.reason", lead, turn.wording(another), buttons=turn.library.sayings[another].buttons)
    turn.ask("step_again")
    _mention_exercise(turn)
    return True


def again_answered(turn: Turn) -> bool:
    """Whether another step follows. False for anything else than an answer, which is heard as talk."""
    heard = turn.heard
    turn.ask("question")
    if heard.kind in ("deny", "skip", "stop", "not_it"):
        turn.say("step.left")
    elif heard.kind == "affirm" or heard.text.strip().lower() in ("another one", "a smaller one"):
        offer_again(turn)
    else:
        return False
    return True


def offer_again(turn: Turn) -> None:
    """Another step like the last one: the same, or changed in the person's own words."""
    state = turn.state
    state.pending, state.expected_cost, state.stage = state.steps[-1], None, "stepping"
    turn.say("step.again", step=state.pending)
    turn.ask("own_step")


def _mention_exercise(turn: Turn) -> None:
    """An exercise left open last time is still there."""
    left_open = practise.current(turn)
    if left_open is not None:
        turn.say("exercise.still_open", name=left_open.name_in_text)
