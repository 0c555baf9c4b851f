"""One update of Telegram: a message, an edit, a pressed button, being added somewhere or blocked."""

import logging
import uuid
from collections import Counter
from contextlib import suppress
from typing import Any, AsyncContextManager, List, Optional, Sequence

from telegram import CallbackQuery, Message, Update
from telegram.constants import ChatMemberStatus, ChatType
from telegram.error import BadRequest, TelegramError

from bot.channels.telegram import commands
from bot.channels.telegram.breathing import Breathing
from bot.channels.telegram.commands import COMMANDS, Command
from bot.channels.telegram.delivery import Delivery
from bot.channels.telegram.layout import split
from bot.channels.telegram.ledger import CHANNEL, Ledger
from bot.channels.telegram.linking import Linking
from bot.channels.telegram.pace import Flood, Time
from bot.channels.telegram.ports import Engine, TurnResult
from bot.channels.telegram.sending import Sender
from bot.channels.telegram.words import Words
from bot.core.conversation import COMMAND, PERSONAL, Level, Reply
from bot.errors import StorageError

logger = logging.getLogger(__name__)

WANTED = (Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER)
ATTEMPTS = 5
TURN_PAUSES = (1.0, 3.0)

# Replies that say what is kept and who reads it.
_PRIVACY = ("disclosure.first", "privacy.")
_PRESENT = (ChatMemberStatus.MEMBER, ChatMemberStatus.ADMINISTRATOR, ChatMemberStatus.RESTRICTED)


class Updates:
    """Answers updates, each of them once. `bot_id` tells apart the updates of different bots."""

    def __init__(
        self, engine: Engine, sender: Sender, ledger: Ledger, words: Words, clock: Time, bot_id: str, per_minute: int
    ) -> None:
        self._engine = engine
        self._sender = sender
        self._ledger = ledger
        self._words = words
        self._clock = clock
        self._bot_id = bot_id
        self._flood = Flood(per_minute)
        self._breathing = Breathing(sender, words, clock)
        self._delivery = Delivery(engine, sender, ledger, self._breathing, words)
        self._linking = Linking(engine, words)
        self._failures: Counter[str] = Counter()

    def in_order(self, update: Update) -> AsyncContextManager[None]:
        """The lock to hold while an update is taken, so that the messages of one chat are answered in order."""
        chat = update.effective_chat
        return self._engine.shared.lock(f"{CHANNEL} {self._bot_id} {chat.id if chat else 0}")

    async def take(self, update: Update) -> None:
        """Answer an update unless that was done before.

        Raises what went wrong; the update is then to be taken again. What fails five times for another reason than
        Telegram or the database being away is given up: that is logged, and the person is told.
        """
        key = self._key(update.update_id)
        if self._ledger.done(key):
            return
        try:
            await self._dispatch(update, key)
        except Exception as error:
            passing = isinstance(error, (StorageError, TelegramError)) and not isinstance(error, BadRequest)
            self._failures[key] += not passing
            if self._failures[key] < ATTEMPTS:
                raise
            logger.error("telegram_update_given_up id=%s error=%s", uuid.uuid4().hex, type(error).__name__)
            await self._apologise(update)
        self._failures.pop(key, None)
        if not self._ledger.done(key):
            self._ledger.mark(key)

    async def close(self) -> None:
        """End what goes on by itself."""
        await self._breathing.close()

    def _key(self, update_id: int) -> str:
        return f"{self._bot_id}:{update_id}"

    async def _dispatch(self, update: Update, key: str) -> None:
        chat = update.effective_chat
        if chat is None or chat.type != ChatType.PRIVATE:
            await self._only_in_private(update, chat.id if chat else None)
        elif update.my_chat_member is not None:
            await self._came_or_went(chat.id, update.my_chat_member.new_chat_member.status)
        else:
            self._sender.found(chat.id)
            if update.callback_query is not None:
                await self._pressed(update.callback_query, chat.id, key, update.update_id)
            elif update.edited_message is not None:
                await self._edited(update.edited_message, key, update.update_id)
            elif update.message is not None:
                await self._received(update.message, key, update.update_id)

    async def _only_in_private(self, update: Update, chat_id: Optional[int]) -> None:
        if update.callback_query is not None:
            await self._sender.answer(update.callback_query.id)
        if update.callback_query is not None or chat_id is None:
            return
        if update.my_chat_member is not None:
            if update.my_chat_member.new_chat_member.status not in _PRESENT:
                return
            self._sender.found(chat_id)
        # Where the bot may not write, it leaves without a word.
        with suppress(BadRequest):
            await self._sender.text(chat_id, self._words.text("groups", update.update_id))
        await self._sender.leave(chat_id)
        self._sender.lost(chat_id)

    async def _came_or_went(self, chat_id: int, status: str) -> None:
        if status in _PRESENT:
            self._sender.found(chat_id)
        else:
            self._sender.lost(chat_id)
            await self._breathing.stop(chat_id)

    async def _received(self, message: Message, key: str, update_id: int) -> None:
        text = message.text if message.text is not None else message.caption or ""
        beside = message.text is None
        nothing_to_read = beside and message.effective_attachment is None
        if nothing_to_read or (message.from_user is not None and message.from_user.is_bot):
            return
        chat_id, address = message.chat.id, str(message.chat.id)
        await self._breathing.stop(chat_id)
        excess = self._flood.excess(chat_id, update_id, message.date)
        command = commands.read(text)
        words = command.rest if command else text
        special = excess or beside or command or commands.is_unknown(text) or self._linking.concerns(text, address)
        if special and self._raises(words):
            # Whatever it came with: words that show danger are answered as words.
            self._linking.drop(address)
            await self._turn(chat_id, key, update_id, words)
        elif excess:
            if excess == 1:
                await self._say(chat_id, key, update_id, self._words.reply("too_fast", update_id))
        else:
            if beside:
                # The pictures of an album come one by one.
                album = message.media_group_id
                once = f"{self._bot_id}:album:{album}" if album else f"{key}.beside"
                note = "only_words" if text.strip() else "only_text"
                await self._say(chat_id, once, update_id, self._words.reply(note, update_id))
            if text.strip():
                await self._read(chat_id, key, update_id, text, command)

    async def _read(self, chat_id: int, key: str, update_id: int, text: str, command: Optional[Command]) -> None:
        """Answer what was written: a command, something about linking, or words for the engine."""
        if command is not None:
            self._linking.drop(str(chat_id))
            return await self._command(chat_id, key, update_id, command)
        if commands.is_unknown(text):
            self._linking.drop(str(chat_id))
            unknown = self._words.text("unknown_command", update_id)
            return await self._say(
                chat_id, key, update_id, Reply("telegram.unknown_command", f"{unknown}\n\n{_menu(self._words)}")
            )
        answer = await self._linking.typed(text, str(chat_id), key)
        if answer is not None:
            return await self._say(chat_id, key, update_id, answer)
        return await self._turn(chat_id, key, update_id, text)

    async def _edited(self, message: Message, key: str, update_id: int) -> None:
        """An edit is not a new message, but what it says now may need an answer."""
        text = message.text if message.text is not None else message.caption or ""
        if self._raises(text):
            await self._breathing.stop(message.chat.id)
            await self._turn(message.chat.id, key, update_id, text)

    async def _pressed(self, query: CallbackQuery, chat_id: int, key: str, update_id: int) -> None:
        message = query.message if isinstance(query.message, Message) else None
        title = _title(message, query.data)
        if message is None or title is None:
            await self._sender.answer(query.id, self._words.text("old_button", update_id))
            return
        answer = await self._linking.confirmed(query.data or "", str(chat_id))
        if answer is not None:
            await self._close_buttons(query, message)
            await self._say(chat_id, key, update_id, answer)
        elif await self._is_last(str(chat_id), key, query.data or ""):
            await self._close_buttons(query, message)
            await self._breathing.stop(chat_id)
            await self._turn(chat_id, key, update_id, title)
        else:
            await self._sender.answer(query.id, self._words.text("old_button", update_id))
            await self._sender.without_buttons(chat_id, message.message_id)

    async def _close_buttons(self, query: CallbackQuery, message: Message) -> None:
        await self._sender.answer(query.id)
        await self._sender.without_buttons(message.chat.id, message.message_id)

    async def _command(self, chat_id: int, key: str, update_id: int, command: Command) -> None:
        address = str(chat_id)
        if command.name == "crisis":
            await self._say(chat_id, key, update_id, await self._card(address))
        elif command.name == "link" or (command.name == "start" and self._linking.is_code(command.rest)):
            invited = command.name == "start"
            replies = [await self._linking.link(address, command.rest, invited)]
            if invited:
                replies.append(self._words.reply("privacy", update_id))
            await self._say(chat_id, key, update_id, *replies)
        elif command.name == "unlink":
            await self._say(chat_id, key, update_id, await self._linking.unlink(address))
        elif command.name == "country" and command.rest:
            await self._turn(chat_id, key, update_id, f"{COMMANDS['country']} {command.rest}", command.name)
        else:
            await self._turn(chat_id, key, update_id, COMMANDS[command.name] or "", command.name)

    async def _turn(self, chat_id: int, key: str, update_id: int, text: str, command: str = "") -> None:
        """Let the engine answer, and send what it says; `command` is the one that was given, if any."""
        await self._sender.typing(chat_id)
        person = await self._engine.person(CHANNEL, str(chat_id))
        result = await self._answered(person, key, text, (*PERSONAL, COMMAND) if command else PERSONAL)
        replies = self._with_privacy(result, update_id)
        if any(reply.data.get("request") == "erase" for reply in replies):
            # Nothing of this turn is kept, so it could not be told from a new one.
            self._ledger.mark(key)
            replies.append(self._words.reply("after_erasing", update_id))
        elif command == "help":
            replies.append(Reply("telegram.commands", _menu(self._words)))
        await self._delivery.deliver(chat_id, key, update_id, person, replies)

    def _with_privacy(self, result: TurnResult, update_id: int) -> List[Reply]:
        """The replies, with what Telegram sees after the first disclosure and after answers about privacy.

        Where somebody is in danger only that is spoken of.
        """
        if Level[result.level] >= Level.risk:
            return list(result.replies)
        note = self._words.reply("privacy", update_id)
        about = [reply for reply in result.replies if reply.id.startswith(_PRIVACY)]
        return [
            said for reply in result.replies for said in ([reply, note] if about and reply is about[0] else [reply])
        ]

    async def _answered(self, person: str, key: str, text: str, capabilities: Sequence[str]) -> TurnResult:
        """The engine's answer; a turn that could not be kept is tried again, unless it must be answered at once."""
        for pause in TURN_PAUSES:
            result = await self._engine.handle(person, CHANNEL, text, _client_key(key), capabilities)
            if result.stored or result.level != Level.none.name:
                return result
            await self._clock.sleep(pause)
        return await self._engine.handle(person, CHANNEL, text, _client_key(key), capabilities)

    async def _say(self, chat_id: int, key: str, update_id: int, *replies: Reply) -> None:
        await self._delivery.deliver(chat_id, key, update_id, None, replies)

    async def _card(self, address: str) -> Reply:
        try:
            return await self._engine.card(await self._engine.find(CHANNEL, address))
        except StorageError:
            return await self._engine.card(None)

    async def _is_last(self, address: str, key: str, data: str) -> bool:
        """Whether a button belongs to what was said last (or was pressed by this very update, taken again)."""
        person = await self._engine.find(CHANNEL, address)
        last = await self._engine.history(person, 1) if person is not None else []
        pressed = self._key(int(data.partition(":")[0])) if data.partition(":")[0].isdigit() else ""
        return bool(last) and last[-1]["client_key"] in (_client_key(pressed), _client_key(key))

    def _raises(self, text: str) -> bool:
        """Whether a text shows danger, or could not be judged."""
        judgement = self._engine.judge(text) if text else None
        return judgement is not None and (judgement.level > Level.none or judgement.reason == "unscreened")

    async def _apologise(self, update: Update) -> None:
        chat = update.effective_chat
        if chat is None or chat.type != ChatType.PRIVATE:
            return
        try:
            for reply in (self._words.reply("failed", update.update_id), await self._engine.card(None)):
                for part in split(reply.text):
                    await self._sender.text(chat.id, part)
        except Exception as error:
            logger.error("telegram_person_not_told error=%s", type(error).__name__)


def _client_key(key: str) -> str:
    return f"{CHANNEL}:{key}"


def _title(message: Optional[Message], data: Optional[str]) -> Optional[str]:
    """The words on a pressed button, read from the message it stands under."""
    rows: Sequence[Sequence[Any]] = message.reply_markup.inline_keyboard if message and message.reply_markup else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), None)


def _menu(words: Words) -> str:
    lines = [f"/{name} - {words.text(f'command.{name}')}" for name in COMMANDS]
    return "\n".join([words.text("commands"), *lines])
