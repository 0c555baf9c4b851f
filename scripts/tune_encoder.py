"""Tunes the sentence encoder on data/nlu and writes the shipped int8 ONNX file. Reproducible from the seed.

    UV_PROJECT_ENVIRONMENT=.venv-stock uv run --group stock python scripts/tune_encoder.py bot/encoder

Needs TensorFlow, which is in the dependency group `stock` only; what it writes needs neither. Messages that
`held_out` names are left out, so that calibration can be learned from vectors the encoder was never bent towards.
"""

import argparse
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np
import tensorflow as tf
import yaml
from tokenizers import Tokenizer

from bot.core import encoder_build
from bot.core.conversation import Level
from bot.core.encoder import held_out
from bot.core.encoder_build import EPSILON, HEADS, LAYERS, WIDTH
from bot.core.reading import READ_KINDS, THEME, for_reader, themes_of
from bot.core.risk.classifier import KINDS as RISK_KINDS
from bot.core.themes import THEMES

ROOT = Path(__file__).resolve().parents[1]
MOST_TOKENS = 96
# The lower layers know the language; a few thousand messages would only blur them.
FROZEN_LAYERS = 0
DROPOUT = 0.1
SCALE = 12.0
TEMPERATURE = 0.1
LEARNING_RATE, HEAD_RATE = 1.5e-4, 3e-3
WEIGHTS = {"themes": 1.0, "kinds": 0.3, "sections": 0.3, "risk": 0.6, "risk_kind": 0.1, "contrast": 0.2}


class Row(NamedTuple):
    """One message: token numbers and its labels; -1 or None where a label does not apply."""

    tokens: List[int]
    themes: Optional[Tuple[str, ...]]
    kind: int
    section: int
    level: int
    risk_kind: int
    group: int


def read_rows(folder: Path, tokenizer: Tokenizer) -> Tuple[List[Row], List[str]]:
    """Every message of `data/nlu` that is not held out, and the names of the sections."""
    found: List[Tuple[str, str, Dict[str, Any]]] = []
    for path in sorted(folder.glob("**/*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            details = block.get("metadata") or {}
            if str(details.get("language", "en")) == "en":
                texts = [line.removeprefix("- ").strip() for line in block["examples"].splitlines()]
                found += [(text, block["intent"], details) for text in texts if text and not held_out(text)]
    sections = sorted({details["section"] for _, _, details in found if "section" in details})
    groups = sorted({intent for _, intent, _ in found})
    rows = []
    for text, intent, details in found:
        read = for_reader(intent, details)
        level = int(Level[details.get("level", "none")])
        rows.append(
            Row(
                tokenizer.encode(text).ids,
                themes_of(intent, details) if read else None,
                READ_KINDS.index(intent if intent in READ_KINDS else THEME) if read else -1,
                sections.index(details["section"]) if "section" in details else -1,
                level,
                RISK_KINDS.index(details.get("kind") or "suicide") if level else -1,
                groups.index(intent) if read and intent in THEMES else -1,
            )
        )
    return rows, sections


class Model(tf.Module):
    """MiniLM with the heads it is tuned by. The heads are thrown away afterwards."""

    def __init__(self, weights: Dict[str, np.ndarray], sections: int, seed: int) -> None:
        super().__init__()
        random = np.random.default_rng(seed)
        self.arrays = {}
        self.tuned, self.heads = [], []
        for name, value in weights.items():
            trainable = name.startswith("encoder.layer.") and int(name.split(".")[2]) >= FROZEN_LAYERS
            self.arrays[name] = tf.Variable(value.astype(np.float32), trainable=trainable)
            if trainable:
                self.tuned.append(self.arrays[name])
        self.head: Dict[str, Tuple[tf.Variable, tf.Variable]] = {}
        sizes = {
            "themes": len(THEMES),
            "kinds": len(READ_KINDS),
            "sections": sections,
            "risk": 3,
            "risk_kind": len(RISK_KINDS),
        }
        for name, size in sizes.items():
            pair = (
                tf.Variable(random.normal(0, 0.05, (WIDTH, size)).astype(np.float32)),
                tf.Variable(np.zeros(size, dtype=np.float32)),
            )
            self.head[name] = pair
            self.heads += pair

    def encode(self, ids: tf.Tensor, mask: tf.Tensor, training: bool) -> tf.Tensor:
        """`(n, 384)` rows of length 1, by the same graph as bot/core/encoder_build.py writes."""
        arrays = self.arrays

        def dense(value: tf.Tensor, path: str) -> tf.Tensor:
            weight = arrays[f"{path}.weight"]
            flat = tf.matmul(tf.reshape(value, [-1, weight.shape[1]]), weight, transpose_b=True)
            shape = tf.concat([tf.shape(value)[:-1], weight.shape[:1]], axis=0)
            return tf.reshape(flat, shape) + arrays[f"{path}.bias"]

        def norm(value: tf.Tensor, path: str) -> tf.Tensor:
            mean, variance = tf.nn.moments(value, axes=[-1], keepdims=True)
            return (value - mean) * tf.math.rsqrt(variance + EPSILON) * arrays[f"{path}.weight"] + arrays[
                f"{path}.bias"
            ]

        def drop(value: tf.Tensor) -> tf.Tensor:
            return tf.nn.dropout(value, DROPOUT) if training else value

        def split(value: tf.Tensor) -> tf.Tensor:
            shape = tf.shape(value)
            return tf.transpose(tf.reshape(value, [shape[0], shape[1], HEADS, WIDTH // HEADS]), [0, 2, 1, 3])

        length = tf.shape(ids)[1]
        positions = arrays["embeddings.position_embeddings.weight"][:length]
        hidden = tf.gather(arrays["embeddings.word_embeddings.weight"], ids)
        hidden = norm(hidden + positions + arrays["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        hide = ((1.0 - mask) * -1e4)[:, tf.newaxis, tf.newaxis, :]
        for layer in range(LAYERS):
            path = f"encoder.layer.{layer}"
            query, key, value = (
                split(dense(hidden, f"{path}.attention.self.{part}")) for part in ("query", "key", "value")
            )
            scores = tf.matmul(query, key, transpose_b=True) * (WIDTH / HEADS) ** -0.5 + hide
            seen = tf.transpose(tf.matmul(drop(tf.nn.softmax(scores)), value), [0, 2, 1, 3])
            joined = tf.reshape(seen, tf.shape(hidden))
            hidden = norm(
                hidden + drop(dense(joined, f"{path}.attention.output.dense")), f"{path}.attention.output.LayerNorm"
            )
            wide = tf.nn.gelu(dense(hidden, f"{path}.intermediate.dense"))
            hidden = norm(hidden + drop(dense(wide, f"{path}.output.dense")), f"{path}.output.LayerNorm")
        weight = mask[:, :, tf.newaxis]
        mean = tf.reduce_sum(hidden * weight, axis=1) / tf.reduce_sum(weight, axis=1)
        return tf.math.l2_normalize(mean, axis=1)

    def scores(self, name: str, vectors: tf.Tensor) -> tf.Tensor:
        """The logits of one head."""
        weight, bias = self.head[name]
        return SCALE * tf.matmul(vectors, weight) + bias


def losses(model: Model, vectors: tf.Tensor, batch: Dict[str, tf.Tensor]) -> tf.Tensor:
    """The weighted sum of the losses of all heads and of the contrast between themes."""

    def mean(values: tf.Tensor, used: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(values * used) / tf.maximum(1.0, tf.reduce_sum(used))

    def shares(name: str, labels: tf.Tensor) -> tf.Tensor:
        used = tf.cast(labels >= 0, tf.float32)
        found = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(labels, 0), model.scores(name, vectors))
        return WEIGHTS[name] * mean(found, used)

    by_theme = tf.nn.sigmoid_cross_entropy_with_logits(batch["themes"], model.scores("themes", vectors))
    total = WEIGHTS["themes"] * mean(tf.reduce_sum(by_theme, axis=1), batch["themed"])
    total += (
        shares("kinds", batch["kind"]) + shares("sections", batch["section"]) + shares("risk_kind", batch["risk_kind"])
    )
    above = tf.cast(batch["level"][:, tf.newaxis] >= tf.constant([1, 2, 3]), tf.float32)
    by_level = tf.nn.sigmoid_cross_entropy_with_logits(above, model.scores("risk", vectors))
    total += WEIGHTS["risk"] * tf.reduce_mean(tf.reduce_sum(by_level, axis=1))
    count = tf.shape(vectors)[0]
    alike = tf.matmul(vectors, vectors, transpose_b=True) / TEMPERATURE - 1e4 * tf.eye(count)
    group = batch["group"]
    same = tf.cast((group[:, tf.newaxis] == group[tf.newaxis, :]) & (group >= 0)[:, tf.newaxis], tf.float32)
    same *= 1.0 - tf.eye(count)
    pairs = tf.reduce_sum(same, axis=1)
    closeness = tf.reduce_sum(same * tf.nn.log_softmax(alike), axis=1) / tf.maximum(1.0, pairs)
    return total - WEIGHTS["contrast"] * mean(closeness, tf.cast(pairs > 0, tf.float32))


def batches(rows: List[Row], size: int, random: np.random.Generator) -> List[List[Row]]:
    """Batches of messages of like length, in random order."""
    order = random.permutation(len(rows))
    ordered = []
    for start in range(0, len(order), size * 40):
        part = sorted(order[start : start + size * 40], key=lambda place: len(rows[place].tokens))
        ordered += [[rows[place] for place in part[at : at + size]] for at in range(0, len(part), size)]
    return [ordered[place] for place in random.permutation(len(ordered))]


def tensors(batch: List[Row]) -> Dict[str, tf.Tensor]:
    """A batch as tensors; lengths are rounded up, so that few shapes have to be compiled."""
    longest = -(-max(len(row.tokens) for row in batch) // 8) * 8
    ids = np.zeros((len(batch), longest), dtype=np.int32)
    mask = np.zeros((len(batch), longest), dtype=np.float32)
    themes = np.zeros((len(batch), len(THEMES)), dtype=np.float32)
    for place, row in enumerate(batch):
        ids[place, : len(row.tokens)], mask[place, : len(row.tokens)] = row.tokens, 1.0
        for theme in row.themes or ():
            themes[place, THEMES.index(theme)] = 1.0
    numbers = {
        name: np.array([getattr(row, name) for row in batch], dtype=np.int32)
        for name in ("kind", "section", "level", "risk_kind", "group")
    }
    themed = np.array([row.themes is not None for row in batch], dtype=np.float32)
    return {
        name: tf.constant(value)
        for name, value in {"ids": ids, "mask": mask, "themes": themes, "themed": themed, **numbers}.items()
    }


def tune(epochs: int, batch_size: int, seed: int) -> Dict[str, np.ndarray]:
    """The tuned weights under the names of the published ones."""
    tf.keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    tokenizer = Tokenizer.from_file(str(encoder_build.package_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    tokenizer.no_padding()
    rows, sections = read_rows(ROOT / "data" / "nlu", tokenizer)
    model = Model(encoder_build.read_weights(encoder_build.package_folder()), len(sections), seed)
    steps = epochs * -(-len(rows) // batch_size)

    def warm(peak: float) -> Any:
        return tf.keras.optimizers.schedules.PolynomialDecay(peak, steps, 0.0)

    body, heads = tf.keras.optimizers.legacy.Adam(warm(LEARNING_RATE)), tf.keras.optimizers.legacy.Adam(warm(HEAD_RATE))

    @tf.function(reduce_retracing=True)
    def step(batch: Dict[str, tf.Tensor]) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = losses(model, model.encode(batch["ids"], batch["mask"], training=True), batch)
        changes = tape.gradient(loss, model.tuned + model.heads)
        changes, _ = tf.clip_by_global_norm(changes, 1.0)
        body.apply_gradients(zip(changes[: len(model.tuned)], model.tuned))
        heads.apply_gradients(zip(changes[len(model.tuned) :], model.heads))
        return loss

    began = time.perf_counter()
    for epoch in range(epochs):
        found = []
        for batch in batches(rows, batch_size, random):
            found.append(float(step(tensors(batch))))
            if len(found) % 50 == 0:
                print(
                    f"epoch {epoch + 1}, step {len(found)}: loss {np.mean(found[-50:]):.3f}, {time.perf_counter() - began:.0f} s",
                    flush=True,
                )
    return {name: value.numpy() for name, value in model.arrays.items()}


def main() -> None:
    """Tune, and write the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="Where to write the ONNX file, named by its hash, and the tokenizer.")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    made = options.folder / "new.onnx"
    encoder_build.build(made, tune(options.epochs, options.batch_size, options.seed))
    target = options.folder / f"minilm-l6-v2-tuned-{encoder_build.short_hash(made)}.onnx"
    made.replace(target)
    print(f"Wrote {target.name}, {target.stat().st_size / 1e6:.1f} MB.")


if __name__ == "__main__":
    main()
