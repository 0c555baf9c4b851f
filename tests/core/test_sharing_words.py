"""What is said about sharing is taken as it is meant: which message, until when, how much; and nothing is guessed."""

from datetime import datetime, timezone
from typing import List, Optional

import pytest

from bot.core.conversation import Heard
from bot.core.guide import ending, share_words
from bot.core.guide.which import Message, find, which

MONDAY = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)
TOLD = [
    Message(11, 1, "hi"),
    Message(12, 2, "my sisters never call me"),
    Message(13, 4, "my boss shouts at everyone"),
    Message(14, 5, "i can't sleep, my boss again"),
]


@pytest.mark.parametrize(
    "text, until",
    [
        ("only for a week please", "2026-03-09 18:00"),
        ("for two weeks", "2026-03-16 18:00"),
        ("no longer than a couple of days", "2026-03-04 18:00"),
        ("just for 12 hours", "2026-03-03 06:00"),
        ("for a month", "2026-04-01 18:00"),
        ("make it half a day", "2026-03-03 06:00"),
        ("until Friday", "2026-03-06 23:59"),
        ("till next monday", "2026-03-09 23:59"),
        ("until tomorrow", "2026-03-03 23:59"),
        ("until the end of the month", "2026-03-31 23:59"),
        ("until 12 March", "2026-03-12 23:59"),
        ("until March 12th, please", "2026-03-12 23:59"),
        ("until 2026-03-12", "2026-03-12 23:59"),
        ("until the 12th", "2026-03-12 23:59"),
        ("until the 1st", "2026-04-01 23:59"),
        ("until 1 March", "2027-03-01 23:59"),
        ("until 04/03", "2026-03-04 23:59"),
        ("until 3/4", "2026-03-04 23:59"),
        ("stop sharing on Friday", "2026-03-06 23:59"),
    ],
)
def test_an_end_is_read_in_days_weeks_weekdays_and_dates_the_earlier_way_where_there_are_two(
    text: str, until: str
) -> None:
    found = ending.phrase(text)
    assert found is not None
    assert f"{ending.moment(found, MONDAY):%Y-%m-%d %H:%M}" == until


@pytest.mark.parametrize("text", ["until my appointment", "only for a while", "until 1 January 2020", "until 31/02"])
def test_an_end_that_cannot_be_read_or_has_passed_is_noticed(text: str) -> None:
    found = ending.phrase(text)
    assert found is not None and ending.moment(found, MONDAY) is None


@pytest.mark.parametrize(
    "text", ["the one from two days ago", "what I wrote on Friday", "my last week's message", "the last"]
)
def test_a_time_that_is_no_end_is_not_taken_for_one(text: str) -> None:
    assert ending.phrase(text) is None


@pytest.mark.parametrize(
    "text, meant",
    [
        ("share only my second message", [12]),
        ("the last one", [14]),
        ("Only my last message", [14]),
        ("the one before the last", [13]),
        ("the second to last one please", [13]),
        ("my first and second messages", [11, 12]),
        ("the last two", [13, 14]),
        ("message 4", [13]),
        ("messages 2 and 5", [12, 14]),
        ("number two", [12]),
        ("the 4th", [13]),
        ("the one about my sister", [12]),
        ("what I said about my sister", [12]),
        ("the one where I said I can't sleep", [14]),
        ("the sister one", [12]),
        ("the one about my boss", [13, 14]),
        ("no, the second", [12]),
        ("my third message", []),
        ("message 9", []),
        ("the second and the ninth", []),
        ("the green one", []),
        ("everything but my second message", []),
        ("not the last one", []),
    ],
)
def test_the_message_that_is_named_is_found_and_no_other(text: str, meant: List[int]) -> None:
    named = which(text)
    assert named is not None
    assert [message.id for message in find(named, TOLD)] == meant


@pytest.mark.parametrize(
    "text", ["i'm so tired", "my sister is awful", "one second", "when i was small nobody asked", ""]
)
def test_talk_names_no_message(text: str) -> None:
    assert which(text) is None


@pytest.mark.parametrize(
    "text, kind, what",
    [
        ("Show me first", "button", "preview"),
        ("show it to me first please", "next", "preview"),
        ("This conversation", "button", "whole"),
        ("share the whole conversation, until friday", "theme", "whole"),
        ("everything", "theme", "whole"),
        ("all of it", "theme", "all"),
        ("all of them please", "theme", "all"),
        ("show me the whole conversation first", "theme", "preview_all"),
        ("show me everything", "theme", "preview_all"),
        ("show me those first", "theme", "preview"),
        ("Only my last message", "button", "messages"),
        ("share the one about my sister, only for a week", "theme", "messages"),
        ("Another one", "button", "another"),
        ("Yes, share it", "button", "yes"),
        ("this one", "theme", "yes"),
        ("ok", "affirm", "yes"),
        ("Not now", "deny", "no"),
        ("That's all", "button", "no"),
        ("only for a week please", "theme", "end"),
        ("until my appointment", "theme", "end"),
        ("the message you liked best", "theme", "unclear"),
        ("i give up on everything", "theme", None),
        ("i just want it all to stop", "theme", None),
        ("no one ever listens to me", "deny", None),
        ("i've been off for a week", "theme", None),
        ("my mother shares nothing with anyone", "theme", None),
    ],
)
def test_an_answer_about_sharing_is_taken_by_plain_words_alone(text: str, kind: str, what: Optional[str]) -> None:
    answer = share_words.read(Heard(text, kind))
    assert (answer.what if answer else None) == what
