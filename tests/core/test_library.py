import shutil
from pathlib import Path

import pytest
import yaml

from bot import library_desk
from bot.core import library as shelves
from bot.core.themes import THEMES
from bot.errors import ContentError, InputError

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name in ("library", "responses"):
        shutil.copytree(PROJECT / "data" / name, tmp_path / "data" / name)
    return tmp_path / "data"


def change(path: Path, **values: object) -> str:
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries[0].update(values)
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    return str(entries[0]["id"])


def test_the_shipped_library_is_in_order() -> None:
    assert library_desk.check(PROJECT) == []


def test_every_section_has_a_reflection_and_every_theme_enough() -> None:
    coverage = library_desk.coverage(PROJECT)
    assert coverage["missing"] == []
    assert len(coverage["sections"]) == 86
    for theme in THEMES:
        assert coverage["themes"][theme]["reflections"] >= 4, theme
        assert coverage["themes"][theme]["techniques"] >= 1, theme


def test_a_broken_entry_is_named_with_its_file(data: Path) -> None:
    entry = change(data / "library/reflections/h_threat.yml", themes=[])
    with pytest.raises(ContentError, match=rf"reflections/h_threat\.yml, entry {entry}: themes"):
        shelves.load(data)


def test_an_unknown_theme_is_named(data: Path) -> None:
    change(data / "library/reflections/h_threat.yml", themes=["sadness"])
    with pytest.raises(ContentError, match="unknown theme 'sadness'"):
        shelves.load(data)


def test_an_approval_without_a_name_is_refused(data: Path) -> None:
    change(data / "library/reflections/h_threat.yml", status="approved")
    with pytest.raises(ContentError, match="approved_by"):
        shelves.load(data)


def test_a_technique_cannot_give_back_what_it_never_asked(data: Path) -> None:
    path = data / "library/techniques/breathing.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    entries[0]["steps"][0].update(say="You wrote {page}.", say_if_skipped="You wrote nothing.")
    path.write_text(yaml.safe_dump(entries, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ContentError, match="before it was asked"):
        shelves.load(data)


def test_broken_yaml_is_named_with_its_line(data: Path) -> None:
    (data / "library/sources.yml").write_text("articles: [\n", encoding="utf-8")
    with pytest.raises(ContentError, match=r"sources\.yml is not valid YAML at line"):
        shelves.load(data)


def test_norway_is_a_country(data: Path) -> None:
    assert shelves.load(data).countries["NO"].name == "Norway"


def test_an_unknown_entry_says_where_to_look() -> None:
    with pytest.raises(InputError, match="library check"):
        library_desk.show(PROJECT, "nothing.like.this")


def test_a_reflection_is_shown_with_its_citation() -> None:
    assert "citation" in library_desk.show(PROJECT, "h.threat.burden.1")


def test_a_sentence_taken_from_an_article_is_found(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "articles").mkdir()
    words = "one two three four five six seven eight nine"
    (tmp_path / "articles" / "a.txt").write_text(f"Before it {words} after it.", encoding="utf-8")
    change(data / "library/reflections/h_threat.yml", more=f"Something {words} and more.")
    monkeypatch.setattr(library_desk, "ARTICLES", Path("articles"))
    assert any("words in a row with an article" in problem for problem in library_desk.check(tmp_path))


def test_confirming_a_helpline_keeps_the_rest_of_the_file(data: Path, tmp_path: Path) -> None:
    path = data / "library" / "helplines.yml"
    before = path.read_text(encoding="utf-8")
    library_desk.confirm_helpline(tmp_path, "gb.suicide", "A. Person")
    line = next(item for item in shelves.load(data).helplines if item.id == "gb.suicide")
    assert line.status == "confirmed" and line.confirmed_by == "A. Person"
    assert line.id not in [item.id for item in library_desk.stale_helplines(tmp_path)]
    assert len(path.read_text(encoding="utf-8").splitlines()) == len(before.splitlines()) + 2


def test_confirming_an_unknown_helpline_says_how_to_list_them(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="helplines list"):
        library_desk.confirm_helpline(tmp_path, "xx.suicide", "A. Person")
