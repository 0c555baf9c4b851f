"""Until when something holds, in a person's words: "for a week", "until Friday", "till 12 March"."""

import re
from calendar import monthrange
from datetime import date, datetime, time, timedelta
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from bot.core.guide.turn import NUMBER_WORDS, words_of

LAST_MINUTE = time(23, 59)
# Whoever says until when says little else.
LONGEST_TEXT = 300
_COUNTED = NUMBER_WORDS[1:]
_NUMBERS: Dict[str, float] = {name: value for value, name in enumerate(_COUNTED, 1)}
_NUMBERS.update({"a": 1, "an": 1, "half a": 0.5, "half an": 0.5, "couple": 2, "couple of": 2, "few": 3})
_DAYS_OF = {"day": 1, "night": 1, "week": 7, "fortnight": 14, "month": 30, "year": 365}
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_COUNT = rf"(?:\d{{1,3}}|half an?|(?:a )?(?:couple of|couple|few)|an?|{'|'.join(_COUNTED)})"
_FOR = rf"(?P<count>{_COUNT}) (?:more )?(?P<unit>hour|day|night|week|fortnight|month|year)s?(?! ago\b|'s\b)"
_WEEKDAY = rf"(?:(?:this|next|the coming|coming) )?(?P<weekday>{'|'.join(_WEEKDAYS)}|mon|tues?|wed|thurs?|fri|sat|sun)"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ONE_DAY = (
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})",
    r"(?P<one>\d{1,2})[./](?P<other>\d{1,2})(?:[./](?P<short>\d{4}|\d{2}))?",
    rf"(?:the )?{_DAY} (?:of )?{_MONTH}(?: (?P<year>\d{{4}}))?",
    rf"{_MONTH} (?:the )?{_DAY}(?: (?P<year>\d{{4}}))?",
    r"the (?P<alone>\d{1,2})(?:st|nd|rd|th)",
    r"(?P<near>today|tonight|tomorrow|the day after tomorrow)",
    r"(?:the )?end of (?:the |this )?(?P<end>week|month)",
    _WEEKDAY,
)
_UNTIL = r"(?:until|till|til|up to|through|by)"
# "The one I wrote on Friday" has no end in it, "stop sharing on Friday" has.
_ENDS = r"(?:(?<=sharing )|(?<=end )|(?<=ends )|(?<=stop )|(?<=it ))(?:on|in|after)"
_LEADS = r"(?:(?:only|just|but|and|no|not|longer|more|than|at|the|most|maximum|max|about|next|coming) )*"
_FOR_LEADS = rf"\b{_LEADS}(?:for|within|up to|only|just|than|most|maximum|max|it|{_ENDS}) {_LEADS}"
_PHRASES = [
    *(re.compile(rf"\b{_LEADS}(?:{_UNTIL}|{_ENDS}) {form}\b") for form in _ONE_DAY),
    re.compile(rf"(?:{_FOR_LEADS}|^){_FOR}\b"),
]
# An end is meant, also where its day cannot be read: "until my appointment", "only for a while".
_MEANT = re.compile(
    rf"\b{_UNTIL} (?!now\b|here\b|this\b)\S.*$|\b(?:only|just|not) for (?:a |so )?(?:while|bit|long|short time|moment|time)\b"
)


class Phrase(NamedTuple):
    """The words that say until when, by what they stand for (none: they cannot be read), and the message without them."""

    said: Dict[str, str]
    rest: str


def phrase(text: str) -> Optional[Phrase]:
    """The part of a message that says until when, also where it cannot be read; None when there is none."""
    if len(text) > LONGEST_TEXT:
        return None
    said = _plain(text)
    for pattern in (*_PHRASES, _MEANT):
        found = pattern.search(said)
        if found:
            rest = f"{said[: found.start()]} {said[found.end() :]}"
            return Phrase({name: value for name, value in found.groupdict().items() if value}, " ".join(rest.split()))
    return None


def moment(found: Phrase, now: datetime) -> Optional[datetime]:
    """When it ends, read the earlier way where there are two; None when that cannot be read or has passed.

    A day ends with its last minute, in the time zone of `now`.
    """
    said = found.said
    ends = [_after(said, now)] if "unit" in said else [_end_of(day, now) for day in _days(said, now.date())]
    return min((end for end in ends if end > now), default=None)


def in_words(end: datetime) -> str:
    """A moment as it is said, with its time zone."""
    return f"{end:%A}, {end.day} {end:%B %Y}, {end:%H:%M} {end:%Z}"


def _plain(text: str) -> str:
    # Dates with slashes, dots and hyphens stay whole; everything else is words.
    parts = re.findall(r"\d+(?:[./-]\d+)+|[^\s]+", text)
    return " ".join(
        part if re.fullmatch(r"\d+(?:[./-]\d+)+", part) else " ".join(words_of(part)) for part in parts
    ).strip()


def _after(said: Dict[str, str], now: datetime) -> datetime:
    name = said["count"].removeprefix("a ")
    count = int(name) if name.isdigit() else _NUMBERS[name]
    return now + (timedelta(hours=count) if said["unit"] == "hour" else timedelta(days=count * _DAYS_OF[said["unit"]]))


def _end_of(day: date, now: datetime) -> datetime:
    return datetime.combine(day, LAST_MINUTE, now.tzinfo)


def _days(said: Dict[str, str], today: date) -> Iterator[date]:
    """The days that may be meant."""
    if "near" in said:
        ahead = {"today": 0, "tonight": 0, "tomorrow": 1}.get(said["near"], 2)
        yield today + timedelta(days=ahead)
    elif "end" in said:
        of_month = date(today.year, today.month, monthrange(today.year, today.month)[1])
        yield today + timedelta(days=6 - today.weekday()) if said["end"] == "week" else of_month
    elif "weekday" in said:
        place = [name[:3] for name in _WEEKDAYS].index(said["weekday"][:3])
        yield today + timedelta(days=(place - today.weekday() - 1) % 7 + 1)
    elif "iso" in said:
        yield from _valid(*map(int, said["iso"].split("-")))
    elif "alone" in said:
        later = today.replace(day=1) + timedelta(days=31)
        yield from _coming(int(said["alone"]), [(today.year, today.month), (later.year, later.month)], today)
    elif "one" in said:
        one, other = int(said["one"]), int(said["other"])
        years = _years(said.get("short"), today)
        for day, month in {(one, other), (other, one)}:
            yield from _coming(day, [(year, month) for year in years], today)
    elif "month" in said:
        month = [name[:3] for name in _MONTHS].index(said["month"][:3]) + 1
        yield from _coming(int(said["day"]), [(year, month) for year in _years(said.get("year"), today)], today)


def _years(said: Optional[str], today: date) -> List[int]:
    if said is None:
        return [today.year, today.year + 1]
    return [int(said) + (2000 if len(said) == 2 else 0)]


def _coming(day: int, months: Sequence[Tuple[int, int]], today: date) -> Iterator[date]:
    """The first of these days that has not passed."""
    valid = [found for year, month in months for found in _valid(year, month, day) if found >= today]
    yield from valid[:1]


def _valid(year: int, month: int, day: int) -> Iterator[date]:
    try:
        yield date(year, month, day)
    except ValueError:
        return
