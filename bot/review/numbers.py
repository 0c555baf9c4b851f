"""Numbers as they come in addresses and forms, and as they are told."""

from typing import Optional

from starlette.convertors import Convertor, register_url_convertor

from bot.errors import InputError

# The largest that a database keeps as a number has nineteen digits.
MOST_DIGITS = 18


class NothingThere(InputError):
    """A number that no row can have."""


def whole_number(text: str) -> Optional[int]:
    """The number that a text gives in digits; None for any other text, and for one larger than any row's."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


def counted(number: int, name: str) -> str:
    """So many of a thing, in words: `1 message`, `2 messages`."""
    return f"{number} {name}{'' if number == 1 else 's'}"


class RowNumber(Convertor[int]):
    """A row's number in an address, `{id:row}`: nothing answers to what can be none."""

    regex = f"[0-9]{{1,{MOST_DIGITS}}}"

    def convert(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_string(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_url_convertor("row", RowNumber())
