"""Networks on disk: a folder with `model.onnx` and a card, `model.json`, that holds its hash, run in onnxruntime.

A file that is not the one its card names is never run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final

from askms.errors import ModelUnavailable

CARD: Final = "model.json"
WEIGHTS: Final = "model.onnx"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A model whose file was the one that its card names when it was read."""

    card: Mapping[str, Any]
    file: Path
    remedy: str
    """What to do where it is not that file any more; ends the message of an error."""
    state: tuple[int, int, int]
    """Of the file when it was hashed: it differs once the file is written or another stands in its place."""


def read_network(folder: Path, remedy: str) -> Checked:
    """Read a network and compare it with its card.

    Raises:
        ModelUnavailable: a file is missing, altered or not readable; the message ends with `remedy`.
    """
    return read_checked(folder, CARD, WEIGHTS, remedy)


def read_checked(folder: Path, card_name: str, weights_name: str, remedy: str) -> Checked:
    """Compare the weights of a model with the card beside them; raises as `read_network` does."""
    path = folder / weights_name
    try:
        card = json.loads((folder / card_name).read_text(encoding="utf-8"))
        with path.open("rb") as file:
            state = _state(os.fstat(file.fileno()))
            found = file_digest(file, "sha256").hexdigest()
        stated = card["sha256"]
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ModelUnavailable(f"The model in {folder} cannot be loaded ({exc}). {remedy}") from exc
    if found != stated:
        raise ModelUnavailable(f"{path} was altered: it has sha256 {found}, its card says {stated}. {remedy}")
    return Checked(card=card, file=path, remedy=remedy, state=state)


def open_session(network: Checked, *, threads: int) -> Any:
    """An onnxruntime session over a checked file; safe to share between threads.

    Raises:
        ModelUnavailable: the file was altered after it was checked. Besides, what onnxruntime raises.
    """
    import onnxruntime  # takes a tenth of a second; a card that needs no model must not wait for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    # Threads that wait by turning in circles take the processor from whoever else answers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    check_still(network)
    # By name: from bytes of ours, onnxruntime keeps some 25 MB more of each network.
    session = onnxruntime.InferenceSession(str(network.file), options, providers=["CPUExecutionProvider"])
    check_still(network)
    return session


def check_still(network: Checked) -> None:
    """Refuse a file that was written or replaced since it was checked.

    Raises:
        ModelUnavailable: it was.
    """
    try:
        now = _state(network.file.stat())
    except OSError as exc:
        raise ModelUnavailable(f"{network.file} cannot be loaded ({exc}). {network.remedy}") from exc
    if now != network.state:
        raise ModelUnavailable(f"{network.file} was altered after it was checked. {network.remedy}")


def _state(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns
