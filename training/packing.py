"""Write a taught network as ONNX with 8-bit weights and a card of numbers, as `askms.networks` reads it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import torch
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
