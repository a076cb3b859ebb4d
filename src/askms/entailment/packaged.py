"""The packaged judge: a small cross-encoder in onnxruntime, weighed against what differs word by word.

Written by `training/entailment.py`; the card in `model/` says on what it was taught and how often
it errs. It is not good enough to be trusted alone: verification asks it only about sentences that
passed the comparison of words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from askms.embedding import packaged_folder
from askms.entailment.differences import differences
from askms.entailment.judging import Judgement
from askms.entailment.selection import select
from askms.errors import ModelUnavailable
from askms.sentences import split_sentences

TOKENS: Final = 128
"""Of passage and claim together."""
MOST_CLAIM_WORDS: Final = 60
BATCH: Final = 16
_CONTRADICTED, _SUPPORTED = 0, 1

Table = NDArray[np.float64]


def judge_tokenizer() -> Tokenizer:
    """The packaged tokenizer, which cuts the longer of the two texts."""
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(TOKENS)
    tokenizer.enable_padding()
    return tokenizer


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
        import onnxruntime

        try:
            card = json.loads((folder / "model.json").read_text(encoding="utf-8"))
            weights = (folder / "model.onnx").read_bytes()
            if sha256(weights).hexdigest() != card["sha256"]:
                raise ModelUnavailable(f"{folder / 'model.onnx'} was altered. Install askms again.")
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = 2
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
            self._head = read_head(card["head"]) if "head" in card else None
        except ModelUnavailable:
            raise
        except Exception as exc:  # onnxruntime's errors share no class of their own
            raise ModelUnavailable(f"Cannot load the judge in {folder}: {exc}. Install askms again.") from exc
        self.name = f"packaged {card['sha256'][:8]}"
        self._tokenizer = judge_tokenizer()

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """One judgement for each (passage, claim), in order."""
        if self._head is None:
            raise ModelUnavailable("This judge has no head yet. Run python -m training.entailment_head.")
        return self._head.judgements(self.values(pairs)) if pairs else []

    def values(self, pairs: Sequence[tuple[str, str]]) -> Table:
        """What the head weighs, shape (pairs, values): log-odds of the network, then the differences."""
        read = [as_read(self._tokenizer, split_sentences(p) or [p], claim) for p, claim in pairs]
        logits = self._logits([(" ".join(passage), claim) for passage, claim in read])
        chance = np.exp(logits - logits.max(1, keepdims=True))
        chance /= chance.sum(1, keepdims=True)
        odds = np.log((chance + 1e-4) / (1 - chance + 1e-4))
        told = np.array([differences(passage, claim).vector() for passage, claim in read])
        return np.hstack([odds[:, [_SUPPORTED, _CONTRADICTED]], told])

    def _logits(self, texts: Sequence[tuple[str, str]]) -> Table:
        """Scores of the network, shape (pairs, classes); texts of like length are read together."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at][0]) + len(texts[at][1]))
        found = np.zeros((len(texts), 3))
        for start in range(0, len(order), BATCH):
            batch = order[start : start + BATCH]
            encoded = self._tokenizer.encode_batch([texts[at] for at in batch])
            fed = {
                "input_ids": np.array([one.ids for one in encoded], dtype=np.int64),
                "attention_mask": np.array([one.attention_mask for one in encoded], dtype=np.int64),
                "token_type_ids": np.array([one.type_ids for one in encoded], dtype=np.int64),
            }
            found[batch] = self._session.run(None, fed)[0]
        return found


@cache
def packaged_judge() -> PackagedJudge:
    """The judge that askms ships.

    Raises:
        ModelUnavailable: it is missing, altered or not readable.
    """
    with as_file(files("askms.entailment") / "model") as folder:
        return PackagedJudge(folder)
