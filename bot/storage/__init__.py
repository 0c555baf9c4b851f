"""Where conversations live: tables, one transaction a turn, the engine's memory, erasure."""

# Named here so that every table is known wherever a database is opened: what a person leaves is exported and erased by table.
from bot.storage import linking, review_tables

__all__ = ["linking", "review_tables"]
