"""The first judge: families of wordings, read with who is meant, when, and whether it is denied, told or an idiom.

The wordings are data (`data/library/risk/`); this module knows only how a match is read. It needs no trained model.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

import yaml

from bot.core.conversation import Level
from bot.core.risk.patterns import Family, FamilyMatcher, compile_family
from bot.core.risk.words import SENTENCE_END, Normaliser, Word, sentence_bounds
from bot.core.text import nlp
from bot.errors import ContentError

KINDS: Tuple[str, ...] = ("suicide", "abuse", "violence", "self_harm", "eating", "medical")
VERSION = "1"
# Well above what one turn looks at.
REMEMBERED_TEXTS = 64
_Kept = TypeVar("_Kept")
_RULE_FILES = ("suicide", "self_harm", "abuse", "violence", "eating", "medical")
# Scripts that write words together, or set small words onto others.
_WITHOUT_BORDERS = frozenset({"ja", "ko", "hi", "he", "ar", "zh", "ta", "fa"})
_ONESELF = re.compile(r"\b(?:i|i'?m|i'?ve|me|us|we|we'?re|both of us)\b", re.IGNORECASE)
_SELF = frozenset({"i", "me", "my", "myself"})
_NEGATION_REACH = 5
_TIME_REACH = 3
# Why something was not taken for risk: see `Matched`.
IDIOM, DENIED, NEARBY = "idiom", "denied", "nearby"
_QUOTED = re.compile(r"[\"“«]([^\"“”«»]{3,}?)[\"”»]")


@dataclass(frozen=True)
class Rule:
    """How a family is read: what it means when it stands as it is, and what may change that."""

    level: Level
    kind: str
    person: str = "auto"
    act: bool = False
    negation: str = "cancels"
    past: str = "lowers"


@dataclass(frozen=True)
class Finding:
    """One reading of one match: as in a Judgement; `rule` names the family, `span` is a character range."""

    level: Level
    kind: str
    subject: str
    tense: str
    rule: str
    span: Tuple[int, int]


@dataclass(frozen=True)
class Matched:
    """What the matcher says of a text.

    `level`, `kind`, `subject`, `tense`, `reason` and `spans` are those of the gravest finding; `held_back` says why
    something that looked like risk was not taken for it: `idiom` (the wording itself is known as harmless), `denied` (or told of
    a book), or `nearby` (a harmless wording that has little to do with it); `findings` are all of them.
    """

    level: Level = Level.none
    kind: Optional[str] = None
    subject: str = "self"
    tense: str = "now"
    reason: str = ""
    spans: Tuple[Tuple[int, int], ...] = ()
    held_back: Optional[str] = None
    findings: Tuple[Finding, ...] = ()


class RiskMatcher:
    """Judges a text by rules. `cue` tells whether a group of cues (`burden`, `hopeless` ...) occurs."""

    version = VERSION

    def __init__(self, folder: Path) -> None:
        """Read the rules of `folder` (`data/library/risk`). Raises ContentError when a file is missing or wrong."""
        sets = {name: frozenset(str(words).split()) for name, words in _read(folder / "words.yml").items()}
        cues = _read(folder / "cues.yml")
        self._words = {name: frozenset(value.split()) for name, value in cues.items() if "\n" not in value}
        self._cues = {
            name: FamilyMatcher([compile_family(name, value, sets)], nlp().vocab)
            for name, value in cues.items()
            if "\n" in value
        }
        self._normaliser = Normaliser.from_data(_read(folder / "normal.yml"))
        self._rules: Dict[str, Rule] = {}
        families: List[Family] = []
        for file in _RULE_FILES:
            for name, data in _read(folder / f"{file}.yml").items():
                self._rules[name] = _rule(name, data)
                families.append(compile_family(name, data["patterns"], sets))
        self._matcher = FamilyMatcher(families, nlp().vocab)
        harmless = [compile_family(name, data["patterns"], sets) for name, data in _read(folder / "cancel.yml").items()]
        self._harmless = FamilyMatcher(harmless, nlp().vocab)
        self._combinations: List[Mapping[str, Any]] = _read(folder / "combinations.yml")
        self._languages = _languages(_read(folder / "languages.yml"))
        # What was seen lately: several parts of a turn look at the same text.
        self._seen: Dict[str, Matched] = {}
        self._plain: Dict[str, List[Word]] = {}

    def judge(self, text: str) -> Matched:
        """The gravest reading of a text, with all findings. Remembered until `forget`."""
        known = self._seen.get(text)
        if known is None:
            known = self._judge(text)
            _keep(self._seen, text, known)
        return known

    def forget(self) -> None:
        """Drop the texts remembered in memory."""
        self._seen.clear()
        self._plain.clear()

    def _words_of(self, text: str) -> List[Word]:
        known = self._plain.get(text)
        if known is None:
            known = self._normaliser.words(text)
            _keep(self._plain, text, known)
        return known

    def _judge(self, text: str) -> Matched:
        words = self._words_of(text)
        texts = [word.text for word in words]
        matches = self._matcher.find(texts)
        foreign = self._foreign(text)
        harmless = self._harmless.find(texts)
        if not matches and foreign is None:
            return Matched(held_back=self._known(texts, harmless))
        message = _Message(text, words, texts, sentence_bounds(words), harmless)
        findings: List[Finding] = [foreign] if foreign is not None else []
        held_back = self._known(texts, harmless)
        for name, start, end in matches:
            if message.is_harmless(start, end):
                held_back = IDIOM
                continue
            finding = self._read_match(message, name, self._rules[name], start, end)
            if finding is not None:
                findings.append(finding)
            elif held_back != IDIOM:
                held_back = DENIED
        findings = [finding for finding in findings if not _told_of_another(finding, findings, text)]
        findings += self._combined(findings)
        raised = [finding for finding in findings if finding.level > Level.none]
        if not raised:
            return Matched(held_back=held_back, findings=tuple(findings))
        worst = max(raised, key=_gravity)
        spans = sorted({finding.span for finding in raised})
        return Matched(
            worst.level,
            worst.kind,
            worst.subject,
            worst.tense,
            worst.rule,
            tuple(_merged(spans)),
            held_back,
            tuple(findings),
        )

    def cue(self, name: str, text: str) -> bool:
        """Whether a cue of the group `name` (of `cues.yml`) occurs in a text."""
        return self._has(name, [word.text for word in self._words_of(text)])

    def _has(self, name: str, texts: Sequence[str]) -> bool:
        return bool(self._cues[name].find(texts))

    def _known(self, texts: Sequence[str], harmless: Sequence[Tuple[str, int, int]]) -> Optional[str]:
        """What a wording known as harmless is worth: an idiom where it speaks of death itself ("die of shame"), else `nearby`."""
        grave = any(not self._words["grave"].isdisjoint(texts[start:end]) for _, start, end in harmless)
        return IDIOM if grave else NEARBY if harmless else None

    def _read_match(self, message: "_Message", name: str, rule: Rule, start: int, end: int) -> Optional[Finding]:
        low, high = message.bounds[start if message.texts[start] != SENTENCE_END else min(start + 1, end - 1)]
        sentence = message.texts[low:high]
        if (
            rule.negation == "cancels"
            and self._negated(message, low, start, end)
            and self._words["not_yet"].isdisjoint(sentence)
        ):
            return None
        subject = rule.person if rule.person != "auto" else self._subject(message, low, start, end)
        if self._told_of_elsewhere(message, sentence, low, start, subject, rule):
            return None
        level, tense = rule.level, "now"
        if rule.past == "lowers" and self._past(sentence, start - low):
            level, tense = min(level, Level.concern), "past"
        elif subject == "self" and (
            (rule.act and self._intended(sentence, message.texts[start - 1]))
            or (rule.kind == "suicide" and level is Level.risk and self._appointed(message, start, end))
        ):
            level = Level.imminent
        if (
            subject == "other"
            and rule.person == "auto"
            and rule.kind in ("suicide", "self_harm", "eating")
            and name != "act_under_way"
        ):
            level = min(level, Level.concern)
        return Finding(level, rule.kind, subject, tense, name, message.span(start, end))

    def _negated(self, message: "_Message", low: int, start: int, end: int) -> bool:
        negators = self._words["negators"]
        texts = message.texts
        empty = {
            place for _, first, last in self._cues["negation_is_empty"].find(texts) for place in range(first, last)
        }
        if any(texts[place] in negators and place not in empty for place in range(start, end)):
            return True
        for place in range(start - 1, max(low, start - _NEGATION_REACH) - 1, -1):
            if message.words[place + 1].after_break:
                return False
            if texts[place] in negators:
                return place not in empty
            if texts[place] in ("but", "because"):
                return False
            if texts[place] == "i" and texts[place - 1] not in ("think", "feel", "believe", "mean", "say", "like"):
                return place > low and texts[place - 1] in negators and place - 1 not in empty
        return False

    def _subject(self, message: "_Message", low: int, start: int, end: int) -> str:
        for text in reversed(message.texts[start:end]):
            if text in _SELF:
                return "self"
            if text in self._words["others"] or text.rstrip("s") in self._words["others"]:
                return "other"
        quoted = message.quote_around(start)
        for place in range((quoted if quoted is not None else start) - 1, low - 1, -1):
            text = message.texts[place]
            if text in ("i", "we"):
                return "self"
            before = (
                message.texts[place - 1]
                if message.texts[place - 1] not in ("my", "the", "a", "our")
                else message.texts[place - 2]
            )
            if text in self._words["others"] and before not in self._words["not_the_subject_after"]:
                return "other"
        return "self"

    def _told_of_elsewhere(
        self, message: "_Message", sentence: Sequence[str], low: int, start: int, subject: str, rule: Rule
    ) -> bool:
        if self._has("own_after_all", message.texts):
            return False
        before = message.texts[low:start]
        if not self._words["fiction_told"].isdisjoint(before) and (
            "i" not in before or not self._words["speakers"].isdisjoint(before)
        ):
            return True
        own = subject == "self" and not _SELF.isdisjoint(sentence)
        if own or rule.person == "self":
            return False
        around = [SENTENCE_END, *sentence, SENTENCE_END]
        return any(self._has(frame, around) for frame in ("fiction", "news", "work"))

    def _past(self, sentence: Sequence[str], place: int) -> bool:
        part = list(sentence)
        turn = next((number for number, text in enumerate(sentence) if text == "but" and number > place), None)
        if turn is not None:
            part = part[:turn]
        return self._has("past", [SENTENCE_END, *part, SENTENCE_END]) and self._words["now"].isdisjoint(part)

    def _intended(self, sentence: Sequence[str], before: str) -> bool:
        when = not self._words["days"].isdisjoint(sentence)
        return when and (before == "am" or not self._words["intending"].isdisjoint(sentence))

    def _appointed(self, message: "_Message", start: int, end: int) -> bool:
        """Whether a time is named in the match or right after it ("tonight", "on friday"), and no "every friday"."""
        for place in range(start, min(end + _TIME_REACH, len(message.texts))):
            if place >= end and (message.words[place].after_break or message.texts[place] in ("every", SENTENCE_END)):
                return False
            if message.texts[place] in self._words["appointed"]:
                return True
        return False

    def _combined(self, findings: Sequence[Finding]) -> List[Finding]:
        by_rule = {
            finding.rule: finding for finding in findings if finding.subject == "self" and finding.tense == "now"
        }
        return [
            replace(by_rule[combination["of"][0]], level=Level[combination["level"]], rule="+".join(combination["of"]))
            for combination in self._combinations
            if all(rule in by_rule for rule in combination["of"])
        ]

    def _foreign(self, text: str) -> Optional[Finding]:
        lowered = text.lower().replace("’", "'")
        for kind, language, phrase in self._languages:
            match = phrase.search(lowered)
            if match:
                return Finding(Level.risk, kind, "self", "now", f"language_{language}", (match.start(), match.end()))
        return None


@dataclass(frozen=True)
class _Message:
    text: str
    words: Sequence[Word]
    texts: Sequence[str]
    bounds: Sequence[Tuple[int, int]]
    harmless: Sequence[Tuple[str, int, int]]

    def span(self, start: int, end: int) -> Tuple[int, int]:
        """The character range of words, without the ends of sentences."""
        inner = [word for word in self.words[start:end] if word.text != SENTENCE_END]
        return inner[0].start, inner[-1].end

    def is_harmless(self, start: int, end: int) -> bool:
        """Whether a wording known as harmless stands where these words do."""
        return any(first < end and start < last for _, first, last in self.harmless)

    def quote_around(self, place: int) -> Optional[int]:
        """The place of the first word of the quotation a word stands in; None when it stands in none."""
        at = self.words[place].start
        for match in _QUOTED.finditer(self.text):
            if match.start() <= at < match.end():
                return next(
                    number for number, word in enumerate(self.words) if word.start >= match.start() and word.end > 0
                )
        return None


def _keep(seen: Dict[str, _Kept], text: str, found: _Kept) -> None:
    if len(seen) >= REMEMBERED_TEXTS:
        seen.clear()
    seen[text] = found


def _gravity(finding: Finding) -> Tuple[int, bool, bool, int]:
    return int(finding.level), finding.tense == "now", finding.subject == "self", -KINDS.index(finding.kind)


def _told_of_another(finding: Finding, findings: Sequence[Finding], text: str) -> bool:
    """Whether a wider match of the same kind says that it happens to someone else ("my mum" before "is being hit").

    Not where the person is named in it too ("my mum and i get hit by him").
    """
    start, end = finding.span
    named = _ONESELF.search(text, max(0, start - len("and i ")), end) is not None
    return (
        finding.subject == "self"
        and not named
        and any(
            other.subject == "other" and other.kind == finding.kind and other.span[0] < start and end <= other.span[1]
            for other in findings
        )
    )


def _merged(spans: Sequence[Tuple[int, int]]) -> List[Tuple[int, int]]:
    merged: List[Tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _rule(name: str, data: Mapping[str, Any]) -> Rule:
    known = {"level", "kind", "person", "act", "negation", "past", "patterns"}
    if not known >= set(data) or data.get("level") not in Level.__members__ or data.get("kind") not in KINDS:
        raise ContentError(
            f"The risk rule {name} cannot be used. Allowed keys: {', '.join(sorted(known))}; "
            f"levels: {', '.join(Level.__members__)}; kinds: {', '.join(KINDS)}."
        )
    settings = {key: value for key, value in data.items() if key not in ("level", "kind", "patterns")}
    return Rule(Level[data["level"]], data["kind"], **settings)


def _languages(data: Mapping[str, Mapping[str, Sequence[str]]]) -> List[Tuple[str, str, "re.Pattern[str]"]]:
    found: List[Tuple[str, str, re.Pattern[str]]] = []
    for language, kinds in data.items():
        for kind, phrases in kinds.items():
            words = "|".join(re.escape(phrase) for phrase in phrases)
            found.append(
                (
                    kind,
                    language,
                    re.compile(rf"(?:{words})" if language in _WITHOUT_BORDERS else rf"\b(?:{words})\b"),
                )
            )
    return found


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ContentError(
            f"The risk rules {path.name} cannot be read ({type(error).__name__}). Next: restore the file."
        ) from error
