"""Which of several things a message chooses, by name or by place."""

from typing import List, Optional, Sequence, Tuple

from bot.core.guide.turn import words_of

_ORDINALS = (("first", "former"), ("second", "latter"), ("third",), ("fourth",))
# What may follow "the first" where it chooses; "the first time" tells of something.
_AFTER_ORDINAL = set(
    words_of(
        "one please option exercise choice no wait not i i'd i'll then would sounds seems is maybe or and but thanks instead"
    )
)
_AROUND_DIGIT = {"the", "option", "number", "no", "please", "ok", "yes", "um", "maybe"}
LONGEST_ORDINAL = 7


def chosen_last(text: str, names: Sequence[str], ordinals: bool = True) -> Optional[int]:
    """The place of the one of `names` that a message names last, in full or as "the second"; "not the first" names none."""
    said = words_of(text)
    best: Tuple[int, int, Optional[int]] = (-1, 0, None)
    for place, name in enumerate(names):
        for start, length in (*_places(said, words_of(name)), *(_places_of_ordinal(said, place) if ordinals else ())):
            if "not" not in said[max(0, start - 2) : start]:
                best = max(best, (start, length, place), key=lambda one: one[:2])
    return best[2]


def _places(said: Sequence[str], sign: Sequence[str]) -> List[Tuple[int, int]]:
    """Where some words stand one after the other, and how many they are."""
    starts = range(len(said) - len(sign) + 1 if sign else 0)
    return [(start, len(sign)) for start in starts if list(said[start : start + len(sign)]) == list(sign)]


def _places_of_ordinal(said: Sequence[str], place: int) -> List[Tuple[int, int]]:
    if len(said) > LONGEST_ORDINAL:
        return []
    followed = [*said[1:], "please"]
    found = [
        (start, 1)
        for start, (word, after) in enumerate(zip(said, followed, strict=True))
        if word in _ORDINALS[place] and after in _AFTER_ORDINAL
    ]
    alone = [word for word in said if word not in _AROUND_DIGIT]
    if alone == [str(place + 1)] or (place == 1 and alone in (["other"], ["other", "one"])):
        found.append((0, 1))
    return found
