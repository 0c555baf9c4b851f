"""Which trained model and which library are in use."""

import hashlib
from pathlib import Path

from bot.errors import ModelError


def newest_model(folder: Path) -> Path:
    """The newest trained model. Raises ModelError when there is none."""
    models = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime_ns)
    if not models:
        raise ModelError(f"There is no trained model in {folder.name}/. Train one: interlude train")
    return models[-1]


def library_version(data: Path) -> str:
    """A short hash over all texts of the library and the responses."""
    digest = hashlib.sha256()
    for path in sorted([*(data / "library").rglob("*.yml"), *(data / "responses").rglob("*.yml")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
