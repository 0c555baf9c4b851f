"""The risk screen: two independent judges over one text, either of which can raise the level."""

import logging
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import List, Optional, Tuple

from bot.core.conversation import Judgement, Level
from bot.core.risk.classifier import Opinion, RiskClassifier
from bot.core.risk.matcher import DENIED, IDIOM, NEARBY, Matched, RiskMatcher
from bot.core.text import sentences
from bot.errors import InterludeError

logger = logging.getLogger(__name__)

PACKAGE = Path(__file__).resolve().parents[2]
# A long text is judged in parts that overlap, so that no sentence is lost at a cut; the matcher reads all of them.
PART, OVERLAP = 4000, 400
CLASSIFIED_PARTS = 8
# Length up to which a message is judged together with the one before it, and how much of the end of that one is then read.
LEANING_WORDS, LEANING_SENTENCES = 80, 3
NEIGHBOURS, NEIGHBOURING_WORDS = 2, 40


class ScreenFailed(InterludeError):
    """Neither judge could look at a text."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which the classifier alone raises a level; docs/safety.md says why they stand where they stand.

    `backed` counts where the matcher already sees concern, `sure` where it knows the wording as an idiom or an accident, `denied` and
    `nearby` where it holds back for another reason (see `Matched`): that holds back a middling score, never a very sure one. In a conversation a message stays at `risk` if it keeps
    `together` when read with the one before it; from `doubtful` on it is raised when the two reach `clearly_together`.
    """

    concern: float = 0.6
    risk: float = 0.6
    backed: float = 0.37
    sure: float = 0.98
    denied: float = 0.8
    nearby: float = 0.75
    imminent: float = 0.3
    imminent_backed: float = 0.2
    together: float = 0.6
    concern_together: float = 0.5
    doubtful: float = 0.25
    clearly_together: float = 0.75


@lru_cache(maxsize=1)
def shipped_matcher() -> RiskMatcher:
    """The matcher with the shipped rules."""
    return RiskMatcher(shipped_rules())


def shipped_rules(package: Path = PACKAGE) -> Path:
    """The folder of the rules that came with `package`: in data/ beside it, or in the copy of data/ that an installed one brings."""
    found = (package.parent / place / "data" / "library" / "risk" for place in ("", "interlude_project"))
    return next((folder for folder in found if folder.is_dir()), package.parent / "data" / "library" / "risk")


class RiskScreen:
    """Judges texts; `judge` takes any text of any length.

    Without a classifier (before training) the matcher decides alone.
    """

    def __init__(
        self,
        classifier: Optional[RiskClassifier],
        matcher: Optional[RiskMatcher] = None,
        thresholds: Thresholds = Thresholds(),
    ) -> None:
        self._classifier = classifier
        self._matcher = matcher or shipped_matcher()
        self._thresholds = thresholds

    def judge(self, text: str) -> Judgement:
        """The gravest judgement over the parts of a text. Raises ScreenFailed when both judges fail."""
        worst = Judgement()
        for number, (start, part) in enumerate(_parts(text)):
            found = self._judge(part, number < CLASSIFIED_PARTS)
            shifted = tuple((first + start, last + start) for first, last in found.spans)
            found = Judgement(**{**found.__dict__, "spans": shifted})
            if found.level > worst.level or (found.degraded and not worst.degraded):
                worst = found
            elif found.score > worst.score:
                worst = replace(worst, score=found.score)
        return worst

    def may_lean(self, text: str, judgement: Judgement) -> bool:
        """Whether the message before could change this judgement: a likeness decided, or nearly did, in a text that is not long.

        What a rule found stands for itself.
        """
        likeness = judgement.level is Level.none or judgement.judge.startswith("classifier")
        return (
            self._classifier is not None
            and likeness
            and self._thresholds.doubtful <= judgement.score < self._thresholds.sure
            and len(text.split()) <= LEANING_WORDS
            and len(sentences(text)) <= LEANING_SENTENCES
        )

    def in_context(self, text: str, judgement: Judgement, before: str, raised: bool) -> Judgement:
        """`judgement` of `text` seen together with `before`, the person's message before it.

        "I should go now" is harmless after talk of the children's supper; a line that hints at dying is less doubtful after another
        and rises by one level, from nothing to `concern` or from there to `risk`.
        In a conversation whose level is `raised` a question was asked and what follows is read as its answer: there the judgement
        stays as it is, as it does when nothing was said before, or when a judge fails.
        """
        if self._classifier is None or raised or not before.strip() or not self.may_lean(text, judgement):
            return judgement
        lately = " ".join(" ".join(sentences(before)[-NEIGHBOURS:]).split()[-NEIGHBOURING_WORDS:])
        try:
            opinion, matched = self._classifier.judge_whole(f"{lately} {text}"), self._matcher.judge(text)
        except Exception as error:
            logger.error("classifier_failed error=%s", type(error).__name__)
            return judgement
        if judgement.level >= Level.risk:
            milder = self._unless_backed(judgement, opinion)
            return milder if milder.level >= matched.level else _by_rule(matched, self._matcher.version)
        wanted = self._thresholds
        if opinion.risk >= wanted.clearly_together and opinion.subject == "self" and not matched.held_back:
            return replace(
                judgement,
                # Two lines of which neither says anything by itself: worth a question, not an alarm.
                level=Level.risk if judgement.level is Level.concern else Level.concern,
                kind=judgement.kind or opinion.kind,
                reason="likeness to messages at risk, together with the message before",
                spans=((0, len(text)),),
                judge=f"classifier {self._classifier.version}",
            )
        return judgement

    def _unless_backed(self, judgement: Judgement, opinion: Opinion) -> Judgement:
        """A likeness at `risk` or above that the message before does not back becomes `concern`, or nothing."""
        wanted = self._thresholds
        if opinion.risk >= wanted.together:
            return judgement
        if opinion.concern >= wanted.concern_together or judgement.level is Level.imminent:
            return replace(
                judgement, level=Level.concern, reason="likeness to messages at risk, less so with the message before"
            )
        return Judgement(score=judgement.score, degraded=judgement.degraded)

    def cue(self, name: str, text: str) -> bool:
        """Whether a cue of the group `name` (`burden`, `hopeless` ...) occurs; False when the matcher fails."""
        try:
            return self._matcher.cue(name, text)
        except Exception as error:
            logger.error("matcher_failed error=%s", type(error).__name__)
            return False

    def _judge(self, text: str, classified: bool) -> Judgement:
        matched = self._ask_matcher(text)
        asked = classified and self._classifier is not None and bool(text.strip())
        opinion = self._ask_classifier(text) if asked else None
        if matched is None and opinion is None:
            raise ScreenFailed(
                "Neither judge could look at the text. See the log for the errors' classes, mend and restart."
            )
        degraded = matched is None or (asked and opinion is None)
        by_rule = _by_rule(matched, self._matcher.version) if matched is not None else Judgement()
        by_meaning = self._by_meaning(opinion, matched, text) if opinion is not None else Judgement()
        level = max(by_rule.level, by_meaning.level)
        if level is Level.none:
            return Judgement(degraded=degraded, score=by_meaning.score)
        leading = by_rule if by_rule.level >= by_meaning.level else by_meaning
        return Judgement(
            level=level,
            kind=leading.kind if by_rule.subject != by_meaning.subject else by_rule.kind or by_meaning.kind,
            subject=leading.subject,
            tense=leading.tense,
            reason=leading.reason,
            spans=by_rule.spans or by_meaning.spans,
            judge=leading.judge,
            score=by_meaning.score,
            degraded=degraded,
        )

    def _ask_matcher(self, text: str) -> Optional[Matched]:
        try:
            return self._matcher.judge(text)
        except Exception as error:
            logger.error("matcher_failed error=%s", type(error).__name__)
            return None

    def _ask_classifier(self, text: str) -> Optional[Opinion]:
        if self._classifier is None or not text.strip():
            return None
        try:
            return self._classifier.judge(text)
        except Exception as error:
            logger.error("classifier_failed error=%s", type(error).__name__)
            return None

    def _by_meaning(self, opinion: Opinion, matched: Optional[Matched], text: str) -> Judgement:
        tense = "now"
        piece = self._ask_matcher(opinion.piece) if matched is not None and opinion.piece != text else matched
        level = self._level(opinion, matched, piece)
        told_of_another = piece is not None and piece.level is Level.concern and self._distant(piece)
        if told_of_another and piece is not None and opinion.imminent < self._thresholds.sure:
            level, tense = min(level, Level.concern), piece.tense
        elif level is Level.risk and opinion.subject == "other" and self._concerns_another(opinion, matched):
            level = Level.concern
        start = max(text.find(opinion.piece), 0)
        return Judgement(
            level=level,
            kind=opinion.kind if level > Level.none else None,
            subject=opinion.subject,
            tense=tense,
            reason=f"likeness to messages at {level.name}",
            spans=((start, min(start + len(opinion.piece), len(text))),),
            judge=f"classifier {self._classifier.version}" if self._classifier else "",
            score=opinion.risk,
        )

    def _level(self, opinion: Opinion, matched: Optional[Matched], piece: Optional[Matched]) -> Level:
        wanted = self._thresholds
        # Only what is known of the sentence that scored counts: an idiom elsewhere in a long text says nothing about it.
        held_back = piece.held_back if piece is not None and piece.level is Level.none else None
        sure = {IDIOM: wanted.sure, DENIED: wanted.denied, NEARBY: wanted.nearby}.get(held_back or "")
        backed = matched is not None and matched.level >= Level.concern and not self._distant(matched)
        for_risk = sure or (wanted.backed if backed else wanted.risk)
        if opinion.risk >= for_risk:
            known = matched is not None and matched.level >= Level.risk
            sure_enough = opinion.imminent >= (wanted.imminent_backed if known else wanted.imminent)
            return Level.imminent if sure_enough else Level.risk
        return Level.concern if opinion.concern >= (sure or wanted.concern) else Level.none

    @staticmethod
    def _distant(matched: Matched) -> bool:
        return matched.subject == "other" or matched.tense == "past"

    @staticmethod
    def _concerns_another(opinion: Opinion, matched: Optional[Matched]) -> bool:
        unmatched = matched is None or matched.level is Level.none
        return unmatched and opinion.kind in ("suicide", "self_harm", "eating")


def _by_rule(matched: Matched, version: str) -> Judgement:
    return Judgement(
        level=matched.level,
        kind=matched.kind,
        subject=matched.subject,
        tense=matched.tense,
        reason=matched.reason,
        spans=matched.spans,
        judge=f"matcher {version}",
    )


def _parts(text: str) -> List[Tuple[int, str]]:
    if len(text) <= PART:
        return [(0, text)]
    return [(start, text[start : start + PART]) for start in range(0, len(text) - OVERLAP, PART - OVERLAP)]
