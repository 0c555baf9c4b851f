"""The level of a conversation: what single messages say, and what they say together."""

import logging
from typing import FrozenSet

from bot.core.conversation import Heard, Level
from bot.core.guide.turn import State
from bot.core.risk.screen import shipped_matcher

logger = logging.getLogger(__name__)

BURDEN_THEME = "feeling_like_a_burden"
# Families of wordings that say little alone and much after a wish to be gone.
LEAVING = frozenset({"setting_in_order", "wont_be_needed", "leaving_hinted", "last_words"})


def update(state: State, heard: Heard) -> None:
    """Raise the conversation's level by this message; nothing here lowers it, also not "just kidding".

    Burden and hopelessness, each told anywhere in the session, together are `concern`. A sudden calm or putting things in order after
    `concern` is `risk`. Sets level, level_kind, level_subject, level_session, abuse_told, burdened and hopeless.
    """
    judgement, before = heard.judgement, Level[state.level]
    level, kind, subject = judgement.level, judgement.kind, judgement.subject
    state.burdened += any(theme.name == BURDEN_THEME for theme in heard.themes) or _cue("burden", heard.text)
    state.hopeless += _cue("hopeless", heard.text)
    if level < Level.concern and before is Level.none and state.burdened and state.hopeless:
        level, kind, subject = Level.concern, "suicide", "self"
    if level < Level.risk and before >= Level.concern and state.level_subject == "self" and _takes_leave(heard.text):
        level, kind, subject = Level.risk, "suicide", "self"
    if judgement.kind == "abuse" and judgement.tense == "now" and judgement.level >= Level.risk:
        state.abuse_told = True
    if level is Level.none or level < before:
        return
    state.level, state.level_session = level.name, state.session
    # Danger told of oneself stays the one that is asked about, also when somebody else's is graver.
    if before is Level.none or subject == "self" or state.level_subject == "other":
        state.level_kind, state.level_subject = kind or state.level_kind or "suicide", subject


def _takes_leave(text: str) -> bool:
    return _cue("calm_after_storm", text) or not LEAVING.isdisjoint(_families(text))


def _cue(name: str, text: str) -> bool:
    try:
        return shipped_matcher().cue(name, text)
    except Exception as error:
        logger.error("matcher_failed error=%s", type(error).__name__)
        return False


def _families(text: str) -> FrozenSet[str]:
    try:
        return frozenset(
            finding.rule for finding in shipped_matcher().judge(text).findings if finding.subject == "self"
        )
    except Exception as error:
        logger.error("matcher_failed error=%s", type(error).__name__)
        return frozenset()
