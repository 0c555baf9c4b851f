"""What a person does not want: told from sentences that only sound like it."""

from typing import Optional

import pytest

from bot.core.guide import corrections, hearing, limits


@pytest.mark.parametrize(
    "text, expected",
    [
        ("could you just be here", "limits.company"),
        ("please just listen", "limits.company"),
        ("you don't have to say anything", "limits.company"),
        ("I need someone to just listen", "limits.company"),
        ("can you stay with me", "limits.company"),
        ("he could just be there for me", None),
        ("I just listen to her all night", None),
        ("I just stay in bed", None),
        ("just being here is hard", None),
        ("leave me alone", "limits.unasked"),
        ("please no questions", "limits.unasked"),
        ("there were no questions at the interview", None),
        ("please stop asking me questions", "limits.unasked"),
        ("i don't want to answer that", "limits.unasked"),
        ("they leave me alone all the time", None),
        ("I never stop asking myself", None),
        ("I don't ask for help", None),
        ("I don't want to talk about that", "limits.closed"),
        ("let's not go there", "limits.closed"),
        ("I don't want to talk about that with my mother again", None),
        ("I don't speak about it", None),
        ("i can't talk to him", None),
        ("i don't go out", None),
        ("i don't want to talk about mum today", "limits.closed"),
        ("not about work please", "limits.closed"),
        ("please, not about my sister", "limits.closed"),
        ("let's not talk about the divorce", "limits.closed"),
        ("anything but work", "limits.closed"),
        ("not about that", None),
        ("it's not about work", None),
        ("i can't talk about feelings", None),
        ("i don't want to talk about it with him", None),
        ("i don't want to talk about how he died because it hurts", None),
        ("my dad doesn't want to talk about money", None),
        ("piss off", "limits.unasked"),
        ("go away please", "limits.unasked"),
        ("shut up", "limits.unasked"),
        ("he told me to piss off", None),
        ("i want to go away with him", None),
    ],
)
def test_a_limit_is_told_from_talk(text: str, expected: Optional[str]) -> None:
    assert limits.wish(text) == expected


@pytest.mark.parametrize(
    "text, expected",
    [
        ("No, I'm not angry, I'm disappointed", "I'm disappointed"),
        ("not lonely, more like bored", "bored"),
        ("no, it's more that I feel alone with it", "I feel alone with it"),
        ("no more the feeling of being a failure", "the feeling of being a failure"),
        ("it isn't my boss, it's my sister", "my sister"),
        ("I'm not afraid of him, I just want to breathe", "I just want to breathe"),
        ("I'm not sleeping, I'm eating badly", None),
        ("it's not fair, it's always me", None),
        ("she wants me to be more like my sister", None),
        ("I want more of that", None),
        ("no", None),
    ],
)
def test_a_correction_says_what_holds_instead(text: str, expected: Optional[str]) -> None:
    found = corrections.read(text)
    assert (found.instead if found else None) == expected


@pytest.mark.parametrize("text", ["no", "not really", "i don't think so", "no it isn't", "not that either"])
def test_a_bare_no_says_no_more_than_that(text: str) -> None:
    assert hearing.is_bare(text)


@pytest.mark.parametrize("text", ["it felt too big", "not at all heavy", "No, I'm not angry, I'm disappointed"])
def test_a_no_that_says_more_is_not_bare(text: str) -> None:
    assert not hearing.is_bare(text)
