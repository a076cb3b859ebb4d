"""The packaged ranker: reads a question and a sentence together and says how good an answer it is.

Written by `training/ranker.py`; the card in `model/` says on what it was taught and how well it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from askms.networks import PackagedNetwork

MOST_TOKENS: Final = 96
"""Of question, header and sentence together."""
MOST_QUESTION_WORDS: Final = 45
MOST_HEADER_WORDS: Final = 24


class Ranker(Protocol):
    """Anything that says how well sentences answer a question."""

    @property
    def name(self) -> str:
        """Name with its version, for receipts."""
        ...

    def scores(self, question: str, sentences: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """One logit for each sentence, given as its header (title and heading) and its words; higher is better."""
        ...


class PackagedRanker:
    """The ranker of a folder. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load it.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        self._network = PackagedNetwork(folder, most_tokens=MOST_TOKENS, threads=2)

    @property
    def name(self) -> str:
        """Name with its version, for receipts."""
        return f"packaged {self._network.name}"

    def scores(self, question: str, sentences: Sequence[tuple[str, str]]) -> NDArray[np.float64]:
        """One logit for each sentence, given as its header and its words."""
        if not sentences:
            return np.empty(0)
        return self._network.logits([as_read(question, header, words) for header, words in sentences])[:, 0]


def as_read(question: str, header: str, sentence: str) -> tuple[str, str]:
    """What the network reads: the question; and the sentence after the end of its header, which says it best."""
    asked = " ".join(question.split()[-MOST_QUESTION_WORDS:])
    under = " ".join(header.split()[-MOST_HEADER_WORDS:])
    return asked, f"{sentence} ({under})" if under else sentence


@cache
def packaged_ranker() -> PackagedRanker:
    """The ranker that askms ships.

    Raises:
        ModelUnavailable: it is missing, altered or not readable.
    """
    with as_file(files("askms.ranking") / "model") as folder:
        return PackagedRanker(folder)
