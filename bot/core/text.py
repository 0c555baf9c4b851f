"""What can be read off a text without any model: cleaning, sentences, clauses, the phrase to quote (spaCy, blank English)."""

import re
import string
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Callable, List, Sequence, Tuple

import spacy
from spacy.language import Language
from spacy.tokens import Doc, Span

MAX_CHARACTERS = 4000
QUOTE_WORDS = 12

_CONTROL = {code: " " for code in range(32) if chr(code) not in "\n\t"}
_CONTROL.update(
    {code: None for code in [*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF, 0x7F]}
)
_STRAIGHT = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "..."})
_CLAUSE_BREAKS = {
    "and",
    "but",
    "because",
    "then",
    "when",
    "while",
    "although",
    "though",
    "since",
    "which",
    "or",
    "cause",
    "cuz",
    "bc",
}
_WEAK_ENDS = set(
    [
        "and",
        "but",
        "or",
        "so",
        "because",
        "the",
        "a",
        "an",
        "my",
        "your",
        "our",
        "their",
        "if",
        "than",
        "even",
        "who",
        "which",
        "that",
        "as",
        "when",
        "while",
    ]
)
# "when she calls I say yes" without its first word says something else.
_MEANINGFUL_STARTS = {"when", "while", "since"}
# Says that something was told or thought, and not what.
_UNFINISHED = re.compile(
    r"(?:\b(?:told|tell|tells|asked|ask|asks)(?: (?:him|her|them|me|us|everyone|people|(?:my|the|our) \w+))?"
    r"|\b(?:said|says?|think|thought|thinks|knew|realised|realized|noticed|wonder|wondered|means?)|\bbetween(?! .* and ).*)$",
    re.IGNORECASE,
)
_FILLERS = {
    "so",
    "hey",
    "hi",
    "hello",
    "yeah",
    "ok",
    "okay",
    "um",
    "uh",
    "honestly",
    "basically",
    "actually",
    "idk",
    "just",
}
_WEAK_STARTS = (
    (_CLAUSE_BREAKS - _MEANINGFUL_STARTS) | _FILLERS | {",", "also", "like", "well", "anyway", "plus", "that"}
)
_WEAK_PAIRS = {("i", "guess"), ("i", "mean"), ("you", "know"), ("i", "suppose")}


_LONG_ROW = re.compile(r"[^\w\s]{40,}\Z")


@lru_cache(maxsize=1)
def nlp() -> Language:
    """The shared spaCy pipeline: English tokens and sentences; needs no downloaded model."""
    pipeline = spacy.blank("en")
    # Taken apart from its end mark by mark, a row of thousands would take seconds.
    pipeline.tokenizer.token_match = _LONG_ROW.match
    pipeline.add_pipe("interlude_sentences")
    return pipeline


@Language.component("interlude_sentences")  # type: ignore[untyped-decorator]
def _sentences(doc: Doc) -> Doc:
    """Sentence starts after ., !, ?, ... and line breaks; typed text often has nothing else."""
    start = True
    for token in doc:
        token.is_sent_start = start
        follows = token.i + 1 < len(doc)
        start = follows and (
            "\n" in token.text
            or (token.text[-1] in ".!?" and not token.like_num and doc[token.i + 1].text[0] not in ".!?\"')")
            or (token.text in "\"')" and token.i > 0 and doc[token.i - 1].text[-1] in ".!?")
        )
    return doc


def clean(text: str) -> str:
    """The text as everything after this sees it: NFC, no control or invisible characters, straight quotes, no leading slashes.

    A leading slash is how a Rasa client names an intent; a person's words must never be taken for one.
    """
    visible = unicodedata.normalize("NFC", text).translate(_CONTROL)
    return visible.lstrip("/" + string.whitespace).rstrip()


def plain(text: str) -> str:
    """Cleaned and with typographic quotes and dashes made plain, for matching."""
    return clean(text).translate(_STRAIGHT)


def sentences(text: str) -> List[str]:
    """The sentences of a text, without surrounding blanks; empty for an empty text."""
    return [span.text.strip() for span in nlp()(plain(text)).sents if span.text.strip()]


@dataclass(frozen=True)
class Clause:
    """A part of a text that says one thing: its words, and where they stand (character offsets)."""

    text: str
    start: int
    end: int


def clauses(text: str) -> List[Clause]:
    """The clauses of a text: sentences cut at commas, semicolons and connecting words."""
    found: List[Clause] = []
    doc = nlp()(text)
    for sentence in doc.sents:
        start = sentence.start
        for token in sentence:
            within_a_word = token.text == "-" and token.i > 0 and not doc[token.i - 1].whitespace_
            at_break = (token.text in {",", ";", ":", "-", "–", "—", "(", ")", "..."} and not within_a_word) or (
                token.lower_ in _CLAUSE_BREAKS
                and token.i - start >= 3
                and not _joins_a_pair(doc[start : token.i], token.lower_)
            )
            if at_break and token.i > start:
                _add_clause(found, doc[start : token.i])
                start = token.i if token.lower_ in _CLAUSE_BREAKS else token.i + 1
        if start < sentence.end:
            _add_clause(found, doc[start : sentence.end])
    return found


def _joins_a_pair(before: Span, word: str) -> bool:
    """Whether an "and" belongs to a "between" ("between me and my brother")."""
    said = [token.lower_ for token in before]
    return word == "and" and "between" in said and "and" not in said[said.index("between") :]


def _add_clause(found: List[Clause], span: Span) -> None:
    text = span.text.strip()
    if any(character.isalnum() for character in text):
        offset = span.start_char + (len(span.text) - len(span.text.lstrip()))
        found.append(Clause(text, offset, offset + len(text)))


def quote(text: str, weight: Callable[[str], float], forbidden: Sequence[Tuple[int, int]] = ()) -> str:
    """A phrase of the person's own, 2 to 12 words: the sentence or clause with the greatest `weight`; empty when there is none.

    A sentence goes before its own clauses, and nothing is cut off in the middle to make it fit. Nothing is taken that overlaps a `forbidden` character range (words that raised the risk level).
    """
    best, best_weight = "", 0.0
    for clause in [*_whole_sentences(text), *clauses(text)]:
        if any(clause.start < end and start < clause.end for start, end in forbidden):
            continue
        phrase = _trim(clause.text)
        whole = 2 <= len(phrase.split()) <= QUOTE_WORDS and not _UNFINISHED.search(phrase)
        if whole and weight(phrase) > best_weight:
            best, best_weight = phrase, weight(phrase)
    return best


def _whole_sentences(text: str) -> List[Clause]:
    found: List[Clause] = []
    for sentence in nlp()(text).sents:
        _add_clause(found, sentence)
    return found


def _trim(phrase: str) -> str:
    parts = phrase.strip(" \n\t.,;:!?\"'()-").split()
    while parts:
        if parts[0].lower().strip(",") in _WEAK_STARTS:
            parts = parts[1:]
        elif tuple(part.lower().strip(",") for part in parts[:2]) in _WEAK_PAIRS:
            parts = parts[2:]
        else:
            break
    while parts and parts[-1].lower() in _WEAK_ENDS:
        parts = parts[:-1]
    return " ".join(parts).strip(" .,;:!?\"'()-")


_LETTERS = re.compile(r"[^\W\d_]")


def has_words(text: str) -> bool:
    """Whether there is any letter or digit to read."""
    return any(character.isalnum() for character in text)


def share_of_latin(text: str) -> float:
    """Share of letters that are Latin, 0 to 1; 1 when there are no letters."""
    letters = _LETTERS.findall(text)
    if not letters:
        return 1.0
    return sum("LATIN" in unicodedata.name(letter, "") for letter in letters) / len(letters)
