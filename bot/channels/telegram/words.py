"""What this channel says for itself: library entries, in wordings that take turns."""

from typing import Mapping

from bot.core.conversation import Reply
from bot.core.entries import Saying
from bot.core.guide.turn import fill


class Words:
    """Gives entries as text or as a reply."""

    def __init__(self, sayings: Mapping[str, Saying]) -> None:
        self._sayings = sayings

    def text(self, saying: str, number: int = 0, **values: str) -> str:
        """One wording of `telegram.<saying>`; consecutive numbers give different ones."""
        texts = self._sayings[f"telegram.{saying}"].texts
        return fill(texts[number % len(texts)], values)

    def reply(self, saying: str, number: int = 0, **values: str) -> Reply:
        """The same as a reply, with the buttons of the entry."""
        entry = self._sayings[f"telegram.{saying}"]
        return Reply(entry.id, self.text(saying, number, **values), entry.buttons)
