"""The manual says what the program does: settings, commands, figures and what is stored are those of the code."""

import re
import runpy
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from bot.storage import review_tables, tables

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
# Keep nothing about a person who talks, or leave with everything of them.
NOT_OF_PERSONS = {"erasures", "updates"}


def test_settings_commands_and_figures_are_those_of_the_program() -> None:
    manual = runpy.run_path(str(ROOT / "scripts" / "manual.py"))
    assert manual["outdated"]() == [], "Run: make manual"


def test_what_is_stored_about_a_person_is_told() -> None:
    assert review_tables.metadata is tables.metadata
    page = (DOCS / "privacy.md").read_text(encoding="utf-8")
    stored = {table.info["reads_as"] for table, _ in tables.of_person("somebody")}
    told = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([\w, ]+) \|", page, re.MULTILINE))))
    assert stored - NOT_OF_PERSONS - told == set()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder)))
    return folder


def test_every_link_leads_somewhere_and_every_page_is_listed(site: Path) -> None:
    # Built strictly: a page or heading that is not there has raised by now.
    listed = (site / "index.html").read_text(encoding="utf-8")
    pages = [path.relative_to(DOCS).with_suffix(".html").as_posix() for path in DOCS.rglob("*.md")]
    assert [page for page in pages if f'href="{page}"' not in listed] == []


def test_a_page_of_the_manual_loads_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        loaded = re.findall(r"<(?:script|link|img|iframe|source)\b[^>]*?(?:src|href)=[\"']?([^\"' >]+)", text)
        assert loaded and [address for address in loaded if re.match(r"(?:https?:)?//", address)] == [], page.name
