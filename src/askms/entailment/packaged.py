"""The packaged judge: a small cross-encoder in onnxruntime, weighed against what differs word by word.

Written by `training/entailment.py`; the card in `model/` says on what it was taught and how often
it errs. It is not good enough to be trusted alone: verification asks it only about sentences that
passed the comparison of words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from askms.entailment.differences import differences
from askms.entailment.judging import Judgement
from askms.entailment.selection import select
from askms.errors import ModelUnavailable
from askms.networks import PackagedNetwork, softmax
from askms.sentences import split_sentences

TOKENS: Final = 128
"""Of passage and claim together."""
MOST_CLAIM_WORDS: Final = 60
_CONTRADICTED, _SUPPORTED = 0, 1

Table = NDArray[np.float64]


def as_read(tokenizer: Tokenizer, passage: Sequence[str], claim: str) -> tuple[tuple[str, ...], str]:
    """What the network reads: the sentences of a passage that fit, chosen for the claim; and the claim."""
    claim = " ".join(claim.split()[:MOST_CLAIM_WORDS])
    room = TOKENS - len(tokenizer.encode(claim).ids) - 1
    chosen = select(passage, claim, room, lambda text: len(text) // 4)
    return tuple(passage[at] for at in chosen), claim


@dataclass(frozen=True)
class Head:
    """Two logistic regressions over the same values: supported or not, and if not, contradicted or not."""

    mean: Table
    scale: Table
    supported: Table
    """Weights, then the intercept."""
    contradicted: Table
    line: float
    """Probability from which a claim is called supported."""

    def judgements(self, values: Table) -> list[Judgement]:
        """One for each row of `values`, shape (pairs, values)."""
        scaled = np.c_[(values - self.mean) / self.scale, np.ones(len(values))]
        supported = 1 / (1 + np.exp(-scaled @ self.supported))
        contradicted = (1 - supported) / (1 + np.exp(-scaled @ self.contradicted))
        return [
            Judgement(supported=float(s), contradicted=float(c), line=self.line)
            for s, c in zip(supported, contradicted, strict=True)
        ]


def read_head(row: Mapping[str, Any]) -> Head:
    """Read a head from the card of numbers of a judge."""
    names = ("mean", "scale", "supported", "contradicted")
    return Head(**{name: np.array(row[name]) for name in names}, line=row["line"])


class PackagedJudge:
    """Judges pairs of passage and claim. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        """Load the judge of a folder.

        Raises:
            ModelUnavailable: a file is missing, altered or not readable.
        """
        self._network = PackagedNetwork(folder, most_tokens=TOKENS, threads=2)
        try:
            self._head = read_head(self._network.card["head"]) if "head" in self._network.card else None
        except (KeyError, TypeError) as exc:
            raise ModelUnavailable(f"{folder / 'model.json'} is not readable ({exc}). Install askms again.") from exc
        self.name = f"packaged {self._network.name}"

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """One judgement for each (passage, claim), in order."""
        if self._head is None:
            raise ModelUnavailable("This judge has no head yet. Run python -m training.entailment_head.")
        return self._head.judgements(self.values(pairs)) if pairs else []

    def values(self, pairs: Sequence[tuple[str, str]]) -> Table:
        """What the head weighs, shape (pairs, values): log-odds of the network, then the differences."""
        read = [as_read(self._network.tokenizer, split_sentences(p) or [p], claim) for p, claim in pairs]
        chance = softmax(self._network.logits([(" ".join(passage), claim) for passage, claim in read]))
        odds = np.log((chance + 1e-4) / (1 - chance + 1e-4))
        told = np.array([differences(passage, claim).vector() for passage, claim in read])
        return np.hstack([odds[:, [_SUPPORTED, _CONTRADICTED]], told])


@cache
def packaged_judge() -> PackagedJudge:
    """The judge that askms ships.

    Raises:
        ModelUnavailable: it is missing, altered or not readable.
    """
    with as_file(files("askms.entailment") / "model") as folder:
        return PackagedJudge(folder)
