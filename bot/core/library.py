"""The library: everything the bot says. Loaded once, checked strictly."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, Mapping, Tuple, Type, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.core.entries import Article, Country, Entry, Helpline, Reflection, Saying, Section, Technique, ThemeCopy
from bot.core.themes import THEMES
from bot.errors import ContentError, InputError

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
