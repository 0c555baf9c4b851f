"""What people meet in Telegram, by long polling."""

import asyncio
import base64
import json

from bot.channels.telegram.commands import COMMANDS
from bot.storage.database import Database

from ..conftest import FakeTime
from ..fake_engine import FakeEngine
from .conftest import Peer, Person

Work = asyncio.Task


async def test_the_first_start_tells_what_it_is_then_what_telegram_sees_then_asks(ana: Person, at_work: Work) -> None:
    await ana.sends(text="/start")
    await ana.settled()
    first, privacy, question = ana.heard()[:3]
    assert first == "I am a program."
    assert "Telegram carries these messages" in privacy
    assert question == "What is on your mind?"


async def test_what_telegram_sees_is_told_once(ana: Person, at_work: Work) -> None:
    await ana.says("/start")
    assert "Telegram carries" not in await ana.says("/start")


async def test_words_of_a_person_reach_the_engine_and_its_answer_comes_back(
    ana: Person, peer: Peer, engine: FakeEngine, at_work: Work
) -> None:
    assert await ana.says("i carry it all alone") == "You wrote: i carry it all alone"
    assert engine.heard == [("telegram", "i carry it all alone")]
    assert peer.made("sendChatAction", ana.id)[0]["parameters"]["action"] == "typing"


async def test_the_menu_lists_every_command(ana: Person, peer: Peer, at_work: Work) -> None:
    await ana.settled()
    menu = json.loads(peer.made("setMyCommands")[0]["parameters"]["commands"])
    assert [item["command"] for item in menu] == list(COMMANDS)


async def test_help_lists_every_command(ana: Person, at_work: Work) -> None:
    told = await ana.says("/help")
    assert all(f"/{name} - " in told for name in COMMANDS)


async def test_commands_are_heard_as_words(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    for command in ("/stop", "/sources", "/country", "/country New Zealand", "/journey@interlude_bot"):
        await ana.sends(text=command)
    await ana.settled()
    assert [text for _, text in engine.heard] == [
        "stop",
        "where is this from",
        "change my country",
        "change my country New Zealand",
        "show my journey",
    ]


async def test_crisis_shows_the_card_without_a_turn(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    await ana.sends(text="/crisis")
    await ana.hears("Call 112")
    assert engine.heard == []


async def test_words_of_danger_behind_a_command_are_answered_as_words(
    ana: Person, engine: FakeEngine, at_work: Work
) -> None:
    await ana.sends(text="/stop i want to end my life")
    await ana.hears("Are you thinking about ending your life?")
    assert engine.heard == [("telegram", "i want to end my life")]


async def test_a_whole_exercise_is_done_with_buttons(
    ana: Person, peer: Peer, engine: FakeEngine, at_work: Work
) -> None:
    await ana.sends(text="an exercise please")
    await ana.hears("Name five things")
    await ana.presses("Next", under="Name five things")
    await ana.hears("Breathe with me.")
    await ana.presses("Next", under="Breathe with me.")
    await ana.hears("That was the exercise.")
    await ana.presses("Lighter", under="That was the exercise.")
    await ana.hears("You wrote: Lighter")
    assert [text for _, text in engine.heard] == ["an exercise please", "Next", "Next", "Lighter"]
    assert len(peer.made("answerCallbackQuery")) == 3
    assert len(peer.made("editMessageReplyMarkup", ana.id)) == 3


async def test_breathing_is_paced_by_changing_one_message(ana: Person, peer: Peer, at_work: Work) -> None:
    await ana.sends(text="an exercise please")
    await ana.hears("Name five things")
    await ana.presses("Next", under="Name five things")
    await peer.until(lambda _: len(peer.made("editMessageText", ana.id)) == 5)
    edits = [call["parameters"] for call in peer.made("editMessageText", ana.id)]
    assert len({edit["message_id"] for edit in edits}) == 1
    assert [edit["text"].split(",")[0].split(".")[0] for edit in edits] == [
        "Breathe in",
        "Breathe out",
        "Breathe in",
        "Breathe out",
        "That was the last round",
    ]


async def test_breathing_ends_when_the_person_goes_on(ana: Person, peer: Peer, clock: FakeTime, at_work: Work) -> None:
    await ana.sends(text="an exercise please")
    await ana.hears("Name five things")
    clock.hold()
    await ana.presses("Next", under="Name five things")
    await peer.until(lambda _: bool(peer.made("editMessageText", ana.id)))
    await ana.presses("Next", under="Breathe with me.")
    await peer.until(lambda _: len(peer.made("editMessageText", ana.id)) == 2)
    assert peer.made("editMessageText", ana.id)[-1]["parameters"]["text"] == "The breathing stopped here."


async def test_a_button_of_an_old_message_is_answered_kindly_and_does_nothing(
    ana: Person, peer: Peer, engine: FakeEngine, at_work: Work
) -> None:
    await ana.sends(text="an exercise please")
    await ana.says("something else came up")
    await ana.presses("Next", under="Name five things")
    await ana.settled()
    assert [text for _, text in engine.heard] == ["an exercise please", "something else came up"]
    assert peer.made("answerCallbackQuery")[0]["parameters"]["text"]


async def test_pressing_a_button_twice_counts_once(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    await ana.sends(text="an exercise please")
    await ana.hears("Name five things")
    await ana.presses("Next", under="Name five things")
    await ana.presses("Next", under="Name five things")
    await ana.settled()
    assert [text for _, text in engine.heard] == ["an exercise please", "Next"]


async def test_a_button_of_a_message_that_telegram_no_longer_shows_is_answered(
    ana: Person, peer: Peer, at_work: Work
) -> None:
    gone = {"message_id": 3, "date": 0, "chat": ana.chat}
    await peer.ask("update", callback={"from": ana.sender, "message": gone, "data": "17:0"})
    await ana.settled()
    assert peer.made("answerCallbackQuery")[0]["parameters"]["text"]


async def test_a_long_text_comes_in_parts_with_the_buttons_under_the_last(
    ana: Person, peer: Peer, at_work: Work
) -> None:
    await ana.sends(text="something long")
    await ana.settled()
    parts = peer.made("sendMessage", ana.id)[:-1]
    assert len(parts) == 3
    assert "".join(part["parameters"]["text"] + " " for part in parts) == "One more sentence of it. " * 400
    assert ["reply_markup" in part["parameters"] for part in parts] == [False, False, True]


async def test_imminent_danger_is_answered_with_a_card_that_stays_on_screen(
    ana: Person, peer: Peer, at_work: Work
) -> None:
    await ana.sends(text="i will end my life tonight")
    await peer.until(lambda _: bool(peer.made("pinChatMessage", ana.id)))
    question, card = peer.made("sendMessage", ana.id)
    assert question["parameters"]["text"] == "Are you thinking about ending your life?"
    assert peer.made("pinChatMessage", ana.id)[0]["parameters"]["message_id"] == str(card["message_id"])


async def test_an_edit_is_not_a_new_message(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    await ana.sends(text="i carry it all")
    await ana.edits("i carry it all alone")
    await ana.settled()
    assert engine.heard == [("telegram", "i carry it all")]
    assert len(ana.heard()) == 2


async def test_danger_in_an_edit_is_answered(ana: Person, at_work: Work) -> None:
    await ana.sends(text="i carry it all")
    await ana.edits("i want to end my life")
    await ana.hears("Are you thinking about ending your life?")
    await ana.hears("Call 112")


VOICE = {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}
PHOTO = {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}
STICKER = {
    "sticker": {
        "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1, "is_animated": False,
        "is_video": False,
    }
}  # fmt: skip
LOCATION = {"location": {"latitude": 1.0, "longitude": 2.0}}


async def test_what_is_not_text_gets_a_kind_answer_and_nothing_of_it_is_kept(
    ana: Person, engine: FakeEngine, at_work: Work
) -> None:
    for content in (VOICE, PHOTO, STICKER, LOCATION, {**PHOTO, "caption": " "}):
        await ana.sends(**content)
    await ana.settled()
    answers = ana.heard()[:-1]
    assert len(answers) == 5
    assert all("read text" in answer for answer in answers)
    exported = await engine.export(await engine.person("telegram", str(ana.id)))
    assert not exported["messages"]


async def test_an_album_is_answered_once(ana: Person, at_work: Work) -> None:
    for _ in range(4):
        await ana.sends(**PHOTO, media_group_id="g1")
    await ana.settled()
    assert len(ana.heard()) == 2


async def test_danger_in_a_caption_is_answered(ana: Person, at_work: Work) -> None:
    await ana.sends(**PHOTO, caption="i want to end my life")
    await ana.hears("Are you thinking about ending your life?")


async def test_service_messages_get_no_answer(ana: Person, at_work: Work) -> None:
    await ana.sends(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    await ana.settled()
    assert len(ana.heard()) == 1


async def test_groups_are_told_why_and_left(ana: Person, peer: Peer, engine: FakeEngine, at_work: Work) -> None:
    group = {"id": -500, "type": "group", "title": "Friends"}
    await ana.became("member", chat=group)
    await ana.sends(text="i want to talk", chat=group)
    await ana.became("left", chat=group)
    # The group is answered beside the private chat, so each is waited for.
    await ana.settled()
    await peer.until(lambda _: bool(peer.made("leaveChat", -500)))
    assert len(peer.made("sendMessage", -500)) == 1
    assert "private" in peer.made("sendMessage", -500)[0]["parameters"]["text"]
    assert engine.heard == []


async def test_a_channel_where_the_bot_may_not_write_is_left(ana: Person, peer: Peer, at_work: Work) -> None:
    await ana.settled()
    await peer.fault("sendMessage", code=400, description="Bad Request: need administrator rights in the channel chat")
    await ana.became("member", chat={"id": -600, "type": "channel", "title": "News"})
    await peer.until(lambda _: bool(peer.made("leaveChat", -600)))


async def test_nothing_is_sent_to_someone_who_has_blocked_the_bot(
    ana: Person, peer: Peer, clock: FakeTime, at_work: Work
) -> None:
    await ana.sends(text="an exercise please")
    await ana.hears("Name five things")
    clock.hold()
    await ana.presses("Next", under="Name five things")
    await peer.until(lambda _: bool(peer.made("editMessageText", ana.id)))
    await ana.became("kicked")
    ben = Person(peer)
    await ben.settled()
    assert len(peer.made("editMessageText", ana.id)) == 1


async def test_a_refused_message_ends_sending_until_the_person_writes_again(
    ana: Person, peer: Peer, at_work: Work
) -> None:
    await peer.fault("sendMessage", code=403, description="Forbidden: bot was blocked by the user")
    await ana.sends(text="/start")
    await ana.sends(text="i am back")
    await ana.settled()
    assert ana.heard()[0] == "You wrote: i am back"


async def test_the_journey_comes_as_a_picture(ana: Person, peer: Peer, at_work: Work) -> None:
    await ana.sends(text="/journey")
    await peer.until(lambda _: bool(peer.made("sendPhoto", ana.id)))
    png = base64.b64decode(peer.made("sendPhoto", ana.id)[0]["parameters"]["photo"]["base64"])
    assert png.startswith(b"\x89PNG")
    assert ana.heard() == ["So far it was about asking."]


async def test_the_export_comes_as_a_file_with_what_was_said(ana: Person, peer: Peer, at_work: Work) -> None:
    await ana.says("i carry it all")
    await ana.sends(text="/export")
    await peer.until(lambda _: bool(peer.made("sendDocument", ana.id)))
    document = peer.made("sendDocument", ana.id)[0]["parameters"]["document"]
    content = json.loads(base64.b64decode(document["base64"]))
    assert document["filename"] == "interlude-export.json"
    assert content["messages"][0]["text"] == "i carry it all"


async def test_everything_is_deleted_after_asking_once(
    ana: Person, peer: Peer, database: Database, at_work: Work
) -> None:
    await ana.says("my secret is a red bicycle")
    await ana.sends(text="/delete")
    await ana.hears("Delete it all?")
    await ana.presses("Yes, delete everything", under="Delete it all?")
    await ana.hears("It is erased.")
    with database.engine.connect() as connection:
        tables = [row[0] for row in connection.exec_driver_sql("select name from sqlite_master where type = 'table'")]
        rows = {name: connection.exec_driver_sql(f"select * from {name}").fetchall() for name in tables}
    assert rows["turns"] == [] and rows["people"] == [] and rows["addresses"] == []
    assert "bicycle" not in str(rows)


async def test_too_many_messages_in_a_minute_are_not_answered_but_screened(
    ana: Person, peer: Peer, engine: FakeEngine, at_work: Work
) -> None:
    for number in range(25):
        await ana.sends(text=f"message {number}", date=1_770_000_000)
    await ana.sends(text="i want to end my life", date=1_770_000_000)
    await ana.hears("Are you thinking about ending your life?")
    assert [text for _, text in engine.heard] == [
        *(f"message {number}" for number in range(20)),
        "i want to end my life",
    ]
    assert len([text for text in ana.heard() if "minute" in text]) == 1


async def test_a_history_is_carried_from_the_web_with_a_code(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    mine = await engine.person("web", "w1")
    await engine.handle(mine, "web", "i carry it all")
    code = await engine.link_code(mine)
    await ana.sends(text=f"/link {code.lower()}")
    await ana.hears("It's linked.")
    await ana.says("and here i go on")
    assert [turn["text"] for turn in await engine.history(mine, 9)] == ["i carry it all", "and here i go on"]


async def test_a_link_that_somebody_else_may_have_sent_joins_nothing_before_the_person_says_so(
    ana: Person, engine: FakeEngine, at_work: Work
) -> None:
    mine = await engine.person("web", "w1")
    await ana.sends(text=f"/start {await engine.link_code(mine)}")
    await ana.hears("One thing about this place: Telegram")
    assert await engine.person("telegram", str(ana.id)) != mine
    await ana.presses("Yes, link it", under="I'm a program, and this link")
    await ana.hears("It's linked.")
    assert await engine.person("telegram", str(ana.id)) == mine


async def test_a_history_on_this_side_is_only_given_up_after_asking(
    ana: Person, engine: FakeEngine, at_work: Work
) -> None:
    await ana.says("said in telegram")
    before = await engine.person("telegram", str(ana.id))
    mine = await engine.person("web", "w1")
    await ana.sends(text=f"/link {await engine.link_code(mine)}")
    await ana.hears("Only one history can go on.")
    await ana.presses("Leave it", under="Only one history")
    await ana.hears("Nothing was linked")
    assert await engine.person("telegram", str(ana.id)) == before

    await ana.presses("Yes, link it", under="Only one history")
    await ana.hears("It's linked.")
    assert await engine.person("telegram", str(ana.id)) == mine
    assert await engine.history(before, 9) == []


async def test_a_history_is_carried_to_the_web_with_a_code(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    await ana.says("said in telegram")
    told = await ana.says("/link")
    code = told.split("Your code is ")[1][:9]
    assert await engine.redeem(code, "web", "w1") == await engine.person("telegram", str(ana.id))


async def test_a_wrong_code_links_nothing(ana: Person, at_work: Work) -> None:
    assert "doesn't work" in await ana.says("/link ABCD-EFGH")
    assert "doesn't work" in await ana.says("/link please")


async def test_either_side_can_part_again(ana: Person, engine: FakeEngine, at_work: Work) -> None:
    mine = await engine.person("web", "w1")
    await ana.says(f"/link {await engine.link_code(mine)}")
    assert "parted" in await ana.says("/unlink")
    assert await engine.person("telegram", str(ana.id)) != mine
    assert "only way" in await ana.says("/unlink")
