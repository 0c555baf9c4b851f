"""What the web channel asks of the engine. Texts, levels and replies come from there; nothing is decided here."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypedDict

from bot.core.conversation import Level, Reply
from bot.core.linking import Standing


class TurnResult(Protocol):
    """What one message led to; `level` is the conversation's level after it, `stored` whether it is safely kept."""

    @property
    def replies(self) -> tuple[Reply, ...]: ...
    @property
    def level(self) -> str: ...
    @property
    def turn_id(self) -> Any: ...
    @property
    def stored(self) -> bool: ...


class PastTurn(TypedDict):
    """One turn of the history: what was written, when (ISO 8601), what was answered.

    `level` is the conversation's level after it, `client_key` the key the message was sent with, if any.
    """

    text: str
    at: str
    replies: Sequence[Reply]
    level: str
    client_key: str | None


class Engine(Protocol):
    """The engine as this channel uses it. Every method may raise StorageError."""

    async def handle(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: str | None = None,
        capabilities: tuple[str, ...] = (),
    ) -> TurnResult:
        """Answer one message; the same `client_key` gives the same replies and is not a new message."""
        ...

    async def person(self, channel: str, address: str) -> str:
        """The person behind an address of a channel; a new one when the address is new."""
        ...

    async def find(self, channel: str, address: str) -> str | None:
        """The person behind an address of a channel, or None."""
        ...

    async def link(self, person_id: str, channel: str, address: str) -> None:
        """Let an address of a channel lead to this person."""
        ...

    async def unlink(self, person_id: str, channel: str) -> int:
        """Take all of a person's addresses of this channel away; how many there were."""
        ...

    async def channels(self, person_id: str) -> Sequence[str]:
        """The names of the channels that lead to a person, each once."""
        ...

    async def link_code(self, person_id: str) -> str:
        """A code that carries this person's history to another channel: valid ten minutes, for one use."""
        ...

    async def link_standing(self, code: str, channel: str, address: str) -> Standing:
        """What a code is for whoever is at this address; it stays as it is."""
        ...

    async def redeem(self, code: str, channel: str, address: str) -> str | None:
        """Let an address lead to the person of a code; None when the code is not good for that.

        Whoever the address led to before, and nothing else leads to, is erased.
        """
        ...

    async def unlink_address(self, channel: str, address: str) -> bool:
        """Take an address away from its person; False, and nothing done, when nothing else leads to them."""
        ...

    async def history(self, person_id: str, limit: int) -> Sequence[PastTurn]:
        """The last `limit` turns, oldest first."""
        ...

    async def export(self, person_id: str) -> Mapping[str, Any]:
        """Everything that is kept about a person, JSON-ready."""
        ...

    async def erase(self, person_id: str) -> Mapping[str, Any]:
        """Erase a person; the receipt, JSON-ready."""
        ...

    async def journey(self, person_id: str) -> Mapping[str, Any]:
        """`themes` [{name, count}], `heaviness` [0-10, oldest first], `steps` [text], `techniques` [name]."""
        ...

    def screen(self, text: str) -> Level:
        """How much danger a text shows, judged without storing anything."""
        ...

    async def card(self, person_id: str | None) -> Reply:
        """The helpline card for what is known of a person (nothing is, when None); `data["card"]` is true."""
        ...
