"""What the bot says in conversation: each wording is there, fits its place and keeps to the rules of docs/safety.md."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest
import yaml

from bot.core.copy_lint import problems
from bot.core.entries import Saying, words

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "data" / "responses").glob("*.yml"))
GUIDE = sorted((ROOT / "bot" / "core" / "guide").glob("*.py"))

KINDS = ("suicide", "self_harm", "abuse", "violence", "eating", "medical")
OTHERS = ("suicide_other", "self_harm_other", "abuse_other", "violence_other")
FACTS = {
    "readers",
    "notify",
    "backups",
    "operator",
    "agreement",
    "share_days",
    "minimum_age",
    "retention",
    "encryption",
}
NOTED = ("notes", "ratings", "steps", "exercises", "themes", "corrections", "alerts")
BREATHING = {"seconds", "round", "rounds"}
COUNTS = ("messages", "replies", "conversations", *NOTED)
PLACEHOLDERS: Dict[str, Set[str]] = {
    "telegram.link.code": {"code"},
    **{f"telegram.breathe.{phase}": BREATHING for phase in ("inhale", "hold", "exhale")},
    "greeting.step": {"step"},
    "arrive.number": {"number"},
    "arrive.heavy": {"number"},
    "quote": {"quote"},
    "quote.listening": {"quote"},
    "two_themes": {"a", "b"},
    "either_or": {"a", "b"},
    "brief": {"word", "a", "b"},
    "vague.with_theme": {"theme"},
    "named": {"word"},
    "named.again": {"word"},
    "corrected": {"instead"},
    "offer.two": {"a", "b"},
    "offer.one": {"a"},
    "offer.again": {"a", "b"},
    "offer.compare": {"first", "first_minutes", "a", "second", "second_minutes", "b"},
    "offer.compare_one": {"first", "first_minutes", "a"},
    "offer.other": {"name", "minutes", "a"},
    "offer.list": {"names"},
    "exercise.written": {"notes"},
    "exercise.explain": {"step", "steps", "aim"},
    "exercise.explain_doing": {"step", "steps", "aim"},
    "greeting.exercise": {"name"},
    "greeting.thread": {"theme"},
    "exercise.still_open": {"name"},
    "close.exercise": {"name"},
    "step.reason_quoted": {"quote"},
    "step.again": {"step"},
    "step.cost": {"expected"},
    "step.cost_less": {"expected", "cost"},
    "step.cost_more": {"expected", "cost"},
    "step.cost_same": {"cost"},
    **{f"step.said_{beside}": {"expected"} for beside in ("less", "more", "same")},
    "step.recalled": {"step"},
    "exercise.start": {"name", "minutes"},
    "step.offer": {"step"},
    "step.waits": {"step"},
    "facts.purged": {"days"},
    "forget.confirm.several_all": {"words", "count"},
    "forget.confirm.several_part": {"words", "count"},
    "forget.confirm.several_unseen": {"count", "day"},
    "decided": {"step"},
    "close.step": {"step"},
    "source.reflection": {"citation"},
    "source.article": {"citation"},
    "source.adapted_from": {"citation"},
    "long.read": {"kept"},
    "long.invite": {"limit"},
    "fallback.too_long": {"limit"},
    "delete.done": {"receipt"},
    "forget.confirm": {"words"},
    "forget.confirm.note": {"words"},
    "forget.confirm.day": {"day"},
    "journey.day": {"day", "lived"},
    "journey.weight": {"number"},
    "journey.weights": {"first", "last"},
    "journey.felt": {"felt", "technique"},
    "journey.techniques": {"techniques"},
    "journey.step": {"step"},
    "journey.steps": {"steps"},
    "journey.before": {"themes"},
    "receipt.history": {"things"},
    "receipt.noted": {"things"},
    "receipt.models": {"models"},
    **{f"receipt.{name}": {"count"} for name in (*COUNTS, "engine", "review", "training", "examples", "examples_left")},
    "country.set": {"country"},
    **{
        f"share.{name}": {"until"}
        for name in (
            "ask",
            "in_force",
            "how_much",
            "preview",
            "this_one",
            "done",
            "done_message",
            "end_set",
            "kept_shared",
        )
    },
    "share.shown": {"number", "words"},
    "share.shown_reply": {"words"},
    "share.read": {"readings", "read_by"},
    "share.reader": {"reader", "role", "count", "day"},
    "share.reader_once": {"reader", "role", "day"},
    "share.readers_more": {"read_by", "count"},
    "card.line": {"name", "reach", "hours"},
    "card.emergency": {"number"},
    "card.directory": {"address"},
    "card.directory_all": {"address"},
}
# Parts that another text of the same message asks after, and texts that a question would turn into a pull.
ASK_NOTHING = (
    "disclosure.first",
    "disclosure.again",
    "disclosure.readers",
    "listen",
    "listen.heavy",
    "brighter",
    "brighter.answered",
    "just_said",
    "quote",
    "quote.listening",
    "not_it.dropped",
    "odd_to_say",
    "go_on",
    "loss",
    "loss.baby",
    "loss.animal",
    "illness",
    "beside.listen",
    "beside.feeling",
    "beside.fear",
    "beside.heavy",
    "limits.company",
    "limits.unasked",
    "limits.closed",
    "company",
    "corrected",
    "promise",
    "find_words",
    "no_thanks",
    "delete.well",
    "delete.listed",
    "step.dropped",
    "exercise.written",
    "exercise.nothing_written",
    "exercise.kept_back",
    "two_themes",
    "answer.yes",
    "answer.no",
    "answer.maybe",
    "other_feeling",
    "decided",
    "quiet",
    "exercise.start",
    "exercise.at_first",
    "exercise.resumed",
    "exercise.skipped",
    "exercise.explain",
    "exercise.explain_doing",
    "exercise.leave_out",
    "step.recalled",
    "step.none_agreed",
    "offer.other",
    "look_back.closing_again",
    "exercise.need_number",
    "exercise.need_choice",
    "exercise.on_hold",
    "exercise.still_open",
    "step.reason",
    "step.reason_quoted",
    "exercise.done",
    "look_back.received",
    "look_back.lighter",
    "look_back.heavier",
    "close.plain",
    "close.step",
    "close.exercise",
    "close.risk",
    "close.thanks",
    "thanks",
    "thanks.closing",
    "journey.lead",
    "journey.techniques",
    "journey.step",
    "journey.steps",
    "journey.before",
    "journey.kept_back",
    "known.little",
    "known.all",
    "delete.done",
    "fallback.error",
    "fallback.unscreened",
    "fallback.not_saved",
    "fallback.too_long",
    "fallback.too_fast",
)
ASK_ONCE = (
    "forget.confirm",
    "forget.confirm.note",
    "forget.confirm.unseen",
    "forget.confirm.day",
    "forget.confirm.several_all",
    "forget.confirm.several_part",
    "forget.confirm.several_unseen",
    "step.waits",
    "step.said_less",
    "step.said_more",
    "step.said_same",
    "question",
    "question.heavy",
    "brighter.question",
    "brighter.answered.question",
    "apology.told",
    "other_feeling.question",
    "either_or",
    "brief",
    "not_it",
    "vague.go_first",
    "greeting.first",
    "greeting.again",
    "greeting.returning",
    "greeting.step",
    "arrive.number",
    "arrive.heavy",
    "step.went",
    "step.not_done",
    "step.heard",
    "step.cost",
    "step.cost_less",
    "step.cost_more",
    "step.cost_same",
    "greeting.exercise",
    "greeting.thread",
    "greeting.afresh",
    "exercise.aside",
    "keep_talking",
    "keep_talking.elsewhere",
    "step.own",
    "step.another",
    "step.another_smaller",
    "step.again",
    "lost.topic",
    "named",
    "question.first",
    "question.first.heavy",
    "loss.question",
    "loss.baby.question",
    "loss.animal.question",
    "illness.question",
    "named.again",
    "find_words.here",
    "area.people",
    "area.work",
    "area.self",
    "rating.noted",
    "look_back.scale",
    "look_back.scale_only",
    "step.offer",
    "close.feedback",
    "close.feedback.topic",
    "close.feedback.help",
    "close.feedback.only_help",
    "share.ask",
    "share.how_much",
    "share.this_one",
    "share.several",
    "share.which",
    "share.when",
    "training.ask",
    "concern.follow",
    "concern.other",
    "safety.hedged",
    "safety.hedged_no",
    "safety.yes",
    "safety.lowered",
    "safety.alone",
    "safety.heavy",
    "check_in",
    "check_in.abuse",
    *(f"concern.{kind}" for kind in KINDS),
    *(f"safety.open.{kind}" for kind in (*KINDS, *OTHERS)),
    *(f"safety.imminent.{kind}" for kind in KINDS),
    *(f"safety.follow.{kind}" for kind in KINDS),
    *(f"safety.{answer}.{kind}" for answer in ("yes", "hedged") for kind in ("abuse", "eating", "medical")),
)
BUTTONS = {
    "telegram.link.confirm": ("Yes, link it", "Leave it"),
    "telegram.link.invited": ("Yes, link it", "Leave it"),
    "vague.choices": ("Other people", "Work or study", "Something in me"),
    "lost.offer": ("Another topic", "A real person", "A pause"),
    "greeting.step": ("Start afresh",),
    "greeting.exercise": ("Go on with it", "Start afresh"),
    "step.cost": ("Skip",),
    "close.feedback": ("Yes", "Partly", "No", "Skip"),
    "close.feedback.topic": ("Yes", "Partly", "No", "Skip"),
    "close.feedback.help": ("Yes", "Partly", "No", "Skip"),
    "close.feedback.only_help": ("Yes", "Partly", "No", "Skip"),
    "exercise.paused": ("Next",),
    "exercise.on_hold": ("Next",),
    "exercise.aside": ("Next",),
    "exercise.still_open": ("Next",),
    "step.another": ("Another one", "Not now"),
    "step.another_smaller": ("A smaller one", "Not now"),
    "share.ask": ("Show me first", "This conversation", "Only my last message", "Not now"),
    "share.how_much": ("Show me first", "This conversation", "Only my last message", "Not now"),
    "share.preview": ("This conversation", "Only my last message", "Not now"),
    "share.this_one": ("Yes, share it", "Another one", "Not now"),
    "share.several": ("Not now",),
    "share.which": ("Only my last message", "Show me first", "Not now"),
    "share.not_found": ("Show me first", "Only my last message", "This conversation", "Not now"),
    "share.done_message": ("Another one", "That's all"),
    "share.when": ("For a week", "Not now"),
    "training.ask": ("Yes, you may", "No"),
    "outside.language": ("Show me numbers",),
    "delete.confirm": ("Yes, delete everything", "Keep it"),
    **{
        f"forget.confirm{kind}": ("Yes, forget it", "Keep it")
        for kind in ("", ".note", ".unseen", ".day", ".several_all", ".several_part", ".several_unseen")
    },
    "step.waits": ("Yes", "Something else", "Not now"),
}


def _load() -> Tuple[Dict[str, Saying], Dict[str, str]]:
    sayings: Dict[str, Saying] = {}
    files: Dict[str, str] = {}
    for path in FILES:
        for item in yaml.safe_load(path.read_text(encoding="utf-8")):
            saying = Saying.parse_obj(item)
            assert saying.id not in sayings, f"{saying.id} is in {path.name} and in {files[saying.id]}.yml"
            sayings[saying.id] = saying
            files[saying.id] = path.stem
    return sayings, files


SAYINGS, FILE_OF = _load()


def _wordings() -> Iterator[Tuple[str, str]]:
    for saying in SAYINGS.values():
        for text in saying.texts:
            yield saying.id, text


def _texts(*ids: str) -> Iterator[Tuple[str, str]]:
    return ((name, text) for name in ids for text in SAYINGS[name].texts)


def _ids_in_code() -> Tuple[Set[str], Set[str]]:
    """Ids that the guide names in full, and patterns of the families that it puts together."""
    source = "\n".join(path.read_text(encoding="utf-8") for path in GUIDE)
    roots = "|".join(sorted({name.split(".")[0] for name in SAYINGS if "." in name}))
    exact = set(re.findall(rf'(?<!f)"((?:{roots})(?:\.[a-z_]+)+)"', source))
    exact |= set(re.findall(r'\.(?:say|wording)\("([a-z_.]+)"', source))
    # An f-string such as `safety.open.{kind}` stands for every id of that shape.
    families = re.findall(rf'f"((?:{roots})\.(?:[a-z_.]|\{{[^}}]*\}})+)"', source)
    return exact, {re.sub(r"\\\{.*?\\\}", "[a-z_]+", re.escape(family)) for family in families}


def test_every_saying_that_the_guide_names_exists() -> None:
    exact, families = _ids_in_code()
    prefixes = {name for name in exact if f"{name}.suicide" in SAYINGS}
    assert len(exact) > 60
    assert sorted(exact - prefixes - set(SAYINGS)) == []
    assert [family for family in families if not any(re.fullmatch(family, name) for name in SAYINGS)] == []


@pytest.mark.parametrize("family", ["concern", "safety.open", "safety.imminent", "safety.follow"])
def test_every_kind_of_danger_has_its_own_words(family: str) -> None:
    assert [kind for kind in KINDS if f"{family}.{kind}" not in SAYINGS] == []


def test_danger_to_someone_else_has_its_own_words() -> None:
    assert [kind for kind in OTHERS if f"safety.open.{kind}" not in SAYINGS] == []


def test_every_wording_carries_exactly_what_is_filled_in() -> None:
    for name, text in _wordings():
        found = set(re.findall(r"\{([^}]*)\}", text)) - FACTS
        assert found == PLACEHOLDERS.get(name, set()), (name, text)


def test_the_first_disclosure_tells_who_may_read() -> None:
    for name in ("disclosure.first", "disclosure.readers", "privacy.readers", "privacy.stored"):
        assert all("{readers}" in text for text in SAYINGS[name].texts), name
    assert all("{notify}" in text for text in SAYINGS["privacy.reported"].texts)
    assert all("{backups}" in text for text in SAYINGS["privacy.backups"].texts)


def test_no_wording_asks_more_than_one_question() -> None:
    assert [(name, text) for name, text in _wordings() if text.count("?") > 1] == []


def test_parts_of_a_message_and_endings_ask_nothing() -> None:
    assert [(name, text) for name, text in _texts(*ASK_NOTHING) if "?" in text] == []


def test_questions_ask() -> None:
    assert [(name, text) for name, text in _texts(*ASK_ONCE) if "?" not in text] == []


def test_listening_never_asks_why() -> None:
    listening = [name for name in SAYINGS if FILE_OF[name] == "listening"]
    assert [(name, text) for name, text in _texts(*listening) if re.search(r"\bwhy\b", text, re.IGNORECASE)] == []


def test_wordings_keep_to_their_length() -> None:
    for name, text in _wordings():
        limit = 90 if FILE_OF[name] in ("about", "safety") else 60
        assert words(text) <= limit, (name, words(text), text)
    for name, low, high in (
        ("listen", 4, 16),
        ("listen.heavy", 4, 16),
        ("question", 5, 15),
        ("question.heavy", 5, 15),
        ("other_feeling", 5, 16),
        ("quiet", 2, 8),
        ("greeting.first", 1, 35),
        ("disclosure.first", 40, 61),
        ("disclosure.again", 1, 35),
        ("about.abilities", 1, 60),
        ("person.ways", 1, 60),
    ):
        assert [(text, words(text)) for text in SAYINGS[name].texts if not low <= words(text) <= high] == [], name


def test_no_wording_makes_a_false_claim_or_falls_into_cliche() -> None:
    assert [(name, found) for name, text in _wordings() if (found := problems(text))] == []


def test_no_sentence_is_said_in_two_places() -> None:
    places: Dict[str, List[str]] = defaultdict(list)
    for name, text in _wordings():
        for sentence in re.split(r"(?<=[.?])\s+", text):
            # The count of breathing rounds stands beside each phase on purpose.
            if (words(sentence) > 2 or not sentence.endswith(".")) and "{rounds}" not in sentence:
                places[sentence.lower().strip(" .?")].append(name)
    assert {sentence: names for sentence, names in places.items() if len(names) > 1 and words(sentence) > 1} == {}


def test_what_a_receipt_counts_is_said_for_one_and_for_several() -> None:
    assert [name for name in COUNTS if len(SAYINGS[f"receipt.{name}"].texts) != 2] == []


def test_quick_replies_are_those_that_the_guide_understands() -> None:
    assert {name: saying.buttons for name, saying in SAYINGS.items() if saying.buttons} == BUTTONS


def test_answers_to_danger_are_honest_about_the_program_and_name_people_and_lines() -> None:
    for name, text in _texts(*(f"safety.open.{kind}" for kind in (*KINDS, *OTHERS))):
        lowered = text.lower()
        assert re.search(r"program|software", lowered), (name, text)
        assert re.search(r"keep(?:s|ing)?\b.*\bsafe|safety is more than a program", lowered), (name, text)
        assert "trust" in lowered, (name, text)
        assert "the free lines below" in lowered, (name, text)
        assert 35 <= words(text) <= 60, (name, words(text), text)


def test_suicide_is_asked_about_directly() -> None:
    direct = r"\b(?:ending|end|taking) (?:your|their) (?:own )?life|suicide|dying|wanting to die|not wanting to live"
    for name, text in _texts("concern.suicide", "safety.open.suicide"):
        assert re.search(direct, text), (name, text)


def test_in_acute_danger_the_emergency_number_comes_first() -> None:
    for name, text in _texts(*(f"safety.imminent.{kind}" for kind in KINDS)):
        start = " ".join(text.lower().split()[:16])
        assert "emergency number" in start, (name, text)
        assert re.search(r"program|software", text), (name, text)
        assert re.search(r"keep(?:ing)?\b.*\bsafe", text, re.IGNORECASE), (name, text)
        assert words(text) <= 50, (name, words(text), text)


def test_whoever_worries_about_someone_is_shown_to_people_and_not_taken_for_the_one_in_danger() -> None:
    for name, text in _texts("safety.other", "safety.imminent.other"):
        assert re.search(r"the free lines below|emergency number", text, re.IGNORECASE), (name, text)
        assert not re.search(r"you could use|are you thinking|keep you safe", text), (name, text)
    assert all("emergency number" in text.lower() for _, text in _texts("safety.imminent.other"))


def test_people_to_call_are_one_tap_away_whenever_safety_is_asked_about() -> None:
    named = ("concern.other", "safety.heavy", "safety.lowered", *(f"concern.{kind}" for kind in KINDS))
    for name, text in _texts(*named):
        assert re.search(r"show me numbers|the lines|numbers", text, re.IGNORECASE), (name, text)


def test_being_alone_with_danger_names_the_emergency_number() -> None:
    assert [text for text in SAYINGS["safety.alone"].texts if "emergency number" not in text] == []


def test_a_yes_to_the_question_about_abuse_always_means_safe() -> None:
    for name, text in _texts("concern.abuse", "safety.open.abuse", "safety.open.abuse_other"):
        question = next(part for part in re.split(r"(?<=[.?])\s+", text) if part.endswith("?"))
        assert re.match(r"(?:Are (?:you|they)|Is the person) safe", question), (name, question)


def test_reaching_for_a_person_never_means_the_one_who_hurts() -> None:
    safe_person = r"treats you well|safe for you|trust|good to you|kind to you|won't hurt you"
    assert [text for text in SAYINGS["safety.reaching"].texts if not re.search(safe_person, text)] == []
    told = [name for name in SAYINGS if name.endswith((".abuse", ".abuse_other"))]
    pressing = r"confront|talk to (?:him|her|them) about|forgive|stand up to|things out with|(?:his|her|their) side"
    assert [(name, text) for name, text in _texts(*told) if re.search(pressing, text)] == []


def test_a_greeting_after_abuse_gives_nothing_away_on_a_shared_screen() -> None:
    telling = r"safe|danger|hurt|last time|abuse|partner|home|lines?|numbers|help"
    assert [text for text in SAYINGS["check_in.abuse"].texts if re.search(telling, text, re.IGNORECASE)] == []


def test_failures_still_point_to_people() -> None:
    for name in ("error", "unscreened", "not_saved", "too_long", "too_fast"):
        for _, text in _texts(f"fallback.{name}"):
            assert re.search(r"emergency number|use the phone", text), (name, text)


@pytest.mark.parametrize(
    "text",
    [
        "I'm your therapist for today.",
        "I am a real person.",
        "I understand how hard that is.",
        "I’m so sorry to hear it.",
        "I've been there.",
        "This is therapy in your pocket.",
        "I can treat that.",
        "You have an anxiety disorder.",
        "You sound depressed.",
        "You clearly have depression.",
        "You probably just have a mild anxiety disorder.",
        "You may be fine, but you still have trauma.",
        "This is a sign of trauma.",
        "That sounds like depression.",
        "It might be burnout.",
        "What you describe is a typical symptom of PTSD.",
        "Stop taking your pills.",
        "Try skipping your evening medication, or halve the dose.",
        "You could come off the antidepressants.",
        "You don't need your medication.",
        "Therapy would cure this.",
        "Rest can really heal you.",
        "Breathing is a proven way to calm the body.",
        "It has been shown: time heals.",
        "Studies prove that rest heals.",
        "Research has shown that writing helps.",
        "Scientists say so.",
        "He committed suicide.",
        "Can you promise to wait?",
        "I won't tell anyone.",
        "Please don't go.",
        "Stay a while, before you go.",
        "You're not thinking of suicide, are you?",
        "It could be worse.",
        "You are not alone.",
        "Thank you for sharing.",
        "You should rest.",
        "Well done!",
    ],
)
def test_the_lint_finds(text: str) -> None:
    assert problems(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "I'm a computer program, not a person, and this is not therapy.",
        "A therapist or doctor can treat what a program cannot.",
        "They died by suicide.",
        "Don't go through it by yourself.",
        "“Just reach out”, people say.",
        "Are you thinking about ending your life?",
        "I can read what you write.",
        "A doctor can say more about medicine than a program can.",
        "You have nothing to prove about it.",
        "A single one proves little, in either direction.",
        "The first sign of the alarm buys a second in which to choose.",
        "Take a pen and paper, and a moment.",
        "This isn't a sign of weakness.",
        "What takes long to heal may show in small moments.",
    ],
)
def test_the_lint_lets_honest_words_pass(text: str) -> None:
    assert problems(text) == []
