"""Any sentence-transformers model, run by sentence-transformers itself: what exports are measured against.

Importing PyTorch takes about ten seconds, so it waits until the first text needs a vector.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from askms.embedding.embedder import BATCH, Vectors
from askms.embedding.folders import PACKAGED, PACKAGED_SHA256, digest_of, local_folder, packaged_folder
from askms.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class SentenceEmbedder:
    """A sentence-transformers model on the CPU."""

    model_file = ""
    """It runs the model's own weights, no exported network."""

    def __init__(self, model: str = PACKAGED, expected_sha256: str | None = None) -> None:
        """Name the model; nothing is loaded yet.

        Args:
            model: `all-MiniLM-L6-v2` for the packaged one, else a folder or the name of a cached model.
            expected_sha256: what the weights' file must hash to; known for the packaged model.

        A model that is missing, or whose weights differ, raises ModelUnavailable at its first use: safety cards must
        not wait for a model.
        """
        self._name = model
        self._expected = PACKAGED_SHA256 if model == PACKAGED else expected_sha256
        self._lock = Lock()
        # One answer needs its question's vector several times.
        self._recent = lru_cache(maxsize=32)(self._embed_question)

    @property
    def name(self) -> str:
        """Model name for people."""
        return self._name

    @cached_property
    def _folder(self) -> Path:
        return packaged_folder() if self._name == PACKAGED else local_folder(self._name)

    @cached_property
    def digest(self) -> str:
        """Hash of every file that shapes the vectors; checks the weights first."""
        return digest_of(self._name, self._folder, self._expected)

    @property
    def max_tokens(self) -> int:
        """The model's own limit; what is longer is cut by the model."""
        limit = self.model.get_max_seq_length()
        if limit is None:
            raise ModelUnavailable(f"Model {self._name!r} states no length limit. Pick one that does.")
        return int(limit)

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special tokens included, before any cutting."""
        encoded: list[int] = self.model.tokenizer.encode(text, truncation=False, verbose=False)
        return len(encoded)

    def embed_passages(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors of passages or sentences, in batches, longest first to waste no padding."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            vectors[batch] = self.model.encode_document(
                [texts[i] for i in batch], batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
            done(len(batch))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question; the last few are remembered."""
        return self._recent(text)

    def _embed_question(self, text: str) -> Vectors:
        vector = self.model.encode_query([text], normalize_embeddings=True, show_progress_bar=False)[0]
        question = np.array(vector, dtype=np.float32)
        question.flags.writeable = False  # it is handed out more than once
        return question

    @property
    def _dimension(self) -> int:
        dimension = self.model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"Model {self._name!r} states no dimension. Pick a sentence embedding model.")
        return int(dimension)

    @property
    def model(self) -> SentenceTransformer:
        """The model of sentence-transformers, loaded when it is first asked for.

        Raises:
            ModelUnavailable: it is missing, altered or cannot be loaded.
        """
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> SentenceTransformer:
        _ = self.digest  # never load weights that were not checked
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            return SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        except Exception as exc:
            raise ModelUnavailable(
                f"Model {self._name!r} in {self._folder} cannot be loaded: {exc}. Reinstall it."
            ) from exc
