"""Choices that belong to the person alone: sharing with a practitioner, use for training, and who read what.

A consent is never guessed: these wishes are recognised by plain wording only, and each is asked about once before it holds.
"""

import re
from typing import Optional

from bot.core.conversation import Heard
from bot.core.guide.turn import State, Turn, words_of

LONGEST_WISH = 16
LONGEST_ANSWER = 8
_SHARED = r"(conversations?|chats?|talks?|transcripts?|messages?|words|corrections?|data|session|history)"
_READER = r"(therapist|counsell?or|practitioner|coach|psychologist|helper|reviewer|staff|someone on your team)"
_LEARN = r"\b(train|training|trained|learn from|improve the (bot|program|model|software))\b"
_QUESTION = re.compile(r"\?\s*$|^(and |so )?(are|is|do|does|did|will|can|who|how|what)\b", re.IGNORECASE)
_NO = r"\b(don'?t|do not|stop|no longer|not|never|withdraw|revoke|take back|cancel)\b"
# In this order: the first that is found decides.
_WISHES = (
    ("unshare", r"\b(stop|end|undo|revoke|cancel|withdraw|take back) (the |my |all )*(sharing|share)\b|\bunshare\b"),
    ("readings", r"\bwho (has |have |actually )*(read|seen|saw|opened|looked at) (it|this|that|my|our|the|what)\b"),
    (
        "share",
        rf"^share$|\bshare (this|my|our|the|these|it)( {_SHARED})?( with (my|a|the|your) {_READER})?$"
        rf"|\b(share|show) .{{0,30}}\b(with|to) (my|a|the|your) {_READER}\b",
    ),
)
WHOLE, LAST, PREVIEW, END = "share_conversation", "share_last", "share_preview", "share_end"
TRAIN, DO_NOT_TRAIN = "training_yes", "training_no"
_CHOICES = ("This conversation", "Only my last message", "Not now")


def wish(text: str) -> Optional[str]:
    """`share`, `unshare`, `readings`, `training` or `no_training` when a short message plainly asks for it, else None."""
    said = " ".join(words_of(text))
    if not said or len(said.split()) > LONGEST_WISH:
        return None
    for name, pattern in _WISHES:
        if re.search(pattern, said):
            return name
    mine = rf"\b(my|these|our|this) {_SHARED}\b"
    if re.search(mine, said) and re.search(_LEARN, said) and not _QUESTION.search(text):
        return "no_training" if re.search(_NO, said) else "training"
    return None


def expects(state: State, heard: Heard) -> bool:
    """Whether a message is such a wish, or answers the question that one led to."""
    return wish(heard.text) is not None or (
        state.asked in ("share", "training") and len(words_of(heard.text)) <= LONGEST_ANSWER
    )


def answer(turn: Turn) -> None:
    """Take the wish, or the answer to the question that it led to."""
    wanted, asked = wish(turn.heard.text), turn.state.asked
    if "share" not in turn.heard.capabilities:
        turn.say("data.not_here")
        turn.ask(None)
    elif wanted is not None:
        {
            "share": _ask_share,
            "unshare": _unshare,
            "readings": _readings,
            "training": _ask_training,
            "no_training": _withdraw,
        }[wanted](turn)
    elif asked == "share":
        _share_answered(turn)
    else:
        _training_answered(turn)


def _ask_share(turn: Turn) -> None:
    if turn.facts.get("practitioners") != "yes":
        turn.say("share.not_offered")
    else:
        turn.say("share.ask")
        turn.ask("share")


def _share_answered(turn: Turn) -> None:
    said = set(words_of(turn.heard.text))
    turn.ask(None)
    if {"show", "preview", "first"} & said:
        turn.request = PREVIEW
        turn.add("share.preview", turn.wording("share.preview"), buttons=_CHOICES, data={"request": PREVIEW})
        turn.ask("share")
    elif "last" in said or {"only", "message"} <= said:
        turn.request = LAST
        turn.say("share.done_last")
    elif turn.heard.kind == "affirm" or "conversation" in said or {"all", "everything", "whole"} & said:
        turn.request = WHOLE
        turn.say("share.done")
    else:
        turn.say("share.kept")


def _unshare(turn: Turn) -> None:
    turn.request = END
    turn.say("share.stopped")


def _readings(turn: Turn) -> None:
    if turn.facts.get("readings", "0") == "0":
        turn.say("share.not_read")
    else:
        turn.say("share.read")


def _ask_training(turn: Turn) -> None:
    turn.say("training.ask")
    turn.ask("training")


def _training_answered(turn: Turn) -> None:
    turn.ask(None)
    if turn.heard.kind == "affirm" or "yes" in words_of(turn.heard.text):
        turn.request = TRAIN
        turn.say("training.agreed")
    else:
        turn.say("training.declined")


def _withdraw(turn: Turn) -> None:
    turn.request = DO_NOT_TRAIN
    turn.say("training.withdrawn")
