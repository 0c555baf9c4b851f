"""What is kept of people, as channels ask for it."""

from datetime import datetime, timedelta, timezone
from typing import Any, Dict, List, Mapping, Optional, Sequence

from bot.composition import Services
from bot.core.guide import consent
from bot.errors import InputError
from bot.storage import consents, figures, linking, review
from bot.storage.database import Database
from bot.storage.repository import Repository


class Records:
    """The part of the engine that reads and changes who is known where. Every method may raise StorageError."""

    services: Services
    database: Database

    async def person(self, channel: str, address: str) -> str:
        """The id of the person a channel knows by this address; a new person when there is none."""
        known = await self.find(channel, address)
        if known is not None:
            return known
        async with self.database.turn() as session:
            return Repository(session).person_at(channel, address, utc_now())

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
                "replies": turn.replies,
                "level": turn.conversation_level.name,
                "client_key": turn.client_key,
            }
            for turn in turns
        ]

    async def export(self, person_id: str) -> Mapping[str, Any]:
        """Everything that is kept about a person, JSON-ready. Raises UnknownPersonError."""
        with self.database.reading() as session:
            return Repository(session).export(person_id)

    async def journey(self, person_id: str) -> Dict[str, Any]:
        """`themes` [{name, count}], `heaviness` [0-10, oldest first], `steps` [text], `techniques` [name]."""
        with self.database.reading() as session:
            found = figures.journey(session, person_id)
        copy, techniques = self.services.library.themes, self.services.library.techniques
        return {
            **found,
            "themes": [{"name": copy[name].name, "count": count} for name, count in found["themes"] if name in copy],
            "techniques": [techniques[name].name for name in found["techniques"] if name in techniques],
        }

    async def sharing(self, person_id: str) -> Dict[str, Any]:
        """What sharing would show, and what is shared now.

        `offered` (whether practitioners may read here at all), `days` (how long a share lasts), `messages` [{id, text, at}]
        of the latest conversation, partly redacted as staff would see them, `shared` [{messages, until}], `readings`
        [{reader, role, at}], `training` (whether use for training is agreed to).
        """
        now = utc_now()
        with self.database.reading() as session:
            told = consents.last_told(session, person_id)
            shown = review.preview(session, person_id, told.conversation_id) if told is not None else []
            shares = review.shares_of(session, person_id)
            readings = review.readings_of(session, person_id)
            training = consents.training_allowed(session, person_id)
        return {
            "offered": self.services.profile.practitioner_mode,
            "days": self.services.settings.share_days,
            "messages": [{"id": row.turn_id, "text": row.text, "at": row.at.isoformat()} for row in shown],
            "shared": [
                {"whole": share.turn_number is None, "until": share.until.isoformat() if share.until else None}
                for share in shares
                if share.revoked_at is None and (share.until is None or share.until > now)
            ],
            "readings": [{"reader": row.reader, "role": row.role, "at": row.at.isoformat()} for row in readings],
            "training": training,
        }

    async def share(self, person_id: str, turn_ids: Optional[Sequence[int]]) -> int:
        """Let staff read these messages of the latest conversation (None: all of it); gives how many. Raises InputError."""
        now = utc_now()
        until = now + timedelta(days=self.services.settings.share_days)
        async with self.database.turn() as session:
            told = consents.last_told(session, person_id)
            if told is None or not self.services.profile.practitioner_mode:
                raise InputError("There is nothing to share: no message yet, or no practitioners read here.")
            return review.share(session, person_id, told.conversation_id, now, turn_ids, until)

    async def stop_sharing(self, person_id: str) -> None:
        """Close everything that is shared, at once."""
        async with self.database.turn() as session:
            consents.carry_out(session, person_id, consent.END, utc_now(), self.services.settings.share_days)

    async def allow_training(self, person_id: str, allowed: bool) -> None:
        """Agree to the use of shared, corrected messages for training, or take it back."""
        request = consent.TRAIN if allowed else consent.DO_NOT_TRAIN
        async with self.database.turn() as session:
            consents.carry_out(session, person_id, request, utc_now(), self.services.settings.share_days)

    async def link_code(self, person_id: str) -> str:
        """A code that carries this person's history to another channel: valid ten minutes, for one use."""
        async with self.database.turn() as session:
            return linking.issue(session, person_id, utc_now())

    async def redeem(self, code: str, channel: str, address: str) -> Optional[str]:
        """Let an address lead to the person of a code; None when the code is not valid.

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
