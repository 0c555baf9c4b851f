"""Names that people give in a known form, and every place where one of them or a part of it stands."""

import re
from functools import lru_cache
from hashlib import blake2b
from typing import Collection, Dict, Iterable, List, Pattern, Set, Tuple

from bot.core.review.plain_words import is_plain

_PARTICLE = r"(?:van|von|der|den|de|del|della|da|di|dos|du|la|le|bin|ibn|al|el|ter|ten|zu)"
_NO_NAME = (
    r"(?i:i|and|but|not|so|when|if|on|at|back|later|a|an|the|in|under|by|out|up|to|for|it|that|what|whatever|always|never|still"
    r"|just|really|very|too|okay|ok|thanks|please|sorry|here|today|tomorrow|tonight|now|anytime|again|though|actually|btw|lol"
    r"|he|she|they|we|you|my|your|his|her|their|our|is|was|are|has|had|says|said|who|which|how|why|where|this|there|then|as"
    r"|because|since|no|yes|also|even|or|with|i['’]\w+"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|christmas|easter|god"
    r"|january|february|march|july|september|october|november|december)"
)
_CAPITAL = rf"(?!{_NO_NAME}\b)[^\W\d_a-zß-öø-ÿ](?:[\w-]|['’](?!s\b))*"
_WORD = rf"(?!{_NO_NAME}\b)[^\W\d_](?:[\w-]|['’](?!s\b))+"
_MORE = rf"(?:\s+(?:{_PARTICLE}\s+)*{_CAPITAL})"
# In small letters a second word is a surname only where nothing follows it.
_AFTER = rf"(?:{_MORE}{{1,3}}|\s+{_WORD}(?=\s*(?:[.,;:!?)\n]|$)|\s+(?:and|but)\b))?"
_OWN = re.compile(
    rf"\b(?:[Mm]y (?:full |first |last )?name(?: is|['’]?s)|[Cc]all me|[Ii]['’]?m called)\s+(?P<name>{_WORD}{_AFTER})"
)
# Anything may follow these: it is a name where it has a capital and is no word of the language.
_MAYBE = re.compile(
    rf"(?:\b(?:[Ii]['’]?m|[Ii] am)|(?:^|[.!?\n]\s*|\b[Hh](?:i|ello|ey)\b[,.! ]*)[Tt]his is)\s+(?P<name>{_CAPITAL}{_MORE}{{0,3}})"
)
_SHORT_TITLES = "mr|mrs|ms|mx|dr|prof|rev|mme|mlle|sr|sra|srta|hr|dott|ing|mag"
_LONG_TITLES = (
    "miss|madam|sir|dame|lord|lady|doctor|professor|reverend|father|mother|sister|brother|pastor|rabbi|imam|judge|officer"
    "|captain|sergeant|nurse|coach|aunt|auntie|aunty|uncle|grandma|grandpa|granny|frau|herr|herrn|fräulein|doktor|monsieur"
    "|madame|mademoiselle|señor|señora|señorita|senor|senora|senorita|doña|signor|signore|signora|signorina|dottore"
    "|dottoressa|professore|professoressa|senhor|senhora|dona|doutor|doutora|meneer|mevrouw|mijnheer|juffrouw|fru|pan|pani"
    "|gospodin|gospođa|tante|onkel|tía|tío"
)
_TITLES = frozenset(f"{_SHORT_TITLES}|{_LONG_TITLES}".split("|"))
_WORDS = re.compile(r"\w+")
_LETTERS = re.compile(r"[^\W\d_]+")
_TITLED = re.compile(
    rf"\b(?i:(?:{_SHORT_TITLES})\b\.?|(?:{_LONG_TITLES})\b)\s+(?P<name>{_CAPITAL}(?:\s+(?:{_PARTICLE}\s+)*{_CAPITAL})?)"
    rf"|\b(?i:mrs?)\b\.?\s+(?P<small>{_WORD})"
)
# These are words too: as a part of a name they are hidden only where they are written with a capital.
_WORDS_TOO = (
    "will may mark grace hope joy rose faith art bill rob sue pat dawn june april august summer amber ruby jack frank drew"
    " chase grant miles wade young king long short white black brown green grey gray day best good love little small rich"
    " wise stone wood woods hill field rivers banks park case church cook baker hunt page price bush fox wolf bird lamb rice"
    " west north east bell ball bond carter cross dale dean early fisher ford fields glass gold hall hand hard head heart"
    " house just lane law light low major mason max more moon noble pope power rain reed sharp silver snow sparks star"
    " strong swift walker ward waters weeks winter worth so my an in do"
)
_AMBIGUOUS = set(_WORDS_TOO.split())


def said(texts: Iterable[str]) -> Tuple[str, ...]:
    """Names given in these texts, in full as they were given: one's own, and others' with a title."""
    return tuple(sorted({text[start:end] for text in texts for start, end in places_given(text)}))


def places_given(text: str) -> List[Tuple[int, int]]:
    """Where a text gives a name."""
    given = [match.span("name") for match in _OWN.finditer(text)]
    # Few texts have a title, and to look for so many at every word takes long.
    if not _TITLES.isdisjoint(_LETTERS.findall(text.lower())):
        given += [match.span("name" if match["name"] else "small") for match in _TITLED.finditer(text)]
    return given + [match.span("name") for match in _MAYBE.finditer(text) if not _in_the_language(match["name"])]


def _in_the_language(name: str) -> bool:
    """Whether what follows "I'm" says what somebody is, and not who. In a script without capitals nobody can tell."""
    return not name[0].isupper() or is_plain(re.split(r"[\s-]", name)[0])


@lru_cache(maxsize=64)
def anywhere(names: Tuple[str, ...]) -> Pattern[str]:
    """What finds these names and the parts of them, in any case and never inside a word. `names` is not empty."""
    any_case, as_written = _forms(names)
    return re.compile(rf"\b(?:(?i:{_either(any_case)})|{_either(as_written)})\b")


def marks_of(names: Collection[str], key: str) -> Set[str]:
    """What finds these names again in other texts without holding them: how many words each form has, and a hash of it.

    The hash is short on purpose: of all words so many have the same that nobody can tell which one was meant.
    """
    any_case, as_written = _forms(names)
    return {_mark(_words(form), key) for form in {form.lower() for form in any_case} | as_written}


def found_again(texts: Iterable[str], marks: Collection[str], key: str) -> Set[str]:
    """What these texts hold of the names that the marks were made of, with the same key."""
    sizes = {int(mark.split(":")[0]) for mark in marks}
    seen: Dict[Tuple[str, ...], str] = {}
    for text in texts:
        words = list(_WORDS.finditer(text))
        for size in sizes:
            for place in range(len(words) - size + 1):
                here = words[place : place + size]
                seen[tuple(word.group() for word in here)] = text[here[0].start() : here[-1].end()]
    return {
        shown
        for words, shown in seen.items()
        if _mark(words, key) in marks or _mark([word.lower() for word in words], key) in marks
    }


def _forms(names: Collection[str]) -> Tuple[Set[str], Set[str]]:
    """The names and their parts: those meant in any case, and those meant only as they are written here."""
    parts = {part for name in names for part in re.split(r"[\s-]+", name) if len(part) > 1}
    doubted = {part for part in parts if part.lower() in _AMBIGUOUS or is_plain(part)}
    plain = {part for part in parts - doubted if not re.fullmatch(_PARTICLE, part.lower())}
    doubtful = {form for part in doubted for form in (part.capitalize(), part.upper())}
    whole = {name for name in names if name not in doubted and name.lower() not in _AMBIGUOUS}
    return whole | plain, doubtful


def _words(text: str) -> List[str]:
    return _WORDS.findall(text)


def _mark(words: Collection[str], key: str) -> str:
    return f"{len(words)}:{blake2b(' '.join(words).encode(), key=key.encode(), digest_size=2).hexdigest()}"


def _either(words: Iterable[str]) -> str:
    # The longest first; where there are none, what matches nothing.
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word))) or r"(?!)"
