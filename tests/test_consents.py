"""What a person consents to in the conversation holds in storage: exactly that, for so long, and until taken back."""

from typing import Any

import pytest

from bot.storage import consents, review
from bot.storage.repository import Repository

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOLD = "i feel like such a burden to everyone around me when i need something"


async def shared(talk: Any) -> list:
    with talk.engine.database.reading() as session:
        return [share for share in review.shares_of(session, await talk.person()) if share.revoked_at is None]


async def test_a_shared_conversation_can_be_read_for_thirty_days_and_not_what_comes_later(talk: Any) -> None:
    for text in (TOLD, "share this conversation", "This conversation"):
        await talk.say(text)
    (share,) = await shared(talk)
    assert share.turn_number is None
    assert (share.until - share.shared_at).days == 30
    await talk.say("stop sharing")
    assert await shared(talk) == []


async def test_only_the_last_message_means_the_one_before_sharing_was_spoken_of(talk: Any) -> None:
    for text in ("hi", TOLD, "share this conversation", "Show me first", "Only my last message"):
        await talk.say(text)
    person = await talk.person()
    (share,) = await shared(talk)
    with talk.engine.database.reading() as session:
        turns = Repository(session).last_turns(person, 10)
    assert [turn.heard.text for turn in turns if turn.number == share.turn_number] == [TOLD]


async def test_nothing_is_shared_or_trained_on_by_asking_alone(talk: Any) -> None:
    for text in (TOLD, "share this conversation", "Not now", "you may use my messages for training", "no"):
        await talk.say(text)
    assert await shared(talk) == []
    with talk.engine.database.reading() as session:
        assert not consents.training_allowed(session, await talk.person())


async def test_consent_to_training_is_kept_and_taken_back(talk: Any) -> None:
    for text in (TOLD, "you may use my messages for training", "Yes, you may"):
        await talk.say(text)
    person = await talk.person()
    with talk.engine.database.reading() as session:
        assert consents.training_allowed(session, person)
    await talk.say("don't train on my messages")
    with talk.engine.database.reading() as session:
        assert not consents.training_allowed(session, person)


async def test_what_sharing_would_show_is_seen_before_it_is_shared(talk: Any) -> None:
    await talk.say(TOLD + ", call me on 020 7946 0018")
    shown = await talk.engine.sharing(await talk.person())
    assert shown["offered"] and not shown["shared"] and not shown["readings"]
    assert "020 7946 0018" not in shown["messages"][0]["text"]


async def test_a_channel_that_cannot_know_the_person_shares_nothing(talk: Any) -> None:
    await talk.say(TOLD, capabilities=())
    result = await talk.say("share this conversation", capabilities=())
    assert [reply.id for reply in result.replies] == ["data.not_here"]


async def test_the_words_after_a_goodbye_are_kept_in_the_session_they_judge(talk: Any) -> None:
    for text in (
        "i do everything by myself at home",
        "nobody ever asks if i need a hand",
        "my mother never asked anyone either",
        "my sister lives two streets away",
        "she comes on sundays",
    ):
        await talk.say(text)
    result = await talk.say("bye")
    assert [reply.id for reply in result.replies][-1] == "close.feedback"
    await talk.say("Partly")
    exported = await talk.engine.export(await talk.person())
    assert len(exported["conversations"]) == 1
