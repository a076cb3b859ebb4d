"""What an embedder promises, whatever runs the model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

BATCH: Final = 32
"""Texts after which progress is told."""


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Model name for people."""
        ...

    @property
    def digest(self) -> str:
        """Hash of weights, tokenizer and what runs them; vectors of different digests are never compared."""
        ...

    @property
    def model_file(self) -> str:
        """sha256 of the exported network; empty where no such file is run."""
        ...

    @property
    def max_tokens(self) -> int:
        """The most tokens of a text that reach the model, special tokens included."""
        ...

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special tokens included."""
        ...

    def embed_passages(self, texts: Sequence[str], done: Callable[[int], None] = ...) -> Vectors:
        """Vectors of passages or sentences, shape (len(texts), dimension); `done` gets each batch's size."""
        ...

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question, shape (dimension,)."""
        ...
