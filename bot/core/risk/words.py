"""Typed words made plain for matching: contractions, chat spellings, disguises; each keeps its place in the text."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Dict, FrozenSet, Iterable, List, Mapping, Optional, Tuple

SENTENCE_END = "."
_TOKEN = re.compile(
    r"(?P<word>[^\W_](?:[^\W_]|['’‘`´@$!*|](?=[^\W_]))*)"
    r"|(?P<end>[.!?…\n;]+)"
    r"|(?P<comma>[,:()\"“”]|\s[-–—]+\s)"
    r"|(?P<picture>[\U0001F300-\U0001FAFF])"
)
_DISGUISES = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "@": "a", "$": "s", "!": "i", "|": "i"}
)
_APOSTROPHES = re.compile(r"['’‘`´]")
# Letters typed one by one ("d i e"); a longer run spells nothing and would only cost time.
LONGEST_SPELLED = 40
_REPEATED = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True)
class Word:
    """One plain word, its character range in the text, and whether a comma or bracket stands before it."""

    text: str
    start: int
    end: int
    after_break: bool = False


@dataclass(frozen=True)
class Normaliser:
    """Turns a text into plain words; the tables come from `data/library/risk/normal.yml`."""

    expand: Mapping[str, Tuple[str, ...]]
    negated: Mapping[str, Tuple[str, ...]]
    near: Mapping[str, Tuple[str, ...]]
    spelled: FrozenSet[str]

    @staticmethod
    def from_data(data: Mapping[str, object]) -> "Normaliser":
        """Read the tables. `near` is grouped by first letter, so that few words need comparing."""
        near: Dict[str, List[str]] = {}
        for word in str(data["near"]).split():
            near.setdefault(word[0], []).append(word)
        return Normaliser(
            expand=_word_lists(data["expand"]),
            negated=_word_lists(data["negated"]),
            near={letter: tuple(words) for letter, words in near.items()},
            spelled=frozenset(str(data["spelled"]).split()),
        )

    def words(self, text: str) -> List[Word]:
        """The plain words of a text, with `.` where a sentence ends (also at the very start and end)."""
        found: List[Word] = [Word(SENTENCE_END, 0, 0)]
        after_break = False
        for match in _TOKEN.finditer(text):
            if match.lastgroup == "comma":
                after_break = True
                continue
            if match.lastgroup == "end":
                if found[-1].text != SENTENCE_END:
                    found.append(Word(SENTENCE_END, match.start(), match.end()))
                continue
            for plain in self._plain(match.group()):
                found.append(Word(plain, match.start(), match.end(), after_break))
                after_break = False
        found = self._join_negations(self._join_letters(found))
        if found[-1].text != SENTENCE_END:
            found.append(Word(SENTENCE_END, len(text), len(text)))
        return found

    def _plain(self, typed: str) -> Tuple[str, ...]:
        lowered = _without_accents(typed.lower())
        with_apostrophe = _APOSTROPHES.sub("'", lowered)
        if with_apostrophe in self.expand:
            return self.expand[with_apostrophe]
        word = _APOSTROPHES.sub("", lowered)
        if not word.isalpha() and not word.isdigit():
            word = self._undisguise(word)
        if len(word) > 3 and _REPEATED.search(word):
            double, single = _REPEATED.sub(r"\1\1", word), _REPEATED.sub(r"\1", word)
            word = double if double in self.spelled else single
        if word in self.expand:
            return self.expand[word]
        return (self._nearest(word),)

    def _undisguise(self, word: str) -> str:
        plain = word.translate(_DISGUISES)
        for candidate in (plain, plain.replace("i", "l"), re.sub("ii", "ll", plain)):
            if candidate in self.spelled or candidate in self.expand:
                return candidate
        if "*" in word:
            shape = re.compile(word.translate(_DISGUISES).replace("*", "."))
            return next((known for known in sorted(self.spelled) if shape.fullmatch(known)), word)
        return word

    def _nearest(self, word: str) -> str:
        known = self.near.get(word[0], ())
        if len(word) < 6 or word in known:
            return word
        return next((right for right in known if one_slip(word, right)), word)

    def _join_letters(self, words: List[Word]) -> List[Word]:
        joined: List[Word] = []
        run: List[Word] = []
        for word in words + [Word(SENTENCE_END, 0, 0)]:
            if (len(word.text) == 1 and word.text.isalnum()) or (
                run and word.text == SENTENCE_END and word.end - word.start == 1
            ):
                run.append(word)
                continue
            joined += self._spelled_out(run)
            run = []
            joined.append(word)
        return joined[:-1]

    def _spelled_out(self, run: List[Word]) -> List[Word]:
        letters = [word for word in run if word.text != SENTENCE_END]
        if not 3 <= len(letters) <= LONGEST_SPELLED:
            return run
        parts = self._split("".join(word.text for word in letters).translate(_DISGUISES))
        if parts is None:
            return run
        return [Word(part, letters[0].start, letters[-1].end) for part in parts]

    def _split(self, letters: str) -> Optional[List[str]]:
        if not letters:
            return []
        for length in range(len(letters), 0, -1):
            if letters[:length] in self.spelled:
                rest = self._split(letters[length:])
                if rest is not None:
                    return [letters[:length], *rest]
        return None

    def _join_negations(self, words: List[Word]) -> List[Word]:
        joined: List[Word] = []
        for word in words:
            before = joined[-1] if joined else None
            if before is not None and word.text == "not" and before.text in self.negated:
                joined[-1:] = [
                    Word(part, before.start, word.end, before.after_break) for part in self.negated[before.text]
                ]
            elif before is not None and word.text == "self" and before.text == "my":
                joined[-1] = Word("myself", before.start, word.end, before.after_break)
            else:
                joined.append(word)
        return joined


def _word_lists(table: object) -> Dict[str, Tuple[str, ...]]:
    if not isinstance(table, dict):
        return {}
    return {str(key): tuple(str(value).split()) for key, value in table.items()}


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


@lru_cache(maxsize=4096)
def one_slip(typed: str, known: str) -> bool:
    """Whether one wrong, missing, extra or swapped letter turns `typed` into `known`."""
    if abs(len(typed) - len(known)) > 1:
        return False
    same = 0
    for left, right in zip(typed, known):
        if left != right:
            break
        same += 1
    typed, known = typed[same:], known[same:]
    return (
        typed[1:] == known[1:]
        or typed[1:] == known
        or typed == known[1:]
        or (typed[:2] == known[:2][::-1] and typed[2:] == known[2:])
    )


def sentence_bounds(words: Iterable[Word]) -> List[Tuple[int, int]]:
    """For each word, the first and one past the last place of its sentence."""
    texts = [word.text for word in words]
    bounds: List[Tuple[int, int]] = []
    start = 0
    for place, text in enumerate(texts):
        if text == SENTENCE_END:
            bounds += [(start, place)] * (place - start) + [(place, place + 1)]
            start = place + 1
    return bounds + [(start, len(texts))] * (len(texts) - start)
