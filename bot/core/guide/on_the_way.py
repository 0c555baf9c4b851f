"""What is said on the way, whatever a message was taken for: a wish, a limit, an exercise by its name, a small aside."""

from functools import partial
from typing import Callable, Optional

from bot.core.conversation import Level
from bot.core.guide import asides, at_step, close, last_step, limits, loops, naming, offer, practise, refusing
from bot.core.guide.turn import BUTTON, ERASED, Turn

_MAY_BE_ASIDE = ("action_reflect", "action_answer", "action_outside", "action_why", "action_thanks", "action_not_it")
_MAY_BE_PLEA = (*_MAY_BE_ASIDE, "action_about", "action_offer", "action_choose")
# What is heard also where no questions are wished for.
_ENDINGS = (close.thanks, close.close, offer.asked_for)
_MAY_ASK_TO_LISTEN = (
    *_MAY_BE_ASIDE,
    "action_offer",
    "action_choose",
    "action_stop",
    "action_exercise",
    "action_reach_person",
)
_NEVER_BY_NAME = ("action_safety", "action_personal_data", "action_consent", "action_country")


def aside(turn: Turn, action: str) -> Optional[Callable[[Turn], None]]:
    """What answers a small thing said on the way instead of the capability behind `action`."""
    chooses = turn.state.asked == "lost" and loops.way_out(turn.heard.text)
    if action in _MAY_ASK_TO_LISTEN and not chooses and offer.keeps_talking(turn.heard.text):
        return offer.keep_talking
    if turn.heard.kind == BUTTON:
        return None
    if action == "action_reach_person" and practise.wants_words(turn) and at_step.asks_to_meet(turn.heard.text):
        # Asked of somebody else, in the words that the step wants.
        return practise.take_answer
    if limits.lifts(turn) and turn.level < Level.risk and not practise.under_way(turn):
        return limits.lift
    heeds = action not in (*_NEVER_BY_NAME, "action_exercise") and turn.level < Level.risk
    limit = limits.wish(turn.heard.text) if heeds else None
    if limit is not None:
        return partial(limits.take, limit=limit)
    # "Just listen, no advice" may be the very words that a step asks for.
    listens = action in _MAY_ASK_TO_LISTEN and asides.wants_only_listening(turn.heard.text)
    refuses = action == "action_look_back" and refusing.refuses_all(turn.heard.text)
    if (listens or refuses) and not practise.wants_words(turn):
        return asides.only_listen
    if action != "action_safety" and turn.level < Level.risk and last_step.lets_go(turn):
        return last_step.let_go
    # Where an answer is awaited, a name may be a part of it.
    awaited = practise.under_way(turn) or action in ("action_look_back", "action_greet")
    if action not in _NEVER_BY_NAME and (not awaited or naming.wishes(turn.heard.text)) and naming.named(turn):
        return offer.start_named
    helped = naming.helped_with(turn) if action not in _NEVER_BY_NAME and not awaited else []
    if helped:
        return partial(offer.asked_for, first=helped)
    if action not in _NEVER_BY_NAME and turn.level < Level.risk:
        if last_step.asks_which(turn):
            return last_step.recall
        if naming.asks_which_there_are(turn.heard.text):
            return offer.tell_which
        if last_step.reports(turn):
            return last_step.review_unasked
    if turn.state.asked == ERASED:
        return None
    may_plead = action in _MAY_BE_PLEA and not awaited
    plea = asides.scolded(turn) or asides.asks_for_help(turn) if may_plead else None
    small = asides.capability(turn) if action in _MAY_BE_ASIDE else None
    quiet = limits.hold(turn) and action in _MAY_BE_ASIDE and turn.level < Level.risk
    return limits.keep_company if quiet and small not in _ENDINGS else plea or small
