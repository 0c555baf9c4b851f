"""What the step to reviewers' words of their own makes of rows that are there, and back again."""

from datetime import datetime, timezone
from typing import Any, Dict, List

from sqlalchemy import text

from bot.core.conversation import Level
from bot.review.policy import Role

from .conftest import House

AT = datetime(2026, 3, 2, 13, 0, tzinfo=timezone.utc)


def rows(house: House, statement: str) -> List[Dict[str, Any]]:
    with house.database.engine.connect() as connection:
        return [dict(row) for row in connection.execute(text(statement)).mappings()]


def test_older_rows_get_what_follows_from_them_and_lose_it_on_the_way_back(house: House) -> None:
    one = house.talk("a", "tired", level=Level.risk)
    two = house.talk("a", "tired", replies=["h.cost.1", "h.cost.2"])
    conversation = house.share("a")
    ana, lea = house.reviewer("ana"), house.reviewer("lea", Role.lead)
    house.signed_in("ana").get("/queue")
    person = house.person("a")
    house.database.downgrade("0004")
    given = [
        (one, ana, "themes", '["exhaustion"]'),
        (one, lea, "themes", '["loneliness"]'),
        (one, ana, "themes", '["loneliness"]'),
        (one, ana, "reply", '"helpful"'),
        (two, ana, "reply", '"helpful"'),
    ]
    with house.database.engine.begin() as connection:
        for turn, who, aspect, value in given:
            connection.execute(
                text(
                    "INSERT INTO review_decisions (person_id, turn_id, reviewer_id, aspect, value, final, model_version, at)"
                    " VALUES (:person, :turn, :who, :aspect, :value, false, 'm', :at)"
                ),
                {"person": person, "turn": turn, "who": who, "aspect": aspect, "value": value, "at": AT},
            )
        reviewed = "UPDATE review_items SET state = 'reviewed', waiting = false, reviewer_id = 1, state_at = :at"
        connection.execute(text(reviewed), {"at": AT})
    house.database.upgrade()
    found = rows(house, "SELECT position, entry_id, independent FROM review_decisions ORDER BY id")
    assert [bool(row["independent"]) for row in found] == [True, False, False, True, True]
    assert [(row["position"], row["entry_id"]) for row in found] == [
        *[(None, None)] * 3,
        (0, "h.cost.1"),
        (None, None),
    ]
    [item] = rows(house, "SELECT level, machine_level, waiting, second_id FROM review_items")
    assert item == {"level": 2, "machine_level": 2, "waiting": 1, "second_id": None}
    page = house.signed_in("ben").get(f"/conversations/{conversation}").text
    assert "reviewed by ana, a second review is missing" in page

    with house.database.engine.begin() as connection:
        connection.execute(text("UPDATE review_items SET level = 0"))
    house.database.downgrade("0004")
    assert rows(house, "SELECT level, waiting FROM review_items") == [{"level": 2, "waiting": 0}]
    assert len(rows(house, "SELECT * FROM review_decisions")) == len(given)
    house.database.upgrade()
