"""What a person consents to in the conversation holds in storage: exactly that, for so long, and until taken back."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, List

import pytest
from sqlalchemy import insert, select

from bot.core.guide import ending
from bot.review.policy import Reviewer, Role
from bot.review.transcript import Reading, load
from bot.storage import consents, review
from bot.storage.forgetting import forget_turn
from bot.storage.repository import Repository
from bot.storage.review_tables import readings, reviewers

pytestmark = pytest.mark.asyncio(loop_scope="session")
TOLD = "i feel like such a burden to everyone around me when i need something"


async def shared(talk: Any) -> list:
    with talk.engine.database.reading() as session:
        return [share for share in review.shares_of(session, await talk.person()) if share.revoked_at is None]


async def read_by_staff(talk: Any, staff_read_at_risk: bool = False) -> List[str]:
    """What a practitioner reads of the latest conversation, both sides, a line each; nothing of it when it is not open."""
    person, library = await talk.person(), talk.engine.services.library
    ana = Reading(Reviewer(1, "ana", Role.practitioner), talk.now, staff_read_at_risk)
    account = {"id": 1, "name": "ana", "role": "practitioner", "password_hash": "", "failures": 0}
    lines = []
    with talk.engine.database.transaction() as session:
        if session.execute(select(reviewers)).first() is None:
            session.execute(insert(reviewers).values(**account, created_at=talk.now))
        conversation = Repository(session).last_turns(person, 1)[0].conversation_id
        transcript = load(session, library, conversation, ana)
    for turn in transcript.read if transcript else []:
        lines.append(f"Message {turn.number}, you: {''.join(run.text for run in turn.runs)}")
        lines += [f"The program: {''.join(run.text for run in said.runs)}" for said in turn.replies]
    return lines


async def test_a_shared_conversation_can_be_read_for_thirty_days_at_most_and_not_what_comes_later(talk: Any) -> None:
    for text in (TOLD, "share this conversation", "This conversation", "and my sister never calls"):
        await talk.say(text)
    (share,) = await shared(talk)
    assert share.turn_number is None
    assert timedelta(days=29) < share.until - share.shared_at <= timedelta(days=30)
    read = " ".join(await read_by_staff(talk))
    assert "burden" in read and "sister" not in read
    await talk.say("stop sharing")
    assert await shared(talk) == [] and await read_by_staff(talk) == []


async def test_only_the_last_message_means_the_one_before_sharing_was_spoken_of(talk: Any) -> None:
    for text in ("hi", TOLD, "share this conversation", "Show me first", "Only my last message"):
        await talk.say(text)
    assert await shared(talk) == []
    await talk.say("Yes, share it")
    person = await talk.person()
    (share,) = await shared(talk)
    with talk.engine.database.reading() as session:
        turns = Repository(session).last_turns(person, 10)
    assert [turn.heard.text for turn in turns if turn.number == share.turn_number] == [TOLD]


async def test_the_message_that_was_named_and_shown_is_the_one_that_is_shared_one_after_the_other(talk: Any) -> None:
    told = (TOLD, "my sister never calls me back", "at work my boss shouts at me")
    for text in (*told, "share this conversation", "share only my second message", "Yes, share it"):
        await talk.say(text)
    assert [line for line in await read_by_staff(talk) if "you:" in line] == [f"Message 2, you: {told[1]}"]
    for text in ("Another one", "the first", "yes"):
        await talk.say(text)
    assert sorted(share.turn_number for share in await shared(talk)) == [1, 2]


async def test_a_shorter_end_holds_for_what_is_shared_already(talk: Any) -> None:
    for text in (TOLD, "share this conversation", "This conversation", "only for a week please"):
        result = await talk.say(text)
    (share,) = await shared(talk)
    assert share.until == talk.now + timedelta(days=7)
    assert ending.in_words(share.until) in result.replies[-1].text
    talk.later(days=8)
    assert await read_by_staff(talk) == []


async def test_the_preview_is_word_for_word_what_a_practitioner_then_reads(talk: Any) -> None:
    for text in (
        "my name's Tom Berger, call me on 020 7946 0018, i was born on 3 March 1985",
        "i'm such a burden, my mother says Tom Berger never asks for anything",
        "share this conversation",
    ):
        await talk.say(text)
    preview = (await talk.say("Show me first")).replies[-1].text
    await talk.say("This conversation")
    read = await read_by_staff(talk)
    shown = preview.splitlines()[1:]
    assert len(shown) > 6 and shown == read[: len(shown)]
    assert not any(word in preview for word in ("Tom", "Berger", "7946", "1985"))


async def test_the_preview_is_shown_again_with_the_history_without_what_was_forgotten_and_is_stored_nowhere(
    talk: Any,
) -> None:
    for text in (TOLD, "my wombat never calls me back", "share this conversation", "Show me first"):
        await talk.say(text, client_key=f"{talk.address}{text}"[:60])
    person = await talk.person()
    assert "you: my wombat" not in str(await talk.engine.export(person))
    (*_, last) = await talk.engine.history(person, 10)
    assert "Message 2, you: my wombat" in last["replies"][0].text
    sent_again = await talk.say("Show me first", client_key=f"{talk.address}Show me first"[:60])
    assert "Message 2, you: my wombat" in sent_again.replies[0].text
    with talk.engine.database.transaction() as session:
        forget_turn(session, Repository(session).last_turns(person, 10)[1].id)
    (*_, last) = await talk.engine.history(person, 10)
    assert "Message 1, you:" in last["replies"][0].text and "wombat" not in last["replies"][0].text


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


async def test_staff_read_at_risk_only_what_was_begun_after_the_person_was_told_so(
    talk: Any, new_talk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talk.say("i do everything alone")
    result = await talk.say("i want to kill myself")
    assert result.level in ("risk", "imminent")
    engine, readers = talk.engine, "Nobody reads it, unless you are in danger: then staff may."
    told = {"readers": readers, "staff_read_at_risk": True}
    monkeypatch.setattr(engine, "services", replace(engine.services, profile=engine.services.profile.copy(update=told)))
    monkeypatch.setitem(engine.services.facts, "readers", readers)
    assert await read_by_staff(talk, staff_read_at_risk=True) == []

    result = await talk.say("i still want to kill myself")
    assert result.replies[0].id == "disclosure.readers" and readers in result.replies[0].text
    assert await read_by_staff(talk, staff_read_at_risk=True) == []
    assert "disclosure.readers" not in [reply.id for reply in (await talk.say("i am scared")).replies]

    talk.later(days=1)
    await talk.say("i want to kill myself")
    read = " ".join(await read_by_staff(talk, staff_read_at_risk=True))
    assert "i want to kill myself" in read and "scared" not in read

    other = new_talk()
    await other.say("i want to kill myself, said the walrus")
    # The disclosure came with the answer: what was written before it stays closed.
    assert await read_by_staff(other, staff_read_at_risk=True) == []
    result = await other.say("stop sharing")
    assert result.replies[-1].id == "share.none" and readers in result.replies[-1].text
    await other.say("it is the same today")
    read = " ".join(await read_by_staff(other, staff_read_at_risk=True))
    assert "same today" in read and "walrus" not in read
    told_of = (await engine.export(await other.person()))["disclosures"]
    assert [(row["readers"], row["staff_read_at_risk"]) for row in told_of] == [(readers, True)]


async def test_it_is_told_who_read_how_often_and_when_last_and_no_more_than_five_by_name(talk: Any) -> None:
    for text in (TOLD, "share this conversation", "This conversation"):
        await talk.say(text)
    assert await read_by_staff(talk)
    with talk.engine.database.transaction() as session:
        row = session.execute(select(readings).where(readings.c.person_id == await talk.person())).mappings().one()
        for name in ("lea", "mia"):
            session.execute(insert(readings).values(**{**row, "id": None, "reader": name, "role": "lead"}))
    said = (await talk.say("who has read it?")).replies[-1].text
    day = f"{talk.now.day} {talk.now:%B %Y}"
    assert f"mia (lead), once, on {day}; lea (lead), once, on {day}; ana (practitioner), once, on {day}" in said
    talk.later(days=1)
    assert await read_by_staff(talk)
    said = (await talk.say("who has read it?")).replies[-1].text
    assert f"ana (practitioner), 2 times, last on {talk.now.day} {talk.now:%B %Y}; mia (lead), once, on {day};" in said
    with talk.engine.database.transaction() as session:
        for name in ("bo", "cy", "di", "ed"):
            session.execute(insert(readings).values(**{**row, "id": None, "reader": name, "role": "lead"}))
    said = (await talk.say("who has read it?")).replies[-1].text
    assert "ed (lead)" in said and "lea (" not in said and "and 2 more" in said


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
