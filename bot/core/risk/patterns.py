"""Patterns of words as text, turned into spaCy token patterns.

A pattern is a line of items separated by blanks: `word`, `this|that`, `@set` (of `words.yml`), `^` and `$` (where a
sentence starts and ends); `item?` may be missing, `item~3` may stand up to three times, `*2` is up to two words of any
kind within the sentence.
"""

import re
from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, List, Mapping, Sequence, Set, Tuple

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.core.risk.words import SENTENCE_END
from bot.errors import ContentError

TokenPattern = List[Dict[str, Any]]
_ITEM = re.compile(r"(?P<any>\*(?P<count>\d))|(?P<words>[^\s~?]+)(?P<option>\?|~\d)?")


@dataclass(frozen=True)
class Family:
    """A named group of patterns and, for each, the sets of words of which one each must occur before it can match."""

    name: str
    patterns: Tuple[TokenPattern, ...]
    required: Tuple[Tuple[FrozenSet[str], ...], ...]


def compile_family(name: str, lines: str, sets: Mapping[str, FrozenSet[str]]) -> Family:
    """Read the lines of one family. Raises ContentError on an unknown set or a line that cannot be read."""
    patterns: List[TokenPattern] = []
    required: List[Tuple[FrozenSet[str], ...]] = []
    for line in lines.strip().splitlines():
        pattern, needed = _compile(name, line.strip(), sets)
        patterns.append(pattern)
        required.append(needed)
    return Family(name, tuple(patterns), tuple(required))


def _compile(
    name: str, line: str, sets: Mapping[str, FrozenSet[str]]
) -> Tuple[TokenPattern, Tuple[FrozenSet[str], ...]]:
    pattern: TokenPattern = []
    required: List[FrozenSet[str]] = []
    for item in line.split():
        match = _ITEM.fullmatch(item)
        if match is None:
            raise ContentError(
                f"The risk rule {name} has the item {item!r}. Allowed: word, a|b, @set, ^, $, item?, item~2, *2."
            )
        if match.group("any"):
            pattern += [{"IS_PUNCT": False, "OP": "?"}] * int(match.group("count"))
            continue
        words = _words(name, match.group("words"), sets)
        token: Dict[str, Any] = {"ORTH": next(iter(words))} if len(words) == 1 else {"ORTH": {"IN": sorted(words)}}
        option = match.group("option")
        if option is None:
            pattern.append(token)
            if SENTENCE_END not in words:
                required.append(words)
        else:
            times = 1 if option == "?" else int(option[1:])
            pattern += [{**token, "OP": "?"}] * times
    return pattern, tuple(sorted(required, key=len))


def _words(name: str, item: str, sets: Mapping[str, FrozenSet[str]]) -> FrozenSet[str]:
    words: Set[str] = set()
    for part in item.split("|"):
        if part.startswith("@"):
            if part[1:] not in sets:
                raise ContentError(f"The risk rule {name} names the set {part}. Allowed: {', '.join(sorted(sets))}.")
            words |= sets[part[1:]]
        else:
            words.add(SENTENCE_END if part in ("^", "$") else part)
    return frozenset(words)


class FamilyMatcher:
    """Finds families in a text of plain words; only patterns whose words occur are tried."""

    def __init__(self, families: Sequence[Family], vocab: Vocab) -> None:
        self._vocab = vocab
        self._patterns: List[Tuple[str, TokenPattern, Tuple[FrozenSet[str], ...]]] = []
        self._by_word: Dict[str, List[int]] = {}
        self._matchers: Dict[int, Matcher] = {}
        for family in families:
            for pattern, required in zip(family.patterns, family.required):
                for word in required[0]:
                    self._by_word.setdefault(word, []).append(len(self._patterns))
                self._patterns.append((family.name, pattern, required[1:]))

    def find(self, texts: Sequence[str]) -> List[Tuple[str, int, int]]:
        """`(family, start, end)` for every match, as places in `texts`."""
        present = set(texts)
        wanted = sorted(
            number
            for number in {number for text in present for number in self._by_word.get(text, ())}
            if not any(words.isdisjoint(present) for words in self._patterns[number][2])
        )
        if not wanted:
            return []
        doc = Doc(self._vocab, words=list(texts))
        return [
            (self._patterns[number][0], start, end) for number in wanted for _, start, end in self._matcher(number)(doc)
        ]

    def _matcher(self, number: int) -> Matcher:
        if number not in self._matchers:
            matcher = Matcher(self._vocab)
            name, pattern, _ = self._patterns[number]
            matcher.add(name, [pattern])
            self._matchers[number] = matcher
        return self._matchers[number]
