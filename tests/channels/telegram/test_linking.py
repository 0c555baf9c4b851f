"""A code carries a history from one channel to another: once, for ten minutes."""

from datetime import datetime, timedelta, timezone
from random import Random
from typing import Optional

import pytest

from bot.core import linking as codes
from bot.core.linking import Standing
from bot.errors import StorageError
from bot.storage import linking
from bot.storage.database import Database
from bot.storage.erasure import erase
from bot.storage.linking import Redeemed
from bot.storage.repository import Repository

NOON = datetime(2026, 3, 1, 12, tzinfo=timezone.utc)


def person(database: Database, channel: str, address: str) -> str:
    with database.transaction() as session:
        return Repository(session).person_at(channel, address, NOON)


def issue(database: Database, person_id: str) -> str:
    with database.transaction() as session:
        return linking.issue(session, person_id, NOON)


def redeem(database: Database, code: str, address: str, now: datetime = NOON) -> Optional[Redeemed]:
    with database.transaction() as session:
        return linking.redeem(session, code, "telegram", address, now)


def test_a_code_is_read_however_it_is_typed() -> None:
    code = codes.new_code(Random(1))
    assert codes.read(f"  {code.lower().replace('-', ' ')} ") == code
    assert codes.read(code.replace("-", "–")) == code
    assert codes.read("hello there") is None
    assert codes.read(code + "A") is None


def test_codes_differ() -> None:
    assert len({codes.new_code() for _ in range(200)}) == 200


def test_the_code_itself_is_not_kept(database: Database) -> None:
    code = issue(database, person(database, "web", "w"))
    with database.reading() as session:
        kept = session.execute(linking.link_codes.select()).mappings().all()
    assert len(kept) == 1
    assert code not in str(kept) and code.replace("-", "") not in str(kept)


def test_whoever_types_the_code_goes_on_with_the_history(database: Database) -> None:
    mine = person(database, "web", "w")
    assert redeem(database, issue(database, mine), "42") == Redeemed(mine, None)
    assert person(database, "telegram", "42") == mine


def test_a_code_works_once(database: Database) -> None:
    mine = person(database, "web", "w")
    code = issue(database, mine)
    assert redeem(database, code, "42") is not None
    assert redeem(database, code, "43") is None
    assert person(database, "telegram", "43") != mine


def test_the_same_chat_may_repeat_a_code_whose_answer_was_lost(database: Database) -> None:
    mine = person(database, "web", "w")
    code = issue(database, mine)
    assert redeem(database, code, "42") == redeem(database, code, "42") == Redeemed(mine, None)


def test_a_code_ends_after_ten_minutes(database: Database) -> None:
    code = issue(database, person(database, "web", "w"))
    assert redeem(database, code, "42", NOON + timedelta(minutes=10)) is None
    assert redeem(database, code, "42", NOON + timedelta(minutes=9, seconds=59)) is not None


def test_a_new_code_ends_the_one_before(database: Database) -> None:
    mine = person(database, "web", "w")
    old, new = issue(database, mine), issue(database, mine)
    assert redeem(database, old, "42") is None
    assert redeem(database, new, "42") is not None


def test_a_person_whom_nothing_leads_to_any_more_is_named(database: Database) -> None:
    mine, other = person(database, "web", "w"), person(database, "telegram", "42")
    assert redeem(database, issue(database, mine), "42") == Redeemed(mine, other)


def test_a_person_with_another_device_is_left_alone(database: Database) -> None:
    mine, other = person(database, "web", "w"), person(database, "telegram", "42")
    with database.transaction() as session:
        Repository(session).link(other, "web", "another device", NOON)
    assert redeem(database, issue(database, mine), "42") == Redeemed(mine, None)
    assert person(database, "web", "another device") == other


def test_a_code_of_ones_own_links_nothing_and_stays_good(database: Database) -> None:
    mine = person(database, "telegram", "42")
    code = issue(database, mine)
    with database.transaction() as session:
        assert linking.standing(session, code, "telegram", "42", NOON) is Standing.own
    assert redeem(database, code, "42") is None
    assert redeem(database, code, "43") == Redeemed(mine, None)


def test_looking_at_a_code_does_not_use_it_up(database: Database) -> None:
    code = issue(database, person(database, "web", "w"))

    def standing(now: datetime = NOON, address: str = "42") -> Standing:
        with database.reading() as session:
            return linking.standing(session, code, "telegram", address, now)

    assert standing() is standing() is Standing.good
    assert standing(NOON + timedelta(minutes=10)) is Standing.unknown
    assert redeem(database, code, "42") is not None
    assert standing() is Standing.good and standing(address="43") is Standing.unknown


def test_erasing_a_person_takes_their_address_off_codes_of_others(database: Database) -> None:
    redeem(database, issue(database, person(database, "web", "w")), "42")
    with database.transaction() as session:
        linking.unlink(session, "telegram", "42")
    erase(database, person(database, "telegram", "42"), NOON)
    with database.reading() as session:
        assert "42" not in str(session.execute(linking.link_codes.select()).mappings().all())


@pytest.mark.parametrize(
    ("typed", "shaped"),
    [("N328-D5MF", True), ("n328–d5mf", True), (" N328 - D5MF ", True), ("hard-drug", False), ("2026-2027", False)],
)
def test_what_can_only_be_a_code(typed: str, shaped: bool) -> None:
    assert codes.is_shaped_like_one(typed) is shaped


def test_a_linked_chat_can_be_parted_again(database: Database) -> None:
    mine = person(database, "web", "w")
    redeem(database, issue(database, mine), "42")
    with database.transaction() as session:
        assert linking.unlink(session, "telegram", "42")
    assert person(database, "telegram", "42") != mine
    assert person(database, "web", "w") == mine


def test_the_only_way_to_a_history_is_not_taken_away(database: Database) -> None:
    mine = person(database, "telegram", "42")
    with database.transaction() as session:
        assert not linking.unlink(session, "telegram", "42")
    assert person(database, "telegram", "42") == mine


def test_erasing_a_person_ends_their_code(database: Database) -> None:
    mine = person(database, "web", "w")
    code = issue(database, mine)
    with database.transaction() as session:
        Repository(session).erase_person(mine)
    assert redeem(database, code, "42") is None


def test_nobody_gets_a_code_for_someone_who_is_not_there(database: Database) -> None:
    with pytest.raises(StorageError):
        issue(database, "0" * 32)
