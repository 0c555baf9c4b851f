"""Whether a word is spelt as it stands in the encoder's word list, so that nobody's typos are read back to them."""

import json
import re
from functools import lru_cache
from typing import FrozenSet

from bot.core.encoder import SHIPPED

_ENDINGS = ("s", "es", "d", "ed", "ing", "ly", "er")
# Verbs and pronouns written without their apostrophe.
_SHORTENED = re.compile(
    r"(?:do|ca|wo|did|does|is|was|were|have|has|had|could|would|should|are)nt|i(?:ve|d|ll)|(?:you|they|we)(?:ve|re|d|ll)|(?:he|she|that|what)s"
)


def is_known(word: str) -> bool:
    """Whether a word is known as written; names and whatever else has a capital always are."""
    if word[:1].isupper() or not word.isascii() or not any(character.isalpha() for character in word):
        return True
    parts = word.lower().replace("'", "-").split("-")
    return bool(_SHORTENED.fullmatch(word.lower())) or all(_in_list(part) for part in parts)


def _in_list(word: str) -> bool:
    known = _words()
    return not word or word in known or any(word.endswith(end) and word[: -len(end)] in known for end in _ENDINGS)


@lru_cache(maxsize=1)
def _words() -> FrozenSet[str]:
    with (SHIPPED / "tokenizer.json").open(encoding="utf-8") as file:
        return frozenset(piece for piece in json.load(file)["model"]["vocab"] if not piece.startswith("##"))
