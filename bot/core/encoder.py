"""The sentence encoder: texts in, meaning as vectors out."""

import hashlib
import os
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import List, Optional, Protocol, Sequence

import numpy as np

from bot.core import encoder_build
from bot.errors import EncoderError

MAX_TOKENS = 256
SHIPPED = Path(__file__).resolve().parents[1] / "encoder"
# Well above all training data with its sentences, which several components read one after the other: with fewer, each of them
# would find the first texts dropped and encode everything again. A turn's texts are dropped at its end.
REMEMBERED_TEXTS = 200_000
# From so many new texts on (training, not a turn) all cores encode; fewer would only take cores from other conversations.
MANY_TEXTS = 64


def held_out(text: str) -> bool:
    """Whether a message is left out when the encoder is tuned (one in eight), so that calibration can be learned from it."""
    return hashlib.sha256(text.strip().encode()).digest()[0] < 32


class Encoder(Protocol):
    """What every encoder offers. `version` changes whenever the vectors would."""

    version: str
    width: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """`(n, width) float32`, one row of length 1 for each text, in the same order."""
        ...

    def forget(self) -> None:
        """Drop texts remembered in memory."""
        ...


class MiniLMEncoder:
    """all-MiniLM-L6-v2 (Apache-2.0) as int8 ONNX: `encode` gives `(n, 384) float32`, rows of length 1.

    Texts are cut at 256 tokens, the length the model was trained with. Recently seen texts are remembered in memory
    only, because within one turn several judges look at the same sentences; `forget` drops them.
    """

    width = encoder_build.WIDTH

    def __init__(self, model: Path) -> None:
        """Raises EncoderError when `model` or the tokenizer beside it is missing or unreadable."""
        import onnxruntime
        from tokenizers import Tokenizer

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(model.parent / "tokenizer.json"))
        except Exception as error:
            raise EncoderError(
                f"The encoder file {model.name} cannot be loaded ({type(error).__name__}). Next: delete it; it is built again."
            ) from error
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._tokenizer.no_padding()
        self.version = model.stem
        self._seen: OrderedDict[str, np.ndarray] = OrderedDict()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """`(n, 384) float32`, one row of length 1 for each text, in the same order; empty input gives `(0, 384)`."""
        rows = np.empty((len(texts), self.width), dtype=np.float32)
        with self._lock:
            new = [text for text in dict.fromkeys(texts) if text not in self._seen]
            self._seen.update(zip(new, self._run_many(new) if len(new) >= MANY_TEXTS else map(self._run, new)))
            for index, text in enumerate(texts):
                rows[index] = self._seen[text]
            while len(self._seen) > REMEMBERED_TEXTS:
                self._seen.popitem(last=False)
        return rows

    def forget(self) -> None:
        """Drop the texts remembered in memory."""
        with self._lock:
            self._seen.clear()

    def _run_many(self, texts: Sequence[str]) -> List[np.ndarray]:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return list(pool.map(self._run, texts))

    def _run(self, text: str) -> np.ndarray:
        # One by one: int8 activations are scaled over a whole batch, so that neighbours would change a text's vector.
        encoded = self._tokenizer.encode(text)
        inputs = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
        }
        row: np.ndarray = self._session.run(["embeddings"], inputs)[0][0]
        return row


def shipped_encoder(folder: Path = SHIPPED) -> Optional[MiniLMEncoder]:
    """The tuned encoder that comes with the project, or None when its file is not there.

    The file's name carries the first twelve digits of its SHA-256. Raises EncoderError when its content is another.
    """
    path = next(iter(sorted(folder.glob("minilm-l6-v2-tuned-*.onnx"))), None)
    if path is None:
        return None
    found = encoder_build.short_hash(path)
    if not path.stem.endswith(found):
        raise EncoderError(
            f"The encoder file {path.name} is damaged: its SHA-256 begins with {found}. Next: restore the file, or delete "
            "it to go on with the untuned encoder (then: interlude train)."
        )
    return MiniLMEncoder(path)


def cached_encoder(cache: Path) -> MiniLMEncoder:
    """The untuned encoder from `cache`, built there first when it is missing (about ten seconds, once)."""
    name = f"minilm-l6-v2-int8-{encoder_build.WEIGHTS_SHA256[:12]}-g{encoder_build.GRAPH_VERSION}.onnx"
    path = cache / name
    if not path.is_file() or not (cache / "tokenizer.json").is_file():
        encoder_build.build(path)
    return MiniLMEncoder(path)
