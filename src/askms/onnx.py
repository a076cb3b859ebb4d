"""Networks on disk: a folder with `model.onnx` and a card, `model.json`, that holds its hash, run in onnxruntime.

A file that is not the one its card names is never run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from askms.errors import ModelUnavailable

CARD: Final = "model.json"
WEIGHTS: Final = "model.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The bytes of a model that are the ones its card names."""

    card: Mapping[str, Any]
    weights: bytes


def read_network(folder: Path, remedy: str) -> Checked:
    """Read a network and compare it with its card.

    Raises:
        ModelUnavailable: a file is missing, altered or not readable; the message ends with `remedy`.
    """
    return read_checked(folder, CARD, WEIGHTS, remedy)


def read_checked(folder: Path, card_name: str, weights_name: str, remedy: str) -> Checked:
    """Read the weights of a model and compare them with the card beside them; raises as `read_network` does."""
    try:
        card = json.loads((folder / card_name).read_text(encoding="utf-8"))
        weights = (folder / weights_name).read_bytes()
        stated = card["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ModelUnavailable(f"The model in {folder} cannot be loaded ({exc}). {remedy}") from exc
    found = sha256(weights).hexdigest()
    if found != stated:
        raise ModelUnavailable(
            f"{folder / weights_name} was altered: it has sha256 {found}, its card says {stated}. {remedy}"
        )
    return Checked(card=card, weights=weights)


def open_session(network: Checked, *, threads: int) -> Any:
    """An onnxruntime session over checked bytes; safe to share between threads. Raises what onnxruntime raises."""
    import onnxruntime  # takes a tenth of a second; a card that needs no model must not wait for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait by turning in circles take the processor from whoever else answers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(network.weights, options, providers=["CPUExecutionProvider"])
