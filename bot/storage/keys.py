"""Encryption keys from the settings `database_keys` and `database_file_key`."""

import base64
import binascii
from typing import Dict, Optional, Tuple

from bot.errors import SettingError
from bot.settings import Secret


def keys_from(secret: Secret) -> Tuple[Dict[int, bytes], Optional[int]]:
    """Keys by version and the version to write with (the highest), from `1:BASE64,2:BASE64`; no keys for an empty secret.

    Raises SettingError for anything else, without showing the value.
    """
    keys: Dict[int, bytes] = {}
    for part in filter(None, (part.strip() for part in secret.reveal().split(","))):
        version, _, encoded = part.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
            number = int(version)
        except (ValueError, binascii.Error) as error:
            raise SettingError(
                "INTERLUDE_DATABASE_KEYS cannot be read. Allowed: VERSION:BASE64[,VERSION:BASE64]."
            ) from error
        if len(key) != 32 or not 1 <= number <= 255:
            raise SettingError(
                f"INTERLUDE_DATABASE_KEYS: key {number} has {len(key)} bytes; 32 are needed, versions run from 1 to 255."
            )
        keys[number] = key
    return keys, max(keys, default=None)


def file_key_from(secret: Secret) -> Optional[bytes]:
    """The key of the whole file, 32 bytes from hexadecimal digits; None for an empty secret. Raises SettingError."""
    if not secret:
        return None
    try:
        key = bytes.fromhex(secret.reveal())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingError(
            "INTERLUDE_DATABASE_FILE_KEY cannot be used. Allowed are 64 hexadecimal digits: openssl rand -hex 32"
        )
    return key
