"""What people and programs may rely on at the web channel's interface."""

import asyncio
import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.channels.web import WebSettings, create_app
from bot.channels.web.answers import reply_json
from bot.channels.web.app import INTERFACE
from bot.channels.web.hub import QUEUE, Hub
from bot.channels.web.turns import PIECE, pieces
from bot.errors import SettingError
from bot.workers.one_machine import OneMachine
from tests.channels.fake_engine import CARD, FakeEngine

SECRET = "s" * 32
KEY = "0123456789abcdef"
REST_TOKEN = "a-token-of-the-operator"


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def alone(clock: Clock) -> OneMachine:
    """What a single worker shares with nobody."""
    return OneMachine(Path(tempfile.mkdtemp()), clock)


class Site:
    """One installation with a stand-in engine, and a person's browser on it."""

    def __init__(self, **changes: Any) -> None:
        self.clock = Clock()
        self.engine = FakeEngine(clock=self.clock)
        limits = {"rate_per_minute": 1000, "address_rate_per_minute": 10_000, **changes}
        documents = {"protocol": lambda: DOCUMENT}
        self.app: Starlette = create_app(
            self.engine, WebSettings(SECRET, **limits), alone(self.clock), documents, self.clock
        )
        self.http = TestClient(self.app, base_url="http://chat.example", raise_server_exceptions=False)

    def session(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.http.post('/api/session').json()['token']}"}

    def say(self, session: dict[str, str], text: str, key: str | None = None) -> httpx.Response:
        headers = {**session, **({"Idempotency-Key": key} if key else {})}
        return self.http.post("/api/messages", json={"text": text}, headers=headers)

    def turns(self, session: dict[str, str]) -> list[dict[str, Any]]:
        return list(self.http.get("/api/history", headers=session).json()["turns"])


DOCUMENT = {
    "title": "Protocol",
    "intro": "Not yet clinically reviewed.",
    "sections": [{"heading": "Levels", "paragraphs": ["<b>"], "columns": ["Level"], "rows": [["risk"]]}],
}


@pytest.fixture
def site() -> Site:
    return Site()


def events_of(body: str) -> Iterator[tuple[str, Any]]:
    for block in body.strip().split("\n\n"):
        name, data = block.split("\n")
        yield name.removeprefix("event: "), json.loads(data.removeprefix("data: "))


class TestSessions:
    def test_a_message_needs_a_session_that_the_server_issued(self, site: Site) -> None:
        assert site.http.post("/api/messages", json={"text": "hello"}).status_code == 401
        forged = site.say({"Authorization": "Bearer somebody"}, "hello")
        assert (forged.status_code, forged.json()["error"]["code"]) == (401, "session_unknown")
        assert not site.engine.people

    def test_a_token_signed_with_another_key_is_refused(self, site: Site) -> None:
        other = Site()
        other.app.state.services.tokens.__init__(WebSettings("x" * 32), other.clock)
        assert site.say(other.session(), "hello").status_code == 401

    def test_a_device_token_is_no_session(self, site: Site) -> None:
        device = site.http.post("/api/remember", headers=site.session()).json()["device"]
        assert site.say({"Authorization": f"Bearer {device}"}, "hello").status_code == 401

    def test_a_session_ends_after_the_configured_time_without_a_message(self) -> None:
        site = Site(session_hours=2)
        session = site.session()
        site.clock.now += 2 * 3600 + 5
        ended = site.say(session, "hello")
        assert (ended.status_code, ended.json()["error"]["code"]) == (401, "session_ended")

    def test_every_message_starts_the_time_of_a_session_anew(self) -> None:
        site = Site(session_hours=2)
        token = site.session()
        for _ in range(3):
            site.clock.now += 1.5 * 3600
            token = {"Authorization": f"Bearer {site.say(token, 'hello').json()['token']}"}
        assert len(site.turns(token)) == 3

    def test_looking_at_the_history_does_not_keep_a_session_alive(self) -> None:
        site = Site(session_hours=2)
        session = site.session()
        site.say(session, "hello")
        for _ in range(2):
            site.clock.now += 1.5 * 3600
            seen = site.http.get("/api/history", headers=session)
            session = {"Authorization": f"Bearer {seen.json().get('token')}"}
        assert (seen.status_code, seen.json()["error"]["code"]) == (401, "session_ended")

    def test_what_is_written_in_one_page_keeps_the_session_of_the_others_alive(self) -> None:
        site = Site(session_hours=2)
        writing = watching = site.session()
        for _ in range(3):
            site.clock.now += 1.5 * 3600
            writing = {"Authorization": f"Bearer {site.say(writing, 'hello').json()['token']}"}
            watching = {"Authorization": f"Bearer {site.http.get('/api/history', headers=watching).json()['token']}"}
        assert len(site.turns(watching)) == 3

    def test_opening_a_page_stores_nothing(self, site: Site) -> None:
        session = site.session()
        site.http.get("/api/history", headers=session)
        site.http.get("/api/help", headers=session)
        assert site.http.get("/api/events", headers=session).status_code == 204
        assert not site.engine.people

    def test_two_sessions_never_see_each_other(self, site: Site) -> None:
        one, other = site.session(), site.session()
        site.say(one, "mine")
        site.say(other, "theirs")
        assert [turn["text"] for turn in site.turns(one)] == ["mine"]
        assert [turn["text"] for turn in site.turns(other)] == ["theirs"]


class TestMessages:
    def test_replies_come_as_json(self, site: Site) -> None:
        answer = site.say(site.session(), "hello").json()
        assert [reply["id"] for reply in answer["replies"]] == ["disclosure.first", "h03.a"]
        assert answer["stored"] is True and answer["level"] == "none"

    def test_replies_come_as_events_when_the_page_accepts_them(self, site: Site) -> None:
        headers = {**site.session(), "Accept": "text/event-stream"}
        response = site.http.post("/api/messages", json={"text": "hello"}, headers=headers)
        names = [name for name, _ in events_of(response.text)]
        assert names == ["typing", "reply", "reply", "done"]
        assert response.headers["content-type"].startswith("text/event-stream")

    def test_a_resend_with_the_same_key_is_no_second_message(self, site: Site) -> None:
        session = site.session()
        answers = [site.say(session, "only once", KEY).json()["replies"] for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert site.engine.handled["only once"] == 1

    def test_a_key_of_one_person_means_nothing_for_another(self, site: Site) -> None:
        site.say(site.session(), "mine", KEY)
        assert site.say(site.session(), "theirs", KEY).status_code == 200
        assert site.engine.handled["theirs"] == 1

    @pytest.mark.parametrize("key", ["short", "x" * 65, "with blank here", "ünïcode-key"])
    def test_a_key_that_cannot_be_kept_is_refused(self, site: Site, key: str) -> None:
        headers = {**site.session(), "Idempotency-Key": key.encode()}
        response = site.http.post("/api/messages", json={"text": "hello"}, headers=headers)  # type: ignore[arg-type]
        assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_key")

    def test_history_brings_back_turns_their_keys_and_the_level(self, site: Site) -> None:
        session = site.session()
        site.say(session, "hello", KEY)
        site.say(session, "I want to end my life")
        found = site.http.get("/api/history", headers=session).json()
        assert [(turn["text"], turn["key"]) for turn in found["turns"]] == [
            ("hello", KEY),
            ("I want to end my life", None),
        ]
        assert found["level"] == "risk"

    @pytest.mark.parametrize("text", ["", "/restart", '/greet{"name":"x"}', "a\u0000b", "😶" * 500])
    def test_whatever_is_written_goes_to_the_engine_as_it_is(self, site: Site, text: str) -> None:
        assert site.say(site.session(), text).status_code == 200
        assert site.engine.handled[text] == 1

    def test_half_a_character_does_not_break_anything(self, site: Site) -> None:
        headers = {**site.session(), "Content-Type": "application/json"}
        response = site.http.post("/api/messages", content=b'{"text": "half \\ud83d"}', headers=headers)
        assert response.status_code == 200
        assert site.engine.handled["half ?"] == 1

    @pytest.mark.parametrize(
        ("body", "kind", "status"),
        [
            (b"{", "application/json", 400),
            (b"[]", "application/json", 400),
            (b"[" * 60_000, "application/json", 400),
            (b"\xff\xfe", "application/json", 400),
            (b"{}", "application/json", 422),
            (b'{"text": null}', "application/json", 422),
            (b'{"text": ["x"]}', "application/json", 422),
            (b'{"text": "x"}', "text/plain", 415),
            (b"text=x", "application/x-www-form-urlencoded", 415),
        ],
    )
    def test_a_body_that_is_no_message_gets_a_clear_refusal(
        self, site: Site, body: bytes, kind: str, status: int
    ) -> None:
        response = site.http.post("/api/messages", content=body, headers={**site.session(), "Content-Type": kind})
        assert response.status_code == status
        assert response.json()["error"]["code"]
        assert not site.engine.handled

    def test_when_the_engine_fails_the_person_may_send_again(self, site: Site) -> None:
        session = site.session()
        site.engine.broken = True
        failed = site.say(session, "hello", KEY)
        assert (failed.status_code, failed.json()["error"]["code"]) == (503, "unavailable")
        site.engine.broken = False
        assert site.say(session, "hello", KEY).status_code == 200

    def test_when_the_engine_fails_on_a_risk_text_the_card_is_there(self, site: Site) -> None:
        session = site.session()
        site.engine.broken = True
        failed = site.say(session, "I want to end my life").json()
        assert failed["level"] == "risk" and failed["card"] == reply_json(CARD)

    def test_when_the_database_is_locked_a_risk_text_still_gets_the_card(self, site: Site) -> None:
        session = site.session()
        site.engine.locked = True
        failed = site.say(session, "I want to end my life")
        assert failed.status_code == 503
        assert failed.json()["level"] == "risk" and failed.json()["card"] == reply_json(CARD)
        assert site.http.get("/api/history", headers=session).json()["error"]["code"] == "unavailable"

    def test_a_stream_says_so_when_the_engine_fails(self, site: Site) -> None:
        site.engine.broken = True
        headers = {**site.session(), "Accept": "text/event-stream"}
        response = site.http.post("/api/messages", json={"text": "I want to end my life"}, headers=headers)
        name, data = list(events_of(response.text))[-1]
        assert name == "refused" and data["card"]["id"] == "card"


class TestLimits:
    def test_a_message_that_is_too_long_is_refused_with_the_limit(self) -> None:
        site = Site(max_characters=100)
        response = site.say(site.session(), "x" * 101)
        assert response.status_code == 413
        assert (response.json()["error"]["code"], response.json()["error"]["limit"]) == ("too_long", 100)
        assert "card" not in response.json()

    @pytest.mark.parametrize("place", [0, 3_000, 19_000, 90_000, 200_000])
    def test_a_refused_long_message_is_screened_wherever_the_words_stand(self, site: Site, place: int) -> None:
        text = "word " * (place // 5) + "I want to end my life" + " word" * 15_000
        response = site.say(site.session(), text)
        assert response.status_code == 413
        assert response.json()["level"] == "risk" and response.json()["card"] == reply_json(CARD)

    @pytest.mark.parametrize("body", [b'{"text": "%s', b'{"other": 1, "text" : "%s"}', b"%s"])
    @pytest.mark.parametrize("words", [b"I want to end my life ", rb"I want to end\u0020my life "])
    def test_a_large_body_is_screened_even_when_it_is_cut_off_or_no_json(
        self, site: Site, body: bytes, words: bytes
    ) -> None:
        words += b"x " * 40_000
        headers = {**site.session(), "Content-Type": "application/json"}
        response = site.http.post("/api/messages", content=body % words, headers=headers)
        assert response.status_code == 413 and response.json()["level"] == "risk"

    def test_the_pieces_of_a_text_overlap_so_that_no_sentence_is_cut_in_all_of_them(self) -> None:
        for start in range(PIECE - 300, PIECE + 300, 20):
            text = "x" * start + "I want to end my life" + "y" * 5_000
            assert any("I want to end my life" in piece for piece in pieces(text))
        assert list(pieces("")) == [""]

    def test_a_session_that_writes_too_fast_is_told_how_long_to_wait(self) -> None:
        site = Site(rate_per_minute=3)
        session = site.session()
        assert [site.say(session, "x").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = site.say(session, "x")
        wait = refused.json()["error"]["retry_after"]
        assert refused.headers["retry-after"] == str(wait)
        site.clock.now += wait
        assert site.say(session, "x").status_code == 200

    def test_a_message_refused_for_its_rate_is_screened(self) -> None:
        site = Site(rate_per_minute=1)
        session = site.session()
        site.say(session, "x")
        refused = site.say(session, "tonight I will end my life")
        assert refused.status_code == 429
        assert refused.json()["level"] == "imminent" and refused.json()["card"]["id"] == "card"

    def test_people_behind_a_trusted_proxy_do_not_share_a_rate(self) -> None:
        site = Site(address_rate_per_minute=2, trusted_proxies=("10.0.0.0/8",))
        proxy = TestClient(site.app, base_url="http://chat.example", client=("10.1.2.3", 5000))
        for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1"):
            for expected in (201, 201, 429):
                given = proxy.post("/api/session", headers={"X-Forwarded-For": f"203.0.113.9, {address}"})
                assert given.status_code == expected

    def test_nobody_gets_a_rate_of_their_own_by_naming_an_address(self) -> None:
        site = Site(address_rate_per_minute=2, trusted_proxies=("10.0.0.0/8",))
        forged = [{"X-Forwarded-For": f"192.0.2.{number}"} for number in range(3)]
        assert [site.http.post("/api/session", headers=headers).status_code for headers in forged] == [201, 201, 429]

    def test_one_address_cannot_open_sessions_without_end(self) -> None:
        site = Site(address_rate_per_minute=5)
        codes = [site.http.post("/api/session").status_code for _ in range(6)]
        assert codes == [201] * 5 + [429]

    def test_return_codes_cannot_be_guessed_without_end(self) -> None:
        site = Site(address_rate_per_minute=5)
        codes = [site.http.post("/api/return", json={"code": "AAAA"}).status_code for _ in range(6)]
        assert codes == [404] * 5 + [429]

    @pytest.mark.parametrize(
        "wrong",
        [
            {"secret_key": "short"},
            {"rest_token": "short"},
            {"allowed_origins": ("example.org",)},
            {"allowed_origins": ("http://[",)},
            {"session_hours": 0},
            {"rate_per_minute": 0},
        ],
    )
    def test_settings_that_cannot_be_used_say_so(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(SettingError, match="Allowed"):
            WebSettings(**{"secret_key": SECRET, **wrong})

    def test_settings_never_show_their_secrets(self) -> None:
        assert SECRET not in repr(WebSettings(SECRET, rest_token=REST_TOKEN))


class TestPages:
    def test_other_open_pages_of_the_person_are_told(self) -> None:
        async def scene() -> tuple[str, bool]:
            site = Site()
            transport = httpx.ASGITransport(site.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as http:
                token = (await http.post("/api/session")).json()["token"]
                headers = {"Authorization": f"Bearer {token}"}
                await http.post("/api/messages", json={"text": "first"}, headers=headers)
                (person,) = site.engine.people
                hub: Hub = site.app.state.services.hub
                with hub.page(person) as queue, hub.page("somebody else") as other:
                    await http.post("/api/messages", json={"text": "second"}, headers=headers)
                    return queue.get_nowait(), other.empty()

        event, untold = asyncio.run(scene())
        ((name, turn),) = events_of(event)
        assert (name, turn["text"], turn["replies"][0]["id"]) == ("turn", "second", "h03.a")
        assert untold

    def test_a_page_that_does_not_keep_up_is_told_to_load_the_history(self) -> None:
        hub = Hub(alone(Clock()))
        with hub.page("p") as queue:
            for _ in range(QUEUE + 1):
                hub.publish("p", "event: turn\ndata: {}\n\n")
            assert queue.get_nowait() == "event: reload\ndata: {}\n\n" and queue.empty()

    def test_a_turn_is_finished_although_the_page_that_asked_is_gone(self) -> None:
        async def scene() -> int:
            site = Site()
            site.engine.pause = 0.01
            transport = httpx.ASGITransport(site.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as http:
                token = (await http.post("/api/session")).json()["token"]
                headers = {"Authorization": f"Bearer {token}", "Accept": "text/event-stream"}
                asked = asyncio.ensure_future(http.post("/api/messages", json={"text": "gone"}, headers=headers))
                while not site.engine.people:
                    await asyncio.sleep(0)
                asked.cancel()
                (person,) = site.engine.people.values()
                while not person.turns:
                    await asyncio.sleep(0.001)
            return site.engine.handled["gone"]

        assert asyncio.run(asyncio.wait_for(scene(), 120)) == 1

    def test_many_sessions_at_once_lose_nothing_and_double_nothing(self) -> None:
        async def scene() -> list[list[str]]:
            site = Site()
            transport = httpx.ASGITransport(site.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://chat.example") as http:

                async def person(number: int) -> list[str]:
                    token = (await http.post("/api/session")).json()["token"]
                    for turn in range(3):
                        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": f"person-{number}-{turn}"}
                        sends = (
                            http.post("/api/messages", json={"text": f"{number} {turn}"}, headers=headers) for _ in "ab"
                        )
                        await asyncio.gather(*sends)
                    history = await http.get("/api/history", headers={"Authorization": f"Bearer {token}"})
                    return [turn["text"] for turn in history.json()["turns"]]

                return await asyncio.gather(*map(person, range(50)))

        found = asyncio.run(scene())
        assert found == [[f"{number} {turn}" for turn in range(3)] for number in range(50)]


class TestOwnThings:
    def test_a_return_code_brings_the_history_back_elsewhere(self, site: Site) -> None:
        session = site.session()
        site.say(session, "before")
        code = site.http.post("/api/remember", headers=session).json()["code"]
        typed = code.lower().replace("-", " ")
        back = site.http.post("/api/return", json={"code": typed})
        assert back.status_code == 201
        assert [turn["text"] for turn in site.turns({"Authorization": f"Bearer {back.json()['token']}"})] == ["before"]

    def test_a_remembered_device_comes_back_after_its_session_ended(self, site: Site) -> None:
        session = site.session()
        site.say(session, "before")
        device = site.http.post("/api/remember", headers=session).json()["device"]
        site.clock.now += 24 * 3600
        back = site.http.post("/api/return", json={"device": device}).json()["token"]
        assert [turn["text"] for turn in site.turns({"Authorization": f"Bearer {back}"})] == ["before"]

    def test_a_device_is_not_remembered_for_ever(self) -> None:
        site = Site(remember_days=1)
        device = site.http.post("/api/remember", headers=site.session()).json()["device"]
        site.clock.now += 25 * 3600
        assert site.http.post("/api/return", json={"device": device}).status_code == 404

    def test_a_new_code_ends_the_older_one(self, site: Site) -> None:
        session = site.session()
        first, second = (site.http.post("/api/remember", headers=session).json()["code"] for _ in range(2))
        assert site.http.post("/api/return", json={"code": first}).status_code == 404
        assert site.http.post("/api/return", json={"code": second}).status_code == 201

    def test_a_return_says_whether_its_conversation_is_the_one_that_is_open(self, site: Site) -> None:
        here, elsewhere = site.session(), site.session()
        for session in (here, elsewhere):
            site.say(session, "mine")
        code = site.http.post("/api/remember", headers=here).json()["code"]
        told = [site.http.post("/api/return", json={"code": code}, headers=sent) for sent in (here, elsewhere, {})]
        assert [answer.json()["here"] for answer in told] == [True, False, False]

    def test_forgetting_ends_all_devices_and_codes(self, site: Site) -> None:
        session = site.session()
        given = site.http.post("/api/remember", headers=session).json()
        assert site.http.delete("/api/remember", headers=session).json() == {"forgotten": 2}
        for name, value in given.items():
            assert site.http.post("/api/return", json={name: value}).status_code == 404

    def test_neither_codes_nor_tokens_are_kept_as_they_are(self, site: Site) -> None:
        given = site.http.post("/api/remember", headers=site.session()).json()
        kept = " ".join(address for _, address in site.engine.addresses)
        assert given["code"] not in kept and given["device"].split(".")[0] not in kept

    @pytest.mark.parametrize("body", [{}, {"code": 5}, {"device": None}])
    def test_a_return_without_code_or_device_is_refused(self, site: Site, body: dict[str, Any]) -> None:
        assert site.http.post("/api/return", json=body).status_code == 422

    def test_the_copy_is_a_file(self, site: Site) -> None:
        session = site.session()
        site.say(session, "mine")
        copy = site.http.get("/api/export", headers=session)
        assert [message["text"] for message in copy.json()["messages"]] == ["mine"]
        assert copy.headers["content-disposition"].startswith("attachment")

    def test_the_copy_can_also_be_had_as_a_page_to_read(self, site: Site) -> None:
        session = site.session()
        site.say(session, "mine")
        copy = site.http.get("/api/export?format=markdown", headers=session)
        assert copy.headers["content-type"].startswith("text/markdown")
        assert 'filename="conversation.md"' in copy.headers["content-disposition"]
        assert "## Talk 1, 2 March 2026" in copy.text and "> mine" in copy.text
        refused = site.http.get("/api/export?format=pdf", headers=session)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "bad_request")

    def test_of_a_forgotten_message_nothing_is_shown_again(self, site: Site) -> None:
        session = site.session()
        site.say(session, "forgotten")
        site.say(session, "kept")
        (person,) = site.engine.people.values()
        person.turns[0].update(text="", replies=())
        assert [turn["text"] for turn in site.turns(session)] == ["kept"]

    def test_erasing_asks_for_a_confirmation_and_gives_a_receipt(self, site: Site) -> None:
        session = site.session()
        site.say(session, "mine")
        assert site.http.post("/api/erase", json={}, headers=session).status_code == 422
        assert site.turns(session)
        receipt = site.http.post("/api/erase", json={"confirm": True}, headers=session).json()["receipt"]
        assert receipt["in_words"] == ["Your history: 1 message.", "Backups: none."]
        assert site.turns(session) == [] and not site.engine.people

    def test_after_erasing_no_device_and_no_code_leads_anywhere(self, site: Site) -> None:
        session = site.session()
        given = site.http.post("/api/remember", headers=session).json()
        site.http.post("/api/erase", json={"confirm": True}, headers=session)
        for name, value in given.items():
            assert site.http.post("/api/return", json={name: value}).status_code == 404

    def test_the_picture_shows_the_way_and_no_markup_of_its_content(self, site: Site) -> None:
        session = site.session()
        site.say(session, "hello")
        picture = site.http.get("/api/journey.svg", headers=session)
        assert picture.headers["content-type"].startswith("image/svg+xml")
        assert "Being a burden" in picture.text and "Money &amp; &lt;worries&gt;" in picture.text
        assert site.http.get("/api/journey", headers=session).json()["heaviness"] == [8, 6, 3]

    def test_the_picture_stands_on_days_and_says_how_it_was_after_exercises(self, site: Site) -> None:
        session = site.session()
        site.say(session, "hello")
        picture = site.http.get("/api/journey.svg", headers=session).text
        assert "2 Mar" in picture and "5 Mar" in picture and ">lighter<" in picture
        assert [f">{number}<" in picture for number in (8, 6, 3)] == [True] * 3

    def test_what_is_kept_back_in_the_chat_is_kept_back_in_the_picture(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def kept_back(_: str) -> dict[str, Any]:
            return {
                "kept_back": True,
                "days": [],
                "themes": [],
                "heaviness": [],
                "felt": [],
                "steps": [],
                "techniques": [],
            }

        monkeypatch.setattr(site.engine, "journey", kept_back)
        session = site.session()
        site.say(session, "hello")
        assert site.http.get("/api/journey", headers=session).json()["kept_back"] is True
        assert "Nothing is listed here" in site.http.get("/api/journey.svg", headers=session).text

    def test_the_picture_of_nothing_is_a_picture_too(self, site: Site) -> None:
        assert site.http.get("/api/journey.svg", headers=site.session()).text.startswith("<svg")

    def test_the_helpline_card_is_there_without_a_session(self, site: Site) -> None:
        assert site.http.get("/api/help").json() == reply_json(CARD)

    def test_the_helpline_card_is_not_refused_when_the_session_ended_or_the_database_is_away(self, site: Site) -> None:
        session = site.session()
        site.clock.now += 24 * 3600
        site.engine.locked = True
        for headers in (session, {"Authorization": "Bearer nonsense"}, site.session()):
            assert site.http.get("/api/help", headers=headers).json() == reply_json(CARD)


class TestLinking:
    def link(self, site: Site, session: dict[str, str], code: str, **more: Any) -> httpx.Response:
        return site.http.post("/api/link", json={"code": code, **more}, headers=session)

    def telegram(self, site: Site, text: str = "said in Telegram") -> str:
        """A person of Telegram with a history; a code of theirs."""

        async def scene() -> str:
            person = await site.engine.person("telegram", "42")
            await site.engine.handle(person, "telegram", text)
            return await site.engine.link_code(person)

        return asyncio.run(scene())

    def texts(self, site: Site, session: dict[str, str]) -> list[str]:
        return [turn["text"] for turn in site.turns(session)]

    def test_a_code_that_is_no_good_is_known_before_anything_is_given_up(self, site: Site) -> None:
        session = site.session()
        site.say(session, "said here")
        for typed in ("ABCD-EFGH", "nonsense"):
            refused = self.link(site, session, typed)
            assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_code")

    def test_ones_own_code_is_refused_and_stays_good(self, site: Site) -> None:
        session = site.session()
        site.say(session, "said here")
        code = site.http.post("/api/link/code", headers=session).json()["code"]
        for confirmed in (False, True):
            refused = self.link(site, session, code, confirm=confirmed)
            assert (refused.status_code, refused.json()["error"]["code"]) == (409, "own_code")
        assert self.texts(site, session) == ["said here"]
        assert asyncio.run(site.engine.redeem(code, "telegram", "42")) is not None

    def test_a_code_shown_here_carries_the_history_there(self, site: Site) -> None:
        session = site.session()
        site.say(session, "said here")
        shown = site.http.post("/api/link/code", headers=session)
        assert (shown.status_code, shown.json()["minutes"]) == (201, 10)
        person = asyncio.run(site.engine.redeem(shown.json()["code"], "telegram", "42"))
        assert person == site.engine.addresses["telegram", "42"] == next(iter(site.engine.people))
        assert site.http.get("/api/link", headers=session).json() == {"channels": ["telegram"]}

    def test_a_code_typed_here_brings_the_history_from_there(self, site: Site) -> None:
        session, code = site.session(), self.telegram(site)
        taken = self.link(site, session, f" {code.lower().replace('-', ' ')} ")
        assert (taken.status_code, taken.json()) == (200, {"channels": ["telegram"]})
        assert self.texts(site, session) == ["said in Telegram"]
        site.say(session, "and on")
        assert self.texts(site, session) == ["said in Telegram", "and on"]

    def test_a_code_works_once_and_only_if_there_is_one(self, site: Site) -> None:
        code = self.telegram(site)
        assert self.link(site, site.session(), code).status_code == 200
        for typed in (code, "ABCD-EFGH", "nonsense", ""):
            refused = self.link(site, site.session(), typed)
            assert (refused.status_code, refused.json()["error"]["code"]) == (404, "unknown_code")

    def test_a_history_of_this_side_is_given_up_only_after_a_confirmation(self, site: Site) -> None:
        session, code = site.session(), self.telegram(site)
        site.say(session, "said here")
        asked = self.link(site, session, code)
        assert (asked.status_code, asked.json()["error"]["code"]) == (409, "confirm_needed")
        assert self.texts(site, session) == ["said here"]
        assert self.link(site, session, code, confirm=True).status_code == 200
        assert self.texts(site, session) == ["said in Telegram"]
        assert len(site.engine.people) == 1

    @pytest.mark.parametrize("returned", [False, True])
    def test_a_remembered_device_comes_along_and_keeps_nothing_of_before(self, site: Site, returned: bool) -> None:
        session, code = site.session(), self.telegram(site)
        site.say(session, "said here")
        given = site.http.post("/api/remember", headers=session).json()
        if returned:
            site.http.post("/api/return", json={"code": given["code"]})
        assert self.link(site, session, code, confirm=True, device=given["device"]).status_code == 200
        assert len(site.engine.people) == 1
        back = site.http.post("/api/return", json={"device": given["device"]}).json()["token"]
        assert self.texts(site, {"Authorization": f"Bearer {back}"}) == ["said in Telegram"]

    def test_what_another_device_remembers_is_kept_for_it(self, site: Site) -> None:
        session, code = site.session(), self.telegram(site)
        site.say(session, "said here")
        device = site.http.post("/api/remember", headers=session).json()["device"]
        assert self.link(site, session, code, confirm=True).status_code == 200
        back = site.http.post("/api/return", json={"device": device}).json()["token"]
        assert self.texts(site, {"Authorization": f"Bearer {back}"}) == ["said here"]

    def test_a_wrong_code_leaves_everything_as_it_was(self, site: Site) -> None:
        session = site.session()
        site.say(session, "said here")
        device = site.http.post("/api/remember", headers=session).json()["device"]
        before = dict(site.engine.addresses)
        assert self.link(site, session, "ABCD-EFGH", confirm=True, device=device).status_code == 404
        assert site.engine.addresses == before and self.texts(site, session) == ["said here"]

    def test_somebody_elses_device_does_not_come_along(self, site: Site) -> None:
        theirs = site.session()
        site.say(theirs, "theirs")
        device = site.http.post("/api/remember", headers=theirs).json()["device"]
        self.link(site, site.session(), self.telegram(site), device=device)
        back = site.http.post("/api/return", json={"device": device}).json()["token"]
        assert self.texts(site, {"Authorization": f"Bearer {back}"}) == ["theirs"]

    def test_parted_again_the_web_starts_fresh_and_the_history_goes_on_there(self, site: Site) -> None:
        session, code = site.session(), self.telegram(site)
        self.link(site, session, code)
        given = site.http.post("/api/remember", headers=session).json()
        assert site.http.delete("/api/link", headers=session).json() == {"channels": ["telegram"]}
        assert self.texts(site, session) == []
        for name, value in given.items():
            assert site.http.post("/api/return", json={name: value}).status_code == 404
        person = site.engine.addresses["telegram", "42"]
        assert [turn["text"] for turn in site.engine.people[person].turns] == ["said in Telegram"]

    def test_the_only_way_to_a_history_is_not_taken_away(self, site: Site) -> None:
        session = site.session()
        for _ in range(2):
            parted = site.http.delete("/api/link", headers=session)
            assert (parted.status_code, parted.json()["error"]["code"]) == (409, "only_way")
            site.say(session, "said here")
        site.http.post("/api/remember", headers=session)
        assert site.http.delete("/api/link", headers=session).status_code == 409
        assert self.texts(site, session) == ["said here", "said here"]

    def test_without_a_history_there_is_no_code(self, site: Site) -> None:
        refused = site.http.post("/api/link/code", headers=site.session())
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "nothing_yet")
        assert not site.engine.people

    def test_codes_cannot_be_guessed_without_end(self) -> None:
        site = Site(address_rate_per_minute=5)
        session = site.session()
        codes = [self.link(site, session, "ABCD-EFGH").status_code for _ in range(5)]
        assert codes == [404] * 4 + [429]

    @pytest.mark.parametrize("body", [{}, {"code": None}, {"code": ["x"]}])
    def test_a_code_has_to_be_sent(self, site: Site, body: dict[str, Any]) -> None:
        assert site.http.post("/api/link", json=body, headers=site.session()).status_code == 422

    def test_open_pages_are_told_to_look_again_and_that_it_was_parted(self, site: Site) -> None:
        session = site.session()
        site.say(session, "said here")
        hub: Hub = site.app.state.services.hub
        (before,) = site.engine.people
        with hub.page(before) as queue:
            self.link(site, session, self.telegram(site), confirm=True)
            assert [name for name, _ in events_of(queue.get_nowait())] == ["reload"]
        with hub.page(site.engine.addresses["telegram", "42"]) as queue:
            site.http.delete("/api/link", headers=session)
            assert [name for name, _ in events_of(queue.get_nowait())] == ["unlinked"]


class TestRest:
    def post(self, site: Site, body: Any, token: str = REST_TOKEN) -> httpx.Response:
        return site.http.post("/webhooks/rest/webhook", json=body, headers={"Authorization": f"Bearer {token}"})

    def test_it_is_off_until_a_token_is_set(self, site: Site) -> None:
        assert self.post(site, {"sender": "a", "message": "hello"}).status_code == 404

    def test_it_says_that_it_is_there_as_rasas_own_does(self, site: Site) -> None:
        assert site.http.get("/webhooks/rest/").status_code == 404
        there = Site(rest_token=REST_TOKEN).http.get("/webhooks/rest/")
        assert (there.status_code, there.json()) == (200, {"status": "ok"})

    def test_it_needs_the_token(self) -> None:
        site = Site(rest_token=REST_TOKEN)
        assert self.post(site, {"sender": "a", "message": "x"}, "wrong").status_code == 401
        assert site.http.post("/webhooks/rest/webhook", json={"sender": "a", "message": "x"}).status_code == 401
        assert site.http.post(f"/webhooks/rest/webhook?token={REST_TOKEN}", json={"message": "x"}).status_code == 200

    def test_it_answers_in_rasas_format(self) -> None:
        site = Site(rest_token=REST_TOKEN)
        self.post(site, {"sender": "a", "message": "hello"})
        answer = self.post(site, {"sender": "a", "message": "exercise", "metadata": {"level": "none"}})
        buttons = [{"title": "Next", "payload": "Next"}, {"title": "Stop", "payload": "Stop"}]
        assert answer.json() == [{"recipient_id": "a", "text": "This is step 1.", "buttons": buttons}]

    def test_the_same_sender_under_another_token_is_somebody_else(self) -> None:
        site, other = Site(rest_token=REST_TOKEN), Site(rest_token=REST_TOKEN + "2")
        self.post(site, {"sender": "a", "message": "x"})
        self.post(other, {"sender": "a", "message": "x"}, REST_TOKEN + "2")
        assert not set(site.engine.addresses) & set(other.engine.addresses)

    def test_a_sender_cannot_be_a_person_of_the_web_chat(self) -> None:
        site = Site(rest_token=REST_TOKEN)
        site.say(site.session(), "mine")
        ((_, address),) = site.engine.addresses
        self.post(site, {"sender": address, "message": "x"})
        assert len(site.engine.people) == 2

    @pytest.mark.parametrize(("allowed", "expected"), [(False, ()), (True, ("export", "erase", "share"))])
    def test_data_is_managed_over_it_only_when_the_operator_allows_it(
        self, allowed: bool, expected: tuple[str, ...]
    ) -> None:
        site = Site(rest_token=REST_TOKEN, rest_may_manage_data=allowed)
        self.post(site, {"sender": "a", "message": "export my data"})
        assert site.engine.capabilities == [expected]

    @pytest.mark.parametrize(
        "body", [{}, {"message": None}, {"message": "x", "sender": ""}, {"message": "x", "sender": "y" * 256}]
    )
    def test_what_is_no_message_is_refused(self, body: dict[str, Any]) -> None:
        assert self.post(Site(rest_token=REST_TOKEN), body).status_code == 422

    def test_texts_refused_for_size_or_rate_carry_the_card_here_too(self) -> None:
        site = Site(rest_token=REST_TOKEN, rate_per_minute=1, max_characters=50)
        long = self.post(site, {"sender": "a", "message": "I want to end my life" + " x" * 50})
        assert long.status_code == 413 and long.json()["card"]["id"] == "card"
        self.post(site, {"sender": "a", "message": "x"})
        fast = self.post(site, {"sender": "a", "message": "I want to end my life"})
        assert fast.status_code == 429 and fast.json()["card"]["id"] == "card"
        assert self.post(site, {"sender": "b", "message": "x"}).status_code == 200


class TestSafety:
    def test_pages_have_a_strict_policy_and_nothing_inline(self, site: Site) -> None:
        for path in ("/", "/embed", "/protocol"):
            page = site.http.get(path)
            policy = page.headers["content-security-policy"]
            assert "default-src 'none'" in policy and "require-trusted-types-for 'script'" in policy
            assert "unsafe" not in policy
            assert "<style" not in page.text and " style=" not in page.text and " onclick" not in page.text

    def test_documents_show_their_content_as_text(self, site: Site) -> None:
        page = site.http.get("/protocol").text
        assert "Not yet clinically reviewed." in page and "&lt;b&gt;" in page
        assert site.http.get("/privacy").status_code == 404

    @pytest.mark.parametrize("path", ["/", "/api/help", "/static/interlude-chat.js", "/nowhere"])
    def test_every_answer_has_the_security_headers(self, site: Site, path: str) -> None:
        headers = site.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "content-security-policy" in headers and "strict-transport-security" not in headers

    def test_browsers_are_told_to_stay_with_https_where_the_site_has_it(self) -> None:
        assert "strict-transport-security" in Site(public_address="https://chat.example").http.get("/").headers

    def test_no_answer_of_the_interface_is_kept_by_browsers(self, site: Site) -> None:
        assert site.http.get("/api/help").headers["cache-control"] == "no-store"

    def test_there_are_no_cookies(self, site: Site) -> None:
        site.say(site.session(), "hello")
        site.http.get("/")
        assert not site.http.cookies

    def test_allowed_sites_may_use_the_chat(self) -> None:
        site = Site(allowed_origins=("https://friend.example",))
        origin = {"Origin": "https://friend.example"}
        asked = {
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        }
        before = site.http.options("/api/messages", headers={**origin, **asked})
        assert before.status_code == 200 and before.headers["access-control-allow-origin"] == origin["Origin"]
        opened = site.http.post("/api/session", headers=origin)
        assert opened.status_code == 201 and opened.headers["access-control-allow-origin"] == origin["Origin"]
        assert "access-control-allow-credentials" not in opened.headers

    @pytest.mark.parametrize(
        "origin", ["https://other.example", "null", "https://friend.example.evil.example", "http://friend.example"]
    )
    def test_other_sites_may_not(self, origin: str) -> None:
        site = Site(allowed_origins=("https://friend.example",))
        refused = site.http.post("/api/session", headers={"Origin": origin})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_refused")
        session = {"Origin": origin, **site.session()}
        for path in ("/api/history", "/api/export", "/api/help"):
            assert site.http.get(path, headers=session).json() == refused.json()
        assert site.http.post("/api/messages", json={"text": "hello"}, headers=session).status_code == 403
        assert not site.engine.people

    def test_the_refusal_itself_can_be_read_by_any_site_also_with_a_session(self, site: Site) -> None:
        origin = {"Origin": "https://other.example"}
        asked = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        before = site.http.options("/api/history", headers={**origin, **asked})
        refused = site.http.get("/api/history", headers={**origin, **site.session()})
        for answer in (before, refused):
            assert answer.headers["access-control-allow-origin"] == "*"
            assert "access-control-allow-credentials" not in answer.headers
        assert before.status_code == 200 and refused.status_code == 403

    @pytest.mark.parametrize("origin", ["http://[", "http://[::1", "//", "\xff"])
    def test_an_origin_that_is_no_address_is_refused_like_any_other(self, site: Site, origin: str) -> None:
        refused = site.http.get("/api/help", headers={"Origin": origin.encode("latin-1")})
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "origin_refused")

    def test_our_own_pages_may(self, site: Site) -> None:
        assert site.http.post("/api/session", headers={"Origin": "http://chat.example"}).status_code == 201
        public = Site(public_address="https://public.example/")
        assert public.http.post("/api/session", headers={"Origin": "https://public.example"}).status_code == 201

    def test_the_widget_can_be_loaded_from_any_site(self, site: Site) -> None:
        script = site.http.get("/static/interlude-chat.js", headers={"Origin": "https://other.example"})
        assert script.headers["access-control-allow-origin"] == "*"
        assert script.headers["cross-origin-resource-policy"] == "cross-origin"
        assert script.headers["content-encoding"] == "gzip"

    def test_nothing_outside_the_static_folder_is_served(self, site: Site) -> None:
        for path in ("/static/../web/app.py", "/static/%2e%2e/web/app.py", "/static/..%2fweb%2fapp.py", "/static/"):
            assert site.http.get(path).status_code == 404

    def test_logs_hold_no_text_of_a_conversation(self, site: Site, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        session = site.session()
        for broken in (False, True):
            site.engine.broken = broken
            site.say(session, "a very private sentence")
            site.say(session, "a very private sentence " * 2_000)
        assert "private" not in caplog.text and "turn failed" in caplog.text

    def test_what_nobody_foresaw_is_answered_and_logged_without_its_words(
        self, site: Site, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def fail(*_: object) -> None:
            raise RuntimeError("a very private sentence")

        monkeypatch.setattr(site.engine, "find", fail)
        response = site.http.get("/api/history", headers=site.session())
        assert response.status_code == 500 and response.json()["error"]["code"] == "unavailable"
        assert "RuntimeError" in caplog.text and "private" not in caplog.text

    def test_a_page_that_goes_away_in_the_middle_of_a_request_is_no_error(
        self, site: Site, caplog: pytest.LogCaptureFixture
    ) -> None:
        token = site.session()["Authorization"].encode()
        scope = {
            "type": "http", "method": "POST", "path": "/api/messages", "raw_path": b"/api/messages", "root_path": "",
            "scheme": "http", "query_string": b"", "http_version": "1.1", "client": ("192.0.2.1", 1), "server": None,
            "headers": [(b"authorization", token), (b"content-type", b"application/json")],
        }  # fmt: skip
        sent: list[Any] = []

        async def receive() -> dict[str, str]:
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(site.app(scope, receive, send))
        assert not sent and not caplog.records

    def test_who_mistypes_an_address_in_a_browser_gets_a_page_with_a_way_on(self, site: Site) -> None:
        browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        for path in ("/privcy", "/static/nothing.js", "/api/nothing"):
            page = site.http.get(path, headers=browser)
            assert page.status_code == 404 and page.headers["content-type"].startswith("text/html")
            assert 'href="/"' in page.text
        assert site.http.get("/privcy", headers={"Accept": "application/json"}).json()["error"]["code"] == "not_found"

    def test_unknown_addresses_and_methods_are_refused_in_the_same_form(self, site: Site) -> None:
        assert site.http.get("/api/nothing").json()["error"]["code"] == "not_found"
        assert site.http.get("/api/messages").json()["error"]["code"] == "method_not_allowed"


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)
FIELDS = some.sampled_from(["text", "message", "sender", "code", "device", "confirm", "metadata"])
POSTS = [route.path for route in INTERFACE if "POST" in (route.methods or ())]


class TestAnything:
    @settings(max_examples=60, deadline=None)
    @given(
        body=some.dictionaries(FIELDS, ANYTHING) | ANYTHING,
        key=some.none() | some.from_regex(r"[ -~]{0,70}", fullmatch=True),
    )
    def test_no_body_breaks_the_server(self, body: Any, key: str | None) -> None:
        site = Site(rest_token=REST_TOKEN)
        session = {**site.session(), **({} if key is None else {"Idempotency-Key": key})}
        for path in POSTS:
            headers = {"Authorization": f"Bearer {REST_TOKEN}"} if "webhook" in path else session
            response = site.http.post(
                path, content=json.dumps(body), headers={**headers, "Content-Type": "application/json"}
            )
            assert response.status_code < 500
            if response.status_code >= 400:
                assert response.json()["error"]["code"]

    @settings(max_examples=60, deadline=None)
    @given(raw=some.binary(max_size=300), token=some.text(some.characters(codec="latin-1", exclude_categories=["C"])))
    def test_no_bytes_and_no_token_break_the_server(self, raw: bytes, token: str) -> None:
        site = Site(rest_token=REST_TOKEN)
        for path in POSTS:
            headers = {"Authorization": f"Bearer {token}".encode("latin-1"), "Content-Type": b"application/json"}
            assert site.http.post(path, content=raw, headers=headers).status_code < 500  # type: ignore[arg-type]


class TestDescription:
    def test_it_describes_exactly_what_is_served(self, site: Site) -> None:
        described = site.http.get("/api/openapi.json").json()["paths"]
        listed = {(path, method) for path, methods in described.items() for method in methods}
        served = {
            (route.path, method.lower()) for route in INTERFACE for method in route.methods or () if method != "HEAD"
        }
        assert listed == served

    def test_the_process_says_that_it_answers(self, site: Site) -> None:
        assert site.http.get("/healthz").json() == {"status": "ok"}
