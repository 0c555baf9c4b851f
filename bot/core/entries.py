"""What the library is made of: every kind of entry, each with an id, a source and a review status."""

import re
from datetime import date
from enum import Enum
from typing import Any, Dict, List, Optional, Set, Tuple

from pydantic import BaseModel, Extra, Field, root_validator, validator

from bot.core.themes import AREAS

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
    not_when: Tuple[str, ...] = ()  # presumes what these circumstances rule out ("no_money": money to put aside)
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


class Wants(str, Enum):
    """What a text step wants where questions or news may be its answer: a question, words to say to somebody, a page."""

    answer = "answer"
    question = "question"
    sentence = "sentence"
    page = "page"


class Step(BaseModel):
    """One step of a technique: what to do, what is waited for, what is answered."""

    id: str
    say: str
    expects: Expects
    say_if_skipped: Optional[str] = None
    reply: Optional[str] = None
    note: Optional[str] = None
    short: bool = False  # a name or a few words are wanted: whoever tells at length here talks of something else
    wants: Wants = Wants.answer
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
        if expects is not Expects.text and (values["short"] or values["wants"] is not Wants.answer):
            raise ValueError("only a text step can be short, or want a question, a sentence or a page")
        if PLACEHOLDER.search(values["say"]) and not values["say_if_skipped"]:
            raise ValueError("a step that gives a note back has say_if_skipped")
        return values


class Technique(Entry):
    """A coping technique that can be done step by step."""

    name: str = Field(max_length=28)
    also: Tuple[str, ...] = ()  # plain words people ask for it by ("journaling"); several techniques may share one
    general: bool = False  # presumes nothing: offered first while it is not clear what the talk is about
    kind: str
    offer: str
    when: str
    not_when: Tuple[str, ...] = ()
    only_for: Tuple[str, ...] = ()  # offered only after one of these of its themes was heard ("a child could help")
    made_for: Tuple[str, ...] = ()  # offered before others once one of these was mentioned ("no_money")
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

    @property
    def name_in_text(self) -> str:
        """The name as it stands within a sentence."""
        return re.sub(r"\bi\b", "I", self.name.lower())

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


def words(text: str) -> int:
    """How many words a text has, as a reader counts them."""
    return len(text.split())
