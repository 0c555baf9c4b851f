"""Which technique a message asks for by its name, or by a plain word for it ("journaling")."""

import re
from typing import Dict, List, Sequence

from bot.core.conversation import Level
from bot.core.entries import Technique
from bot.core.guide.turn import Turn, words_of

LONGEST_WISH = 14
_WANTING = re.compile(
    r"^\W*(ok |so |please |and |no |actually |yes )*((can|could|may) (i|we|you)|let'?s|try|do|start)\b|\b(exercise|technique)\b"
    r"|\bi('d| would)? (like|want|love) to (do|try)\b|\b(please|instead)\W*$",
    re.IGNORECASE,
)
# What may stand around a name without saying anything more.
_AROUND = set(
    words_of(
        "a about again an and any bit can could do exercise exercises for from give go going have how i i'd i'll in is it just let"
        " let's lets like love maybe me need no now of ok okay on one please pls practise practice quick rather show so some"
        " something sorry start technique that the then there thing this time to try um uh wait want we what with would yeah yes you"
    )
)


def wishes(text: str) -> bool:
    """Whether a message is worded as a wish for something to do."""
    return bool(_WANTING.search(text.replace("’", "'")))


def named(turn: Turn) -> List[Technique]:
    """The techniques of the longest name in a message that is a wish for it or little more than the name."""
    said = words_of(turn.heard.text)
    if turn.heard.judgement.level >= Level.concern or len(said) > LONGEST_WISH:
        return []
    wished = wishes(turn.heard.text)
    found: Dict[str, Technique] = {}
    longest = 0
    for technique in turn.library.techniques.values():
        for name in (technique.name, *technique.also):
            words = _told_apart(name)
            meant = _only(said, words) or (wished and name == technique.name)
            if meant and len(words) >= longest and _within(said, words):
                found = {technique.id: technique, **(found if len(words) == longest else {})}
                longest = len(words)
    return list(found.values())


def _told_apart(name: str) -> List[str]:
    """The words of a name, without an article in front."""
    words = words_of(name)
    return words[1:] if words[:1] in (["a"], ["the"]) else words


def _within(said: Sequence[str], words: Sequence[str]) -> bool:
    return any(list(said[start : start + len(words)]) == list(words) for start in range(len(said) - len(words) + 1))


def _only(said: Sequence[str], words: Sequence[str]) -> bool:
    return not set(said) - set(words) - _AROUND
