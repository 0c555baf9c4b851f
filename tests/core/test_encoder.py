import json
from pathlib import Path

import numpy as np
import pytest

from bot.core import encoder_build
from bot.core.encoder import MiniLMEncoder, cached_encoder, shipped_encoder
from bot.errors import EncoderError
from bot.nlu.shared import shared_encoder

TEXTS = [
    "I feel like I can't talk to anyone about this",
    "my job is wearing me out",
    "I carried the washing machine up four floors rather than ring my brother.",
    "hi",
]


def test_rows_have_length_one_and_the_promised_shape() -> None:
    rows = shared_encoder().encode(TEXTS)
    assert rows.shape == (4, 384) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-5)


def test_no_texts_give_no_rows() -> None:
    assert shared_encoder().encode([]).shape == (0, 384)


def test_a_text_has_the_same_vector_whatever_stands_beside_it() -> None:
    alone = shared_encoder().encode(TEXTS[:1])
    shared_encoder().forget()
    together = shared_encoder().encode(TEXTS)
    assert np.array_equal(alone[0], together[0])


def test_likeness_follows_meaning_not_words() -> None:
    near, far = shared_encoder().encode(["nobody would want to hear my problems", "what is the capital of France"])
    (own,) = shared_encoder().encode(TEXTS[:1])
    assert own @ near > own @ far + 0.1


def test_int8_agrees_with_the_original_weights(tmp_path: Path) -> None:
    exact = tmp_path / "exact.onnx"
    encoder_build.write_float32(encoder_build.read_weights(encoder_build.package_folder()), exact)
    int8 = cached_encoder(tmp_path)
    data = Path(__file__).resolve().parents[2] / "data" / "eval" / "themes.jsonl"
    texts = [json.loads(line)["text"] for line in data.read_text(encoding="utf-8").splitlines()[:100]]
    agreement = (int8.encode(texts) * MiniLMEncoder(exact).encode(texts)).sum(axis=1)
    assert agreement.mean() > 0.99


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"something else")
    with pytest.raises(EncoderError, match=r"SHA-256 is [0-9a-f]{64}, it must be 53aa5117"):
        encoder_build.read_weights(tmp_path)


def test_missing_weights_are_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"no model\.safetensors"):
        encoder_build.read_weights(tmp_path)


def test_a_missing_package_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EncoderError, match="uv sync"):
        encoder_build.package_folder()


def test_a_broken_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "broken.onnx").write_bytes(b"not a model")
    with pytest.raises(EncoderError, match="delete it"):
        MiniLMEncoder(tmp_path / "broken.onnx")


def test_the_shipped_encoder_is_small_and_has_a_card() -> None:
    folder = Path(encoder_build.__file__).resolve().parents[1] / "encoder"
    (path,) = folder.glob("*.onnx")
    assert path.stat().st_size <= 25_000_000
    assert (folder / "MODEL_CARD.md").is_file()


def test_a_damaged_tuned_encoder_is_refused_and_a_missing_one_is_done_without(tmp_path: Path) -> None:
    assert shipped_encoder(tmp_path) is None
    (tmp_path / "minilm-l6-v2-tuned-000000000000.onnx").write_bytes(b"cut off")
    with pytest.raises(EncoderError, match=r"is damaged: its SHA-256 begins with [0-9a-f]{12}"):
        shipped_encoder(tmp_path)
