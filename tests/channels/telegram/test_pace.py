"""What may be sent, and how much may be written, in which time."""

from datetime import datetime, timedelta, timezone

from bot.channels.telegram.pace import Flood, Pace
from bot.channels.telegram.polling import back_off

from .conftest import FakeTime


def moments(pace: Pace, clock: FakeTime, chats: list) -> list:
    return [clock.now() + pace.reserve(chat) for chat in chats]


def test_one_chat_gets_a_short_burst_and_then_one_message_a_second(clock: FakeTime) -> None:
    start = clock.now()
    assert [round(moment - start) for moment in moments(Pace(clock), clock, [7] * 6)] == [0, 0, 0, 1, 2, 3]


def test_all_chats_together_get_less_than_thirty_messages_in_any_second(clock: FakeTime) -> None:
    due = sorted(moments(Pace(clock), clock, list(range(200))))
    busiest = max(sum(1 for other in due if moment <= other < moment + 1) for moment in due[25:])
    assert busiest <= 26
    assert due[-1] - due[0] > 6


def test_a_chat_rests_as_long_as_telegram_says(clock: FakeTime) -> None:
    pace = Pace(clock)
    pace.hold(7, 30)
    assert pace.reserve(7) == 30
    assert pace.reserve(8) == 0


def test_only_what_a_person_writes_above_the_limit_of_a_minute_is_too_much() -> None:
    flood, noon = Flood(3), datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
    assert [flood.excess(7, n, noon + timedelta(seconds=n)) for n in range(5)] == [0, 0, 0, 1, 2]
    assert flood.excess(8, 9, noon) == 0
    assert flood.excess(7, 10, noon + timedelta(minutes=2)) == 0


def test_a_message_that_is_tried_again_is_not_counted_again() -> None:
    flood, noon = Flood(3), datetime(2026, 3, 1, 12, tzinfo=timezone.utc)
    assert [flood.excess(7, 1, noon) for _ in range(9)] == [0] * 9


def test_pauses_after_failures_grow_to_a_minute() -> None:
    assert [back_off(failures) for failures in (0, 1, 2, 3, 50)] == [1, 2, 4, 8, 60]
