"""Which technique a message asks for by its name, or by a plain word for it ("journaling")."""

import re
from functools import cache
from typing import Dict, List, Sequence, Tuple

from bot.core.conversation import Level
from bot.core.entries import Technique
from bot.core.guide.turn import Turn, words_of
from bot.core.library import Library

LONGEST_WISH = 14
_WANTING = re.compile(
    r"^\W*(ok |so |please |and |no |actually |yes )*((can|could|may) (i|we|you)|let'?s|try|do|start)\b|\b(exercise|technique)\b"
    r"|\bi('d| would)? (like|want|love) to (do|try)\b|\b(please|instead)\W*$",
    re.IGNORECASE,
)
_ASKING_FOR = re.compile(
    r"^\W*((ok|okay|so|yes|no|well|maybe|um+)\W+)*((give|show) me|(how|what) about|i('d| would) (like|love)|i (want|need))\b(?! to\b)",
    re.IGNORECASE,
)
# What may stand around a name without saying anything more.
AROUND = set(
    words_of(
        "a about again an and any back bit can carry continue could do exercise exercises finish for from give go going have how i i'd"
        " i'll in is it just let let's lets like love maybe me need no now of ok okay on one please pls practise practice quick rather"
        " resume return show so some something sorry start technique that the then there thing this time to try um uh wait want we"
        " what with would yeah yes you"
    )
)
# With these a plain word may be told and not asked for ("I have values").
_TELLING = set(words_of("i i'd i'll have is it need no that there time to love like we you what in"))


def wishes(text: str) -> bool:
    """Whether a message is worded as a wish for something to do."""
    return bool(_WANTING.search(text.replace("’", "'")))


def named(turn: Turn) -> List[Technique]:
    """The techniques of the longest name in a message that is a wish for it or little more than the name."""
    said = words_of(turn.heard.text)
    rest = set(said) - AROUND
    if turn.heard.judgement.level >= Level.concern or len(said) > LONGEST_WISH:
        return []
    wished = wishes(turn.heard.text)
    asked = wished or bool(_ASKING_FOR.search(turn.heard.text.replace("’", "'")))
    found: Dict[str, Technique] = {}
    longest = 0
    for technique in turn.library.techniques.values():
        for name in (technique.name, *technique.also):
            words = _told_apart(name)
            told = name != technique.name and not asked and set(said) & _TELLING - set(words)
            meant = (rest <= set(words) and not told) or (wished and name == technique.name)
            if meant and len(words) >= longest and _within(said, words):
                found = {technique.id: technique, **(found if len(words) == longest else {})}
                longest = len(words)
    return list(found.values())


def is_exact_wish(library: Library, text: str) -> bool:
    """Whether a message is the full name of an exercise within a wish for it, and not a word more."""
    said = words_of(text)
    if len(said) > LONGEST_WISH or not wishes(text):
        return False
    names = [words_of(technique.name) for technique in library.techniques.values()]
    return any(
        said[start : start + len(name)] == name and not set(said[:start] + said[start + len(name) :]) - AROUND
        for name in names
        for start in range(len(said) - len(name) + 1)
    )


@cache
def _told_apart(name: str) -> Tuple[str, ...]:
    """The words of a name, without an article in front."""
    words = tuple(words_of(name))
    return words[1:] if words[:1] in (("a",), ("the",)) else words


def _within(said: Sequence[str], words: Tuple[str, ...]) -> bool:
    return any(tuple(said[start : start + len(words)]) == words for start in range(len(said) - len(words) + 1))
