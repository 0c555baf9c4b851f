"""Carrying a history from one channel to another with a code that is shown on one side and typed on the other."""

from dataclasses import dataclass, replace
from typing import Dict, Optional

from bot.channels.telegram.ledger import CHANNEL
from bot.channels.telegram.pace import MANY_CHATS
from bot.channels.telegram.ports import Engine
from bot.channels.telegram.words import Words
from bot.core import linking
from bot.core.conversation import Reply
from bot.core.guide.turn import words_of
from bot.core.linking import Standing

# How the ids of the buttons begin that ask whether a code shall be taken.
_CONFIRM = "link-"
_YES, _NO = "yes", "no"


@dataclass
class _Question:
    """Whether to take a code, as it was asked last in a chat; `answered_by` is the update with the answer."""

    code: str
    answered_by: str = ""


class Linking:
    """What is said to /link, /unlink, a code, and the answer to whether it shall be taken."""

    def __init__(self, engine: Engine, words: Words) -> None:
        self._engine = engine
        self._words = words
        self._titles = [words_of(title) for title in words.reply("link.confirm").buttons]
        # Of this process alone; the buttons carry the code themselves and need none of it.
        self._asked: Dict[str, _Question] = {}

    def is_code(self, typed: str) -> bool:
        """Whether this looks like a code."""
        return linking.read(typed) is not None

    def concerns(self, text: str, address: str) -> bool:
        """Whether a message may be a code, or the answer to whether it shall be taken."""
        return self.is_code(text) or words_of(text) == self._titles[0] or address in self._asked

    async def link(self, address: str, typed: str, invited: bool = False) -> Reply:
        """Show a code; or, for a code that was typed, take it, after asking when this side has words of its own.

        Somebody who was `invited` came by a link with the code in it, which anybody may have sent, and is always asked.
        """
        if not typed:
            person_id = await self._engine.person(CHANNEL, address)
            return self._words.reply("link.code", code=await self._engine.link_code(person_id))
        code = linking.read(typed)
        standing = await self._engine.link_standing(code, CHANNEL, address) if code is not None else Standing.unknown
        if code is None or standing is Standing.unknown:
            return self._words.reply("link.unknown")
        if standing is Standing.own:
            return self._words.reply("link.own")
        here = await self._engine.find(CHANNEL, address)
        talked = here is not None and bool(await self._engine.history(here, 1))
        if talked or invited:
            if len(self._asked) >= MANY_CHATS:
                self._asked.clear()
            self._asked[address] = _Question(code)
            asked = self._words.reply("link.confirm" if talked else "link.invited")
            return replace(asked, data={"buttons": f"{_CONFIRM}{code}"})
        return await self._redeem(code, address)

    async def typed(self, text: str, address: str, key: str) -> Optional[Reply]:
        """The answer to a code without a command, or to the words of a button; None for whatever else was typed.

        An update (`key`) that is taken again, since its answer was not sent, gets the same answer.
        """
        question = self._asked.get(address)
        if question is not None and question.answered_by not in ("", key):
            question = None
        self.drop(address)
        said = words_of(text)
        if question is not None and said in (*self._titles, [_YES], [_NO]):
            self._asked[address] = replace(question, answered_by=key)
            if said in (self._titles[0], [_YES]):
                return await self._redeem(question.code, address)
            return self._words.reply("link.kept")
        if said == self._titles[0]:
            return self._words.reply("link.not_asked")
        code = linking.read(text)
        if code is None:
            return None
        known = await self._engine.link_standing(code, CHANNEL, address) is not Standing.unknown
        return await self.link(address, text) if known or linking.is_shaped_like_one(text) else None

    def drop(self, address: str) -> None:
        """Something else was said since the question whether to take a code."""
        self._asked.pop(address, None)

    async def confirmed(self, pressed: str, address: str) -> Optional[Reply]:
        """The answer to a button under `link.confirm`; None for any other button."""
        self.drop(address)
        if not pressed.startswith(_CONFIRM):
            return None
        code, _, place = pressed[len(_CONFIRM) :].partition(":")
        return await self._redeem(code, address) if place == "0" else self._words.reply("link.kept")

    async def unlink(self, address: str) -> Reply:
        """Part this chat from the history."""
        parted = await self._engine.unlink_address(CHANNEL, address)
        return self._words.reply("unlink.done" if parted else "unlink.only_way")

    async def _redeem(self, code: str, address: str) -> Reply:
        person = await self._engine.redeem(code, CHANNEL, address)
        return self._words.reply("link.unknown" if person is None else "link.done")
