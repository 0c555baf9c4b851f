"""People's data from the command line: export, erasure with a receipt, retention, backup and restoring, keys."""

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Dict, Mapping, Sequence

from bot.core import library as shelves
from bot.core.profile import load_profile
from bot.erasing import erase_everywhere
from bot.errors import SettingError
from bot.facts import facts_of
from bot.settings import Settings
from bot.storage import backup, rotation
from bot.storage.database import Database
from bot.storage.keys import file_key_from, keys_from
from bot.storage.repository import Repository
from bot.workers.shared import open_shared


def open_database(settings: Settings) -> Database:
    """The installation's database, migrated."""
    keys, current = keys_from(settings.database_keys)
    database = Database(settings.database, keys, current, file_key_from(settings.database_file_key))
    database.upgrade()
    return database


def export(settings: Settings, person_id: str) -> Dict[str, Any]:
    """Everything stored about a person, JSON-ready. Raises UnknownPersonError."""
    with open_database(settings).reading() as session:
        return Repository(session).export(person_id)


def erase_person(settings: Settings, person_id: str) -> Mapping[str, Any]:
    """Erase everything of a person; gives the receipt. A turn of theirs that is under way comes to its end first."""

    data = settings.project / "data"
    library = shelves.load(data)
    facts = facts_of(settings, library, load_profile(data, settings.profile))

    async def in_order() -> Mapping[str, Any]:
        shared = open_shared(settings)
        async with shared.lock(person_id):
            receipt = erase_everywhere(
                open_database(settings), person_id, datetime.now(timezone.utc), settings.project, library, facts
            )
        await shared.close()
        return receipt

    return asyncio.run(in_order())


def purge(settings: Settings) -> Dict[str, int]:
    """Erase what is older than the retention setting (or the profile's); gives the rows erased. Raises SettingError when none is set."""
    days = settings.retention_days or load_profile(settings.project / "data", settings.profile).retention_days
    if not days:
        raise SettingError("Nothing is purged: no retention is set. Set INTERLUDE_RETENTION_DAYS to a number of days.")
    database = open_database(settings)
    with database.transaction() as session:
        counts = Repository(session).purge(datetime.now(timezone.utc) - timedelta(days=days))
    database.scrub_files()
    return counts


def back_up(settings: Settings, file: Path) -> Dict[str, int]:
    """Write a backup, also while the service runs; gives the rows by table. Raises InputError, StorageError."""
    return backup.back_up(open_database(settings), file)


def restore(settings: Settings, file: Path, later: Sequence[Path], lost: bool) -> Dict[str, int]:
    """Put a backup in the database's place; see bot.storage.backup.restore."""
    return backup.restore(open_database(settings), file, later, lost)


def encrypt_anew(settings: Settings) -> Dict[str, int]:
    """Bring all rows under the current key; gives the values changed by table. Raises SettingError when there is no key."""
    if not settings.database_keys:
        raise SettingError("There is no key to encrypt with. Set INTERLUDE_DATABASE_KEYS to VERSION:BASE64.")
    return rotation.encrypt_anew(open_database(settings))
