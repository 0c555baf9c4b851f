"""What `interlude library` and `interlude helplines` do: check, show, coverage, confirm."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Tuple

import yaml

from bot.core import library as shelves
from bot.core.copy_lint import problems as wording_problems
from bot.core.entries import Helpline, Reflection, Technique, words
from bot.core.library import Library
from bot.core.themes import THEMES
from bot.errors import InputError

TOO_CLOSE = 8
STALE_AFTER = timedelta(days=180)
REFLECTIONS_A_THEME, TECHNIQUES_A_THEME = 4, 1
ARTICLES = Path("../shared/articles")


def check(project: Path) -> List[str]:
    """Every problem found in the library, as sentences that name the entry. Raises ContentError for a broken file."""
    library = shelves.load(project / "data")
    found = [f"{section} has no reflection." for section in coverage(project)["missing"]]
    phrases = _article_phrases(project / ARTICLES)
    for owner, part, text in texts(library):
        found += [f"{owner}, {part}: {problem}" for problem in wording_problems(text)]
        if phrases & set(_runs(text)):
            found.append(f"{owner}, {part}: shares {TOO_CLOSE} words in a row with an article; say it in other words.")
    for reflection in library.reflections.values():
        found += _reflection_problems(reflection)
    for theme in THEMES:
        count = sum(theme in reflection.themes for reflection in library.reflections.values())
        if count < REFLECTIONS_A_THEME:
            found.append(f"The theme {theme} has {count} reflections; {REFLECTIONS_A_THEME} are needed.")
        if not any(theme in technique.themes for technique in library.techniques.values()):
            found.append(f"The theme {theme} has no technique.")
    return found


def texts(library: Library) -> Iterator[Tuple[str, str, str]]:
    """Every text the bot can say: entry id, part, text."""
    for reflection in library.reflections.values():
        yield from ((reflection.id, part, getattr(reflection, part)) for part in ("text", "question", "more"))
    for technique in library.techniques.values():
        yield from _technique_texts(technique)
    for theme in library.themes.values():
        yield from ((theme.id, "questions", line) for line in theme.questions)
        yield from ((theme.id, "listens", line) for line in theme.listens)
    for saying in library.sayings.values():
        yield from ((saying.id, f"wording {number}", text) for number, text in enumerate(saying.texts, 1))


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
    missing = [section for section, counts in sections.items() if not counts["reflections"]]
    return {"sections": sections, "themes": themes, "missing": missing}


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


def _technique_texts(technique: Technique) -> Iterator[Tuple[str, str, str]]:
    yield from (
        (technique.id, part, getattr(technique, part)) for part in ("offer", "when", "why", "closing", "small_step")
    )
    if technique.small_step_if_skipped:
        yield technique.id, "small_step_if_skipped", technique.small_step_if_skipped
    for step in technique.steps:
        yield from (
            (technique.id, f"step {step.id}", text)
            for text in (step.say, step.say_if_skipped, step.reply)
            if text is not None
        )


def _reflection_problems(reflection: Reflection) -> List[str]:
    found = []
    if not 20 <= words(reflection.text) <= 60:
        found.append(f"{reflection.id}: the text has {words(reflection.text)} words; 20 to 60 are allowed.")
    if reflection.question.count("?") != 1 or "?" in reflection.text:
        found.append(f"{reflection.id}: it must ask exactly one question, at its end.")
    return found


def _article_phrases(folder: Path) -> Set[str]:
    """Every run of eight words in the articles; empty where the articles are not at hand."""
    return {run for path in sorted(folder.glob("*.txt")) for run in _runs(path.read_text(encoding="utf-8"))}


def _runs(text: str) -> List[str]:
    plain = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    return [" ".join(plain[start : start + TOO_CLOSE]) for start in range(len(plain) - TOO_CLOSE + 1)]
