"""Column types: text that can be encrypted at rest, times in UTC, risk levels."""

import json
import os
from datetime import datetime, timezone
from typing import Any, Mapping, Optional
from weakref import WeakKeyDictionary

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import DateTime, Integer, LargeBinary
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.types import TypeDecorator

from bot.core.conversation import Level
from bot.errors import SettingError, StorageError

PLAIN = 0
NONCE_BYTES = 12
KEY_BYTES = 32


class Cipher:
    """Turns text into bytes and back.

    The first byte is the version of the key, 0 for plain UTF-8; after another version follow a random nonce of 12 bytes
    and the AES-GCM ciphertext, bound to the column it was written to. So plain rows stay readable when a key is added,
    and old rows stay readable when the current key changes.

    `keys` are 32 bytes each by version (1 to 255); `current` is the version to write with, None writes plain text.
    Raises SettingError for keys that cannot be used.
    """

    def __init__(self, keys: Mapping[int, bytes], current: Optional[int]) -> None:
        for version, key in keys.items():
            if not 1 <= version <= 255 or len(key) != KEY_BYTES:
                raise SettingError(
                    f"Encryption key {version} cannot be used: it has {len(key)} bytes. Versions go from 1 to 255 and "
                    f"a key has {KEY_BYTES} bytes; make one with `openssl rand -hex {KEY_BYTES}`."
                )
        if current is not None and current not in keys:
            raise SettingError(
                f"The current encryption key is version {current}, but the keys given are {sorted(keys)}. Name one of "
                "them."
            )
        self._keys = {version: AESGCM(key) for version, key in keys.items()}
        self._current = current

    def seal(self, text: str, column: str) -> bytes:
        """Bytes to store for a text of `column` (table.column)."""
        if self._current is None:
            return bytes([PLAIN]) + _to_bytes(text)
        nonce = os.urandom(NONCE_BYTES)
        return (
            bytes([self._current]) + nonce + self._keys[self._current].encrypt(nonce, _to_bytes(text), column.encode())
        )

    def is_current(self, stored: bytes) -> bool:
        """Whether stored bytes are in the form that is written now."""
        return stored[0] == (PLAIN if self._current is None else self._current)

    def renew(self, stored: bytes, column: str) -> bytes:
        """The same text as it is written now. Raises StorageError as `open` does."""
        return self.seal(self.open(stored, column), column)

    def open(self, stored: bytes, column: str) -> str:
        """The text of stored bytes. Raises StorageError when the key is missing or wrong, or the bytes were changed."""
        version, body = stored[0], stored[1:]
        if version == PLAIN:
            return _to_text(body)
        if version not in self._keys:
            raise StorageError(
                f"{column} holds a row encrypted with key version {version}, but the keys given are "
                f"{sorted(self._keys)}. Add the missing key to the settings."
            )
        try:
            return _to_text(self._keys[version].decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], column.encode()))
        except InvalidTag:
            raise StorageError(
                f"{column} holds a row that key version {version} does not open: the key is another one than it was "
                "written with, or the row was changed. Give the key of that version or restore a backup."
            ) from None


def _to_bytes(text: str) -> bytes:
    # Half a surrogate pair, as broken clients send it, must not cost a person their message.
    return text.encode("utf-8", "surrogatepass")


def _to_text(stored: bytes) -> str:
    return stored.decode("utf-8", "surrogatepass")


_ciphers: "WeakKeyDictionary[Dialect, Cipher]" = WeakKeyDictionary()


def use_cipher(dialect: Dialect, cipher: Cipher) -> None:
    """Let the encrypted columns of one database (each engine has a dialect of its own) use this cipher."""
    _ciphers[dialect] = cipher


class EncryptedText(TypeDecorator):
    """Text that is encrypted when the database has a current key. `column` is table.column; SQL cannot search in it."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Optional[str], dialect: Dialect) -> Optional[bytes]:
        """Seal a text on its way in."""
        return None if value is None else _ciphers[dialect].seal(value, self.column)

    def process_result_value(self, value: Optional[bytes], dialect: Dialect) -> Optional[str]:
        """Open a text on its way out."""
        return None if value is None else _ciphers[dialect].open(bytes(value), self.column)


class EncryptedJSON(EncryptedText):
    """Like EncryptedText, for anything JSON can hold."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> Optional[bytes]:
        """Seal a value on its way in."""
        return super().process_bind_param(json.dumps(value, ensure_ascii=False, separators=(",", ":")), dialect)

    def process_result_value(self, value: Optional[bytes], dialect: Dialect) -> Any:
        """Open a value on its way out."""
        text = super().process_result_value(value, dialect)
        return None if text is None else json.loads(text)


class UtcTime(TypeDecorator):
    """A moment, always with a time zone in Python, always UTC in the database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Optional[datetime], dialect: Dialect) -> Optional[datetime]:
        """To UTC; a time without a zone is refused, because nobody can say when it was."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise StorageError("A time without a time zone cannot be stored. Use datetime.now(timezone.utc).")
        return value.astimezone(timezone.utc)

    def process_result_value(self, value: Optional[datetime], dialect: Dialect) -> Optional[datetime]:
        """SQLite gives times without a zone; they are UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=timezone.utc) if value.tzinfo is None else value.astimezone(timezone.utc)


class LevelNumber(TypeDecorator):
    """A risk level as its number, 0 to 3, so that SQL can sort by it."""

    impl = Integer
    cache_ok = True

    def process_bind_param(self, value: Optional[Level], dialect: Dialect) -> Optional[int]:
        """The number of a level."""
        return None if value is None else int(value)

    def process_result_value(self, value: Optional[int], dialect: Dialect) -> Optional[Level]:
        """The level of a number."""
        return None if value is None else Level(value)
