"""Dates as people write them with the name of a month: "3 March 1985", "May 2nd", "the third of march"."""

import re

_SURE_MONTH = (
    r"(?i:jan(?:uary)?|feb(?:ruary)?|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    r"|dec(?:ember)?)"
)
_MONTH = rf"(?:{_SURE_MONTH}|March|MARCH|Mar|May|MAY)(?:\.|\b)"
# In small letters these are verbs too, and mean a month only where nothing else can be meant.
_MONTH_OR_VERB = r"(?:march|mar|may)\b"
_DAY_NAMES = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth thirtieth"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?![\w:])|(?i:(?:(?:twenty|thirty)[ -])?(?:{'|'.join(_DAY_NAMES.split())}))\b)"
_YEAR = r"(?:,?\s+(?:of\s+)?(?:\d{4}|['’]\d{2}|[3-9]\d)(?![\w:]))"
_NO_MORE = r"(?=\s*(?:[.,;!?)]|$))"
DATE = re.compile(
    rf"\b{_DAY}(?:\s+of)?\s+{_MONTH}{_YEAR}?|\b{_MONTH}\s+(?:the\s+)?{_DAY}{_YEAR}?|\b{_MONTH},?\s+(?:of\s+)?\d{{4}}\b"
    rf"|\b(?:{_DAY}\s+of|\d{{1,2}}(?:st|nd|rd|th))\s+{_MONTH_OR_VERB}{_YEAR}?"
    rf"|\b\d{{1,2}}\s+{_MONTH_OR_VERB}(?:{_YEAR}|{_NO_MORE})|\b{_MONTH_OR_VERB}\s+\d{{4}}\b"
    rf"|\b{_MONTH_OR_VERB}\s+\d{{1,2}}(?:(?:st|nd|rd|th)\b{_YEAR}?|{_YEAR}|{_NO_MORE})"
)
