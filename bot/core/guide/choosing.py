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
# What a message may hold besides "the second" and still do nothing but choose.
_BESIDE = set(
    words_of(
        "a actually after all and better can changed choice choose could do exercise for go good great hang have hm hmm hold i i'd"
        " i'll i've instead let let's lets like love maybe me mean meant mind my nah no nope not now number oh ok okay on one option"
        " please pick prefer rather sorry so start take thank thanks that that's the then to try uh um us wait want wanted we well"
        " will with would yeah yes you"
    )
)
_POINTS, _NUMBERED = {"the", "option", "number", "that"}, {"option", "number"}
_DIGITS = (("1", "one"), ("2", "two"), ("3", "three"), ("4", "four"))
LONGEST_BARE = 12


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


def bare_place(text: str, count: int, current: int = 0) -> Optional[int]:
    """The place among `count` things of a message that does nothing but choose ("no wait, the first"); the last one named.

    "The other one" is, of two, the one that is not `current`.
    """
    said = words_of(text)
    ordinals = {word: place for place in range(count) for word in _ORDINALS[place]}
    numbered = {word: place for place in range(count) for word in _DIGITS[place]}
    if len(said) > LONGEST_BARE or any(word not in _BESIDE | ordinals.keys() | {"other", *numbered} for word in said):
        return None
    found: Optional[int] = None
    for start, word in enumerate(said):
        before, after, place = said[max(0, start - 2) : start], said[start + 1 : start + 2], None
        if word in ordinals and (_POINTS & set(before[-1:]) or after in (["one"], ["option"]) or len(said) == 1):
            place = ordinals[word]
        elif word in numbered and _NUMBERED & set(before[-1:]):
            place = numbered[word]
        elif word == "other" and before[-1:] == ["the"] and count == 2:
            place = 1 - current
        if place is not None and "not" not in before:
            found = place
    return found
