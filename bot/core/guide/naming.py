"""Which technique a message asks for by its name, or by a plain word for it ("journaling")."""

import re
from functools import cache
from typing import Dict, List, Sequence, Tuple

from bot.core.conversation import Level
from bot.core.entries import Technique
from bot.core.guide.turn import Turn, words_of
from bot.core.library import Library

LONGEST_WISH = 14
# "Thing" is no verb.
SHORTEST_VERB = 5
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
# These stand beside a name in a message, or in a name, without being what it is known by.
_OWN = {"a", "an", "the", "my", "your", "our"}
_HELP_WITH = re.compile(
    r"^\W*(?:(?:ok|okay|hi|hello|hey|so|please|and|but|well)\W+)*(?:(?:(?:can|could|would|will) you )?(?:please )?help me"
    r"|(?:can|could|would|will) you help|i (?:need|want|would like|'d like) (?:some |a bit of |your )?help|i'd like (?:some |your )?help)"
    r" (?:with|to (?:make|plan|do|sort out|set up)|make|plan|do|sort(?: out)?|set up) (?:my|a|the|our|some) (?P<what>[a-z' ]{3,30}?)(?: please| now| today)*\W*$",
    re.IGNORECASE,
)

_ASKS = re.compile(
    r"\b(?:(?:is|are) there|(?:do|have) you (?:have|got|know)|(?:can|could|may) (?:i|we|you)|let'?s|i(?:'d| would)? (?:like|want|need|love)|i'm looking for|(?:give|show) me)\b"
    r"|^\W*(?:please )?(?:an? |some |any )?(?:exercises?|technique|something|anything|relax|loosen|stretch\w*)\b",
    re.IGNORECASE,
)
_FOR_BODY = re.compile(
    r"\b(?:exercises?|technique|something|anything|stretch\w*)\b.{0,24}\bfor (?:my|the|a|an)? ?(?:(?:stiff|tense|tight|sore|aching) )?(?P<part>shoulders?|neck|jaw|back|hands?|arms?|legs?|face|muscles|body)(?: please| now)*\W*$"
    r"|\b(?:relax|loosen|release|unclench|stretch) (?:up )?my (?P<other>shoulders?|neck|jaw|back|hands?|arms?|legs?|face|muscles|body)(?: please| now)*\W*$",
    re.IGNORECASE,
)
_WHICH_ARE = re.compile(
    r"^\W*(?:(?:ok(?:ay)?|so|and|hi|hello|please|well)\W+)*(?:(?:what|which|how many)(?: (?:kinds?|sorts?|types?) of)?(?: other)? (?:exercises|techniques|practices)"
    r"(?: (?:do you (?:have|know|offer)|have you got|are there|can (?:you|i|we) (?:offer|do|try|choose from)|you have|exist|are available))?"
    r"|(?:(?:can|could) you )?(?:please )?(?:list|show me|tell me|name)(?: me)?(?: (?:all|the|your|what|which))* (?:exercises|techniques)(?: you (?:have|offer))?)(?: please| here| for me| then)*\W*$",
    re.IGNORECASE,
)


def wishes(text: str) -> bool:
    """Whether a message is worded as a wish for something to do."""
    return bool(_WANTING.search(text.replace("’", "'")))


def asks_which_there_are(text: str) -> bool:
    """Whether a short message asks which exercises there are."""
    return len(words_of(text)) <= LONGEST_WISH and bool(_WHICH_ARE.search(text.replace("’", "'")))


def _asks_for_body(text: str) -> bool:
    return bool(_FOR_BODY.search(text) and _ASKS.search(text.replace("’", "'")))


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
    return list(found.values()) or _named_loosely(turn.library, said, asked)


def helped_with(turn: Turn) -> List[Technique]:
    """The techniques for what a message asks help with ("can you help me with my budget")."""
    if turn.heard.judgement.level < Level.concern and _asks_for_body(turn.heard.text):
        # Muscles are asked for: what tightens or softens them, whatever part it is.
        return [one for one in turn.library.techniques.values() if "relaxation" in one.also]
    found = _HELP_WITH.search(turn.heard.text.replace("’", "'"))
    what = _loosely(words_of(found["what"])) if found and turn.heard.judgement.level < Level.concern else ()
    return [
        technique
        for technique in turn.library.techniques.values()
        if what and any(_loosely(words_of(name)) == what for name in (technique.name, *technique.also))
    ]


def _named_loosely(library: Library, said: Sequence[str], asked: bool) -> List[Technique]:
    """The technique whose full name a message gives in other forms of its words ("sort my money worries")."""
    if set(said) & _TELLING and not asked:
        return []
    plain, around = _loosely(said), set(_loosely(sorted(AROUND)))
    return [
        technique
        for technique in library.techniques.values()
        if set(plain) - around <= set(_loosely(words_of(technique.name)))
        and len(_loosely(words_of(technique.name))) > 1
        and _within(plain, _loosely(words_of(technique.name)))
    ]


def is_exact_wish(library: Library, text: str) -> bool:
    """Whether a message is the full name of an exercise, by itself or within a wish for it, and not a word more."""
    said = words_of(text)
    names = [words_of(technique.name) for technique in library.techniques.values()]
    if said in names:
        return True
    if len(said) > LONGEST_WISH or not wishes(text):
        return False
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


def _loosely(words: Sequence[str]) -> Tuple[str, ...]:
    """Words without articles, whose they are, and the endings of a verb."""
    bare = (word.removesuffix("ing") if len(word) > SHORTEST_VERB else word for word in words if word not in _OWN)
    return tuple(word.removesuffix("e") for word in bare)


def _within(said: Sequence[str], words: Tuple[str, ...]) -> bool:
    return any(tuple(said[start : start + len(words)]) == words for start in range(len(said) - len(words) + 1))
