"""Partial redaction: addresses, numbers and names that follow a known pattern. It is never anonymisation."""

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, Iterable, List, Sequence, Tuple

from bot.core.review import names
from bot.core.review.dates import DATE
from bot.errors import SetupError

THRESHOLD = 0.35
_KINDS = {
    "EMAIL_ADDRESS": "e-mail",
    "URL": "link",
    "IBAN_CODE": "account",
    "CREDIT_CARD": "card",
    "IP_ADDRESS": "address",
    "PHONE_NUMBER": "phone",
    "DATE_TIME": "date",
    "US_SSN": "number",
    "UK_NHS": "number",
}
# What the recognisers know has four digits near each other, a date's two, an at sign or a dot inside a word; most messages have none.
_WORTH_A_LOOK = re.compile(r"\d(?:[^\da-z]{0,4}\d){3}|\d[-/.]\d|@|\w\.\w|://", re.I)
_STREET = re.compile(
    r"\b\d{1,5}[a-z]?\s+(?:[A-Z][\w'’-]+\s+){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Way|Court|Square|Place)\b"
)
# The letters that stand at the end of a postcode: "5pm" and "3rd" are none.
_POSTCODE = re.compile(r"\b(?i:[a-z]{1,2}\d[a-z\d]?\s?\d(?!st\b|nd\b|rd\b|th\b)[abd-hjlnp-uw-z]{2})\b")
_HANDLE = re.compile(
    r"(?<![\w@.])@(?!(?:home|work|school|night|all|once|least|first|last)\b)[A-Za-z_](?:[\w.-]*\w){1,}"
)
_DOT, _AT = r"\s*(?:\.|[(\[]dot[)\]]|\bdot\b)\s*", r"\s*(?:@|[(\[]at[)\]]|\bat\b)\s*"
_SPELLED_DOT = r"\s*(?:[(\[]dot[)\]]|\bdot\b)\s*"
_ENDS = "com|org|net|edu|gov|info|io|me|co|uk|de|fr|es|it|nl|eu|ch|at|pl|ie|ca|au|us|in|nz|se|no|dk|fi|be|pt|br"
_MAIL_HOSTS = "gmail|googlemail|outlook|hotmail|yahoo|icloud|gmx|proton|protonmail|live|aol|msn|mail"
_SPELLED_MAIL = re.compile(
    rf"(?i)\b[\w+-]+(?:{_DOT}[\w+-]+)*{_AT}(?:[\w-]+(?:{_SPELLED_DOT}(?:{_ENDS})\b)+|(?:{_MAIL_HOSTS})(?:{_DOT}(?:{_ENDS})\b)+)"
)
_LONG_NUMBER = re.compile(r"(?<!\w)\d(?:[ .-]?\d){6,}(?!\w)")
_PATTERNS = (
    ("date", DATE),
    ("address", _STREET),
    ("address", _POSTCODE),
    ("e-mail", _SPELLED_MAIL),
    ("handle", _HANDLE),
    ("number", _LONG_NUMBER),
)


@dataclass(frozen=True)
class Redaction:
    """A character range that is not shown, and what kind of thing it is."""

    start: int
    end: int
    kind: str


def find(text: str, known_names: Sequence[str] = ()) -> List[Redaction]:
    """What is to be hidden in a text, in order, without overlap. `known_names` were given elsewhere (`names_said`)."""
    known = _analyzer().analyze(text, "en", score_threshold=THRESHOLD) if _WORTH_A_LOOK.search(text) else []
    found = [Redaction(result.start, result.end, _KINDS.get(result.entity_type, "number")) for result in known]
    found += [Redaction(start, end, kind) for start, end, kind in _patterns(text, known_names)]
    return _without_overlap(found)


def redact(text: str, known_names: Sequence[str] = ()) -> str:
    """The text with `[kind]` in place of what `find` found."""
    shown, at = [], 0
    for hidden in find(text, known_names):
        shown += [text[at : hidden.start], f"[{hidden.kind}]"]
        at = hidden.end
    return "".join([*shown, text[at:]])


@lru_cache(maxsize=1)
def prepare() -> None:
    """Load the recognisers now, which takes seconds, and not when the first text comes."""
    # Some of them load their tables at the first text that is for them.
    find("somebody@example.org, 2 May, +44 20 7946 0000")


def installed() -> bool:
    """Whether the recognisers are installed."""
    return find_spec("presidio_analyzer") is not None


def require() -> None:
    """Raise SetupError when the recognisers are not installed."""
    if not installed():
        raise SetupError(
            "The practitioner's room hides addresses and numbers with presidio-analyzer, which is not installed. "
            "Install it: pip install 'interlude[review]'"
        )


def names_said(texts: Iterable[str]) -> Tuple[str, ...]:
    """Names given in these texts, so that they and their parts can be hidden in all of them."""
    return names.said(texts)


def _patterns(text: str, known: Sequence[str]) -> Iterable[Tuple[int, int, str]]:
    yield from ((start, end, "name") for start, end in names.places_given(text))
    all_names = tuple(sorted({*known, *names.said([text])}))
    if all_names:
        yield from ((*match.span(), "name") for match in names.anywhere(all_names).finditer(text))
    for kind, pattern in _PATTERNS:
        yield from ((*match.span(), kind) for match in pattern.finditer(text))


def _without_overlap(found: List[Redaction]) -> List[Redaction]:
    kept: List[Redaction] = []
    for hidden in sorted(found, key=lambda item: (item.start, -item.end)):
        if kept and hidden.start < kept[-1].end:
            last = kept[-1]
            kept[-1] = Redaction(last.start, max(last.end, hidden.end), last.kind)
        else:
            kept.append(hidden)
    return kept


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    """The pattern recognisers on an empty language pipeline: no model, no network."""
    require()
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer import predefined_recognizers as known
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    # Its default would fetch a list of top-level domains from the network at the first address it sees.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    engine = SpacyNlpEngine(models=[{"lang_code": "en", "model_name": "blank"}])
    engine.nlp = {"en": spacy.blank("en")}  # type: ignore[assignment]
    registry = RecognizerRegistry()
    for recognizer in (
        known.EmailRecognizer,
        known.UrlRecognizer,
        known.IbanRecognizer,
        known.CreditCardRecognizer,
        known.IpRecognizer,
        known.PhoneRecognizer,
        known.DateRecognizer,
        known.UsSsnRecognizer,
        known.NhsRecognizer,
    ):
        registry.add_recognizer(recognizer())
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
