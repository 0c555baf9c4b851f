"""What the components share: the encoder of this process, and a fingerprint of the code and weights behind them."""

import hashlib
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from bot import settings
from bot.core import encoder
from bot.core.word_vectors import WordVectors


@lru_cache(maxsize=1)
def shared_encoder() -> encoder.Encoder:
    """The one encoder of this process: the tuned one that is shipped, unless the setting `encoder` names another.

    The untuned one is built first when it is missing. Raises EncoderError when a file cannot be used.
    """
    chosen = settings.read()
    if chosen.encoder not in ("tuned", "original"):
        return WordVectors(Path(chosen.encoder))
    shipped = encoder.shipped_encoder() if chosen.encoder == "tuned" else None
    return shipped or encoder.cached_encoder(chosen.project / ".cache" / "encoder")


def fingerprint(*modules: ModuleType) -> str:
    """A hash of the modules' sources and the encoder's version.

    Rasa's own fingerprint sees only a component's class; without this an edited helper would not be trained anew.
    """
    digest = hashlib.sha256(shared_encoder().version.encode())
    for module in modules:
        digest.update(Path(str(module.__file__)).read_bytes())
    return digest.hexdigest()
