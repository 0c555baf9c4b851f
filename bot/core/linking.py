"""One-time codes that carry a person's history from one channel to another."""

import re
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from random import Random, SystemRandom
from typing import Optional

VALID_FOR = timedelta(minutes=10)
LENGTH = 8
# Without letters and digits that are mistaken for one another.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

_TYPED = re.compile(rf"[{LETTERS}]{{{LENGTH}}}")
_PART = rf"[{LETTERS}]{{{LENGTH // 2}}}"
# With a digit in it, so that no two words with a dash between them are taken for a code.
_SHOWN = re.compile(rf"(?=\D*\d){_PART} ?[-–—] ?{_PART}", re.IGNORECASE)


class Standing(Enum):
    """What a code is for whoever typed it; `own` is one that leads to the history they are in already."""

    unknown = "unknown"
    own = "own"
    good = "good"


def new_code(chance: Optional[Random] = None) -> str:
    """A code as it is shown, `ABCD-EFGH`: about 40 bits from the system's randomness, or from `chance`."""
    letters = (chance or SystemRandom()).choices(LETTERS, k=LENGTH)
    return "".join(letters[: LENGTH // 2]) + "-" + "".join(letters[LENGTH // 2 :])


def read(typed: str) -> Optional[str]:
    """The code in what a person typed, as it is shown; None when it is none. Case, blanks and dashes do not matter."""
    letters = re.sub(r"[\s\-–—]", "", typed).upper()
    if _TYPED.fullmatch(letters) is None:
        return None
    return f"{letters[: LENGTH // 2]}-{letters[LENGTH // 2 :]}"


def is_shaped_like_one(typed: str) -> bool:
    """Whether a message can hardly be anything else than a code, also where there is no such code."""
    return _SHOWN.fullmatch(typed.strip()) is not None


def fingerprint(code: str) -> str:
    """What is kept of a code (as it is shown): 64 hex digits, from which it is not read back."""
    return sha256(f"link:{code}".encode()).hexdigest()


def expiry(now: datetime) -> datetime:
    """Until when a code made now is valid."""
    return now + VALID_FOR
