"""The person's own data: what is known, a copy, forgetting one thing, deleting all. The engine carries requests out."""

import re
from datetime import datetime, timedelta
from typing import Optional, Tuple

from bot.core.conversation import Heard, Level
from bot.core.guide import forget_words
from bot.core.guide.journey import lived
from bot.core.guide.turn import ERASED, State, Turn, words_of

LONGEST_QUESTION = 14
LONGEST_NOD = 3
SURE = 0.6
STILL_THERE = timedelta(hours=1)
# A request to forget the messages whose numbers follow.
FORGET = "forget_"
MOVES = ("export_data", "delete_data", "forget_that", "journey")
_KNOWN = re.compile(
    r"\b(what|how much|anything|everything|all)\b.{0,20}\byou('?ve| have)? (already |actually |still |all )?(know|known|remember|got|have|keep|kept|stored?)\b"
    r".{0,20}\b(about|on|of|from) me\b|\bwhat('?s| is) (stored|kept|saved|known) (about|on|of) me\b",
    re.IGNORECASE,
)
# What goes on a button of ours, by the question it answers, whatever else waits.
_CONFIRMS = {"yes delete everything": "delete", "yes forget it": "forget"}
_DO_NOT_KEEP = re.compile(
    r"\b(?:don'?t|do not|never|not|no need to|stop)\b.{0,16}\b(?:keep|keeping|save|saving|store|storing|remember|remembering)\b(?! (?:going|on)\b)"
)
_SECOND_THOUGHTS = {"no", "not", "dont", "don't", "wait", "keep", "never", "stop"}
_ALL = {"everything", "all"}
_QUESTIONS = ("delete", "forget", "share", "training")
_THINGS = r"(?:messages?|notes?|ratings?|steps?|answers?|words|name|data|history|things|stuff|exercises?|journey|e-?mail|numbers?|chats?)"
_GONE = r"(?:deleted?|erased?|removed?|wiped?|cleared?|forgot(?:ten)?|gone|left|keep|kept|stored?|saved?|remain(?:s|ing)?|still (?:there|here))"
_WENT = r"^(?:(?:and|so|ok|okay|but|wait|then|oh|hey|sorry|really|thanks|yes|well|is it true|are you sure|did you say) (?:that )?)*"
# A question about what just went: that somebody left, or that something is gone from a life, is told.
_OF_ERASURE = re.compile(
    rf"{_WENT}(?:(?:did|have|has) (?:you|it|that|this|everything)\b.{{0,24}}\b{_GONE}(?: (?:it|that|this|everything|all|of|me|them|my|the|about|really|now|too|already|for good|as well|yet|any|anything|{_THINGS}))*"
    rf"|(?:is|are|was|were)(?: (?:it|that|this|they|everything|all|all of it|anything|nothing|there|(?:all )?(?:of )?my {_THINGS}|my \w+ {_THINGS}))+(?: (?:really|now|all|also|actually|still|really all|truly|completely|anything|something|a copy))* ?{_GONE}?(?: (?:too|now|as well|of it|of (?:me|mine)|for good|anywhere|somewhere|here))*"
    rf"|(?:what|which|how much)\b(?: (?:exactly|all|{_THINGS}))* (?:did|have|has|was|were|is|are|do)(?: (?:you|been|all|it|still|now))* {_GONE}\b.{{0,16}}"
    rf"|what (?:happened|has become|became) (?:to|of|with) (?:it|that|everything|all of it|(?:all )?my {_THINGS})|what'?s (?:been |still )?{_GONE}(?: now| of it)*|(?:do|can) you (?:still |really )*(?:know|remember|have|see|read|recall)(?: (?:me|who i am|anything|something|any of (?:it|that)|(?:it|that)|a copy|(?:all )?my {_THINGS}|what i (?:said|wrote|told|typed)\b.{{0,30}}|what (?:my|the) {_THINGS} (?:is|was|are|were)))?(?: (?:about|of|from) (?:me|it|that|before|earlier))?(?: (?:still|now))*"
    rf"|(?:(?:what about|and|also) )*(?:(?:the |your |any )?(?:backups?|copies)|(?:my|the) (?:\w+ )?{_THINGS})(?: (?:too|as well|also|gone|deleted|erased|and \w+))*"
    r"|(?:(?:can|could|may) (?:you|i) )?(?:please )?(?:show|see|have|give|send|repeat|get)(?: me)? (?:the |that |my |a )?(?:receipt|list)(?: (?:again|please|once more))*|(?:what (?:was|is|about|did) )?(?:in |on )?the receipt(?: (?:again|say))*)$"
)
_SO_NOTHING = re.compile(
    r"^(?:(?:and|so|ok|okay|then) )*(?:nothing|everything|it|all of it|it all)(?:'s| is)? (?:left|kept|stored|saved|there|gone|deleted|erased|really gone|all gone)(?: (?:any ?more|now|then|for good))*$"
)
_LISTS = re.compile(r"\b(?:what|which) (?:exactly )?(?:did|have|was|were|has|all)\b|\b(?:receipt|list)\b")
_GOOD = {"good", "great", "okay", "ok", "fine", "perfect", "alright", "very", "all"}
_NODS = ("affirm", "deny", "thanks", "too_vague")


def answer(turn: Turn) -> bool:
    """Take the wish, or the answer to the question that it led to. False where there is none, which is talk."""
    asked = confirmed_by_button(turn.state, turn.heard) or turn.state.asked
    if asks_what_is_known(turn.heard.text):
        known(turn)
    elif asked in ("delete", "forget") and not wants_other(turn):
        (delete_answered if asked == "delete" else forget_answered)(turn)
    elif forget_words.names_one(turn.heard.text):
        ask_forget(turn)
    elif turn.heard.kind in MOVES:
        {"export_data": export, "delete_data": ask_delete, "forget_that": ask_forget, "journey": journey}[
            turn.heard.kind
        ](turn)
    else:
        return False
    return True


def export(turn: Turn) -> None:
    """A copy of everything, where the channel may give one."""
    _request(turn, "export", "data.export")


def journey(turn: Turn) -> None:
    """What was talked about so far, over all sessions, in words; a channel that can shows the picture with it."""
    _close_question(turn)
    lines = lived(turn)
    if not lines:
        turn.say("journey.empty")
    elif turn.state.abuse_told:
        turn.add("journey", *lines)
    else:
        turn.add("journey", "\n".join([turn.wording("journey.lead"), *lines]), data={"journey": True})


def known(turn: Turn) -> None:
    """What is kept about the person, in a few lines, and how to see or erase all of it."""
    _close_question(turn)
    lines = lived(turn) or [turn.wording("known.little")]
    turn.add("known", "\n".join([*lines, turn.wording("known.all")]))


def asks_what_is_known(text: str) -> bool:
    """Whether a short question is about what is known or remembered of the person."""
    return bool(_KNOWN.search(text)) and len(words_of(text)) <= LONGEST_QUESTION


def is_wish(heard: Heard) -> bool:
    """Whether a message surely wants something done with the person's data, whatever was asked before."""
    sure = heard.kind in (*MOVES, "privacy_question") and heard.confidence >= SURE
    if heard.kind == "forget_that" and forget_words.wish(heard.text) is None:
        # "Only my last message" is read as that too.
        return False
    return sure or asks_what_is_known(heard.text) or forget_words.names_one(heard.text)


def ask_delete(turn: Turn) -> None:
    """Ask once before everything is erased; say what goes and that it cannot be undone."""
    if "erase" not in turn.heard.capabilities:
        turn.say("data.not_here")
        return
    turn.say("delete.confirm")
    turn.ask("delete")


def confirmed_by_button(state: State, heard: Heard) -> Optional[str]:
    """The question, `delete` or `forget`, that a quick reply on the screen confirms, also when another question came after it."""
    pressed = " ".join(words_of(heard.text))
    offered = [" ".join(words_of(title)) for title in state.buttons]
    return _CONFIRMS.get(pressed) if pressed in offered else None


def delete_answered(turn: Turn) -> None:
    """Yes erases everything; anything else keeps it."""
    turn.ask(None)
    if _confirms(turn, "delete_data"):
        turn.request = "erase"
    else:
        turn.say("delete.kept")


def ask_forget(turn: Turn) -> None:
    """Show which messages or which note is meant, as the engine found it, and ask once before that is removed."""
    found = turn.facts.get("forget_turn")
    _close_question(turn)
    if "erase" not in turn.heard.capabilities:
        turn.say("data.not_here")
    elif found is None:
        turn.say("forget.which")
    elif not found:
        turn.say("forget.not_found")
    else:
        turn.state.pending = found
        _show(turn)
        turn.ask("forget")


def _show(turn: Turn) -> None:
    """The message in their own words; not where they told of danger, and never after abuse was told."""
    words, count = turn.facts["forget_words"], turn.facts["forget_count"]
    if turn.facts["forget_kind"] == "several":
        shown = "unseen" if not words or turn.state.abuse_told else "part"
        saying = "all" if shown == "part" and turn.facts["forget_shown"] == count else shown
        turn.say(f"forget.confirm.several_{saying}", words=words, count=count, day=turn.facts["forget_day"])
    elif words and not turn.state.abuse_told:
        saying = "forget.confirm.note" if turn.facts["forget_kind"] == "note" else "forget.confirm"
        turn.say(saying, words=words)
    elif turn.facts["forget_kind"] == "last":
        turn.say("forget.confirm.unseen")
    else:
        turn.say("forget.confirm.day", day=turn.facts["forget_day"])


def forget_answered(turn: Turn) -> None:
    """Yes removes what was shown; anything else keeps it. An exercise goes on where it was."""
    found, turn.state.pending = turn.state.pending, None
    exercise = turn.state.exercise
    turn.ask("step" if exercise is not None and not exercise["paused"] else None)
    if found and _confirms(turn, "forget_that", "delete_data"):
        turn.request = f"{FORGET}{found}"
        turn.say("forget.done_several" if " " in found else "forget.done")
    else:
        turn.say("forget.kept")


def to_forget(request: str) -> Tuple[int, ...]:
    """The numbers of the messages that a request asks to forget; none for other requests."""
    return tuple(map(int, request.removeprefix(FORGET).split())) if request.startswith(FORGET) else ()


def wants_other(turn: Turn) -> bool:
    """Whether a message, instead of answering the question before erasing, wants something else done with the data."""
    heard, asked = turn.heard, turn.state.asked
    if not is_wish(heard) or heard.kind == "privacy_question":
        return False
    if forget_words.names_one(heard.text) or heard.kind in ("export_data", "journey"):
        return True
    said = words_of(heard.text)
    if asked == "delete":
        return heard.kind == "forget_that" and said[:1] != ["yes"]
    everything = heard.kind == "delete_data" and bool(_ALL & set(said))
    wish = forget_words.wish(heard.text)
    return everything or (
        wish is not None and wish.what != "last" and turn.facts.get("forget_turn") != turn.state.pending
    )


def comes_first(turn: Turn) -> bool:
    """Whether a message at the beginning of a session is about the person's data, so that nothing is asked before it."""
    return turn.state.asked in ("delete", "forget") or is_wish(turn.heard)


def may_refuse(turn: Turn) -> bool:
    """Whether a no can mean the disclosure itself: right after it, when nothing was told yet."""
    state = turn.state
    return state.asked == "arrive" and state.session == 1 and state.told == 0 and state.answered == 0


def refuse(turn: Turn) -> None:
    """A no to the disclosure: nothing is kept."""
    turn.request = "erase"
    turn.say("consent.refused")


def after_erasure(now: datetime) -> State:
    """Where somebody stands of whom everything was just erased: at a beginning, and what went may still be spoken of."""
    return State(asked=ERASED, started=now.isoformat())


def nods_at_erasure(state: State, heard: Heard) -> bool:
    """Whether a message does no more than take the erasure in ("ok", "thanks")."""
    return (
        state.asked == ERASED
        and (heard.kind in _NODS or set(words_of(heard.text)) <= _GOOD)
        and heard.judgement.level is Level.none
        and len(words_of(heard.text)) <= LONGEST_NOD
    )


def speaks_of_erasure(turn: Turn) -> bool:
    """Whether a message still belongs to an erasure a moment ago; any other begins a first session."""
    state, heard = turn.state, turn.heard
    if state.asked != ERASED or state.started is None or turn.now - datetime.fromisoformat(state.started) > STILL_THERE:
        return False
    asks_back = heard.kind == "privacy_question" or asks_of_erasure(state, heard) or asks_what_is_known(heard.text)
    return nods_at_erasure(state, heard) or (asks_back and heard.judgement.level is Level.none)


def asks_of_erasure(state: State, heard: Heard) -> bool:
    """Whether a short message asks what has become of that which was just erased, or for the receipt once more."""
    said = words_of(heard.text)
    if state.asked != ERASED or heard.judgement.level is not Level.none or len(said) > LONGEST_QUESTION:
        return False
    # "Nothing is left" alone may be said of a life.
    asks = "?" in heard.text or said[:1] in (["so"], ["and"])
    plain = " ".join(said)
    return bool(_OF_ERASURE.search(plain) or (asks and _SO_NOTHING.search(plain)))


def answer_after_erasure(turn: Turn) -> None:
    """What became of it: all of it went, and only the receipt stays."""
    text = turn.heard.text.lower()
    if not asks_of_erasure(turn.state, turn.heard):
        turn.say("delete.well")
    elif "backup" in text or "copy" in text:
        turn.say("privacy.backups")
    else:
        turn.say("delete.listed" if _LISTS.search(text) else "delete.after")


def _confirms(turn: Turn, *wishes: str) -> bool:
    """A yes, the wish once more, or that it is not to be kept; any other no or second thought keeps what is there."""
    said = words_of(turn.heard.text)
    if _DO_NOT_KEEP.search(" ".join(said)):
        return True
    return not _SECOND_THOUGHTS & set(said) and (turn.heard.kind in ("affirm", *wishes) or said[:1] == ["yes"])


def _close_question(turn: Turn) -> None:
    """A question about the person's data waits no longer: another wish came instead of its answer."""
    if turn.state.asked in _QUESTIONS:
        turn.ask(None)


def _request(turn: Turn, request: str, saying: str) -> None:
    _close_question(turn)
    if request not in turn.heard.capabilities:
        turn.say("data.not_here")
        return
    turn.request = request
    turn.add(saying, turn.wording(saying), data={"request": request})
