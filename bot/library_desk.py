"""What `interlude library` and `interlude helplines` do: check, show, coverage, confirm."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Set, Tuple, Union

import yaml

from bot.core import library as shelves
from bot.core.copy_lint import problems as wording_problems
from bot.core.entries import Helpline, Reflection, Technique, words
from bot.core.library import Library
from bot.core.themes import THEMES
from bot.errors import InputError

TOO_CLOSE = 8
SHORTEST_MIRROR, LONGEST = 20, 60
STALE_AFTER = timedelta(days=180)
REFLECTIONS_A_THEME, TECHNIQUES_A_THEME = 4, 1
ARTICLES = Path("../shared/articles")


def check(project: Path) -> List[str]:
    """Every problem found in the library, as sentences that name the entry. Raises ContentError for a broken file."""
    return problems_in(shelves.load(project / "data"), phrases_of(article_texts(project)))


def problems_in(library: Library, phrases: Set[str]) -> List[str]:
    """The same of a library that is loaded; `phrases` are runs of words that no entry may share."""
    found = [f"{section} has no reflection." for section in _without_reflection(library)]
    entries: List[Union[Reflection, Technique]] = [*library.reflections.values(), *library.techniques.values()]
    for entry in entries:
        found += [f"{entry.id}, {problem}" for problem in problems_of(entry, phrases)]
    for owner, part, text in texts(library):
        found += [f"{owner}, {part}: {problem}" for problem in _wording(text, phrases)]
    for theme in THEMES:
        count = sum(theme in reflection.themes for reflection in library.reflections.values())
        if count < REFLECTIONS_A_THEME:
            found.append(f"The theme {theme} has {count} reflections; {REFLECTIONS_A_THEME} are needed.")
        if not any(theme in technique.themes for technique in library.techniques.values()):
            found.append(f"The theme {theme} has no technique.")
    return found


def problems_of(entry: Union[Reflection, Technique], phrases: Set[str]) -> List[str]:
    """Every problem of one reflection or technique, each with the part that has it: wording, length, questions, theft."""
    reflection = isinstance(entry, Reflection)
    found: List[str] = []
    for part, text in texts_of(entry):
        least = SHORTEST_MIRROR if reflection and part == "text" else 1
        if not least <= words(text) <= LONGEST:
            found.append(f"{part}: has {words(text)} words; {least} to {LONGEST} are allowed")
        asked = text.count("?") - text.count("?”")
        if reflection and part == "text" and asked:
            found.append(f"{part}: asks a question; it stands in the field for the question")
        elif reflection and part == "question" and (asked != 1 or not text.endswith("?")):
            found.append(f"{part}: must ask exactly one question, at its end")
        elif asked > 1:
            found.append(f"{part}: asks {asked} questions; one is allowed")
        found += [f"{part}: {problem}" for problem in _wording(text, phrases)]
    return found


def texts(library: Library) -> Iterator[Tuple[str, str, str]]:
    """What the bot can say besides reflections and techniques: entry id, part, text."""
    for theme in library.themes.values():
        yield from ((theme.id, "questions", line) for line in theme.questions)
        yield from ((theme.id, "listens", line) for line in theme.listens)
    for saying in library.sayings.values():
        yield from ((saying.id, f"wording {number}", text) for number, text in enumerate(saying.texts, 1))


def texts_of(entry: Union[Reflection, Technique]) -> Iterator[Tuple[str, str]]:
    """Every text that the bot says of a reflection or a technique: part, text."""
    if isinstance(entry, Reflection):
        yield from ((part, getattr(entry, part)) for part in ("text", "question", "more"))
        return
    yield from ((part, getattr(entry, part)) for part in ("name", "offer", "when", "why", "closing", "small_step"))
    if entry.small_step_if_skipped:
        yield "small_step_if_skipped", entry.small_step_if_skipped
    for place, step in enumerate(entry.steps):
        spoken = {"say": step.say, "say_if_skipped": step.say_if_skipped, "reply": step.reply}
        yield from ((f"steps.{place}.{part}", text) for part, text in spoken.items() if text is not None)


def article_texts(project: Path) -> List[str]:
    """The words of the articles that the library follows; empty where they are not at hand."""
    return [path.read_text(encoding="utf-8") for path in sorted((project / ARTICLES).glob("*.txt"))]


def phrases_of(sources: Iterable[str]) -> Set[str]:
    """Every run of eight words in these texts."""
    return {run for source in sources for run in _runs(source)}


def show(project: Path, entry_id: str) -> str:
    """One entry as YAML, with its citation. Raises InputError for an unknown id."""
    library = shelves.load(project / "data")
    entry = library.entry(entry_id)
    content = yaml.safe_load(entry.json())
    section = getattr(entry, "section", None) or getattr(getattr(entry, "source", None), "section", None)
    if section:
        content["citation"] = library.citation(section)
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)).rstrip()


def coverage(project: Path) -> Dict[str, Any]:
    """Reflections and techniques by section and by theme, and the sections without a reflection."""
    library = shelves.load(project / "data")
    sections = {
        section: {
            "reflections": sum(item.section == section for item in library.reflections.values()),
            "techniques": sum(item.source.section == section for item in library.techniques.values()),
        }
        for section in library.sections
    }
    themes = {
        theme: {
            "reflections": sum(theme in item.themes for item in library.reflections.values()),
            "techniques": sum(theme in item.themes for item in library.techniques.values()),
        }
        for theme in THEMES
    }
    return {"sections": sections, "themes": themes, "missing": _without_reflection(library)}


def coverage_table(result: Dict[str, Any]) -> str:
    """Coverage as a table to read."""
    lines = [f"{'':44} reflections  techniques"]
    for group in ("themes", "sections"):
        lines += [
            f"{name:44} {counts['reflections']:11}  {counts['techniques']:10}" for name, counts in result[group].items()
        ]
    lines.append(f"{len(result['missing'])} sections without a reflection.")
    return "\n".join(lines)


def stale_helplines(project: Path) -> List[Helpline]:
    """Records that nobody confirmed in the last 180 days."""
    library = shelves.load(project / "data")
    limit = date.today() - STALE_AFTER
    return [line for line in library.helplines if line.confirmed_on is None or line.confirmed_on < limit]


def helplines_table(project: Path) -> str:
    """All helpline records to read."""
    library = shelves.load(project / "data")
    return "\n".join(
        f"{line.id:14} {line.reach:44} {line.status:12} {line.confirmed_on or line.source_date}  {line.name}"
        for line in library.helplines
    )


def confirm_helpline(project: Path, record_id: str, by: str) -> None:
    """Write into the record that it was checked today, keeping the rest of the file as it is. Raises InputError."""
    path = project / "data" / "library" / "helplines.yml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    start = next(
        (index for index, line in enumerate(lines) if re.match(rf"- id: {re.escape(record_id)}\s*$", line)), None
    )
    if start is None:
        raise InputError(f"There is no helpline record {record_id!r}. `interlude helplines list` shows all.")
    end = next((index for index in range(start + 1, len(lines)) if not lines[index].startswith("  ")), len(lines))
    kept = [line for line in lines[start:end] if not re.match(r"  (status|confirmed_by|confirmed_on):", line)]
    kept += [
        "  status: confirmed\n",
        f"  confirmed_by: {yaml.safe_dump(by).splitlines()[0]}\n",
        f"  confirmed_on: {date.today()}\n",
    ]
    path.write_text("".join(lines[:start] + kept + lines[end:]), encoding="utf-8")


def _without_reflection(library: Library) -> List[str]:
    told = {reflection.section for reflection in library.reflections.values()}
    return [section for section in library.sections if section not in told]


def _wording(text: str, phrases: Set[str]) -> List[str]:
    found = wording_problems(text)
    if not phrases.isdisjoint(_runs(text)):
        found.append(f"shares {TOO_CLOSE} words in a row with an article; say it in other words")
    return found


def _runs(text: str) -> List[str]:
    plain = re.findall(r"[\w']+", text.lower().replace("’", "'"))
    return [" ".join(plain[start : start + TOO_CLOSE]) for start in range(len(plain) - TOO_CLOSE + 1)]
