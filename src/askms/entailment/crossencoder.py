"""Any cross-encoder that sentence-transformers loads, as a judge: three classes (NLI) or one score (HHEM)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from askms.embedding import local_folder
from askms.entailment.judging import Judgement
from askms.entailment.selection import select
from askms.errors import ModelUnavailable
from askms.sentences import split_sentences

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

LONGEST: Final = 512
"""Tokens of passage and claim together, unless the model reads fewer."""
SPECIAL: Final = 4
BATCH: Final = 8


class CrossEncoderJudge:
    """A model in a folder or in the local Hugging Face cache; nothing is downloaded."""

    def __init__(self, model: str) -> None:
        """Name the model; it is loaded at its first use."""
        self._model = model

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """One judgement for each (passage, claim), in order.

        Raises:
            ModelUnavailable: the model is missing, cannot be loaded, or has classes that say nothing of entailment.
        """
        if not pairs:
            return []
        texts = [(self._readable(passage, claim), claim) for passage, claim in pairs]
        many = len(self._classes) > 1
        scores = np.asarray(self._loaded.predict(texts, batch_size=BATCH, apply_softmax=many, show_progress_bar=False))
        if not many:
            return [Judgement(supported=float(score), contradicted=0.0) for score in scores.reshape(-1)]
        supported, contradicted = (self._classes.index(name) for name in ("entailment", "contradiction"))
        return [Judgement(supported=float(row[supported]), contradicted=float(row[contradicted])) for row in scores]

    @cached_property
    def _loaded(self) -> CrossEncoder:
        folder = local_folder(self._model)
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(str(folder), device="cpu", local_files_only=True)
        except Exception as exc:  # each architecture fails in its own way
            raise ModelUnavailable(f"Judge {self._model!r} in {folder} cannot be loaded: {exc}.") from exc
        return model

    @cached_property
    def _classes(self) -> list[str]:
        labels: dict[int, str] = getattr(self._loaded.config, "id2label", {})
        names = [labels[at].lower() for at in sorted(labels)]
        if len(names) == 1 or {"entailment", "contradiction"} <= set(names):
            return names
        raise ModelUnavailable(
            f"Judge {self._model!r} tells {names}. askms needs one score, or entailment and contradiction."
        )

    def _readable(self, passage: str, claim: str) -> str:
        sentences = split_sentences(passage) or [passage]
        count = self._tokens
        room = min(LONGEST, self._loaded.max_seq_length or LONGEST) - count(claim) - SPECIAL
        return " ".join(sentences[at] for at in select(sentences, claim, room, count))

    def _tokens(self, text: str) -> int:
        return len(self._loaded.tokenizer.encode(text, add_special_tokens=False))
