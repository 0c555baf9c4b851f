"""The country, asked for once and never guessed, and the helpline card that goes with it."""

import re
from typing import List, Optional
from unicodedata import combining, normalize

from bot.core.conversation import Level, Reply
from bot.core.entries import Country, Helpline, HelplineKind
from bot.core.guide.turn import Turn
from bot.core.library import Library

# Codes of countries that are English words too, and count only in capitals.
_WORDS = {"no", "in", "is", "it", "at", "be", "my", "me", "so", "to", "am", "as", "by", "do", "id", "ma", "pa"}
# A flag is written with two signs that stand for the letters of the code.
_FIRST_SIGN, _FLAG = 0x1F1E6, re.compile("[\U0001f1e6-\U0001f1ff]{2}")
_LINES = {
    "suicide": HelplineKind.suicide,
    "self_harm": HelplineKind.suicide,
    "abuse": HelplineKind.abuse,
    "violence": HelplineKind.abuse,
    "eating": HelplineKind.eating,
    "medical": HelplineKind.emergency,
}


def named_in(library: Library, text: str) -> Optional[Country]:
    """The country a person names, by code (when it stands alone or in capitals), name, alias or flag."""
    flag = _FLAG.search(text)
    if flag is not None:
        return library.countries.get("".join(chr(ord(sign) - _FIRST_SIGN + ord("A")) for sign in flag[0]))
    said = f" {_plain(text)} "
    for country in library.countries.values():
        if any(f" {_plain(name)} " in said for name in (country.name, *country.aliases)):
            return country
    # Codes come after names: "I AM IN JAPAN" names one country, and "no" none.
    alone = text.strip(" .!")
    code = alone.upper() if alone.lower() not in _WORDS else alone
    typed = {code, *(text.replace(".", " ").split() if not text.isupper() else ())}
    return next((country for country in library.countries.values() if country.code in typed), None)


def _plain(text: str) -> str:
    """The words in lower case and without accents, of whatever script."""
    letters = "".join(sign for sign in normalize("NFKD", text) if not combining(sign))
    return " ".join(re.findall(r"\w+", letters.casefold()))


def lines_for(library: Library, country: Country, kind: Optional[str], minor: bool = False) -> List[Helpline]:
    """The lines of a country for a kind of danger (None: not known which), those for the young first when one is.

    Empty where none is known: a line for something else is no help to somebody who is being hit or is ill.
    """
    wanted = [HelplineKind.youth] * minor + [_LINES.get(kind or "suicide", HelplineKind.suicide)]
    here = [line for line in library.helplines if line.country == country.code and line.kind in wanted]
    return sorted(here, key=lambda line: wanted.index(line.kind))


def change(turn: Turn) -> None:
    """The person names their country, or asks to change it."""
    found = named_in(turn.library, turn.heard.text)
    if found is None:
        turn.say("country.unknown" if turn.state.asked == "country" else "country.ask")
        turn.ask(None if turn.state.asked == "country" else "country")
        return
    turn.state.country = found.code
    # The card asks for the country beside a question about safety, which still waits for its answer.
    if turn.state.asked not in ("safety", "other"):
        turn.ask(None)
    turn.add("country.set", turn.wording("country.set", country=found.name))
    card(turn, turn.state.level_kind)


def card(turn: Turn, kind: Optional[str] = None) -> None:
    """The helpline card. A number is shown only for a country the person named; else the directory of all countries."""
    library, state = turn.library, turn.state
    country = library.countries.get(state.country or "")
    urgent = turn.level is Level.imminent
    lines: List[str] = []
    numbers: List[Helpline] = []
    if country is not None:
        numbers = lines_for(library, country, kind, state.minor)
        emergency = turn.wording("card.emergency", number=country.emergency)
        lines = [
            turn.wording("card.line", name=line.name, reach=line.reach, hours=line.hours or "") for line in numbers
        ]
        lines = [emergency, *lines] if urgent or kind == "medical" else [*lines, emergency]
    else:
        lines.append(turn.wording("card.emergency_unknown"))
    directory = "card.directory" if numbers else "card.directory_all"
    lines.append(turn.wording(directory, address=library.fallback_help))
    if country is None:
        lines.append(turn.wording("card.tell_country"))
        state.country_asked = True
    text = "\n".join(" ".join(line.split()) for line in lines)
    turn.replies.append(Reply("card", text, (), {"card": True, "country": state.country, "urgent": urgent}))
