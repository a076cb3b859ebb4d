"""The small networks that askms ships: a folder with 8-bit weights and a card of numbers, run in onnxruntime.

All are the packaged MiniLM, taught further by the scripts in `training/`; none needs PyTorch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from askms.embedding import packaged_folder
from askms.errors import ModelUnavailable
from askms.onnx import open_session, read_network

Text = str | tuple[str, str]
"""One text, or two that are read together."""

BATCH: Final = 16
"""Texts read at once; more are read in several batches, those of like length together."""


def packaged_tokenizer(most_tokens: int) -> Tokenizer:
    """The packaged tokenizer, cutting the longer of two texts; as packaged it would cut and pad to 128 tokens."""
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(most_tokens)
    tokenizer.enable_padding()
    return tokenizer


@cache
def _shared_tokenizer(most_tokens: int) -> Tokenizer:
    """The same for all networks of one limit, as none changes it: each takes 18 ms to read."""
    return packaged_tokenizer(most_tokens)


class PackagedNetwork:
    """Scores of texts. Safe to share between threads."""

    def __init__(self, folder: Path, *, most_tokens: int, threads: int) -> None:
        """Load `model.onnx` and `model.json` of a folder.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        network = read_network(folder, "Install askms again.")
        self.card: Mapping[str, Any] = network.card
        try:
            self._session = open_session(network, threads=threads)
            self.tokenizer = _shared_tokenizer(most_tokens)
        except ModelUnavailable:
            raise
        except Exception as exc:  # onnxruntime's errors share no class of their own
            raise ModelUnavailable(f"The model in {folder} cannot be loaded ({exc}). Install askms again.") from exc
        self._inputs = [one.name for one in self._session.get_inputs()]

    @property
    def name(self) -> str:
        """The first letters of the hash of its weights."""
        return str(self.card["sha256"])[:8]

    def logits(self, texts: Sequence[Text]) -> NDArray[np.float64]:
        """One row a text, one column a class; `texts` must not be empty."""
        order = sorted(range(len(texts)), key=lambda at: len("".join(texts[at])))
        parts = []
        for start in range(0, len(order), BATCH):
            encoded = self.tokenizer.encode_batch([texts[at] for at in order[start : start + BATCH]])
            read = {
                "input_ids": [one.ids for one in encoded],
                "attention_mask": [one.attention_mask for one in encoded],
                "token_type_ids": [one.type_ids for one in encoded],
            }
            fed = {name: np.array(read[name], dtype=np.int64) for name in self._inputs}
            parts.append(self._session.run(None, fed)[0])
        scores = np.concatenate(parts)
        found = np.empty(scores.shape, dtype=np.float64)
        found[order] = scores
        return found


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logarithms of probabilities."""
    away = logits - logits.max(axis=1, keepdims=True)
    found: NDArray[np.float64] = away - np.log(np.exp(away).sum(axis=1, keepdims=True))
    return found


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities; each row sums to one."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
    return shares
