"""A consent is never guessed: what counts as the wish to share or to be trained on, and what does not."""

import pytest

from bot.core.guide import age, consent


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("share this conversation", "share"),
        ("share", "share"),
        ("Can I share this chat with my therapist?", "share"),
        ("I want to show this to my counsellor", "share"),
        ("share only my second message", "share"),
        ("please share the message about my sister with my therapist", "share"),
        ("share this conversation for a week please", "share"),
        ("share the one about my brother", "share"),
        ("only share the last one", "share"),
        ("share what i said about my brother", "share"),
        ("Please share only the one where I talked about work", "share"),
        ("can you share my first two messages?", "share"),
        ("share the last two", "share"),
        ("i'd like to share my last answer", "share"),
        ("share this chat with my coach until friday", "share"),
        ("stop sharing", "unshare"),
        ("stop sharing until I say so", "unshare"),
        ("stop sharing on friday", "share_end"),
        ("let the sharing end in three days", "share_end"),
        ("take back the sharing please", "unshare"),
        ("who has read my messages?", "readings"),
        ("Who read it?", "readings"),
        ("you can use my messages for training", "training"),
        ("don't train on my messages", "no_training"),
        ("please stop using my words to improve the bot", "no_training"),
    ],
)
def test_a_plain_wish_is_understood(text: str, wanted: str) -> None:
    assert consent.wish(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "i want to share something with you",
        "i'd like to share one thing about my brother",
        "I want to share what I said to my brother",
        "let me share what i wrote about my dad with you",
        "can i share the last thing that hurt me",
        "we share the one bathroom",
        "i share the last bit of bread with him",
        "I share a flat with two people",
        "I could never share this with my therapist",
        "we have been sharing a flat for two weeks",
        "I share my messages with nobody",
        "my boss shared my idea as his own",
        "who reads this?",
        "do you train on my messages?",
        "i started training for my first marathon",
        "my therapist read it and said nothing",
        "I can't share any of this with my wife, she would only worry",
        "",
    ],
)
def test_talk_is_not_taken_for_a_consent(text: str) -> None:
    assert consent.wish(text) is None


@pytest.mark.parametrize(
    "text, years",
    [
        ("im 15 and nobody listens", 15),
        ("I am fourteen.", 14),
        ("well i'm only 13 years old", 13),
        ("I'm 42, if that matters", 42),
        ("i'm 15 minutes late for everything", None),
        ("im 12 weeks pregnant", None),
        ("my son is 15", None),
        ("i am 10 out of 10 tired", None),
        ("when i was 15 it began", None),
    ],
)
def test_an_age_is_read_only_where_it_is_the_persons_own(text: str, years: object) -> None:
    assert age.told(text) == years
