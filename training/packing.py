"""Write a taught network as ONNX with 8-bit weights and a card, as `askms.networks` reads it, and read it again."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer

from askms.networks import Text

INPUTS: Final = ("input_ids", "attention_mask", "token_type_ids")


def encode(tokenizer: Tokenizer, texts: Sequence[Text]) -> dict[str, torch.Tensor]:
    """What a network reads of a batch of texts."""
    encoded = tokenizer.encode_batch(list(texts))
    return {
        "input_ids": torch.tensor([one.ids for one in encoded]),
        "attention_mask": torch.tensor([one.attention_mask for one in encoded]),
        "token_type_ids": torch.tensor([one.type_ids for one in encoded]),
    }


def write_network(
    network: torch.nn.Module,
    tokenizer: Tokenizer,
    target: Path,
    numbers: Mapping[str, Any],
    inputs: Sequence[str] = INPUTS,
) -> None:
    """Write `model.onnx` and `model.json`, the hash of the weights among its numbers."""
    sample = encode(tokenizer, [("What is MS?", "MS is a disease of brain and spinal cord."), ("Short.", "Shorter.")])
    target.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "whole.onnx"
        either = {0: "texts", 1: "tokens"}
        torch.onnx.export(
            network,
            tuple(sample[name] for name in inputs),
            str(whole),
            input_names=list(inputs),
            output_names=["logits"],
            dynamic_axes={**dict.fromkeys(inputs, either), "logits": {0: "texts"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, target / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
    card = {"note": numbers["note"], "sha256": sha256((target / "model.onnx").read_bytes()).hexdigest(), **numbers}
    (target / "model.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")


def read_network(network: torch.nn.Module, folder: Path) -> None:
    """Give a network the weights of a written one, as near as 8 bits come to them.

    Raises:
        ValueError: the written network is of another shape.
    """
    graph = onnx.load(str(folder / "model.onnx")).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    readers: dict[str, list[onnx.NodeProto]] = {}
    for node in graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)
    found = {name: values for name, values in held.items() if name.endswith((".weight", ".bias"))}
    for node in graph.node:
        if node.op_type == "MatMulInteger":  # the export names its bias only
            bias = _bias_after(node, readers, held)
            found[f"{bias.removesuffix('.bias')}.weight"] = _whole(held, node.input[1]).T
    for name in held:
        if "embeddings" in name and name.endswith("_quantized"):
            found[name.removesuffix("_quantized")] = _whole(held, name)
    wanted = {name for name, _ in network.named_parameters() if ".pooler." not in name}
    if wanted != found.keys():
        raise ValueError(f"{folder} holds another network: {sorted(wanted ^ found.keys())[:5]} differ.")
    network.load_state_dict({name: torch.tensor(values) for name, values in found.items()}, strict=False)


def _bias_after(node: onnx.NodeProto, readers: Mapping[str, Sequence[onnx.NodeProto]], held: Mapping[str, Any]) -> str:
    """The name of what is added to what a node gives, some scaling in between."""
    while True:
        node = readers[node.output[0]][0]
        added: list[str] = [name for name in node.input if name.endswith(".bias") and name in held]
        if node.op_type == "Add" and added:
            return added[0]


def _whole(held: Mapping[str, Any], name: str) -> np.ndarray[Any, np.dtype[np.float32]]:
    """8-bit weights as they were, scale and zero point applied."""
    of = name.removesuffix("_quantized")
    scaled: np.ndarray[Any, np.dtype[np.float32]] = (held[name].astype(np.float32) - held[f"{of}_zero_point"]) * held[
        f"{of}_scale"
    ]
    return scaled
