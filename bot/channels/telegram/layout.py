"""How a reply looks in Telegram: texts in parts that fit, buttons in rows."""

import re
from typing import Iterator, List, Sequence

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

MAX_UNITS = 4096
ROW_CHARACTERS = 32

_SENTENCE = re.compile(r".+?(?:[.!?…]+[\"'”’)]*\s+|\n+|$)", re.DOTALL)
_WORD = re.compile(r"\S+\s*|\s+")


def split(text: str, limit: int = MAX_UNITS) -> List[str]:
    """A text in parts of at most `limit` UTF-16 units, as Telegram counts; cut between sentences if possible."""
    parts: List[str] = []
    current = ""
    for piece in _pieces(text, limit):
        if current and _units((current + piece).rstrip()) > limit:
            parts.append(current.strip())
            current = ""
        current += piece
    return [part for part in [*parts, current.strip()] if part]


def keyboard(prefix: str, titles: Sequence[str]) -> InlineKeyboardMarkup:
    """Buttons whose ids are `prefix` and their place: far below Telegram's 64 bytes, whatever the titles."""
    rows: List[List[InlineKeyboardButton]] = []
    room = 0
    for place, title in enumerate(titles):
        button = InlineKeyboardButton(title, callback_data=f"{prefix}:{place}")
        room -= len(title) + 2
        if room < 0:
            rows.append([])
            room = ROW_CHARACTERS - len(title)
        rows[-1].append(button)
    return InlineKeyboardMarkup(rows)


def _pieces(text: str, limit: int) -> Iterator[str]:
    """Sentences; words where a sentence is longer than the limit; characters where a word is."""
    for sentence in _SENTENCE.findall(text):
        if _units(sentence) <= limit:
            yield sentence
            continue
        for word in _WORD.findall(sentence):
            if _units(word) <= limit:
                yield word
            else:
                # A character takes at most two units.
                yield from (word[start : start + limit // 2] for start in range(0, len(word), limit // 2))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
