"""Carrying a history from one channel to another with a code that is shown on one side and typed on the other."""

from dataclasses import replace
from typing import Optional

from bot.channels.telegram.ledger import CHANNEL
from bot.channels.telegram.ports import Engine
from bot.channels.telegram.words import Words
from bot.core import linking
from bot.core.conversation import Reply

# How the ids of the buttons begin that ask whether a code shall be taken.
_CONFIRM = "link-"


class Linking:
    """What is said to /link and /unlink."""

    def __init__(self, engine: Engine, words: Words) -> None:
        self._engine = engine
        self._words = words

    def is_code(self, typed: str) -> bool:
        """Whether this looks like a code."""
        return linking.read(typed) is not None

    async def link(self, person_id: str, address: str, typed: str, invited: bool = False) -> Reply:
        """Show a code; or, for a code that was typed, take it, after asking when this side has words of its own.

        Somebody who was `invited` came by a link with the code in it, which anybody may have sent, and is always asked.
        """
        if not typed:
            return self._words.reply("link.code", code=await self._engine.link_code(person_id))
        code = linking.read(typed)
        if code is None:
            return self._words.reply("link.unknown")
        talked = bool(await self._engine.history(person_id, 1))
        if talked or invited:
            asked = self._words.reply("link.confirm" if talked else "link.invited")
            return replace(asked, data={"buttons": f"{_CONFIRM}{code}"})
        return await self._redeem(code, address)

    async def confirmed(self, pressed: str, address: str) -> Optional[Reply]:
        """The answer to a button under `link.confirm`; None for any other button."""
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
