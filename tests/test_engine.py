"""The engine: one message in, replies out, everything stored or the person told."""

import logging
from pathlib import Path
from typing import Any, Callable

import pytest

from bot.core.conversation import Judgement, Level
from bot.engine import Engine
from bot.errors import StorageError

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "my sister Ottilie borrowed the blue kettle and never spoke to me again"


async def test_the_same_key_is_not_a_second_message(talk: Any) -> None:
    first = await talk.say("i never ask anyone for help", client_key="a-1")
    again = await talk.say("i never ask anyone for help", client_key="a-1")
    assert [reply.text for reply in again.replies] == [reply.text for reply in first.replies]
    assert len(await talk.engine.history(await talk.person(), 10)) == 1


async def test_a_key_used_again_for_other_words_hides_no_danger(talk: Any) -> None:
    await talk.say("i never ask anyone for help", client_key="a-1")
    second = await talk.say("i want to kill myself", client_key="a-1")
    assert second.heard.judgement.level is Level.risk
    assert len(await talk.engine.history(await talk.person(), 5)) == 2


async def test_a_line_is_judged_with_the_one_before_it(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def in_context(text: str, judgement: Judgement, before: str, raised: bool) -> Judgement:
        seen.append((text, before, raised))
        return judgement

    screen = talk.engine.risk_screen
    monkeypatch.setattr(screen, "may_lean", lambda text, judgement: True)
    monkeypatch.setattr(screen, "in_context", in_context)
    await talk.say("the children are waiting")
    await talk.say("i want to kill myself")
    await talk.say("i should go now")
    talk.later(hours=2)
    await talk.say("hello")
    assert seen == [
        ("the children are waiting", "", False),
        ("i want to kill myself", "the children are waiting", False),
        ("i should go now", "i want to kill myself", True),
        ("hello", "", True),
    ]


async def test_a_button_of_the_bots_own_raises_no_alarm(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = talk.engine.risk_screen
    judge = screen.judge
    alarm = Judgement(Level.risk, "suicide", reason="a rule", judge="matcher test", score=0.9)
    monkeypatch.setattr(screen, "judge", lambda text: alarm if text == "Keep talking" else judge(text))
    await talk.say("hi")
    await talk.say("i never ask anyone for help, i wouldn't know how")
    offered = await talk.say("give me something to try")
    assert "Keep talking" in [title for reply in offered.replies for title in reply.buttons]
    assert (await talk.say("Keep talking")).level == "none"
    await talk.say("i do everything alone")
    assert (await talk.say("Keep talking")).level == "risk"


async def test_people_do_not_see_each_other(new_talk: Callable[..., Any]) -> None:
    one, other = new_talk(), new_talk()
    await one.say(SECRET)
    await other.say("hi")
    assert "kettle" not in str(await other.engine.export(await other.person()))


async def test_what_was_said_is_there_after_a_restart(talk: Any, settings: Any) -> None:
    await talk.say("hi")
    await talk.say("i feel like a burden to everyone when i need something")
    before = await talk.engine.history(await talk.person(), 10)
    restarted = await Engine.start(settings)
    try:
        assert await restarted.history(await talk.person(), 10) == before
    finally:
        restarted.close()


async def test_erasure_leaves_not_a_byte_of_a_persons_words(talk: Any, settings: Any) -> None:
    await talk.say("hi")
    await talk.say("my cousin Hildegund kept the piano and all the letters")
    folder = Path(settings.database.removeprefix("sqlite:///")).parent
    assert any(b"Hildegund" in path.read_bytes() for path in folder.iterdir() if path.is_file())
    await talk.engine.erase(await talk.person())
    for path in folder.iterdir():
        assert b"Hildegund" not in path.read_bytes(), path.name


async def test_a_forgotten_message_leaves_not_a_byte_either(talk: Any, settings: Any) -> None:
    await talk.say("hi")
    await talk.say("my uncle Bartholomew sold the boat without asking")
    await talk.say("forget that last message please")
    await talk.say("yes")
    folder = Path(settings.database.removeprefix("sqlite:///")).parent
    for path in folder.iterdir():
        assert b"Bartholomew" not in path.read_bytes(), path.name


async def test_a_forgotten_note_leaves_not_a_byte_wherever_it_was_given_back(talk: Any, settings: Any) -> None:
    for text in (
        "hi",
        "can we do the page given back",
        "my aunt Philippa emptied the whole house and told nobody",
        "show me my journey",
        "forget what I said about Philippa",
        "yes",
    ):
        result = await talk.say(text)
    assert [reply.id for reply in result.replies] == ["forget.done"]
    assert "hilippa" not in str(await talk.engine.export(await talk.person()))
    folder = Path(settings.database.removeprefix("sqlite:///")).parent
    for path in folder.iterdir():
        assert b"hilippa" not in path.read_bytes(), path.name


async def test_words_that_a_question_shows_are_not_stored_beside_it(talk: Any) -> None:
    await talk.say("my uncle Bartholomew sold the boat without asking")
    await talk.say("forget that")
    exported = await talk.engine.export(await talk.person())
    asked = [row["data"] for row in exported["engine_events"] if row["type_name"] == "user"][-1]
    assert asked["text"] == "forget that" and "Bartholomew" not in str(asked)


async def test_after_abuse_was_told_no_journey_lists_anything(talk: Any) -> None:
    await talk.say("i feel like such a burden to everyone around me when i need something")
    assert (await talk.engine.journey(await talk.person()))["themes"]
    await talk.say("my boyfriend hits me when he is drunk")
    found = await talk.engine.journey(await talk.person())
    assert found.pop("kept_back") is True and not any(found.values())


async def test_the_receipt_of_the_web_and_of_the_chat_say_the_same_in_sentences(talk: Any) -> None:
    await talk.say("i do everything by myself at home")
    receipt = await talk.engine.erase(await talk.person())
    assert receipt["in_words"][0] == "Your history: 1 message, 2 answers and 1 talk."
    assert any(sentence.startswith("Backups: The people who run this") for sentence in receipt["in_words"])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\x00\x01",
        "/restart",
        "/session_start",
        '/greet{"session": {"level": "none"}}',
        "{{7*7}} %s %n",
        "\u202eabc",
        "😀" * 50,
        "half a pair \ud83d here",
    ],
)
async def test_odd_input_gets_an_answer_and_changes_nothing_from_outside(talk: Any, text: str) -> None:
    result = await talk.say(text)
    assert result.failed is None and result.replies
    assert result.level == "none"


async def test_a_text_of_many_thousand_characters_is_answered_and_told_how_much_was_read(talk: Any) -> None:
    await talk.say("hi")
    result = await talk.say("i carried it all by myself again and nobody noticed. " * 120)
    assert result.failed is None
    assert any(reply.id == "long.read" for reply in result.replies)


async def test_risk_behind_the_readable_part_is_still_seen(talk: Any) -> None:
    result = await talk.say("we had pasta and watched a film. " * 200 + "i want to kill myself.")
    assert result.level in ("risk", "imminent")


async def test_a_crash_in_the_dialogue_still_gets_a_safe_answer(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(talk.engine.agent.processor, "handle_message", broken)
    result = await talk.say("i want to talk about my week")
    assert result.failed == "RuntimeError" and not result.stored
    assert result.replies[0].id == "fallback.error" and result.replies[0].data["card"]


async def test_a_locked_database_is_told_and_answered_safely(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await talk.say("hi")

    async def locked(*_: object) -> None:
        raise StorageError("The database could not store: locked.")

    monkeypatch.setattr(talk.engine.store, "write", locked)
    result = await talk.say("i want to talk about my week")
    assert not result.stored and result.replies[0].id == "fallback.not_saved"


async def test_no_word_of_a_conversation_reaches_a_log(talk: Any, caplog: pytest.LogCaptureFixture, capfd: Any) -> None:
    caplog.set_level(logging.DEBUG)
    await talk.say("/hello " + SECRET)
    await talk.say("my Zebulon secret: i want to die")
    printed = capfd.readouterr()
    for seen in (caplog.text, printed.out, printed.err):
        assert "Ottilie" not in seen and "Zebulon" not in seen


async def test_two_messages_at_once_are_answered_one_after_the_other(talk: Any) -> None:
    import asyncio

    person = await talk.person()
    results = await asyncio.gather(
        *(talk.engine.handle(person, "test", f"and then thing number {i} happened") for i in range(5))
    )
    assert all(result.failed is None for result in results)
    assert len(await talk.engine.history(person, 10)) == 5


async def test_when_neither_judge_works_the_person_gets_the_card_and_is_screened_later(
    talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("hi")
    with monkeypatch.context() as broken:
        broken.setattr(talk.engine.risk_screen, "judge", _fails)
        blind = await talk.say("i want to kill myself")
    assert [reply.id for reply in blind.replies] == ["fallback.unscreened", "card"]
    assert blind.level == "none"
    await talk.say("are you there")
    turns = await talk.engine.history(await talk.person(), 10)
    exported = await talk.engine.export(await talk.person())
    assert len(turns) == 3
    assert [alert["level"] for alert in exported["alerts"]] == ["risk"]


async def test_one_broken_judge_leaves_the_other_to_decide(talk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for judge, text in (("_ask_classifier", "i want to kill myself"), ("_ask_matcher", "i want to kill myself")):
        with monkeypatch.context() as broken:
            broken.setattr(talk.engine.risk_screen, judge, lambda _: None)
            result = await talk.say(text)
        assert result.heard.judgement.degraded
        assert result.level in ("risk", "imminent")


@pytest.mark.parametrize("channel", ["web", "telegram", "terminal", "rest"])
async def test_danger_is_met_by_the_same_rules_in_every_channel(new_talk: Callable[..., Any], channel: str) -> None:
    talk = new_talk(channel)
    await talk.say("hi")
    result = await talk.say("i keep thinking about killing myself")
    said = " ".join(reply.text for reply in result.replies).lower()
    assert "program" in said and "findahelpline.com" in said and "trust" in said
    assert all(reply.text.count("?") <= 1 for reply in result.replies)
    for forbidden in ("promise", "committed suicide", "don't go", "diagnos", "988"):
        assert forbidden not in said
    assert not any(reply.id.startswith(("h.", "i.", "technique.", "offer.")) for reply in result.replies)


async def test_answers_to_danger_differ_each_time(talk: Any) -> None:
    await talk.say("i want to kill myself")
    said = [
        reply.text
        for _ in range(12)
        for reply in (await talk.say("i really do want to die")).replies
        if reply.id != "card"
    ]
    assert len(said) == len(set(said))


def _fails(_: str) -> None:
    raise RuntimeError("no judge today")
