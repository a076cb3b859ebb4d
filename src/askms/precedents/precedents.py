"""What readers made of sentences for questions like this one.

Readers graded sentences of the corpus for thousands of questions (`training/ranking/graded.jsonl`). A new question
borrows their grades: what it makes of a sentence is the mean of the grades that the sentence has, each weighed by how
near the question it was given for lies to this one (kernel regression, Nadaraya 1964 and Watson 1964). A sentence
that nobody graded for any such question gets what is usual. Written by `training/precedents.py`; the file holds no
question, only vectors and grades, and nothing of it is ever shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from askms.embedding import Vectors
from askms.errors import ModelUnavailable
from askms.onnx import check_still, read_checked

CARD: Final = "precedents.json"
TABLES: Final = "precedents.npz"
WIDTH: Final = 0.07
"""Of the kernel: a question whose cosine is lower by this much weighs e times less."""
DOUBT: Final = 0.003
"""Weight of what is usual, beside the grades: that of one question at a cosine of 0.59."""
USUAL: Final = 0.15
"""How much a sentence is wanted of which nothing is known."""
USUALLY_ANSWERED: Final = 0.5
_REMEDY: Final = "Install askms again."


class Near:
    """The precedents of one question."""

    def __init__(self, precedents: Precedents, weights: Vectors) -> None:
        self._precedents, self._weights = precedents, weights

    def wanted(self, source_id: str, sentence: str) -> float:
        """How much a sentence is wanted in an answer, 0 to 1, as far as is known."""
        place = self._precedents.place_of(source_id, sentence)
        return USUAL if place is None else float(self._wanted[place])

    def best_of(self, places: Sequence[int], starts: Sequence[int]) -> Vectors:
        """How much the sentence that is wanted most is wanted, of each group of sentences.

        Args:
            places: of the sentences, from `Precedents.place_of`, group after group; not empty.
            starts: where each group begins among them.
        """
        best: Vectors = np.maximum.reduceat(self._wanted[places], starts)
        return best

    @cached_property
    def _wanted(self) -> Vectors:
        return self._precedents.means(self._weights)

    @property
    def answered(self) -> float:
        """Share, 0 to 1, of the questions near this one to which the corpus held an answer."""
        answered = float(self._weights @ self._precedents.answered)
        return (answered + DOUBT * USUALLY_ANSWERED) / (float(self._weights.sum()) + DOUBT)


class Precedents:
    """Graded questions. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load `precedents.npz` and `precedents.json`.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        checked = read_checked(folder, CARD, TABLES, _REMEDY)
        try:
            with np.load(checked.file, allow_pickle=False) as held:
                self._vectors: Vectors = held["vectors"] * held["scale"][:, None]
                self.answered: NDArray[np.float32] = held["answered"].astype(np.float32)
                """By question: whether the corpus held an answer, 0 or 1."""
                self._questions: NDArray[np.int64] = held["questions"].astype(np.int64)
                self._gains: NDArray[np.float32] = held["gains"].astype(np.float32)
                self._starts: NDArray[np.int64] = held["starts"].astype(np.int64)
                self._places = {str(name): place for place, name in enumerate(held["names"])}
            check_still(checked)
        except (KeyError, TypeError, ValueError, OSError, BadZipFile) as exc:
            raise ModelUnavailable(f"{folder / TABLES} is not readable ({exc}). {_REMEDY}") from exc
        sizes = len(self._starts) - 1, len(self._gains), int(self._starts[-1]), len(self.answered)
        if sizes != (len(self._places), len(self._questions), len(self._gains), len(self._vectors)):
            raise ModelUnavailable(f"The tables of {folder / TABLES} do not fit each other: {sizes}. {_REMEDY}")
        self.name: str = str(checked.card["sha256"])[:8]

    def near(self, vector: Vectors) -> Near:
        """What there is for a question of this vector."""
        return Near(self, np.exp((self._vectors @ vector - 1) / WIDTH))

    def place_of(self, source_id: str, sentence: str) -> int | None:
        """Where a sentence's grades are; none if it has none."""
        return self._places.get(name_of(source_id, sentence))

    def means(self, weights: Vectors) -> Vectors:
        """The mean grade of each sentence, where each question weighs as given."""
        of = weights[self._questions]
        gained, weight = (np.add.reduceat(values, self._starts[:-1]) for values in (of * self._gains, of))
        found: Vectors = ((gained + DOUBT * USUAL) / (weight + DOUBT)).astype(np.float32)
        return found


def name_of(source_id: str, sentence: str) -> str:
    """How graded sentences are named: a changed sentence is another one."""
    return f"{source_id}#{sha256(sentence.encode()).hexdigest()[:12]}"


@cache
def packaged_precedents() -> Precedents:
    """Those of this release, for vectors of the packaged model.

    Raises:
        ModelUnavailable: they are missing, altered or not readable.
    """
    with as_file(files("askms.precedents")) as folder:
        return Precedents(folder)
