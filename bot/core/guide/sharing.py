"""Sharing with a practitioner: how much, seen first, until when, one message after the other.

`State.sharing` holds where that stands: `stage` (what the last question was), `until` (when it would end), `turns` (ids of
the messages shown), `single` (single messages were wished for: then no bare yes shares all of it), `open_end` (an end was
wished for that could not be read). What is said of shares in force comes from the engine's facts. The engine puts what a practitioner
would read beneath a reply that asks for it.
"""

from datetime import datetime, timedelta
from typing import List, Optional

from bot.core.conversation import Heard
from bot.core.guide import ending, practise, share_words
from bot.core.guide.share_words import Answer
from bot.core.guide.turn import State, Turn
from bot.core.guide.which import Which

WHOLE, MESSAGES, PREVIEW = "share_conversation", "share_messages", "share_preview"
UNTIL, END = "share_until", "share_end"
# What was asked or said last: how much, whether all that is seen or this message, another one; nothing any more.
HOW_MUCH, ALL_OF_IT, THIS_ONE, ANOTHER, DONE = "how much", "all of it", "this one", "another", "done"


def answers(state: State, heard: Heard) -> bool:
    """Whether a message answers what was last said about sharing."""
    answer = share_words.read(heard) if state.asked == "share" else None
    return answer is not None and (answer.what == "end" or state.sharing.get("stage") != DONE)


def ask(turn: Turn) -> None:
    """Take the wish to share: ask how much, or show the messages that it names."""
    if turn.facts.get("practitioners") != "yes":
        turn.say("share.not_offered")
    elif turn.facts.get("share_told") == "0":
        turn.say("share.nothing_yet")
    else:
        turn.state.sharing = {"until": _latest(turn).isoformat()}
        wished = share_words.wished(turn.heard.text)
        if wished.until is not None and not _take_end(turn, wished):
            _ask_when(turn)
        elif wished.which is not None:
            _show(turn, wished.which)
        else:
            _ask_how_much(turn, "share.ask")


def answer(turn: Turn) -> None:
    """Take the answer to the last question about sharing."""
    said = share_words.read(turn.heard) or Answer("unclear")
    close_question(turn)
    if said.until is not None and not _take_end(turn, said):
        _ask_when(turn)
    elif said.what == "preview" and _stage(turn) == THIS_ONE:
        _show_again(turn)
    elif said.what in ("preview", "preview_all"):
        _preview(turn)
    elif said.what == "all" and turn.state.sharing.get("single"):
        # All of these messages, or of the conversation? That is not guessed.
        _ask_how_much(turn, "share.how_much")
    elif said.what in ("whole", "all"):
        _share(turn, WHOLE, "share.done")
    elif said.what == "another":
        _ask_which(turn)
    elif said.what == "no":
        _leave(turn)
    elif said.what == "end":
        _ended(turn)
    elif said.what == "yes":
        _agreed(turn)
    elif said.which is not None:
        _show(turn, said.which)
    else:
        _not_found(turn)


def stop(turn: Turn) -> None:
    """End all sharing at once."""
    if turn.facts.get("shared_until"):
        turn.request = END
        turn.add("share.stopped", turn.wording("share.stopped"), _at_risk(turn))
    else:
        turn.add("share.none", turn.wording("share.none"), _at_risk(turn))


def set_end(turn: Turn) -> None:
    """Let what is shared end when the message says."""
    turn.state.sharing = {"until": _latest(turn).isoformat(), "stage": DONE}
    if _take_end(turn, Answer("end", until=ending.phrase(turn.heard.text))):
        _change_end(turn)
    else:
        _ask_when(turn)


def close_question(turn: Turn) -> None:
    """The question about sharing or training waits no longer; an exercise goes on where it was."""
    turn.ask("step" if practise.under_way(turn) else None)


def _agreed(turn: Turn) -> None:
    """A yes means what was shown and wished for, no more; where that is not clear, it is asked again."""
    stage = _stage(turn)
    if turn.state.sharing.get("open_end"):
        _ask_when(turn)
    elif stage == THIS_ONE:
        _share(turn, MESSAGES, "share.done_message")
    elif stage == ALL_OF_IT:
        _share(turn, WHOLE, "share.done")
    elif stage == ANOTHER:
        _ask_which(turn)
    else:
        _ask_how_much(turn, "share.how_much")


def _ask_how_much(turn: Turn, saying: str) -> None:
    shared = turn.facts.get("shared_until") if saying == "share.ask" else None
    _say(turn, saying, turn.wording("share.in_force", until=shared) if shared else None)
    _wait(turn, HOW_MUCH)


def _preview(turn: Turn) -> None:
    """The whole conversation; after a wish for single messages it helps to find one, and a yes does not take all of it."""
    _say(turn, "share.preview", turns=None)
    _wait(turn, HOW_MUCH if turn.state.sharing.get("single") else ALL_OF_IT)


def _show(turn: Turn, meant: Which) -> None:
    """The messages that are meant, before any is shared; where several fit, they are shown to choose from."""
    found = [int(number) for number in turn.facts.get("share_turns", "").split()]
    turn.state.sharing["single"] = True
    if not found:
        _not_found(turn)
    elif meant.topic and len(found) > 1:
        _say(turn, "share.several", turns=found)
        _wait(turn, HOW_MUCH)
    else:
        turn.state.sharing["turns"] = found
        _show_again(turn)


def _show_again(turn: Turn) -> None:
    _say(turn, "share.this_one", turns=turn.state.sharing["turns"])
    _wait(turn, THIS_ONE)


def _ask_which(turn: Turn) -> None:
    turn.state.sharing["single"] = True
    turn.say("share.which")
    _wait(turn, HOW_MUCH)


def _not_found(turn: Turn) -> None:
    turn.state.sharing["single"] = True
    turn.say("share.not_found")
    _wait(turn, HOW_MUCH)


def _share(turn: Turn, what: str, saying: str) -> None:
    if turn.facts.get("share_told") == "0":
        turn.say("share.nothing_yet")
    elif datetime.fromisoformat(turn.state.sharing["until"]) <= turn.now:
        # It was a short time, and the answer came after it.
        _ask_when(turn)
    else:
        turn.request = what
        _say(turn, saying)
        _wait(turn, ANOTHER) if what == MESSAGES else _rest(turn)


def _leave(turn: Turn) -> None:
    """Nothing more is shared; what is said of the rest is true of the shares in force."""
    shared = turn.facts.get("shared_until")
    saying = "share.kept_shared" if shared else "share.kept"
    turn.add(saying, turn.wording(saying, until=shared or ""), _at_risk(turn))
    if shared:
        _rest(turn)


def _ended(turn: Turn) -> None:
    """The end that was just said: of what is shared already, or of what is being asked about."""
    stage = _stage(turn)
    if stage in (DONE, ANOTHER):
        _change_end(turn)
    elif stage == THIS_ONE:
        _show_again(turn)
    else:
        _ask_how_much(turn, "share.how_much")


def _change_end(turn: Turn) -> None:
    if turn.facts.get("shared_until"):
        turn.request = UNTIL
        _say(turn, "share.end_set")
        _rest(turn)
    else:
        turn.say("share.none")


def _ask_when(turn: Turn) -> None:
    turn.say("share.when")
    turn.state.sharing["open_end"] = True
    stage = _stage(turn)
    _wait(turn, ANOTHER if stage == DONE else stage or HOW_MUCH)


def _take_end(turn: Turn, said: Answer) -> bool:
    """Keep the end that was said, at most the operator's limit. False when it cannot be read or has passed."""
    end = ending.moment(said.until, turn.now) if said.until is not None else None
    if end is not None:
        turn.state.sharing["until"] = min(end, _latest(turn)).isoformat()
        turn.state.sharing["cut"] = end > _latest(turn)
        turn.state.sharing.pop("open_end", None)
    return end is not None


def _say(turn: Turn, saying: str, before: Optional[str] = None, **shown: Optional[List[int]]) -> None:
    """Say it with the end that holds. `turns` are ids of messages, None for all, that a practitioner would read."""
    longest = turn.wording("share.longest") if turn.state.sharing.pop("cut", False) else None
    words = turn.wording(saying, until=_until(turn))
    data = {"request": PREVIEW, **shown} if shown else {}
    turn.add(saying, before, longest, words, buttons=turn.library.sayings[saying].buttons, data=data)


def _at_risk(turn: Turn) -> Optional[str]:
    """What staff may read apart from sharing, of this person."""
    return turn.wording("share.at_risk") if turn.facts.get("open_at_risk") == "yes" else None


def _until(turn: Turn) -> str:
    return ending.in_words(datetime.fromisoformat(turn.state.sharing["until"]))


def _latest(turn: Turn) -> datetime:
    return turn.now + timedelta(days=int(turn.facts["share_days"]))


def _stage(turn: Turn) -> str:
    return str(turn.state.sharing.get("stage", ""))


def _rest(turn: Turn) -> None:
    """Nothing is asked any more; "only for a week" is still understood, unless an exercise waits."""
    _wait(turn, DONE)
    if practise.under_way(turn):
        close_question(turn)


def _wait(turn: Turn, stage: str) -> None:
    turn.state.sharing["stage"] = stage
    turn.ask("share")
