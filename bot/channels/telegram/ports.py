"""What the Telegram channel asks of the engine. Texts, levels and replies come from there; nothing is decided here."""

from typing import Any, Dict, Mapping, Optional, Protocol, Sequence, Tuple

from bot.core.conversation import Judgement, Reply
from bot.core.linking import Standing
from bot.workers.shared import Shared


class TurnResult(Protocol):
    """What one message led to; `level` is the conversation's level after it, `stored` whether it is safely kept."""

    @property
    def replies(self) -> Tuple[Reply, ...]: ...
    @property
    def level(self) -> str: ...
    @property
    def stored(self) -> bool: ...


class Engine(Protocol):
    """The engine as this channel uses it. Every method but `handle` and `judge` may raise StorageError."""

    @property
    def shared(self) -> Shared:
        """What all workers share."""
        ...

    async def handle(
        self,
        person_id: str,
        channel: str,
        text: str,
        client_key: Optional[str] = None,
        capabilities: Sequence[str] = (),
    ) -> TurnResult:
        """Answer one message; the same `client_key` gives the same replies and is not a new message."""
        ...

    def judge(self, text: str) -> Judgement:
        """The risk screen alone, storing nothing; the reason is `unscreened` when it could not judge."""
        ...

    async def person(self, channel: str, address: str) -> str:
        """The person behind an address; a new one when the address is new."""
        ...

    async def find(self, channel: str, address: str) -> Optional[str]:
        """The person behind an address, or None."""
        ...

    async def history(self, person_id: str, limit: int) -> Sequence[Mapping[str, Any]]:
        """The last `limit` turns, oldest first; each has the `client_key` it was sent with."""
        ...

    async def card(self, person_id: Optional[str]) -> Reply:
        """The helpline card for what is known of a person (nothing is, when None)."""
        ...

    async def export(self, person_id: str) -> Mapping[str, Any]:
        """Everything that is kept about a person, JSON-ready."""
        ...

    async def journey(self, person_id: str) -> Dict[str, Any]:
        """`themes` [{name, count}], `heaviness` [0-10, oldest first], `steps` [text], `techniques` [name]."""
        ...

    async def link_code(self, person_id: str) -> str:
        """A code that carries this person's history to another channel: valid ten minutes, for one use."""
        ...

    async def link_standing(self, code: str, channel: str, address: str) -> Standing:
        """What a code is for whoever is at this address; it stays as it is."""
        ...

    async def redeem(self, code: str, channel: str, address: str) -> Optional[str]:
        """Let an address lead to the person of a code; None when the code is not good for that.

        Whoever the address led to before, and nothing else leads to, is erased.
        """
        ...

    async def unlink_address(self, channel: str, address: str) -> bool:
        """Take an address away from its person; False, and nothing done, when nothing else leads to them."""
        ...
