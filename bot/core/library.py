"""The library: everything the bot says, with an id, a source and a review status. Loaded once, checked strictly."""

import re
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Set, Tuple, Type, TypeVar

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, root_validator, validator

from bot.core.themes import AREAS, THEMES
from bot.errors import ContentError, InputError

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


class Status(str, Enum):
    """Where a text stands in its review."""

    draft = "draft"
    approved = "approved"


class Entry(BaseModel):
    """What all entries carry. `version` goes up with every change of the words."""

    id: str
    version: int = 1
    status: Status = Status.draft
    approved_by: Optional[str] = None
    approved_on: Optional[date] = None

    class Config:
        extra = Extra.forbid
        frozen = True

    @root_validator(skip_on_failure=True)
    def _approval_is_complete(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if values["status"] is Status.approved and not (values["approved_by"] and values["approved_on"]):
            raise ValueError("an approved entry names approved_by and approved_on")
        return values


class SourceKind(str, Enum):
    """How much of an entry comes from an article."""

    article = "article"
    adapted_from = "adapted_from"
    common_practice = "common_practice"


class Source(BaseModel):
    """Where an entry comes from; `section` is an id of `sources.yml`, absent for common practice."""

    kind: SourceKind
    section: Optional[str] = None

    class Config:
        extra = Extra.forbid
        frozen = True

    @root_validator(skip_on_failure=True)
    def _section_fits_kind(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        if values["kind"] is not SourceKind.common_practice and not values["section"]:
            raise ValueError(f"source kind {values['kind'].value} needs a section")
        return values


class Section(BaseModel):
    """One section of one article."""

    id: str
    article: str
    heading: str
    themes: Tuple[str, ...]

    class Config:
        extra = Extra.forbid
        frozen = True


class Article(BaseModel):
    """One of the two articles that the library follows."""

    id: str
    title: str
    author: Optional[str] = None

    class Config:
        extra = Extra.forbid
        frozen = True


class Reflection(Entry):
    """A mirror of 20 to 45 words, one open question, and a thought for "tell me more"."""

    section: str
    themes: List[str] = Field(min_items=1)
    text: str
    question: str
    more: str
    source: SourceKind = SourceKind.article


class ThemeCopy(Entry):
    """How the bot speaks about one theme."""

    area: str
    name: str
    either: str
    definition: str
    questions: List[str] = Field(min_items=4)
    listens: List[str] = Field(min_items=3)

    @validator("area")
    def _known_area(cls, value: str) -> str:
        if value not in AREAS:
            raise ValueError(f"area must be one of {', '.join(AREAS)}")
        return value


class Expects(str, Enum):
    """What a step waits for."""

    go_on = "go_on"
    text = "text"
    number = "number"
    choice = "choice"
    breathe = "breathe"


class Breathing(BaseModel):
    """Paced breathing: seconds in, held and out, and how many rounds."""

    inhale: int = Field(ge=1, le=10)
    hold: int = Field(ge=0, le=10)
    exhale: int = Field(ge=1, le=12)
    rounds: int = Field(ge=1, le=12)

    class Config:
        extra = Extra.forbid
        frozen = True


class Step(BaseModel):
    """One step of a technique: what to do, what is waited for, what is answered."""

    id: str
    say: str
    expects: Expects
    say_if_skipped: Optional[str] = None
    reply: Optional[str] = None
    note: Optional[str] = None
    choices: Tuple[str, ...] = ()
    breathe: Optional[Breathing] = None

    class Config:
        extra = Extra.forbid
        frozen = True

    @root_validator(skip_on_failure=True)
    def _parts_fit(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        expects = values["expects"]
        if expects is Expects.choice and not 2 <= len(values["choices"]) <= 4:
            raise ValueError("a choice step has two to four choices")
        if expects is not Expects.choice and values["choices"]:
            raise ValueError("only a choice step has choices")
        if (expects is Expects.breathe) != (values["breathe"] is not None):
            raise ValueError("a breathe step, and only that, has breathe")
        if expects in (Expects.text, Expects.number, Expects.choice) and not values["note"]:
            raise ValueError("a step that waits for an answer names its note")
        if PLACEHOLDER.search(values["say"]) and not values["say_if_skipped"]:
            raise ValueError("a step that gives a note back has say_if_skipped")
        return values


class Technique(Entry):
    """A coping technique that can be done step by step."""

    name: str = Field(max_length=28)
    kind: str
    offer: str
    when: str
    not_when: Tuple[str, ...] = ()
    only_for: Tuple[str, ...] = ()  # offered only after one of these of its themes was heard ("a child could help")
    involves_people: bool
    gentler: Optional[str] = None
    minutes: int = Field(ge=1, le=30)
    themes: List[str] = Field(min_items=1)
    source: Source
    why: str
    steps: List[Step] = Field(min_items=3, max_items=8)
    closing: str
    small_step: str
    small_step_if_skipped: Optional[str] = None
    weighs: Optional[str] = None  # the note in which the person says what the step will cost them, 0 to 10

    @root_validator(skip_on_failure=True)
    def _takes_up_its_own_themes(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        foreign = [theme for theme in values["only_for"] if theme not in values["themes"]]
        if foreign:
            raise ValueError(f"only_for names {foreign[0]}, which is none of its themes")
        return values

    @root_validator(skip_on_failure=True)
    def _notes_are_asked_first(cls, values: Dict[str, Any]) -> Dict[str, Any]:
        known: Set[str] = set()
        for step in values["steps"]:
            for key in PLACEHOLDER.findall(step.say):
                if key not in known:
                    raise ValueError(f"step {step.id} gives back {{{key}}} before it was asked")
            if step.note:
                known.add(step.note)
        for key in [*PLACEHOLDER.findall(values["small_step"]), *filter(None, [values["weighs"]])]:
            if key not in known:
                raise ValueError(f"the small step rests on {{{key}}}, which no step asks for")
        if PLACEHOLDER.search(values["small_step"]) and not values["small_step_if_skipped"]:
            raise ValueError("a small step that gives a note back has small_step_if_skipped")
        return values


class Saying(Entry):
    """Something the bot says in conversation: one or more wordings, said one after the other over time."""

    source: SourceKind = SourceKind.common_practice
    texts: List[str] = Field(min_items=1)
    buttons: Tuple[str, ...] = ()


class HelplineKind(str, Enum):
    """What a line is for; `emergency` are medical ones beside the emergency number, such as for poisoning."""

    suicide = "suicide"
    abuse = "abuse"
    eating = "eating"
    youth = "youth"
    emergency = "emergency"


class Helpline(BaseModel):
    """One way to reach help in one country, as dialled there."""

    id: str
    country: str = Field(regex=r"^[A-Z]{2}$")
    kind: HelplineKind
    name: str
    reach: str
    hours: Optional[str] = None
    languages: Tuple[str, ...] = ()
    audience: Optional[str] = None
    note: Optional[str] = None
    source: str
    source_date: str
    sources_agreeing: int = Field(ge=1)
    status: str = Field("unconfirmed", regex="^(unconfirmed|confirmed)$")
    confirmed_by: Optional[str] = None
    confirmed_on: Optional[date] = None

    class Config:
        extra = Extra.forbid
        frozen = True


class Country(BaseModel):
    """A country of the helpline file."""

    code: str = Field(regex=r"^[A-Z]{2}$")
    name: str
    aliases: Tuple[str, ...] = ()
    emergency: str

    class Config:
        extra = Extra.forbid
        frozen = True


Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Library:
    """All entries by id. Build it with `load`."""

    articles: Mapping[str, Article]
    sections: Mapping[str, Section]
    reflections: Mapping[str, Reflection]
    techniques: Mapping[str, Technique]
    themes: Mapping[str, ThemeCopy]
    sayings: Mapping[str, Saying]
    countries: Mapping[str, Country]
    helplines: Tuple[Helpline, ...]
    fallback_help: str

    def entry(self, entry_id: str) -> Entry:
        """One entry by id. Raises InputError when there is none."""
        for shelf in (self.reflections, self.techniques, self.sayings):
            if entry_id in shelf:
                return shelf[entry_id]
        if entry_id.startswith("theme.") and entry_id[6:] in self.themes:
            return self.themes[entry_id[6:]]
        raise InputError(f"No entry {entry_id!r} in the library. `interlude library check` lists what there is.")

    def entries(self) -> Iterator[Entry]:
        """Every entry that has a review status."""
        yield from self.reflections.values()
        yield from self.techniques.values()
        yield from self.themes.values()
        yield from self.sayings.values()

    def citation(self, section_id: str) -> str:
        """A section as a person reads it: article title and heading."""
        section = self.sections[section_id]
        return f"“{self.articles[section.article].title}”, {section.heading}"


def load(data: Path) -> Library:
    """Read and check `data/library/` and `data/responses/`.

    Raises ContentError, naming file and entry, when anything breaks the schema or points nowhere.
    """
    shelf = data / "library"
    sources = _mapping(shelf / "sources.yml")
    articles = _keyed(Article, sources.get("articles", []), shelf / "sources.yml")
    sections = _keyed(Section, sources.get("sections", []), shelf / "sources.yml")
    helplines_file = shelf / "helplines.yml"
    help_data = _mapping(helplines_file)
    countries = [_parse(Country, item, helplines_file) for item in help_data.get("countries", [])]
    library = Library(
        articles=articles,
        sections=sections,
        reflections=_folder(Reflection, shelf / "reflections"),
        techniques=_folder(Technique, shelf / "techniques"),
        themes={entry.id[len("theme.") :]: entry for entry in _folder(ThemeCopy, shelf / "themes").values()},
        sayings=sayings_of(data),
        countries={country.code: country for country in countries},
        helplines=tuple(_keyed(Helpline, help_data.get("helplines", []), helplines_file).values()),
        fallback_help=str(help_data.get("fallback", "")),
    )
    _check_references(library, shelf)
    return library


def sayings_of(data: Path) -> Dict[str, Saying]:
    """What the bot says in conversation, from `data/responses/`. Raises ContentError."""
    return _folder(Saying, data / "responses")


def _mapping(path: Path) -> Dict[str, Any]:
    content = _read(path)
    if not isinstance(content, dict):
        raise ContentError(f"{path.name} must be a mapping at its top, found {type(content).__name__}.")
    return content


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except FileNotFoundError as error:
        raise ContentError(
            f"The library file {path.name} is missing in {path.parent.name}/. Restore it from the release."
        ) from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f" at line {where.line + 1}" if where else ""
        raise ContentError(
            f"{path.name} is not valid YAML{line}. Mend it and run `interlude library check`."
        ) from error


def _folder(model: Type[Model], folder: Path) -> Dict[str, Model]:
    found: Dict[str, Model] = {}
    for path in sorted(folder.glob("*.yml")):
        items = _read(path)
        if not isinstance(items, list):
            raise ContentError(f"{folder.name}/{path.name} must be a list of entries, found {type(items).__name__}.")
        for key, entry in _keyed(model, items, path).items():
            if key in found:
                raise ContentError(f"{folder.name}/{path.name}: the id {key} is used twice in {folder.name}/.")
            found[key] = entry
    if not found:
        raise ContentError(f"The folder {folder.name}/ holds no entries. Restore it from the release.")
    return found


def _keyed(model: Type[Model], items: Iterable[Any], path: Path) -> Dict[str, Model]:
    found: Dict[str, Model] = {}
    for item in items:
        entry = _parse(model, item, path)
        key = str(item["id"])
        if key in found:
            raise ContentError(f"{path.name}: the id {key} is used twice.")
        found[key] = entry
    return found


def _parse(model: Type[Model], item: Any, path: Path) -> Model:
    try:
        return model.parse_obj(item)
    except ValidationError as error:
        name = item.get("id", item.get("code", "(without id)")) if isinstance(item, dict) else "(not a mapping)"
        problems = "; ".join(f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors())
        raise ContentError(f"{path.parent.name}/{path.name}, entry {name}: {problems}.") from error


def _check_references(library: Library, shelf: Path) -> None:
    def known(kind: str, names: Iterable[str], allowed: Iterable[str], owner: str) -> None:
        for name in names:
            if name not in allowed:
                raise ContentError(f"{shelf.name}/, entry {owner}: unknown {kind} {name!r}.")

    for section in library.sections.values():
        known("theme", section.themes, THEMES, section.id)
        known("article", [section.article], library.articles, section.id)
    for reflection in library.reflections.values():
        known("theme", reflection.themes, THEMES, reflection.id)
        known("section", [reflection.section], library.sections, reflection.id)
    for technique in library.techniques.values():
        known("theme", technique.themes, THEMES, technique.id)
        known("section", filter(None, [technique.source.section]), library.sections, technique.id)
        known("technique", filter(None, [technique.gentler]), library.techniques, technique.id)
    known("theme", library.themes, THEMES, "themes")
    for theme in THEMES:
        if theme not in library.themes:
            raise ContentError(f"{shelf.name}/themes/ has no entry for the theme {theme}.")
    for line in library.helplines:
        known("country", [line.country], library.countries, line.id)
    for country in library.countries.values():
        if not any(line.country == country.code for line in library.helplines):
            raise ContentError(f"helplines.yml: the country {country.code} has no helpline.")
    if not library.fallback_help.startswith("https://"):
        raise ContentError("helplines.yml: `fallback` must be a web address that starts with https://.")


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """A safe loader that does not turn the country Norway (NO) into False."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf"))


def words(text: str) -> int:
    """How many words a text has, as a reader counts them."""
    return len(text.split())
