"""Limits that a person sets: only company, no more questions, a topic that stays closed. They hold until more is told unasked."""

import re
from typing import Optional, Tuple

from bot.core.guide import circumstances, hearing, listen
from bot.core.guide.turn import Turn, words_of

# So many messages that tell something are heard without a question after it.
UNASKED = 4
TELLS = 4
LONGEST = 14
_OPENING = (
    r"^\W*(?:(?:ok(?:ay)?|no|oh|ugh|and|but|so|then|well|hey|please|pls|just|now|really|actually|thanks|sorry)\W+)*"
    r"(?:(?:can|could|would|will) (?:you|u|we) (?:please |maybe )?|i(?:'d| would)? (?:just |only |really )?(?:want|need|like) (?:you|u|someone|somebody) to )?"
)
_OTHERS = {"he", "she", "they", "him", "them", "people", "who", "mum", "mom", "dad", "friend", "wife", "husband"}
_COMPANY = re.compile(
    _OPENING + r"(?:(?:just|only|simply) (?:be (?:here|there|with me|quiet)\b|stay\b|sit\b|listen\b)"
    r"|(?:be here|stay here|sit with me|stay with me|keep me company|say nothing|be quiet)\b"
    r"|(?:you |u )?(?:don'?t|do not|needn'?t|no need to) (?:have to |need to )?(?:say|write|answer|reply|respond)\b(?: to)?(?: anything| something| me| that)?\W*$)",
    re.IGNORECASE,
)
_NO_QUESTIONS = re.compile(
    _OPENING
    + r"(?:no questions(?: please| now| today| at all| for (?:now|today))*\W*$|(?:stop|quit|enough|no more|less|not so many|too many)(?: with)?(?: all)?(?: the| these| your)?(?: stupid)? (?:asking|questions?|questioning)\b"
    r"|(?:don'?t|do not) ask\b(?: me)?(?: any ?more| again| anything| questions| that| this| about (?:it|that|this))*\W*$"
    r"|(?:i )?(?:don'?t want to|do not want to|don'?t wanna|'?d rather not|would rather not|rather not) (?:answer|be asked)\b"
    r"(?: (?:that|this|it|any ?more|more|any|questions?|now|anything))*\W*$"
    r"|(?:i )?(?:don'?t|do not) want (?:any |more |your |any more )*questions\b"
    r"|(?:leave me (?:alone|be)|let me be)\b(?! with)"
    r"|(?:you )?(?:just )?(?:(?:piss|fuck|sod|bugger|back) off|go away|get lost|shut (?:the \w+ )?up|shut it)(?: (?:you|then|please|now|bot|robot|stupid|with (?:your|the|all your) \w+))*\W*$)",
    re.IGNORECASE,
)
# Questions are welcome again.
_ASK_AGAIN = re.compile(
    _OPENING
    + r"(?:(?:you|u) (?:can|may|could)(?: now| just)? )?(?:please )?(?:ask(?: me)?(?: something| anything| a question| one| questions| things| away| whatever you (?:like|want)| what you (?:like|want))?"
    r"|(?:start|begin|go back to) asking(?: me)?(?: questions| things)?|questions (?:are|would be) (?:ok|okay|fine|good|welcome|allowed|alright|all right))(?: again| now| then| please| after all| if you (?:like|want))*\W*$",
    re.IGNORECASE,
)
_ADDED = r"(?: any ?more| now| today| tonight| right now| at the moment| please| here| with you| yet| again)"
# Whom or what it is about, in a few words.
_TOPIC = r"(?!how\b|what\b|why\b|with\b|that\b|it\b)(?:(?:the|my|our|his|her|their|this|that) )?(?:\w+ )?(?!with\b|to\b|by\b|and\b|but\b|because\b)\w+"
_CLOSED = re.compile(
    r"(?:\bi (?:really |just )?(?:(?:don'?t|do not) (?:want to|wanna|feel like)|can'?t|cannot|won'?t|would rather not)|\bi'?d rather not|\blet'?s not|\bcan we not"
    r"|^\W*(?:(?:please|no)\W+)*(?:don'?t|do not|rather not))"
    r" (?:talk|talking|speak|speaking|go|going|get|getting|discuss|discussing)(?: any ?more)?(?: about| of| into)?"
    rf" (?:that|this|it|there|him|her|them|(?:the|my) \w+){_ADDED}*\W*$"
    # A topic by its name: "can't" and "won't" may tell of a life in which it is never spoken of.
    rf"|(?:^\W*(?:(?:please|no|ok|but|sorry|actually)\W+)*(?:i (?:really |just )?(?:don'?t|do not) (?:want to|wanna|feel like)|i'?d rather not|let'?s not|can we (?:please )?not|(?:please )?(?:don'?t|do not))"
    rf" (?:talk|talking|speak|speaking)(?: any ?more)? (?:about|of) {_TOPIC}{_ADDED}*\W*$)"
    rf"|^\W*(?:(?:please|no|ok|but|just|sorry)\W+)*(?:not (?:talk )?about {_TOPIC}?{_ADDED}+|(?:please,? not about|anything but|anything except|nothing about) {_TOPIC}{_ADDED}*)\W*$",
    re.IGNORECASE,
)
_WISHES: Tuple[Tuple[str, "re.Pattern[str]"], ...] = (
    ("limits.closed", _CLOSED),
    ("limits.unasked", _NO_QUESTIONS),
    ("limits.company", _COMPANY),
)


def wish(text: str) -> Optional[str]:
    """Which limit a short message sets; None when it sets none."""
    plain = text.replace("’", "'")
    said = words_of(plain)
    found = next((name for name, pattern in _WISHES if pattern.search(plain)), None)
    if len(said) > LONGEST or (found == "limits.company" and _OTHERS & set(said)):
        return None
    return found


def lifts(turn: Turn) -> bool:
    """Whether a message takes back that nothing be asked."""
    return turn.state.unasked > 0 and bool(_ASK_AGAIN.search(turn.heard.text.replace("’", "'")))


def lift(turn: Turn) -> None:
    """Ask again."""
    turn.state.unasked = 0
    turn.add("limits.lifted", turn.wording("limits.lifted"), turn.question(turn.wording("question")))
    turn.ask("question")


def take(turn: Turn, limit: str) -> None:
    """Agree, ask nothing now, and keep to it; what was on offer or under way is put away."""
    state = turn.state
    state.choice, state.stage, state.only_listening = [], "telling", True
    # Another topic than the one that was closed may be asked about.
    state.unasked = 0 if limit == "limits.closed" else UNASKED
    if state.exercise is not None:
        state.exercise["paused"] = True
    if limit == "limits.closed":
        closed = circumstances.beside(turn)
        state.left += [closed] if closed else []
        hearing.rule_out(turn, state.themes[:2])
        state.shown = None
    turn.say(limit)
    turn.ask(None)


def hold(turn: Turn) -> bool:
    """Whether nothing may be asked now. A question of theirs is answered all the same; telling on for a while lifts it."""
    state = turn.state
    if "?" in turn.heard.text or turn.heard.kind in ("ask_technique", "tell_me_more"):
        return False
    if state.unasked and len(words_of(turn.heard.text)) >= TELLS:
        state.unasked -= 1
    return state.unasked > 0


def keep_company(turn: Turn) -> None:
    """Take in what was told, and answer it without asking anything."""
    turn.state.lost = 0
    if turn.heard.kind in ("affirm", "deny") and hearing.is_bare(turn.heard.text):
        turn.say("company")
    else:
        listen.hear_out(turn)
    turn.ask(None)
