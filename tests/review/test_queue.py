"""What matters first, what staff may know of it, and the steps of a conversation."""

import re
from typing import List

import pytest

from bot.core.conversation import Level
from bot.errors import InputError
from bot.review import queue
from bot.review.policy import Role
from bot.review.queue import Filters
from bot.review.refresh import rebuild, refresh
from bot.storage import review as sharing
from bot.storage.erasure import erase
from bot.storage.forgetting import forget_turn
from bot.storage.repository import Repository

from .conftest import House


def listed(page: str) -> List[int]:
    return [int(number) for number in re.findall(r'id="conversation-(\d+)"', page)]


def test_risk_comes_first_then_doubt_then_corrections(house: House) -> None:
    correction = {"kind": "correction", "themes": ["exhaustion"], "shown": "h.cost.1"}
    shared = {}
    house.talk("sure", "tired", themes={"exhaustion": 0.95})
    house.talk("unsure", "hm", themes={"exhaustion": 0.55})
    house.talk("asked", "tired", themes={"exhaustion": 0.95})
    house.talk("asked", "no", notes=[correction])
    house.talk("danger", "dark", level=Level.risk)
    for name in ("sure", "unsure", "asked", "danger"):
        shared[name] = house.share(name)
    page = house.signed_in("ana").get("/queue")
    assert listed(page.text) == [shared[name] for name in ("danger", "unsure", "asked", "sure")]


def test_what_nobody_shared_is_not_listed_and_what_alarms_only_by_level_kind_and_time(house: House) -> None:
    house.talk("quiet", "tired", themes={"exhaustion": 0.9})
    house.talk("danger", "zebra in the dark", level=Level.imminent, themes={"exhaustion": 0.6})
    danger = house.conversation("danger")
    visitor = house.signed_in("ana")
    page = visitor.get("/queue").text
    assert listed(page) == [danger]
    row = page.split("<tbody>")[1]
    assert "imminent" in row and "suicide" in row and "not shared" in row
    assert "exhaustion" not in row and "web" not in row
    for path in (f"/conversations/{danger}", "/queue?theme=exhaustion", "/queue?channel=web"):
        found = visitor.get(path).text
        assert "zebra" not in found
        assert path.startswith("/conversations") or listed(found) == []


def test_more_than_one_refresh_takes_at_one_moment_holds_nothing_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.review.refresh.AT_ONCE", 3)
    rebuild(house.database, house.clock.now, False)
    house.clock.later(minutes=1)
    moment = house.clock.now
    for number in range(5):
        house.clock.now = moment
        house.talk(f"danger {number}", "dark", level=Level.risk)
    house.clock.later(minutes=1)
    house.talk("after them", "dark", level=Level.risk)
    for _ in range(3):
        refresh(house.database, house.clock.now, False)
        house.clock.later(minutes=1)
    with house.database.reading() as session:
        assert queue.item(session, house.conversation("after them")) is not None
        assert all(queue.item(session, house.conversation(f"danger {number}")) is not None for number in range(5))


def test_the_admin_sees_the_queue_but_no_words(house: House) -> None:
    house.talk("a", "zebra", themes={"exhaustion": 0.9})
    conversation = house.share("a")
    page = house.signed_in("root", Role.admin).get(f"/conversations/{conversation}")
    assert page.status_code == 200 and "zebra" not in page.text


@pytest.mark.parametrize(
    "query, found",
    [
        ("theme=exhaustion", "a"),
        ("theme=loneliness", "b"),
        ("level=risk", "c"),
        ("level=none", "ab"),
        ("since=2026-03-02", "abc"),
        ("since=2026-03-03", ""),
        ("until=2026-03-01", ""),
        ("until=9999-12-31", "abc"),
        ("until=2026-03-02", "abc"),
        ("since=0001-01-01", "abc"),
        ("channel=web", "abc"),
        ("channel=telegram", ""),
        ("state=signed_off", ""),
    ],
)
def test_filters_narrow_the_list(house: House, query: str, found: str) -> None:
    house.talk("a", "tired", themes={"exhaustion": 0.9})
    house.talk("b", "alone", themes={"loneliness": 0.9})
    house.talk("c", "dark", level=Level.risk)
    shared = {name: house.share(name) for name in "abc"}
    page = house.signed_in("ana").get(f"/queue?{query}")
    assert set(listed(page.text)) == {shared[name] for name in found}


@pytest.mark.parametrize(
    "query", ["level=all", "theme=zebra", "since=yesterday", "reviewer=ana", "after=1:2", "state=x"]
)
def test_a_filter_that_cannot_be_meant_is_refused(house: House, query: str) -> None:
    assert house.signed_in("ana").get(f"/queue?{query}").status_code == 422


def test_pages_by_key_show_each_conversation_once_also_when_new_ones_come(house: House) -> None:
    for number in range(7):
        house.talk(f"p{number}", "tired", themes={"exhaustion": 0.9 - number / 100})
        house.share(f"p{number}")
    refresh(house.database, house.clock.now, False)
    with house.database.reading() as session:
        first = queue.page(session, Filters(), size=3)
    house.talk("late", "dark", level=Level.imminent)
    house.clock.later(seconds=5)
    refresh(house.database, house.clock.now, False)
    seen = [item.conversation_id for item in first.items]
    with house.database.reading() as session:
        after = first.after
        while after:
            page = queue.page(session, Filters(), after, size=3)
            seen += [item.conversation_id for item in page.items]
            after = page.after
    assert len(seen) == 7 == len(set(seen))


def test_the_list_updates_itself_only_when_something_changed(house: House) -> None:
    house.talk("a", "tired")
    house.share("a")
    visitor = house.signed_in("ana")
    seen = re.search(r"seen=(\w+)", visitor.get("/queue").text)
    assert seen is not None
    part = {"HX-Request": "true"}
    assert visitor.get(f"/queue?seen={seen.group(1)}", headers=part).status_code == 204
    house.talk("b", "dark", level=Level.risk)
    house.clock.later(seconds=5)
    answer = visitor.get(f"/queue?seen={seen.group(1)}", headers=part)
    assert answer.status_code == 200 and "has just been updated" in answer.text and "<html" not in answer.text


def test_a_conversation_is_taken_reviewed_and_signed_off(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana, lead = house.signed_in("ana"), house.signed_in("lea", Role.lead)
    path = f"/conversations/{conversation}/move"
    for event in ("assign", "save", "review"):
        assert ana.post(path, {"event": event}).status_code == 303
    assert listed(ana.get("/queue").text) == []
    assert listed(ana.get("/queue?state=reviewed").text) == [conversation]
    assert ana.post(path, {"event": "sign_off"}).status_code == 403
    assert lead.post(path, {"event": "sign_off"}).status_code == 303
    assert ana.post(path, {"event": "take_back"}).status_code == 403
    assert lead.post(path, {"event": "assign"}).status_code == 422


def test_only_a_lead_gives_work_to_others_and_never_to_an_admin(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ben, root = house.reviewer("ben"), house.reviewer("root", Role.admin)
    path = f"/conversations/{conversation}/move"
    assert house.signed_in("ana").post(path, {"event": "assign", "to": str(ben)}).status_code == 403
    lead = house.signed_in("lea", Role.lead)
    assert lead.post(path, {"event": "assign", "to": str(root)}).status_code == 422
    assert lead.post(path, {"event": "assign", "to": str(ben)}).status_code == 303
    assert listed(lead.get(f"/queue?reviewer={ben}").text) == [conversation]


def test_what_was_reviewed_waits_again_after_a_new_shared_message(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana = house.signed_in("ana")
    ana.post(f"/conversations/{conversation}/move", {"event": "review"})
    house.talk("a", "dark now", level=Level.risk)
    house.clock.later(seconds=5)
    assert listed(ana.get("/queue").text) == [conversation]


def stop_sharing(house: House, address: str) -> None:
    house.clock.later(seconds=1)
    with house.database.transaction() as session:
        sharing.revoke(session, house.person(address), house.clock.now)
    house.clock.later(seconds=5)
    refresh(house.database, house.clock.now, False)
    assert queue_items(house) == []


def test_reviews_and_the_sign_off_come_back_when_the_same_is_shared_again(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana, ben, mia = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("mia", Role.lead)
    path = f"/conversations/{conversation}/move"
    for visitor, event in ((ana, "review"), (ben, "review"), (mia, "sign_off")):
        assert visitor.post(path, {"event": event}).status_code == 303
    house.talk("a", "stop sharing", reply="share.stopped")
    stop_sharing(house, "a")
    house.talk("a", "share this conversation", reply="share.ask")
    house.share("a")
    assert listed(ana.get("/queue").text) == []
    assert "signed off by mia, reviewed by ana and ben" in mia.get("/queue?state=signed_off").text
    assert "opened again" not in mia.get(f"/conversations/{conversation}").text
    mia.post(path, {"event": "take_back"})
    assert "reviewed by ana and ben" in mia.get("/queue?state=reviewed").text


@pytest.mark.parametrize("by", ["ana", "ben"])
def test_one_review_comes_back_as_one_review(house: House, by: str) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    lead = house.signed_in("lea", Role.lead)
    house.reviewer("ana")
    ben = house.reviewer("ben")
    lead.post(f"/conversations/{conversation}/move", {"event": "assign", "to": str(ben)})
    visitor = house.signed_in(by)
    visitor.post(f"/conversations/{conversation}/move", {"event": "review", "confirmed": "yes"})
    stop_sharing(house, "a")
    house.share("a")
    assert f"reviewed by {by}, a second review is missing" in lead.get("/queue").text


def test_something_new_to_read_opens_it_again_and_the_steps_say_so(house: House) -> None:
    first = house.talk("a", "zebra")
    second = house.talk("a", "okapi")
    conversation = house.share("a", [second])
    ana, mia = house.signed_in("ana"), house.signed_in("mia", Role.lead)
    path = f"/conversations/{conversation}/move"
    ana.post(path, {"event": "review"})
    mia.post(path, {"event": "sign_off"})
    stop_sharing(house, "a")
    # An older message, but nobody could read it when it was reviewed.
    house.share("a", [first])
    assert listed(ana.get("/queue").text) == [conversation]
    page = ana.get(f"/conversations/{conversation}").text
    steps = re.findall(r"<li>[^<]*UTC: ([^<]*)</li>", page)
    assert steps[-1].startswith("opened again, because something new can be read")
    house.clock.later(seconds=5)
    assert len(re.findall("opened again", ana.get(f"/conversations/{conversation}").text)) == 1
    stop_sharing(house, "a")
    house.share("a", [first])
    assert [item.state for item in queue_items(house)] == []
    assert listed(ana.get("/queue").text) == [conversation]
    assert [item.state for item in queue_items(house)] == ["new"]


def rows_of(page: str) -> List[str]:
    return page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]


def test_the_queue_goes_by_the_level_as_it_was_decided_and_shows_both(house: House) -> None:
    raised = house.talk("raised", "dark", level=Level.concern)
    lowered = house.talk("lowered", "that film killed me", level=Level.risk)
    calm = house.talk("calm", "tired")
    ids = {name: house.share(name) for name in ("raised", "lowered", "calm")}
    ana, ben, lea = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("lea", Role.lead)
    assert listed(ana.get("/queue").text) == [ids["lowered"], ids["raised"], ids["calm"]]
    # One alone cannot lower a level; two can.
    ana.post(f"/turns/{lowered}/decide/level", {"value": "none"})
    house.clock.later(seconds=5)
    assert listed(ana.get("/queue").text)[0] == ids["lowered"]
    ben.post(f"/turns/{lowered}/decide/level", {"value": "none"})
    # Two differ on another one, and a lead's word is final.
    ana.post(f"/turns/{raised}/decide/level", {"value": "none"})
    ben.post(f"/turns/{raised}/decide/level", {"value": "concern"})
    lea.post(f"/turns/{raised}/adjudicate/level", {"value": "risk"})
    # One alone can raise a level.
    ana.post(f"/turns/{calm}/decide/level", {"value": "concern"})
    house.clock.later(seconds=5)
    page = ana.get("/queue").text
    assert listed(page) == [ids["raised"], ids["calm"], ids["lowered"]]
    first, second, last = rows_of(page)
    assert "level-risk" in first and "decided; the machine said concern" in first
    assert "level-concern" in second and "decided; the machine said none" in second
    assert "level-none" in last and "decided; the machine said risk" in last
    assert listed(ana.get("/queue?level=risk").text) == [ids["raised"]]
    assert "decided; the machine said risk" in ana.get(f"/conversations/{ids['lowered']}").text
    before = queue_items(house)
    rebuild(house.database, house.clock.now, False)
    assert queue_items(house) == before


def queue_items(house: House) -> List[queue.Item]:
    with house.database.reading() as session:
        return queue.page(session, Filters(state="all")).items


def test_a_new_alarm_after_a_level_was_lowered_counts(house: House) -> None:
    lowered = house.talk("a", "that film killed me", level=Level.risk)
    house.share("a")
    for name in ("ana", "ben"):
        house.signed_in(name).post(f"/turns/{lowered}/decide/level", {"value": "none"})
    house.talk("a", "I mean it now", level=Level.risk)
    house.clock.later(seconds=5)
    refresh(house.database, house.clock.now, False)
    [item] = queue_items(house)
    assert (item.level, item.machine_level) == (Level.risk, Level.risk)


def test_what_one_reviewed_waits_for_the_second_and_then_for_nobody(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana, ben, eva = (house.signed_in(name) for name in ("ana", "ben", "eva"))
    path = f"/conversations/{conversation}/move"
    ana.post(path, {"event": "review"})
    assert listed(ana.get("/queue").text) == []
    assert listed(ben.get("/queue").text) == [conversation]
    assert "reviewed by ana, a second review is missing" in ben.get("/queue").text
    assert ana.post(path, {"event": "review"}).status_code == 422
    assert "Mark reviewed too" in ben.get(f"/conversations/{conversation}").text
    assert ben.post(path, {"event": "review"}).status_code == 303
    assert listed(ben.get("/queue").text) == listed(eva.get("/queue").text) == []
    assert "reviewed by ana and ben" in eva.get(f"/conversations/{conversation}").text
    assert eva.post(path, {"event": "review"}).status_code == 422


def test_it_is_told_who_signed_off_and_not_who_reviewed(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana, mia = house.signed_in("ana"), house.signed_in("mia", Role.lead)
    path = f"/conversations/{conversation}/move"
    ana.post(path, {"event": "review"})
    mia.post(path, {"event": "sign_off"})
    assert "signed off by mia, reviewed by ana" in mia.get("/queue?state=signed_off").text
    mia.post(path, {"event": "take_back"})
    page = mia.get(f"/conversations/{conversation}").text
    assert "reviewed by ana, a second" in page and "signed off by" not in page


@pytest.mark.parametrize("event", ["assign", "save", "review", "take_back"])
def test_a_colleagues_conversation_is_taken_over_only_when_confirmed_and_that_is_kept(house: House, event: str) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    path = f"/conversations/{conversation}/move"
    ana.post(path, {"event": "assign"})
    asked = ben.post(path, {"event": event})
    assert asked.status_code == 409 and "It is assigned to ana." in asked.text
    button = {"assign": "Take it over", "save": "Take it over and save", "take_back": "Take it from ana"}
    assert f">{button.get(event, 'Take it over and mark it reviewed')}" in asked.text
    assert "assigned to ana" in ben.get(f"/conversations/{conversation}").text
    assert ben.post(path, {"event": event, "confirmed": "yes"}).status_code == 303
    page = ana.get(f"/conversations/{conversation}").text
    assert "assigned to ana" not in page
    assert f"ben, {event.replace('_', ' ')}{' to ben' if event == 'assign' else ''}, taken over from ana" in page


def test_the_list_of_a_reviewer_holds_what_they_reviewed_second_or_signed_off(house: House) -> None:
    house.talk("a", "tired")
    house.talk("b", "tired")
    conversation, other = house.share("a"), house.share("b")
    ids = {name: house.reviewer(name, role) for name, role in (("ben", Role.practitioner), ("mia", Role.lead))}
    ana, ben, mia = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("mia")
    for visitor, event in ((ana, "review"), (ben, "review"), (mia, "sign_off")):
        assert visitor.post(f"/conversations/{conversation}/move", {"event": event}).status_code == 303
    ana.post(f"/conversations/{other}/move", {"event": "review"})
    for number in ids.values():
        assert listed(ana.get(f"/queue?state=all&reviewer={number}").text) == [conversation]


def test_a_danger_that_a_reviewer_finds_after_the_reviews_opens_it_again(house: House) -> None:
    turn = house.talk("a", "it is all arranged")
    conversation = house.share("a")
    ana, ben, mia = house.signed_in("ana"), house.signed_in("ben"), house.signed_in("mia", Role.lead)
    path = f"/conversations/{conversation}/move"
    # What was decided before the reviews is part of them.
    ana.post(f"/turns/{turn}/decide/level", {"value": "concern"})
    for visitor, event in ((ana, "review"), (ben, "review"), (mia, "sign_off")):
        house.clock.later(seconds=5)
        assert visitor.post(path, {"event": event}).status_code == 303
    house.clock.later(seconds=5)
    assert listed(ana.get("/queue").text) == []
    ben.post(f"/turns/{turn}/decide/level", {"value": "none"})
    house.clock.later(seconds=5)
    assert listed(ana.get("/queue").text) == []
    ben.post(f"/turns/{turn}/decide/level", {"value": "imminent"})
    house.clock.later(seconds=5)
    assert listed(ana.get("/queue").text) == [conversation]
    assert "opened again" in mia.get(f"/conversations/{conversation}").text
    for visitor in (ana, ben):
        house.clock.later(seconds=5)
        assert visitor.post(path, {"event": "review"}).status_code == 303
    house.clock.later(seconds=5)
    assert listed(mia.get("/queue").text) == []


def test_the_theme_filter_goes_by_what_reviewers_approved(house: House) -> None:
    turn = house.talk("a", "tired", themes={"exhaustion": 0.9})
    conversation = house.share("a")
    ana, ben = house.signed_in("ana"), house.signed_in("ben")

    def found(theme: str) -> List[int]:
        house.clock.later(seconds=5)
        return listed(ana.get(f"/queue?state=all&theme={theme}").text)

    ana.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    assert found("exhaustion") == [conversation] and found("loneliness") == []
    ben.post(f"/turns/{turn}/decide/themes", {"themes": ["loneliness"]})
    assert found("loneliness") == [conversation] and found("exhaustion") == []
    page = ana.get("/overview").text
    assert '<th scope="row">loneliness</th><td>0' in page and page.count('<th scope="row">exhaustion</th><td>0') == 0
    before = queue_items(house)
    rebuild(house.database, house.clock.now, False)
    assert queue_items(house) == before
    # A message that is forgotten leaves no theme, not even one that reviewers saw in it.
    with house.database.transaction() as session:
        forget_turn(session, turn, house.person("a"))
    assert [item.themes for item in queue_items(house)] == [()]


def test_one_takes_ones_own_conversation_without_being_asked(house: House) -> None:
    house.talk("a", "tired")
    conversation = house.share("a")
    ana = house.signed_in("ana")
    for event in ("assign", "save", "assign", "take_back"):
        assert ana.post(f"/conversations/{conversation}/move", {"event": event}).status_code == 303
    assert "taken over" not in ana.get(f"/conversations/{conversation}").text


@pytest.mark.parametrize("number", ["9223372036854775808", "9" * 40, "9" * 5000])
def test_a_number_that_no_row_can_have_leads_nowhere(house: House, number: str) -> None:
    ana = house.signed_in("ana")
    for path in (f"/conversations/{number}", f"/turns/{number}", f"/queue?reviewer={number}"):
        assert ana.get(path).status_code == 404, path
    assert ana.post(f"/library/inbox/{number}/done").status_code == 404
    house.talk("a", "tired")
    conversation = house.share("a")
    ana.get("/queue")
    for path in (f"/queue?after=0:0.0:0:{number}", "/queue?after=0:nan:0:1", "/queue?after=²:0.1:0:1"):
        assert ana.get(path).status_code == 422, path
    assert ana.get(f"/conversations/{conversation}?start={number}").status_code == 200
    assert ana.get(f"/library?start={number}").status_code == 200


def test_sharing_that_ended_leaves_the_queue(house: House) -> None:
    house.talk("a", "tired")
    house.talk("b", "tired")
    house.share("a", until=house.clock.now.replace(hour=13))
    revoked = house.share("b")
    ana = house.signed_in("ana")
    assert len(listed(ana.get("/queue").text)) == 2
    with house.database.transaction() as session:
        sharing.revoke(session, house.person("b"), house.clock.now, revoked)
    house.clock.later(seconds=5)
    assert len(listed(ana.get("/queue").text)) == 1
    house.clock.later(minutes=20)
    ana.get("/queue")
    house.clock.later(minutes=20)
    ana.get("/queue")
    house.clock.later(minutes=25)
    assert listed(ana.get("/queue").text) == []


def test_a_rebuilt_queue_is_the_same_as_one_that_grew(house: House) -> None:
    for number in range(5):
        house.talk(f"p{number}", "tired", themes={"exhaustion": 0.5 + number / 10}, level=Level(number % 4))
        house.share(f"p{number}")
    refresh(house.database, house.clock.now, False)
    with house.database.reading() as session:
        before = queue.page(session, Filters(state="all")).items
    assert rebuild(house.database, house.clock.now, False) == 5
    with house.database.reading() as session:
        assert queue.page(session, Filters(state="all")).items == before


def test_erasing_a_person_takes_them_out_of_the_room(house: House) -> None:
    turn = house.talk("a", "zebra", themes={"exhaustion": 0.9})
    conversation = house.share("a")
    ana = house.signed_in("ana")
    ana.post(f"/turns/{turn}/decide/themes", {"themes": ["exhaustion"]})
    ana.post(f"/turns/{turn}/remark", {"kind": "note", "text": "ask about sleep"})
    receipt = erase(house.database, house.person("a"), house.clock.now)
    assert receipt["rows"]["review_decisions"] == 1 and receipt["rows"]["readings"] >= 1
    assert listed(ana.get("/queue?state=all").text) == []
    assert ana.get(f"/conversations/{conversation}").status_code == 404


def test_what_is_purged_leaves_the_room_too(house: House) -> None:
    house.talk("a", "zebra", themes={"exhaustion": 0.9})
    house.share("a")
    ana = house.signed_in("ana")
    ana.get(f"/conversations/{house.conversation('a')}")
    with house.database.transaction() as session:
        Repository(session).purge(house.clock.now)
    assert listed(ana.get("/queue?state=all").text) == []


def test_how_much_somebody_in_danger_wrote_is_not_told(house: House) -> None:
    for text in ("one", "two"):
        house.talk("a", text)
    house.talk("a", "dark", level=Level.risk)
    ana = house.signed_in("ana")
    ana.get("/queue")
    page = ana.get(f"/conversations/{house.conversation('a')}").text
    assert "Message 3 is not shared. Level risk, suicide" in page and "Message 1" not in page


def test_a_step_that_does_not_exist_is_refused(house: House) -> None:
    with house.database.transaction() as session, pytest.raises(InputError, match="not in the queue"):
        queue.move(session, 99, "assign", 1, house.clock.now)
