"""Browsing, drafts by one person and approval by another, and an organisation's own article."""

import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.core import library as shelves
from bot.core.themes import THEMES
from bot.errors import ContentError, InputError
from bot.review import articles, desk, publishing
from bot.review.config import ReviewSettings
from bot.review.policy import Role
from bot.storage.database import Database
from bot.storage.review_tables import library_versions

from .conftest import House

ENTRY = "h.cost.1"


@pytest.fixture
def own_data(house: House, tmp_path: Path) -> Path:
    """A copy of the library that may be written to."""
    folder = tmp_path / "data"
    for part in ("library", "responses", "eval"):
        shutil.copytree(house.settings.data / part, folder / part)
    house.settings = ReviewSettings(data=folder, work=house.settings.work, secret=house.settings.secret)
    return folder


def draft(house: House, visitor: object, entry: str, **texts: str) -> int:
    return visitor.post(f"/library/entries/{entry}/draft", texts).status_code  # type: ignore[attr-defined]


def test_entries_are_found_by_their_words_and_shown_as_people_see_them(house: House) -> None:
    ana = house.signed_in("ana")
    page = ana.get("/library?words=running+cost+rooms&kind=reflection").text
    assert ENTRY in page and "1 entry." in page
    assert "What has grown quieter" in ana.get(f"/library/entries/{ENTRY}").text
    assert ana.get("/library/entries/no.such").status_code == 422


def test_the_desk_shows_how_entries_were_received(house: House) -> None:
    technique = "technique.paced_breathing"
    notes = [
        {"kind": "technique", "technique": technique, "event": "started"},
        {"kind": "rating", "scale": "exercise", "value": "Lighter", "technique": technique},
    ]
    house.talk("a", "ok", notes=notes, reply=ENTRY)
    house.talk("a", "no", notes=[{"kind": "correction", "themes": [], "shown": ENTRY}], reply="not_it")
    ana = house.signed_in("ana")
    assert "Used 1, refused 1 time." in ana.get(f"/library/entries/{ENTRY}").text
    assert "Used 1, helped 1, refused 0 times." in ana.get(f"/library/entries/{technique}").text


def test_a_draft_needs_a_second_person_and_versions_are_kept(house: House) -> None:
    lea, mia, ana = (
        house.signed_in(name, role)
        for name, role in (("lea", Role.lead), ("mia", Role.lead), ("ana", Role.practitioner))
    )
    assert draft(house, lea, ENTRY, question="What would you like to set down first?") == 303
    assert ana.post("/library/drafts/1/approve").status_code == 403
    assert lea.post("/library/drafts/1/approve").status_code == 403
    assert mia.post("/library/drafts/1/approve").status_code == 303
    assert mia.post("/library/drafts/1/approve").status_code == 422
    assert draft(house, ana, ENTRY, question="And another?") == 303
    page = ana.get(f"/library/entries/{ENTRY}").text
    assert "Version 2, approved, lea" in page and "approved by mia" in page and "Version 3, draft, ana" in page
    assert "What would you like to set down first?" in page and "And another?" in page


def test_a_newer_draft_takes_the_place_of_one_that_waits(house: House) -> None:
    ana, lea = house.signed_in("ana"), house.signed_in("lea", Role.lead)
    for question in ("What comes first?", "What comes last?"):
        draft(house, ana, ENTRY, question=question)
    drafts = lea.get("/library/drafts").text
    assert "What comes last?" in drafts and "What comes first?" not in drafts
    assert lea.post("/library/drafts/1/approve").status_code == 422
    assert "Version 2, replaced, ana" in lea.get(f"/library/entries/{ENTRY}").text


def test_whoever_rewrites_an_older_version_is_told_and_loses_nothing(house: House) -> None:
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    seen = re.search(r'name="seen" value="(\d+)"', ben.get(f"/library/entries/{ENTRY}").text)
    assert seen is not None
    assert draft(house, ana, ENTRY, question="What comes first?", seen=seen.group(1)) == 303
    answer = ben.post(f"/library/entries/{ENTRY}/draft", {"question": "What comes last?", "seen": seen.group(1)})
    page = unescape(answer.text)
    assert answer.status_code == 422 and "somebody wrote version 2" in page
    assert ">What comes last?</textarea>" in page and "Version 2, draft, ana" in page
    # Whoever has read it may put their own in its place.
    now = re.search(r'name="seen" value="(\d+)"', page)
    assert now is not None and draft(house, ben, ENTRY, question="What comes last?", seen=now.group(1)) == 303
    assert "Version 3, draft, ben" in ana.get(f"/library/entries/{ENTRY}").text


def test_a_draft_without_words_is_refused(house: House) -> None:
    assert draft(house, house.signed_in("ana"), ENTRY, question="  ") == 422


def test_a_draft_in_which_nothing_is_changed_is_refused(house: House) -> None:
    ana, entry = house.signed_in("ana"), shelves.load(house.settings.data).reflections[ENTRY]
    same = {"text": f" {entry.text.replace(' ', '  ', 1)}", "question": entry.question, "more": entry.more}
    answer = ana.post(f"/library/entries/{ENTRY}/draft", {**same, "themes": entry.themes[::-1]})
    assert answer.status_code == 422 and "nothing is changed" in answer.text
    assert "Only the one that was shipped." in answer.text
    assert draft(house, ana, ENTRY, question="What comes first?") == 303
    assert draft(house, ana, ENTRY, question="What comes first?") == 422
    assert draft(house, ana, ENTRY, question=entry.question) == 303


@pytest.mark.parametrize(
    "text",
    [
        "You clearly have depression.",
        "Stop taking your pills.",
        "Therapy would cure this.",
        "Studies prove that rest heals.",
    ],
)
def test_what_a_person_could_be_harmed_by_is_refused(house: House, text: str) -> None:
    assert draft(house, house.signed_in("ana"), ENTRY, more=text) == 422


HARSH = "You must stop. You should always rest, everything will be fine! As your therapist I diagnose depression."


def test_what_the_library_check_finds_is_refused_beside_the_form_and_nothing_typed_is_lost(house: House) -> None:
    ana = house.signed_in("ana")
    typed = {"text": HARSH, "question": "Why? Why not?", "more": "My own further thought.", "themes": ["loneliness"]}
    answer = ana.post(f"/library/entries/{ENTRY}/draft", typed)
    page = unescape(answer.text)
    assert answer.status_code == 422
    for reason in (
        "text: has 17 words; 20 to 60 are allowed",
        "text: has an exclamation mark",
        "text: says “should” or “you must”: “You must”",
        "text: promises how it will end",
        "text: claims to be a person or a professional: “As your therapist”",
        "text: claims treatment or a proven effect: “I diagnose”",
        "question: must ask exactly one question",
    ):
        assert reason in page, reason
    assert f">{HARSH}</textarea>" in page and ">My own further thought.</textarea>" in page
    assert re.findall(r'value="(\w+)" checked', page) == ["loneliness"]
    assert "Only the one that was shipped." in page


def test_words_from_an_imported_article_are_refused_in_any_entry(house: House, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("On rest\n\nWhoever never sits down forgets at some point how chairs feel.", encoding="utf-8")
    articles.import_article(house.database, house.library, path, house.clock.now)
    ana = house.signed_in("ana")
    answer = ana.post(f"/library/entries/{ENTRY}/draft", {"more": "Forgets at some point how chairs feel, never sits."})
    assert answer.status_code == 303
    copied = "It is said that whoever never sits down forgets at some point how to."
    answer = ana.post(f"/library/entries/{ENTRY}/draft", {"more": copied})
    assert answer.status_code == 422 and "shares 8 words in a row" in answer.text


def test_a_draft_that_cannot_stand_is_not_approved_and_says_why(house: House, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("On rest\n\nWhoever never sits down forgets at some point how chairs feel.", encoding="utf-8")
    articles.import_article(house.database, house.library, path, house.clock.now)
    answer = house.signed_in("lea", Role.lead).post("/library/drafts/1/approve")
    assert answer.status_code == 422 and "themes: choose at least one" in answer.text
    assert "Whoever never sits down" in answer.text


def test_nothing_is_published_that_the_library_check_would_find(house: House, own_data: Path) -> None:
    lea, mia = house.signed_in("lea", Role.lead), house.signed_in("mia", Role.lead)
    for entry, question in ((ENTRY, "What would you like to set down first?"), ("h.cost.2", "What comes last?")):
        assert draft(house, lea, entry, question=question) == 303
    for number in (1, 2):
        assert mia.post(f"/library/drafts/{number}/approve").status_code == 303
    with house.database.transaction() as session:
        [row] = [row for row in desk.versions(session, "h.cost.2") if row.status == "approved"]
        # As it could be approved before the check knew these words.
        content = {**row.content, "text": HARSH}
        session.execute(update(library_versions).where(library_versions.c.id == row.id).values(content=content))
    before = {path: path.read_bytes() for path in own_data.rglob("*.yml")}
    with pytest.raises(ContentError, match=r"h\.cost\.2, text: has 17 words"):
        publishing.publish(house.database, own_data)
    assert {path: path.read_bytes() for path in own_data.rglob("*.yml")} == before


def test_a_theme_is_not_left_with_too_few_reflections_by_publishing(house: House, own_data: Path) -> None:
    library = shelves.load(own_data)
    fewest = min(THEMES, key=lambda theme: sum(theme in one.themes for one in library.reflections.values()))
    lea, mia = house.signed_in("lea", Role.lead), house.signed_in("mia", Role.lead)
    other = next(theme for theme in THEMES if theme != fewest)
    having = [name for name, entry in library.reflections.items() if fewest in entry.themes]
    for number, name in enumerate(having, 1):
        lea.post(f"/library/entries/{name}/draft", {"themes": [other]})
        mia.post(f"/library/drafts/{number}/approve")
        house.clock.later(seconds=20)
    with pytest.raises(ContentError, match=f"The theme {fewest} has 0 reflections"):
        publishing.publish(house.database, own_data)


def test_what_is_approved_and_not_in_use_yet_is_listed(house: House, own_data: Path) -> None:
    lea, mia = house.signed_in("lea", Role.lead), house.signed_in("mia", Role.lead)
    draft(house, lea, ENTRY, question="What would you like to set down first?")
    assert "approved by mia" not in lea.get("/library/drafts").text
    mia.post("/library/drafts/1/approve")
    page = lea.get("/library/drafts").text
    assert f">{ENTRY}</a>, version 2, lea; approved by mia" in page
    publishing.publish(house.database, own_data)
    # A room that opens now has the published words.
    assert "approved by mia" not in house.signed_in("ana").get("/library/drafts").text


def test_steps_of_a_technique_can_be_rewritten(house: House) -> None:
    ana = house.signed_in("ana")
    assert draft(house, ana, "technique.paced_breathing", **{"steps.0.say": "Sit down in your own time."}) == 303
    assert "Sit down in your own time." in ana.get("/library/entries/technique.paced_breathing").text


def test_an_approved_version_is_published_in_its_place(house: House, own_data: Path) -> None:
    lea, mia = house.signed_in("lea", Role.lead), house.signed_in("mia", Role.lead)
    draft(house, lea, ENTRY, question="What would you like to set down first?")
    before = shelves.load(own_data)
    assert publishing.publish(house.database, own_data) == []
    mia.post("/library/drafts/1/approve")
    assert publishing.publish(house.database, own_data) == [ENTRY]
    after = shelves.load(own_data)
    changed = after.reflections[ENTRY]
    assert (changed.question, changed.version, changed.approved_by) == (
        "What would you like to set down first?",
        2,
        "mia",
    )
    assert list(after.reflections) == list(before.reflections)
    assert {name: entry for name, entry in after.reflections.items() if name != ENTRY} == {
        name: entry for name, entry in before.reflections.items() if name != ENTRY
    }
    assert publishing.publish(house.database, own_data) == []


ARTICLES = {
    "own.md": "# Carrying on\n\nOne first thought.\n\n## Resting\n\nA second\nthought.\n\nA third.",
    "own.txt": "Carrying on\n\nOne first thought.\n\nResting\n\nA second\nthought.\n\nA third.",
    "own.html": "<html><head><title>x</title><script>y()</script></head><body><h1>Carrying on</h1><p>One first thought."
    "</p><h2>Resting</h2><p>A second <b>thought</b>.</p><ul><li>A third.</li></ul></body></html>",
}


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_of_any_kind_becomes_one_draft_a_section(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(ARTICLES[name], encoding="utf-8")
    title, passages = articles.read(path)
    assert title == "Carrying on"
    assert [(one.heading, one.text) for one in passages] == [
        ("Carrying on", "One first thought."),
        ("Resting", "A second thought.\n\nA third."),
    ]


@pytest.mark.parametrize(
    "name, content, title",
    [
        ("art2.txt", "Rest is rarely allowed. It is taken.\n\nMore.", "Rest is rarely allowed"),
        ("art2.html", "<p>What rest is</p>", "What rest is"),
        ("art2.md", "word " * 40, "word " * 15 + "word…"),
    ],
)
def test_an_article_without_a_heading_is_called_by_its_first_words_or_as_one_says(
    tmp_path: Path, name: str, content: str, title: str
) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert articles.read(path)[0] == title
    assert articles.read(path, "On rest")[0] == "On rest"
    assert articles.read(path, "On rest")[1][0].heading == "On rest"


@pytest.mark.parametrize(
    "name, content, text",
    [
        ("one.txt", "A single thought without a stop", "A single thought without a stop"),
        ("one.md", "A single thought", "A single thought"),
        ("one.html", "A single<br>thought<br/>and more", "A single thought and more"),
        ("cells.html", "<table><tr><td>one</td><td>two</td></tr></table>", "one two"),
        ("head.html", "<head><title>x</title><body>A thought.", "A thought."),
        ("end.txt", "Title\n\nA thought.\n\nThe last of it", "A thought.\n\nThe last of it"),
        (
            "marks.md",
            "A **bold** and *soft* `word`, [a link](http://x.org) & _more_.",
            "A bold and soft word, a link & more.",
        ),
        ("marks.md", "> quoted <b>words</b>\n> &amp; more<br>after", "quoted words & more after"),
        ("marks.md", "- first\n  of it\n- second", "first of it\n\nsecond"),
        ("marks.md", "Title\n=====\n\n1. one_two 2 * 3 * 4\n\n---\n\n\\*kept\\*", "one_two 2 * 3 * 4\n\n*kept*"),
        ("marks.md", "---\ntitle: x\n---\n\n## Rest ##\nA thought.", "A thought."),
    ],
)
def test_words_of_an_article_come_without_marks_and_stay_apart(
    tmp_path: Path, name: str, content: str, text: str
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert [one.text for one in articles.read(tmp_path / name)[1]] == [text]


@pytest.mark.parametrize("name, content", [("own.pdf", b"%PDF"), ("own.md", b"\xff\xfe\x00"), ("own.txt", b"  ")])
def test_a_file_that_cannot_be_imported_is_refused_with_what_is_allowed(
    house: House, tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=name):
        articles.import_article(house.database, house.library, tmp_path / name, house.clock.now)


def test_a_second_article_does_not_take_the_place_of_one_with_the_same_name(house: House, tmp_path: Path) -> None:
    for kind, words in (("md", "Rest is rarely allowed."), ("html", "<p>Help is another thing.</p>")):
        (tmp_path / f"art.{kind}").write_text(words, encoding="utf-8")
    first, second = tmp_path / "art.md", tmp_path / "art.html"
    assert articles.import_article(house.database, house.library, first, house.clock.now) == ["own.art.1"]
    with pytest.raises(InputError, match=r"kept under the name 'art' already.*--name"):
        articles.import_article(house.database, house.library, second, house.clock.now)
    assert articles.import_article(house.database, house.library, second, house.clock.now, name="On help") == [
        "own.on_help.1"
    ]
    with house.database.transaction() as session:
        assert [row.status for row in desk.versions(session, "own.art.1")] == ["draft"]
        desk.discard(session, 1)
    # A name that begins the same is another one.
    assert articles.import_article(house.database, house.library, first, house.clock.now, name="on") == ["own.on.1"]
    assert articles.import_article(house.database, house.library, second, house.clock.now) == ["own.art.1"]


def test_an_imported_section_must_be_rewritten_before_anybody_can_approve_it(
    house: House, own_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "own.md"
    path.write_text(ARTICLES["own.md"], encoding="utf-8")
    made = articles.import_article(house.database, house.library, path, house.clock.now)
    assert made == ["own.own.1", "own.own.2"]
    ana, lea = house.signed_in("ana"), house.signed_in("lea", Role.lead)
    assert lea.post("/library/drafts/1/approve").status_code == 422
    words = {
        "text": "Going on has its own weight, and it is rarely seen. It can look like strength for years, and feel like "
        "something quite different from inside.",
        "question": "What weighs today?",
        "more": "It adds up.",
    }
    assert ana.post("/library/entries/own.own.1/draft", {**words, "themes": ["exhaustion"]}).status_code == 303
    assert lea.post("/library/drafts/3/approve").status_code == 303
    assert publishing.publish(house.database, own_data) == ["own.own.1"]
    library = shelves.load(own_data)
    assert library.reflections["own.own.1"].themes == ["exhaustion"]
    assert library.citation("own.own.s1") == "“Carrying on”, Carrying on"
    # What is published is in the library also where another database knows nothing of it.
    other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    other.upgrade()
    with pytest.raises(InputError, match=r"kept under the name 'own' already.*--name"):
        articles.import_article(other, library, path, house.clock.now)
    assert articles.import_article(other, library, path, house.clock.now, name="ow") == ["own.ow.1", "own.ow.2"]
    other.close()
