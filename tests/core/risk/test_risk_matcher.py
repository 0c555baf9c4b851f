"""The judge by rules."""

import pytest

from bot.core.conversation import Level
from bot.core.risk.matcher import RiskMatcher
from bot.core.risk.screen import shipped_rules
from bot.errors import ContentError

MATCHER = RiskMatcher(shipped_rules())

PAIRS = [
    ("i really want to die", "i want to die of embarrassment, i waved at a stranger"),
    ("i am going to end it all", "i am going to end it with my boyfriend on friday"),
    ("everyone would be happier without me", "everyone at the pub quiz would be happier without me on the team"),
    ("i keep thinking of killing myself", "we keep killing ourselves laughing at that video"),
    ("i'd rather be dead than live like this another year", "i'd rather be dead than sing at the office party"),
    ("last night i cut myself", "last night i cut myself chopping carrots"),
    ("my husband hits me", "that song hits me every single time"),
    ("he beats me when he has been drinking", "he beats me at chess when he has been drinking"),
    ("i am scared of my boyfriend", "i am scared of disappointing my boyfriend"),
    ("i want to kill my brother-in-law, i want to stab him", "i could kill my brother-in-law for eating the cake"),
    ("i starve myself until friday", "starving, when is dinner"),
    ("i took too many tablets", "i took my tablets as the doctor said"),
    ("there is no reason to go on living", "there is no reason to go on with this gym contract"),
    ("i just want to go to sleep and never wake up", "i just want to sleep and not wake up before noon"),
    ("i'm shooting myself tonight", "i'm shooting myself in the foot with this plan"),
    ("i have been stockpiling my pills", "i have been sorting my pills as the nurse told me"),
]


@pytest.mark.parametrize(("risky", "harmless"), PAIRS)
def test_a_plain_statement_is_told_from_its_harmless_twin(risky: str, harmless: str) -> None:
    assert MATCHER.judge(risky).level >= Level.risk
    assert MATCHER.judge(harmless).level is Level.none


@pytest.mark.parametrize(
    "text",
    [
        "i'm not suicidal, just worn out",
        "I would never kill myself",
        "i do not want to die",
        "nobody hits me, we only bicker",
        "no suicidal thoughts, no self-harm, sleeping fine",
    ],
)
def test_a_denial_of_the_thing_itself_raises_nothing_and_is_known_as_held_back(text: str) -> None:
    matched = MATCHER.judge(text)
    assert matched.level is Level.none
    assert matched.held_back


@pytest.mark.parametrize(
    "text",
    [
        "i dont want to live anymore",
        "I can't stop thinking about dying",
        "don't tell anyone but i want to die",
        "i never want to wake up again",
        "the only reason i haven't killed myself is my dog",
        "he hasn't hit me yet today, he hits me on sundays",
    ],
)
def test_a_negation_that_belongs_to_the_risk_does_not_lower_it(text: str) -> None:
    assert MATCHER.judge(text).level >= Level.risk


@pytest.mark.parametrize(
    "text",
    [
        "my friend wants to kill herself",
        "my son told me he wants to die",
        "someone i worked with told me she was suicidal",
        "a mate of mine keeps talking about suicide",
    ],
)
def test_danger_to_someone_else_is_concern_about_another(text: str) -> None:
    matched = MATCHER.judge(text)
    assert (matched.level, matched.subject) == (Level.concern, "other")


def test_a_child_being_hurt_is_risk_though_it_is_another_person() -> None:
    matched = MATCHER.judge("he hits my son when i am at work")
    assert (matched.level, matched.kind, matched.subject) == (Level.risk, "abuse", "other")


@pytest.mark.parametrize(
    "text, level",
    [
        ("my friend is being abused by her dad", Level.concern),
        ("my mum is being hit by my stepdad", Level.concern),
        ("my kids are being hit by their father", Level.risk),
    ],
)
def test_whoever_is_said_to_be_hurt_is_the_one_in_danger(text: str, level: Level) -> None:
    matched = MATCHER.judge(text)
    assert (matched.level, matched.kind, matched.subject) == (level, "abuse", "other")


def test_being_hurt_oneself_is_not_lost_beside_another() -> None:
    for text in (
        "my friend is fine but i am being hit by my dad",
        "my sister and i get beaten by our uncle",
        "my mum and i get hit by him",
    ):
        matched = MATCHER.judge(text)
        assert (matched.level, matched.subject) == (Level.risk, "self")


def test_a_long_run_of_single_letters_is_read_in_time() -> None:
    assert MATCHER.judge("i " * 2000 + "want to die").level is Level.risk


def test_a_helper_who_says_the_same_of_themselves_is_at_risk() -> None:
    matched = MATCHER.judge("my sister wants to die. honestly i want to die too")
    assert (matched.level, matched.subject) == (Level.risk, "self")


@pytest.mark.parametrize(
    "text", ["i tried to kill myself when i was 17", "years ago i was suicidal", "my first husband used to hit me"]
)
def test_what_is_told_as_past_is_concern(text: str) -> None:
    matched = MATCHER.judge(text)
    assert (matched.level, matched.tense) == (Level.concern, "past")


@pytest.mark.parametrize(
    "text", ["i used to be suicidal and it is back again", "i cut my arms in school and now i cut again"]
)
def test_a_past_that_has_returned_is_now(text: str) -> None:
    matched = MATCHER.judge(text)
    assert (matched.level, matched.tense) == (Level.risk, "now")


@pytest.mark.parametrize(
    "text",
    [
        "my character says i want to die in chapter three",
        "in the series the detective is suicidal and the finale is great",
        "the article is about rising suicide rates",
        "suicide squad was a mess but i liked the soundtrack",
    ],
)
def test_fiction_news_and_titles_raise_nothing(text: str) -> None:
    assert MATCHER.judge(text).level is Level.none


def test_words_in_quotation_marks_belong_to_the_one_who_said_them() -> None:
    assert MATCHER.judge('she wrote "i want to die" on her desk').subject == "other"


@pytest.mark.parametrize(
    "text",
    [
        "kms",
        "i wanna unalive myself",
        "i want to k1ll mys3lf",
        "i want to k i l l myself",
        "KILL MYSELF",
        "kïll mysélf",
        "i am sucidal",
        "i am suiicdal",
        "wanna dieeee",
        "going to sewerslide",
        "im gonna kms",
        "killmyself",
        "i don’t want to be alive",
        "i want 2 die",
        "thinking about toaster bath, i mean taking a toaster bath",
    ],
)
def test_disguises_slang_and_typing_errors_are_read(text: str) -> None:
    assert MATCHER.judge(text).level >= Level.risk


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("i am going to end my life tonight", "suicide"),
        ("i want to kill myself tonight", "suicide"),
        ("i want to die on friday", "suicide"),
        ("i think i'll end it all this weekend", "suicide"),
        ("i have a plan to kill myself", "suicide"),
        ("i wrote my suicide note", "suicide"),
        ("he is outside banging on the door and says he will kill me", "abuse"),
        ("im driving to his house with a gun to kill him", "violence"),
        ("i took way too many of my tablets", "medical"),
    ],
)
def test_plan_means_time_or_act_is_imminent(text: str, kind: str) -> None:
    matched = MATCHER.judge(text)
    assert (matched.level, matched.kind) == (Level.imminent, kind)


@pytest.mark.parametrize(
    "text",
    [
        "ana told me that nobody listens to her",
        "mia, could you listen to me for ten minutes? no is fine",
        "ana is my best friend",
    ],
)
def test_a_friends_name_is_no_eating_disorder(text: str) -> None:
    assert MATCHER.judge(text).level is Level.none
    assert MATCHER.judge("my pro ana group keeps me going").level >= Level.risk


@pytest.mark.parametrize(
    "text", ["i can't do this any more", "i really can't do it anymore", "i can't take this any longer"]
)
def test_being_at_the_end_of_ones_strength_is_a_concern(text: str) -> None:
    assert MATCHER.judge(text).level is Level.concern
    assert MATCHER.judge("i can't do this job any more").level is Level.none
    assert MATCHER.judge("take the kids on saturday, i can't do this any more in one day").level is Level.none


@pytest.mark.parametrize(
    "text",
    [
        "i want to die every monday morning",
        "i want to kill myself, tomorrow is my exam",
        "i wanted to die. friday is better",
    ],
)
def test_a_time_that_belongs_to_something_else_does_not_make_a_wish_imminent(text: str) -> None:
    assert MATCHER.judge(text).level < Level.imminent


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ich will nicht mehr leben", "suicide"),
        ("mon mari me frappe", "abuse"),
        ("quiero morirme", "suicide"),
        ("死にたい", "suicide"),
        ("أنا متعب جدا ولا أريد أن أعيش", "suicide"),
        ("我真的不想活了", "suicide"),
        ("Я больше не хочу жить", "suicide"),
        ("Kocam beni dövüyor", "abuse"),
        ("남편이 저를 때려요", "abuse"),
        ("लगता है मैं मरना चाहता हूँ", "suicide"),
    ],
)
def test_plain_statements_in_other_languages_are_known(text: str, kind: str) -> None:
    matched = MATCHER.judge(text)
    assert (matched.level, matched.kind) == (Level.risk, kind)


def test_the_words_that_decided_are_given_as_they_stand_in_the_text() -> None:
    text = "Work is fine. Honestly, I want to DIE most days."
    (span,) = MATCHER.judge(text).spans
    assert text[slice(*span)] == "want to DIE"


@pytest.mark.parametrize("text", ["", "   ", "🙂🙂", "?!.", "\u202e\u0000", "ﷺ" * 50, "a" * 9000])
def test_odd_texts_are_judged_without_an_error(text: str) -> None:
    assert MATCHER.judge(text).level is Level.none


def test_an_unreadable_rule_is_reported_with_its_name(tmp_path: object) -> None:
    with pytest.raises(ContentError, match=r"words\.yml"):
        RiskMatcher(shipped_rules() / "missing")


@pytest.mark.parametrize(
    "text",
    [
        "I went to his flat to help him with the boxes",
        "My son is 20 and I keep interfering in his flat, I want to let him learn",
        "i drove to their house to give them the keys back",
    ],
)
def test_going_to_see_somebody_is_no_violence(text: str) -> None:
    assert MATCHER.judge(text).level is Level.none


@pytest.mark.parametrize(
    "text", ["i'm driving to his house with a knife", "going to her place to finish her", "at his door with the gun"]
)
def test_going_there_armed_is_imminent(text: str) -> None:
    assert MATCHER.judge(text).level is Level.imminent
