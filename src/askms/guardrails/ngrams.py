"""Which route a text looks like by its words, pairs of words and pieces of words: a logistic regression.

Written by `training/ngrams.py`, which learns from the same messages as the network beside it. Pieces of words carry it
over slips of the finger and into other languages. N-grams are hashed into a table (Weinberger et al. 2009, "Feature
Hashing for Large Scale Multitask Learning"), so that no list of patients' words has to be kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from askms.errors import ModelUnavailable
from askms.networks import Text
from askms.onnx import check_still, read_checked

CARD: Final = "ngrams.json"
WEIGHTS: Final = "ngrams.npz"
ROWS: Final = 1 << 17
"""Of the table; n-grams that fall on the same row are taken for one."""
_WORD: Final = re.compile(r"\w+(?:'\w+)?|[^\w\s]")
_LETTERS: Final = range(2, 6)
"""Lengths of the pieces of words."""


class NgramModel:
    """The regression of a folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load `ngrams.npz` and `ngrams.json`.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        checked = read_checked(folder, CARD, WEIGHTS, "Install askms again.")
        try:
            with np.load(checked.file, allow_pickle=False) as held:
                self._weights: NDArray[np.int8] = held["weights"]
                self._scale: NDArray[np.float32] = held["scale"]
                self._intercept: NDArray[np.float32] = held["intercept"]
                self._rarity: NDArray[np.float32] = held["rarity"].astype(np.float32)
            check_still(checked)
            self.classes: tuple[str, ...] = tuple(checked.card["classes"])
        except (KeyError, TypeError, ValueError, OSError, BadZipFile) as exc:
            raise ModelUnavailable(f"{folder / WEIGHTS} is not readable ({exc}). Install askms again.") from exc
        shapes = self._weights.shape, self._rarity.shape, self._scale.shape, self._intercept.shape
        routes = len(self.classes)
        if shapes != ((ROWS, routes), (ROWS,), (routes,), (routes,)):
            raise ModelUnavailable(f"{folder / WEIGHTS} holds tables of other shapes: {shapes}. Install askms again.")

    def logits(self, texts: Sequence[Text]) -> NDArray[np.float64]:
        """One row a text, one column a class; of a message and the one before it only the message is read."""
        return np.array([self._logits(text if isinstance(text, str) else text[0]) for text in texts])

    def _logits(self, message: str) -> NDArray[np.float64]:
        rows, counts = counted(message)
        values = counts * self._rarity[rows]
        values /= max(float(np.linalg.norm(values)), 1e-9)
        found: NDArray[np.float64] = (values @ self._weights[rows]) * self._scale + self._intercept
        return found


def counted(message: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Rows of the table that a message falls on, each once, and one and the logarithm of how often."""
    counts = Counter(crc32(ngram.encode()) % ROWS for ngram in _ngrams(message.lower()))
    return np.fromiter(counts, np.int64, len(counts)), 1 + np.log(np.fromiter(counts.values(), float, len(counts)))


def _ngrams(message: str) -> Iterator[str]:
    words = _WORD.findall(message)
    yield from words
    yield from map("\t".join, pairwise(words))
    for word in words:
        if word[0].isalnum():
            padded = f" {word} "
            for length in _LETTERS:
                for start in range(max(1, len(padded) - length + 1)):
                    yield f"#{padded[start : start + length]}"
