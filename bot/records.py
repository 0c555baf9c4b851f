"""What is kept of people, as channels ask for it."""

from datetime import datetime, timezone
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from bot import previews
from bot.composition import Services
from bot.core.conversation import Reply
from bot.core.guide.turn import State
from bot.core.linking import Standing
from bot.storage import figures, linking
from bot.storage.database import Database
from bot.storage.repository import Repository


class Records:
    """The part of the engine that reads and changes who is known where. Every method may raise StorageError."""

    services: Services
    database: Database
    store: Any
    # What `_erased` of bot.storing leaves for whoever writes again from the same address.
    _just_erased: Dict[Tuple[str, str], State]

    async def person(self, channel: str, address: str) -> str:
        """The id of the person a channel knows by this address; a new person when there is none."""
        known = await self.find(channel, address)
        if known is not None:
            return known
        async with self.database.turn() as session:
            person_id = Repository(session).person_at(channel, address, utc_now())
            state = self._just_erased.pop((channel, address), None)
            if state is not None:
                await self.store.write(self.store.holding(self.store.begin(person_id), state))
        return person_id

    async def find(self, channel: str, address: str) -> Optional[str]:
        """The id of the person behind an address, or None."""
        with self.database.reading() as session:
            return Repository(session).find_at(channel, address)

    async def link(self, person_id: str, channel: str, address: str) -> None:
        """Let an address of a channel lead to this person."""
        async with self.database.turn() as session:
            Repository(session).link(person_id, channel, address, utc_now())

    async def unlink(self, person_id: str, channel: str) -> int:
        """Take all of a person's addresses of this channel away; gives how many there were."""
        async with self.database.turn() as session:
            return Repository(session).unlink(person_id, channel)

    async def channels(self, person_id: str) -> List[str]:
        """The names of the channels that lead to a person, each once."""
        with self.database.reading() as session:
            return sorted({channel for channel, _ in Repository(session).addresses(person_id)})

    async def history(self, person_id: str, limit: int) -> List[Dict[str, Any]]:
        """The last `limit` turns, oldest first: text, at (ISO 8601), replies, level, client_key."""
        with self.database.reading() as session:
            turns = Repository(session).last_turns(person_id, limit)
        return [
            {
                "text": turn.heard.text,
                "at": turn.at.isoformat(),
                "replies": self._shown(person_id, turn.id, turn.replies),
                "level": turn.conversation_level.name,
                "client_key": turn.client_key,
            }
            for turn in turns
        ]

    def _shown(self, person_id: str, turn_id: int, replies: Sequence[Reply]) -> Sequence[Reply]:
        """The replies of a turn as they are shown: with what sharing would show beneath those that ask for it."""
        if not previews.wanted(replies):
            return replies
        with self.database.reading() as session:
            return previews.attached(session, self.services.library, person_id, turn_id, replies)

    async def export(self, person_id: str) -> Mapping[str, Any]:
        """Everything that is kept about a person, JSON-ready. Raises UnknownPersonError."""
        with self.database.reading() as session:
            return Repository(session).export(person_id)

    async def journey(self, person_id: str) -> Dict[str, Any]:
        """`days` [{on (a date), themes, heaviness, felt, techniques, steps}], and each of these over all days.

        `themes` [{name, count}], `heaviness` [0-10], `felt` [{technique, felt}], `steps` [text], `techniques` [name], oldest
        first; with `kept_back` nothing is listed, because the screen may be shared.
        """
        with self.database.reading() as session:
            found = figures.journey(session, person_id)
        return {**self._named(found), "days": [self._named(day) for day in found["days"]]}

    def _named(self, lived: Mapping[str, Any]) -> Dict[str, Any]:
        """With the names that people read instead of ids; what the library does not know any more is left out."""
        themes, techniques = self.services.library.themes, self.services.library.techniques
        return {
            **lived,
            "themes": [
                {"name": themes[name].name, "count": count} for name, count in lived["themes"] if name in themes
            ],
            "felt": [
                {**one, "technique": techniques[one["technique"]].name}
                for one in lived["felt"]
                if one["technique"] in techniques
            ],
            "techniques": [techniques[name].name for name in lived["techniques"] if name in techniques],
        }

    async def link_code(self, person_id: str) -> str:
        """A code that carries this person's history to another channel: valid ten minutes, for one use."""
        async with self.database.turn() as session:
            return linking.issue(session, person_id, utc_now())

    async def link_standing(self, code: str, channel: str, address: str) -> Standing:
        """What a code is for whoever is at this address; it stays as it is."""
        with self.database.reading() as session:
            return linking.standing(session, code, channel, address, utc_now())

    async def redeem(self, code: str, channel: str, address: str) -> Optional[str]:
        """Let an address lead to the person of a code; None when the code is not good for that.

        Whoever the address led to before, and nothing else leads to, is erased.
        """
        async with self.database.turn() as session:
            redeemed = linking.redeem(session, code, channel, address, utc_now())
        if redeemed is None:
            return None
        if redeemed.left_behind is not None:
            await self.erase(redeemed.left_behind)
        return redeemed.person_id

    async def unlink_address(self, channel: str, address: str) -> bool:
        """Take an address away from its person; False, and nothing done, when nothing else leads to them."""
        async with self.database.turn() as session:
            return linking.unlink(session, channel, address)


def utc_now() -> datetime:
    """This moment, with its time zone."""
    return datetime.now(timezone.utc)
