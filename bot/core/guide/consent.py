"""Choices that belong to the person alone: sharing with a practitioner, use for training, and who read what.

A consent is never guessed: these wishes are recognised by plain wording only, and each is asked about once before it holds.
"""

import json
import re
from typing import Optional

from bot.core.conversation import Heard
from bot.core.guide import personal, share_words, sharing
from bot.core.guide.turn import State, Turn, fill, words_of

LONGEST_WISH = 16
LONGEST_ANSWER = 8
MOST_READERS = 5
_LEARN = r"\b(train|training|trained|learn from|improve the (bot|program|model|software))\b"
_QUESTION = re.compile(r"\?\s*$|^(and |so )?(are|is|do|does|did|will|can|who|how|what)\b", re.IGNORECASE)
_NO = r"\b(don'?t|do not|stop|no longer|not|never|withdraw|revoke|take back|cancel)\b"
_UNSHARE = r"\b(stop|end|undo|revoke|cancel|withdraw|take back) (the |my |all )*(sharing|share)\b|\bunshare\b"
_READINGS = r"\bwho (has |have |actually )*(read|seen|saw|opened|looked at) (it|this|that|my|our|the|what)\b"
_UNDO = re.compile(
    r"^(?:(?:no|wait|sorry|please|actually|ok|okay|i) )*(?:take (?:that|it|this) back|undo (?:that|it|this)|revoke (?:that|it)|withdraw (?:that|it)|cancel (?:that|it)|never ?mind)(?: please| again)*$"
)
TRAIN, DO_NOT_TRAIN = "training_yes", "training_no"


def wish(text: str) -> Optional[str]:
    """`share`, `unshare`, `share_end`, `readings`, `training` or `no_training` when a short message plainly asks for it."""
    said = " ".join(words_of(text))
    if not said or len(said.split()) > LONGEST_WISH:
        return None
    if share_words.wishes_end(text):
        return "share_end"
    if re.search(_UNSHARE, said):
        return "unshare"
    if re.search(_READINGS, said):
        return "readings"
    if share_words.wishes(text):
        return "share"
    mine = rf"\b(my|these|our|this) {share_words.SHARED}\b"
    if re.search(mine, said) and re.search(_LEARN, said) and not _QUESTION.search(text):
        return "no_training" if re.search(_NO, said) else "training"
    return None


def expects(state: State, heard: Heard) -> bool:
    """Whether a message is such a wish, or answers the question that one led to; another wish about one's data does not."""
    if wish(heard.text) is not None or _undoes(state, heard.text):
        return True
    if personal.is_wish(heard):
        return False
    return sharing.answers(state, heard) or (state.asked == "training" and len(words_of(heard.text)) <= LONGEST_ANSWER)


def _undoes(state: State, text: str) -> bool:
    """Whether a message takes back what was just asked or agreed about training, and no message of before."""
    just = state.asked == "training" or (bool(state.said) and state.said[-1].startswith("training.agreed#"))
    return just and bool(_UNDO.search(" ".join(words_of(text))))


def answer(turn: Turn) -> None:
    """Take the wish, or the answer to the question that it led to."""
    agreed = turn.state.asked != "training" and _undoes(turn.state, turn.heard.text)
    wanted = "no_training" if agreed else wish(turn.heard.text)
    if "share" not in turn.heard.capabilities:
        turn.say("data.not_here")
        _close(turn)
    elif wanted in (None, "share") and sharing.answers(turn.state, turn.heard):
        # Asked what may be seen, "share this conversation" is the answer.
        sharing.answer(turn)
    elif wanted is None:
        _training_answered(turn)
    else:
        _close(turn)
        {
            "share": sharing.ask,
            "unshare": sharing.stop,
            "share_end": sharing.set_end,
            "readings": _readings,
            "training": _ask_training,
            "no_training": _withdraw,
        }[wanted](turn)


def _close(turn: Turn) -> None:
    """Another wish came instead of the answer that a question of ours waited for."""
    if turn.state.asked in ("share", "training"):
        sharing.close_question(turn)


def _readings(turn: Turn) -> None:
    if turn.facts.get("readings", "0") == "0":
        turn.say("share.not_read")
    else:
        turn.say("share.read", read_by=_read_by(turn))


def _read_by(turn: Turn) -> str:
    """Who read, how often and when last, at most five by name."""
    readers = json.loads(turn.facts["readers_of_it"])
    said = [
        fill(turn.library.sayings["share.reader_once" if one["count"] == "1" else "share.reader"].texts[0], one)
        for one in readers[:MOST_READERS]
    ]
    listed, more = "; ".join(said), len(readers) - MOST_READERS
    if more <= 0:
        return listed
    return fill(turn.library.sayings["share.readers_more"].texts[0], {"read_by": listed, "count": str(more)})


def _ask_training(turn: Turn) -> None:
    turn.say("training.ask")
    turn.ask("training")


def _training_answered(turn: Turn) -> None:
    sharing.close_question(turn)
    if turn.heard.kind == "affirm" or "yes" in words_of(turn.heard.text):
        turn.request = TRAIN
        turn.say("training.agreed")
    else:
        turn.say("training.declined")


def _withdraw(turn: Turn) -> None:
    turn.request = DO_NOT_TRAIN
    turn.say("training.off" if turn.facts.get("training") == "no" else "training.withdrawn")
