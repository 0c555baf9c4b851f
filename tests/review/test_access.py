"""Who gets in, for how long, and what each role may do."""

import re

import pyotp
import pytest

from bot.errors import InputError
from bot.review import accounts, desk
from bot.review.app import GETS, POSTS
from bot.review.config import ReviewSettings
from bot.review.policy import VERBS, Reviewer, Role, may

from .conftest import PASSWORD, House, Visitor

P, L, A = Role.practitioner, Role.lead, Role.admin
ALLOWED = {
    "see_queue": {P, L, A},
    "see_overview": {P, L, A},
    "read_shared": {P, L},
    "read_unredacted": {L},
    "read_brief": {P, L},
    "decide": {P, L},
    "note": {P, L},
    "see_others_decisions": {L},
    "adjudicate": {L},
    "take": {P, L},
    "assign_others": {L},
    "sign_off": {L},
    "see_models": {L, A},
    "train_candidate": {L, A},
    "promote": {L},
    "discard": {L, A},
    "roll_back": {L, A},
    "see_library": {P, L, A},
    "edit_library": {P, L},
    "see_inbox": {P, L},
    "approve_library": {L},
    "manage_accounts": {A},
}
# What the verbs that look at something are asked about: nobody's decision yet, a dispute of others, recall that fell.
ABOUT = {"see_others_decisions": False, "adjudicate": [2, 3], "promote": True, "approve_library": 2}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("verb", VERBS)
def test_each_role_may_do_exactly_what_the_table_says(role: Role, verb: str) -> None:
    assert may(Reviewer(1, "ana", role), verb, ABOUT.get(verb)) == (role in ALLOWED[verb])


@pytest.mark.parametrize("role", Role)
def test_what_nobody_wrote_a_rule_for_is_not_allowed(role: Role) -> None:
    assert not may(Reviewer(1, "ana", role), "read_everything")


def test_rules_that_look_at_something_follow_it() -> None:
    lead, practitioner, admin = (Reviewer(1, "ana", role) for role in (L, P, A))
    assert not may(lead, "adjudicate", [1, 2])
    assert not may(lead, "approve_library", 1)
    assert may(practitioner, "see_others_decisions", True)
    assert may(admin, "promote", False) and not may(admin, "promote", True)
    assert not may(lead, "sign_off", {1}) and may(lead, "sign_off", {1, 2}) and may(lead, "sign_off", set())


# What each address answers to; {c} a shared conversation, {t} its message, {d} a draft of somebody else.
ADDRESSES = {
    "GET /queue": {P, L, A},
    "GET /conversations/{c}": {P, L, A},
    "GET /conversations/{c}/brief": {P, L},
    "GET /conversations/{c}/brief.pdf": {P, L},
    "GET /turns/{t}": {P, L},
    "GET /turns/{t}?words=all": {L},
    "GET /conversations/{c}?words=all": {L},
    "GET /conversations/{c}/brief?words=all": {L},
    "GET /disagreements": {L},
    "GET /overview": {P, L, A},
    "GET /models": {L, A},
    "GET /library": {P, L, A},
    "GET /library/inbox": {P, L},
    "GET /library/drafts": {P, L, A},
    "GET /library/entries/h.cost.1": {P, L, A},
    "GET /accounts": {A},
    "POST /conversations/{c}/move": {P, L},
    "POST /turns/{t}/decide/themes": {P, L},
    "POST /turns/{t}/adjudicate/themes": {P, L},
    "POST /turns/{t}/remark": {P, L},
    "POST /models/train": {L, A},
    "POST /models/1/promote": {L, A},
    "POST /models/1/discard": {L, A},
    "POST /models/roll-back": {L, A},
    "POST /library/inbox/1/done": {P, L},
    "POST /library/entries/h.cost.1/draft": {P, L},
    "POST /library/drafts/{d}/approve": {L},
    "POST /library/drafts/{d}/discard": {P, L},
    "POST /accounts/99/end": {A},
    "POST /sign-out": {P, L, A},
}


def test_every_address_is_in_the_table() -> None:
    routes = {f"GET {path}" for path, *_ in GETS} | {f"POST {path}" for path, *_ in POSTS}
    shapes = [re.compile(re.sub(r"\{.*?\}", r"[^/?]+", route) + r"(\?.*)?") for route in routes]
    assert [shape.pattern for shape in shapes if not any(map(shape.fullmatch, ADDRESSES))] == []


@pytest.mark.parametrize("role", Role)
def test_each_role_gets_exactly_to_the_addresses_of_the_table(house: House, role: Role) -> None:
    turn = house.talk("a", "so tired")
    conversation = house.share("a")
    drafts = 0
    writer, visitor = house.signed_in("eva"), house.signed_in("ana", role)
    for address, allowed in ADDRESSES.items():
        method, path = address.split()
        if "{d}" in path:
            writer.post("/library/entries/h.cost.1/draft", {"question": f"What would change with {drafts}?"})
            drafts += 1
        with house.database.reading() as session:
            waiting = desk.versions(session, status="draft")
        path = path.format(c=conversation, t=turn, d=waiting[0].id if waiting else 0)
        data = {"event": "assign", "kind": "flag", "themes": "exhaustion"}
        answer = visitor.get(path) if method == "GET" else visitor.post(path, data)
        assert (answer.status_code != 403) is (role in allowed), (address, answer.status_code)
        assert answer.status_code < 500


def test_the_number_of_what_is_not_shared_leads_nowhere(house: House) -> None:
    hidden = house.talk("hidden", "nobody may read this")
    hidden_conversation = house.conversation("hidden")
    house.talk("a", "so tired")
    house.share("a")
    for role in (P, L):
        visitor = house.signed_in(role.value, role)
        for address in ADDRESSES:
            method, path = address.split()
            if "{c}" in path or "{t}" in path:
                there, nowhere = (
                    visitor.get(path.format(**ids))
                    if method == "GET"
                    else visitor.post(path.format(**ids), {"event": "save"})
                    for ids in ({"c": hidden_conversation, "t": hidden}, {"c": 9999, "t": 9999})
                )
                assert there.status_code == nowhere.status_code and there.status_code >= 400, address
                assert there.text == nowhere.text, address


def test_name_password_and_code_open_the_room(house: House) -> None:
    visitor = house.signed_in("ana")
    assert visitor.get("/queue").status_code == 200
    assert visitor.post("/sign-out").headers["location"] == "/review/sign-in"
    assert visitor.get("/queue").status_code == 303


@pytest.mark.parametrize("path", ["/queue", "/conversations/1", "/models", "/library", "/overview", "/accounts"])
def test_nobody_gets_in_without_a_session(house: House, path: str) -> None:
    answer = house.visitor().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, "/review/sign-in")


def test_a_code_works_once(house: House) -> None:
    house.reviewer("ana")
    code = house.code("ana")
    assert house.visitor().sign_in("ana", PASSWORD, code).status_code == 303
    assert house.visitor().sign_in("ana", PASSWORD, code).status_code == 401


@pytest.mark.parametrize("password, code", [("wrong password here", None), (PASSWORD, "000000"), (PASSWORD, "")])
def test_a_wrong_password_or_code_does_not_say_which(house: House, password: str, code: str) -> None:
    house.reviewer("ana")
    answer = house.visitor().sign_in("ana", password, house.code("ana") if code is None else code)
    assert answer.status_code == 401
    assert "name, password or code is not right" in answer.text


def test_five_failures_lock_an_account_for_a_quarter_of_an_hour(house: House) -> None:
    house.reviewer("ana")
    for _ in range(5):
        house.visitor().sign_in("ana", "wrong password here", "")
    assert house.visitor().sign_in("ana", PASSWORD, house.code("ana")).status_code == 401
    house.clock.later(minutes=16)
    assert house.visitor().sign_in("ana", PASSWORD, house.code("ana")).status_code == 303


def test_twenty_failures_lock_an_address_also_for_other_accounts(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_password_is", lambda hashed, password: password == PASSWORD)
    house.reviewer("ana")
    for number in range(20):
        house.visitor().sign_in(f"nobody{number}", "wrong password here", "")
    assert house.visitor().sign_in("ana", PASSWORD, house.code("ana")).status_code == 401


def test_a_session_ends_when_nobody_is_there_even_if_the_page_refreshes_itself(house: House) -> None:
    visitor = house.signed_in("ana")
    for _ in range(7):
        house.clock.later(minutes=5)
        visitor.get("/queue?seen=x", headers={"HX-Request": "true"})
    answer = visitor.get("/queue?seen=x", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/review/sign-in")


def test_a_session_ends_after_ten_hours_at_the_latest(house: House) -> None:
    visitor = house.signed_in("ana")
    for _ in range(30):
        house.clock.later(minutes=20)
        visitor.get("/queue")
    assert visitor.get("/queue").status_code == 303


def test_an_account_that_asks_too_fast_has_to_wait_and_others_do_not(house: House) -> None:
    ana, ben = house.signed_in("ana"), house.signed_in("ben")
    other_window = Visitor(ana.client)
    answers = [visitor.get("/queue") for visitor in [ana, other_window] * 61]
    assert [answer.status_code for answer in answers[:120]] == [200] * 120
    refused = answers[-1]
    assert refused.status_code == 429 and int(refused.headers["retry-after"]) > 0
    assert ben.get("/queue").status_code == 200
    house.clock.later(seconds=60)
    assert ana.get("/queue").status_code == 200


def test_a_closed_account_is_out_at_once(house: House) -> None:
    visitor, admin = house.signed_in("ana"), house.signed_in("root", A)
    ana = next(one.id for one in accounts.accounts(house.database) if one.name == "ana")
    assert admin.post(f"/accounts/{ana}/end").status_code == 303
    assert visitor.get("/queue").status_code == 303
    assert house.visitor().sign_in("ana", PASSWORD, house.code("ana")).status_code == 401


def test_the_only_admin_stays(house: House) -> None:
    admin = house.signed_in("root", A)
    ids = {one.name: one.id for one in accounts.accounts(house.database)}
    refused = admin.post(f"/accounts/{ids['root']}/end")
    assert refused.status_code == 422 and "is the only admin" in refused.text
    assert admin.get("/accounts").status_code == 200
    house.reviewer("other", A)
    assert admin.post(f"/accounts/{ids['root']}/end").status_code == 303
    assert admin.get("/accounts").status_code == 303


@pytest.mark.parametrize("csrf", ["", "f" * 64, None])
def test_a_form_that_is_not_ours_changes_nothing(house: House, csrf: str) -> None:
    turn = house.talk("a", "so tired")
    conversation = house.share("a")
    visitor, other = house.signed_in("ana"), house.signed_in("ben")
    if csrf is None:  # somebody else's token
        csrf = other.get("/queue").text.split('name="csrf" value="')[1].split('"')[0]
    for path in (f"/turns/{turn}/decide/themes", f"/conversations/{conversation}/move", "/sign-out"):
        answer = visitor.client.post(f"/review{path}", data={"csrf": csrf, "event": "assign"}, follow_redirects=False)
        assert answer.status_code == 403
    assert "You decided" not in visitor.get(f"/conversations/{conversation}").text


def test_a_form_sent_from_another_site_is_refused(house: House) -> None:
    visitor = house.signed_in("ana")
    assert visitor.post("/sign-out", headers={"sec-fetch-site": "cross-site"}).status_code == 403


def test_an_admin_cannot_be_without_second_factor(house: House) -> None:
    with pytest.raises(InputError, match="second factor"):
        accounts.add_reviewer(house.database, "root", A, PASSWORD, house.clock.now, second_factor=False)


def test_where_everybody_needs_a_code_a_password_alone_is_not_enough(house: House) -> None:
    accounts.add_reviewer(house.database, "ana", P, PASSWORD, house.clock.now, second_factor=False)
    assert house.visitor().sign_in("ana", PASSWORD, "").status_code == 303
    house.settings = ReviewSettings(
        data=house.settings.data, work=house.settings.work, secret=house.settings.secret, second_factor_for_all=True
    )
    assert house.visitor().sign_in("ana", PASSWORD, "").status_code == 401


def test_short_passwords_and_taken_names_are_refused(house: House) -> None:
    with pytest.raises(InputError, match="12 or more"):
        accounts.add_reviewer(house.database, "ana", P, "short", house.clock.now)
    house.reviewer("ana")
    with pytest.raises(InputError, match="already"):
        accounts.add_reviewer(house.database, "ana", P, PASSWORD, house.clock.now)


def test_every_answer_carries_the_strict_policy_and_is_never_kept(house: House) -> None:
    for answer in (house.visitor().get("/sign-in"), house.signed_in("ana").get("/queue")):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert "http://" not in answer.text.replace("http://www.w3.org/2000/svg", "") and "https://" not in answer.text


def test_the_profile_can_keep_the_room_shut(house: House) -> None:
    house.settings = ReviewSettings(
        data=house.settings.data, work=house.settings.work, secret=house.settings.secret, practitioner_mode=False
    )
    assert house.visitor().get("/sign-in").status_code == 404


def test_the_second_factor_is_a_standard_one(house: House) -> None:
    address = accounts.add_reviewer(house.database, "ana", P, PASSWORD, house.clock.now)
    assert address is not None
    assert isinstance(pyotp.parse_uri(address), pyotp.TOTP)
