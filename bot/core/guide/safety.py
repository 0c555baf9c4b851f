"""What is said when someone may be in danger (see docs/safety.md). Every text is a library entry; none is generated."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Set

from bot.core.conversation import Level, Reply
from bot.core.guide import country, listen
from bot.core.guide.turn import State, Turn, words_of
from bot.core.risk import level as levels
from bot.core.risk.answers import Reading, read_answer

KINDS = ("suicide", "self_harm", "abuse", "violence", "eating", "medical")
_ALONE = re.compile(
    r"(?<!leave me )(?<!let me )\b(alone|by myself|on my own|(there'?s |theres )?no ?(one|body)('?s)?( is| else)? (here|with me|around)|nobody( is)? (here|with me|around))\b"
)
# Said without being asked: only plain statements count.
_SAFE = re.compile(r"\b(i'?m|i am) (safe|not going to (do anything|hurt|harm|kill)|ok(ay)? and safe)\b", re.I)
_THEY_ARE_SAFE = re.compile(r"\b(she|he|they)('?s|'?re| is| are)( now| all| both)* (safe|out of danger)\b", re.I)
# Of someone who was asked whether they are safe from another this says that they are not, and nothing of wanting to die.
_NOT_SAFE = re.compile(
    r"^\W*(?:(?:no+|nope|nah|and|but|because)\W+)*(?:(?:(?:i'?m|i am|it'?s|it is|we'?re|we are|i feel) )?(?:really |just |definitely )?(?:not safe|never safe|unsafe)"
    r"|i don'?t feel safe|(?:i'?m|i am) not feeling safe)"
    r"(?: (?:here|tonight|now|today|at home|right|with (?:him|her|them)|any ?more|at all|when he'?s home))*\W*$",
    re.I,
)
_NOT_THAT = re.compile(
    r"^\W*(?:(?:no+|nope|nah|well|sorry)\W+)*(?:that'?s|thats|this is|it'?s|that is|you'?ve|you)? ?(?:not|isn'?t|got (?:that|it|me)) (?:really |quite |exactly )?"
    r"(?:it|that|so|what i (?:meant|mean|said)|wrong|right|like that)\W*$",
    re.I,
)
# Takes back what was said, or wants to go on: no answer that lowers anything, so what would is told.
_WANTS_OUT = re.compile(
    r"\b(i made (that|it|this) up|(that|it|this) (was|is|were) (just |only |all )?(a )?(joke|joking|lie|made up|nonsense)|i was (just |only )?(lying|joking|exaggerating|kidding)"
    r"|can('?t)? we (please |just |not )*(go on|move on|continue|talk|go back|leave|drop|stop)|let'?s (just )?(go on|move on|talk|continue)"
    r"|^\W*(please )?just (talk|chat|listen)( to me| with me)?\W*$|(why|stop) (do|are|must)? ?(you )?(keep |always )?ask(ing)?( me)?( so (many|much)| this| that| again| all)?"
    r"|(he|she|they|nobody) (does ?n[o']?t|never|did ?n[o']?t|is ?n[o']?t) (\w+ )?(hit|hits|hurt|hurts|hitting|hurting|touch|harm)( me)?)\b",
    re.I,
)
_OF_ONESELF = re.compile(r"\W*(i|i'?m|idk|dunno|maybe|sometimes|not|kind of|sort of)\b", re.I)
_FAREWELL = re.compile(r"\b(goodbyes?|bye|sorry|last time|one last|forgive)\b", re.I)
# Nothing but a no, and that it was a way of speaking.
_SAYING = re.compile(
    r"^\W*no\b\W*(no\W+)*((it|that|this)('s| is| was)? )?((just|only|really|simply) )*(a |an |my )?"
    r"(saying|figure of speech|expression|manner of speaking|way of (speaking|talking|putting it|saying it))(\W+sorry)?\W*$",
    re.I,
)
_REACHING = re.compile(
    r"\b(could|can|will|might|i'?ll|going to|gonna|should|maybe)\b.{0,20}\b(ring|call|phone|text|tell|talk to|ask|go to|see|message)\b",
    re.I,
)


def read(turn: Turn) -> Reading:
    """The message read as the answer to the question about safety that was asked.

    Where only a number for heaviness led to the question, a word or two that name what is heavy ("work") evade nothing.
    """
    if _SAYING.search(turn.heard.text.replace("’", "'")):
        return Reading.clear_no
    kind = turn.state.asked_kind or turn.state.level_kind or "suicide"
    return read_answer(turn.heard.text, kind, short_evades=Level[turn.state.level] > Level.none)


def hear_denial(turn: Turn) -> None:
    """A no to the question, also a hedged one, repeats its words ("no, I don't have a plan"): likeness alone makes it no danger.

    Asked about somebody who hurts them, "I'm not safe tonight" is about that somebody, and so is what is merely like danger.
    """
    judgement = turn.heard.judgement
    of_abuse = turn.state.asked == "safety" and turn.state.asked_kind == "abuse"
    by_likeness = judgement.judge.startswith("classifier")
    if of_abuse and judgement.kind in ("suicide", "self_harm") and (by_likeness or _NOT_SAFE.search(turn.heard.text)):
        turn.heard = replace(turn.heard, judgement=replace(judgement, kind="abuse"))
    likeness = by_likeness and judgement.level >= Level.risk
    if turn.state.asked == "safety" and likeness and read(turn) in (Reading.clear_no, Reading.hedged_no):
        turn.heard = replace(turn.heard, judgement=replace(judgement, level=Level.concern))


def respond(turn: Turn) -> None:
    """Answer a text at `risk` or above, or the answer to a question about safety."""
    state, judgement = turn.state, turn.heard.judgement
    asked, state.asked = state.asked, None
    if state.exercise is not None:
        state.exercise["paused"] = True
    state.stage, state.choice, state.pending = "telling", [], None
    if state.level_kind == "abuse":
        state.abuse_told = True
    if asked == "other" and judgement.level < Level.risk:
        return _about_other(turn)
    if judgement.subject == "other" and judgement.level >= Level.risk and _told_of_other(turn):
        return _about_other(turn)
    reading = read(turn) if asked == "safety" else Reading.other
    corrects = asked == "safety" and reading is not Reading.clear_no and bool(_NOT_THAT.search(turn.heard.text))
    if corrects and judgement.level < Level.risk:
        return _misread(turn)
    raised = Level[state.level] >= Level.risk and judgement.level < Level.risk
    if asked == "safety" and raised and reading is not Reading.clear_no and _wants_out(turn):
        return _tell_way_out(turn)
    answered = reading is Reading.clear_yes or (reading is Reading.hedged and _OF_ONESELF.match(turn.heard.text))
    if judgement.subject == "other" and state.level_subject == "self" and not answered:
        # Somebody else is spoken of now: that is no answer about oneself.
        asked, reading = None, Reading.other
    denied = _denied(turn, reading) if asked == "safety" else _says_safe(turn)
    if not denied and (judgement.level is Level.imminent or reading is Reading.plan):
        state.level = Level.imminent.name
        _imminent(turn)
    elif turn.level >= Level.risk and _ALONE.search(turn.heard.text.lower()):
        # Said with a "no" in front it looks like an answer; it is the opposite of a reason to lower anything.
        turn.say("safety.alone")
        _ask(turn, _kind(turn))
    elif asked == "safety" and (judgement.level < Level.risk or denied or _repeats_danger(turn)):
        _answered(turn, reading)
    elif denied or (judgement.level < Level.risk and _SAFE.search(turn.heard.text)):
        _answered(turn, Reading.clear_no)
    elif judgement.level < Level.risk:
        stay(turn)
    else:
        _go_into(turn)


def open_up(turn: Turn) -> None:
    """The first words at `risk`: an exercise waits, the direct question, the card."""
    state, kind = turn.state, _kind(turn)
    if state.exercise is not None:
        state.exercise["paused"] = True
    state.stage, state.choice, state.pending = "telling", [], None
    other = turn.heard.judgement.subject == "other"
    turn.say(
        f"safety.open.{kind}_other"
        if other and kind in ("suicide", "self_harm", "abuse", "violence")
        else f"safety.open.{kind}"
    )
    country.card(turn, kind)
    _ask(turn, kind, other)


def answers(state: State, text: str) -> bool:
    """Whether a message says yes, or evades, where a question about safety was asked."""
    if state.asked != "safety":
        return False
    reading = read_answer(text, state.asked_kind or state.level_kind or "suicide")
    return reading in (Reading.clear_yes, Reading.hedged, Reading.plan)


def accompany(turn: Turn) -> None:
    """At `concern` the talk goes on gently: one direct question about safety, and the card one tap away."""
    kind = _kind(turn)
    other = turn.heard.judgement.subject == "other"
    turn.say("concern.other" if other else f"concern.{kind}")
    _ask(turn, kind, other)


def check_in(turn: Turn) -> None:
    """A raised level outlives the session: the next one opens with a gentle question, quoting nothing."""
    if turn.state.abuse_told:
        # Asks only whether the moment is good: a yes to that says nothing about being safe.
        turn.say("check_in.abuse")
        turn.ask("question")
    else:
        turn.say("check_in")
        # It asks whether the danger is still there: yes is danger, whatever the kind.
        _ask(turn, "suicide")


def stay(turn: Turn) -> None:
    """Talk goes on while the level is `risk` or above: no passage, no exercise; listening, people, the numbers."""
    if _reaches(turn):
        turn.say("safety.reaching")
        turn.ask("stay")
    else:
        turn.say("safety.stay")
        turn.ask("stay")


def too_heavy(turn: Turn) -> bool:
    """Whether the last number for heaviness asks for a check: 9 or more, or up by 3."""
    weights = turn.state.heaviness
    return bool(weights) and (weights[-1] >= 9 or (len(weights) > 1 and weights[-1] - weights[-2] >= 3))


def check_heaviness(turn: Turn) -> None:
    """One gentle, direct question after a very heavy number."""
    turn.say("safety.heavy")
    _ask(turn, "suicide")


def show_numbers(turn: Turn) -> None:
    """The card, asked for by the person."""
    turn.say("card.lead")
    country.card(turn, turn.state.level_kind)


def fail_safe(turn: Turn) -> None:
    """Both judges failed: no reflection, the card, the level unchanged."""
    turn.say("fallback.unscreened")
    country.card(turn)


def floor(turn: Turn, saying: str = "fallback.error") -> None:
    """When something broke: plain words that point to people, and the card. The level rises as it would have.

    Nothing of this raises, whatever part of the guide or the library is broken.
    """
    words = turn.library.sayings[saying].texts[0]
    with suppress(Exception):
        levels.update(turn.state, turn.heard)
    data = {"card": True, "country": turn.state.country, "urgent": turn.level is Level.imminent}
    turn.replies = [Reply(saying, words, data=data)]
    with suppress(Exception):
        country.card(turn, turn.state.level_kind)


def _denied(turn: Turn, reading: Reading) -> bool:
    """A clear no repeats the words of the question, which a likeness to messages at risk must not turn around."""
    return reading is Reading.clear_no and turn.heard.judgement.judge.startswith("classifier")


def _says_safe(turn: Turn) -> bool:
    """Said unasked, "I'm safe, I won't do anything" is a clear no too, where nothing but a likeness speaks against it."""
    likeness = turn.heard.judgement.judge.startswith("classifier")
    clear = read_answer(turn.heard.text, _kind(turn)) is Reading.clear_no
    return likeness and clear and bool(_SAFE.search(turn.heard.text))


def _told_of_other(turn: Turn) -> bool:
    """Whether the first words about somebody else's danger were said, or cannot wait."""
    said = {f"safety.open.{_kind(turn)}_other", f"safety.open.{_kind(turn)}"} & _said_ids(turn)
    return bool(said) or turn.heard.judgement.level is Level.imminent


def _about_other(turn: Turn) -> None:
    """Somebody else is in danger: what this person can do, and who helps them both.

    What they answer is about the other one: it is never taken for danger of their own.
    """
    text = turn.heard.text
    urgent = turn.heard.judgement.level is Level.imminent or read_answer(text, "suicide") is Reading.plan
    if not urgent and turn.state.level_subject == "other" and (_SAFE.search(text) or _THEY_ARE_SAFE.search(text)):
        return _answered(turn, Reading.clear_no)
    turn.say("safety.imminent.other" if urgent else "safety.other")
    country.card(turn, _kind(turn))
    turn.ask("other" if turn.level >= Level.risk else "question")
    return None


def _imminent(turn: Turn) -> None:
    turn.say(f"safety.imminent.{_kind(turn)}")
    country.card(turn, _kind(turn))
    _ask(turn, _kind(turn))


def _answered(turn: Turn, reading: Reading) -> None:
    """The answer to a safety question is read as its answer: only a clear no lowers the level."""
    state = turn.state
    if reading is Reading.clear_no:
        if Level[state.level] >= Level.risk or state.level_session == state.session:
            state.level = Level.concern.name
        else:
            state.level = Level.none.name
        turn.say("safety.lowered")
        turn.ask("question")
    elif reading is Reading.hedged and _reaches(turn):
        # "Maybe I could text him" hedges about a person, which is worth more support than doubt.
        state.level = max(turn.level, Level.risk).name
        turn.say("safety.reaching")
        turn.ask("stay")
    elif reading in (Reading.clear_yes, Reading.hedged):
        state.level = max(turn.level, Level.risk).name
        _go_on(turn, "safety.yes" if reading is Reading.clear_yes else "safety.hedged", show=True)
    elif _reaches(turn):
        turn.say("safety.reaching")
        turn.ask("stay")
    elif reading is Reading.hedged_no:
        turn.say("safety.hedged_no.abuse" if _kind(turn) == "abuse" else "safety.hedged_no")
        _ask(turn, _kind(turn))
    elif turn.level >= Level.risk:
        _go_into(turn)
    else:
        # Not an answer: the talk goes on, and the level stays.
        listen.tell(turn)


def _repeats_danger(turn: Turn) -> bool:
    """Whether the answer about an abuser says no more than that it is not safe."""
    return _kind(turn) == "abuse" and bool(_NOT_SAFE.search(turn.heard.text))


def _misread(turn: Turn) -> None:
    """Told that it was read wrongly: that is neither a yes nor a no, so it asks once more and the level stays."""
    specific = f"safety.misread.{_kind(turn)}"
    turn.say(specific if specific in turn.library.sayings else "safety.misread")
    _ask(turn, _kind(turn))


def _wants_out(turn: Turn) -> bool:
    return bool(_WANTS_OUT.search(turn.heard.text.replace("’", "'")))


def _tell_way_out(turn: Turn) -> None:
    """Asked to go on, or told that it was not so: says what the question needs, and asks it."""
    turn.say("safety.way_out.abuse" if _kind(turn) == "abuse" else "safety.way_out")
    _ask(turn, _kind(turn))


def _go_into(turn: Turn) -> None:
    """The first words about this danger, or another question when they were said."""
    if f"safety.open.{_kind(turn)}" in _said_ids(turn):
        _go_on(turn, "safety.follow")
    else:
        open_up(turn)


def _go_on(turn: Turn, saying: str, show: bool = False) -> None:
    kind = _kind(turn)
    specific = f"{saying}.{kind}"
    turn.say(
        specific
        if specific in turn.library.sayings
        else f"{saying}.suicide"
        if f"{saying}.suicide" in turn.library.sayings
        else saying
    )
    if show:
        country.card(turn, kind)
    _ask(turn, kind)


def _reaches(turn: Turn) -> bool:
    """Whether a message thinks of turning to somebody, and not to say goodbye to them."""
    text = turn.heard.text
    return bool(_REACHING.search(text)) and not _FAREWELL.search(text) and not turn.state.abuse_told


def _ask(turn: Turn, kind: str, other: bool = False) -> None:
    """A question about safety was asked: what its answer means depends on the kind that it asked about."""
    turn.ask("other" if other else "safety")
    turn.state.asked_kind = kind


def _kind(turn: Turn) -> str:
    kind = turn.heard.judgement.kind or turn.state.level_kind
    return kind if kind in KINDS else "suicide"


def _said_ids(turn: Turn) -> Set[str]:
    return {key.rsplit("#", 1)[0] for key in turn.state.said}


def wants_numbers(text: str) -> bool:
    """Whether the person asks for a number to call."""
    return len(words_of(text)) <= 8 and bool({"helpline", "helplines", "hotline", "numbers"} & set(words_of(text)))
