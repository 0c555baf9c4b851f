"""Rows brought under the current key, so that an older one, or none, is not needed any more."""

from typing import Any, Dict, Iterator, List, Tuple

from sqlalchemy import Table, and_, bindparam, select, tuple_, update

from bot.storage.database import Database
from bot.storage.tables import metadata, without_ciphers
from bot.storage.types import EncryptedText

AT_ONCE = 200


def encrypt_anew(database: Database) -> Dict[str, int]:
    """Write what is not encrypted with the current key with that key; gives the values changed by table.

    Goes through the rows in small transactions, so that conversations go on; a row that changes meanwhile is left as it
    is now. May be stopped and begun again. Then the files are scrubbed of the old bytes. Raises StorageError, also when
    a row needs a key that is not given.
    """
    counts: Dict[str, int] = {}
    for table in metadata.sorted_tables:
        columns = {item.name: item.type.column for item in table.columns if isinstance(item.type, EncryptedText)}
        for name, bound_to in columns.items():
            changed = sum(_part(database, table, name, bound_to, rows) for rows in _parts(database, table, name))
            counts[table.name] = counts.get(table.name, 0) + changed
    database.scrub_files()
    return {name: count for name, count in counts.items() if count}


def _parts(database: Database, table: Table, name: str) -> Iterator[List[Tuple[Any, ...]]]:
    """The key and the bytes of each row, in small parts."""
    bare = without_ciphers(table)
    key = [bare.columns[column.name] for column in table.primary_key]
    wanted = select(*key, bare.columns[name]).where(bare.columns[name].is_not(None)).order_by(*key).limit(AT_ONCE)
    after: Any = None
    while True:
        with database.reading() as session:
            rows = session.execute(wanted if after is None else wanted.where(tuple_(*key) > after)).all()
        if not rows:
            return
        yield rows
        after = tuple_(*rows[-1][: len(key)])


def _part(database: Database, table: Table, name: str, bound_to: str, rows: List[Tuple[Any, ...]]) -> int:
    bare = without_ciphers(table)
    keys = [column.name for column in table.primary_key]
    same = and_(*(bare.columns[key] == bindparam(f"of_{key}") for key in keys), bare.columns[name] == bindparam("old"))
    change = update(bare).where(same).values({name: bindparam("new")})
    stale = [row for row in rows if not database.cipher.is_current(bytes(row[-1]))]
    if not stale:
        return 0
    with database.transaction() as session:
        for row in stale:
            values = {f"of_{key}": value for key, value in zip(keys, row)}
            old = bytes(row[-1])
            session.execute(change, {**values, "old": old, "new": database.cipher.renew(old, bound_to)})
    return len(stale)
