"""Imports point one way, so that what the product is can be read and tested without the engine around it."""

import ast
from pathlib import Path
from typing import Iterator, Tuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
FORBIDDEN_IN_CORE = {"rasa", "rasa_sdk", "starlette", "uvicorn", "sqlalchemy", "alembic", "telegram"}
# What each room may import of ours, besides itself.
MAY_IMPORT = {
    "bot/core": {"bot.core", "bot.errors"},
    "bot/storage": {"bot.core", "bot.errors", "bot.settings", "bot.storage"},
    "bot/nlu": {"bot.core", "bot.errors", "bot.settings", "bot.nlu", "bot"},
    "bot/workers": {"bot.errors", "bot.settings", "bot.workers"},
    "actions": {"bot.core", "bot.nlu", "bot.composition", "actions"},
}


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_each_room_imports_only_what_lies_below_it(room: str) -> None:
    allowed = MAY_IMPORT[room]
    found = list(_wrong(room, allowed))
    assert not found, found


def _wrong(room: str, allowed: set) -> Iterator[Tuple[str, str]]:
    for path in sorted((ROOT / room).rglob("*.py")):
        for name in imports(path):
            if name.split(".")[0] not in ("bot", "actions"):
                continue
            if not any(name == prefix or (prefix != "bot" and name.startswith(f"{prefix}.")) for prefix in allowed):
                yield str(path.relative_to(ROOT)), name


def test_the_core_knows_neither_rasa_nor_a_web_framework_nor_a_database() -> None:
    for path in sorted((ROOT / "bot/core").rglob("*.py")):
        assert not {name.split(".")[0] for name in imports(path)} & FORBIDDEN_IN_CORE, path


def test_only_the_engine_and_its_components_know_rasa() -> None:
    for path in sorted((ROOT / "bot").rglob("*.py")):
        room = path.relative_to(ROOT / "bot").parts[0]
        if room in ("nlu", "engine.py", "training.py") or path.name == "tracker_store.py":
            continue
        assert "rasa" not in {name.split(".")[0] for name in imports(path)}, path
