"""The packaged model as an exported network: onnxruntime and its tokenizer, without PyTorch.

The export lies beside the snapshots of an index (`models/<name>/`), where `askms index build` writes it once. Each text
is read alone: with 8-bit weights a batch shares one scale of activations, so a vector would depend on its neighbours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from tokenizers import Tokenizer

from askms.embedding.embedder import BATCH, Vectors
from askms.embedding.folders import PACKAGED, PACKAGED_SHA256, file_sha256
from askms.errors import ModelUnavailable
from askms.onnx import CARD, open_session, read_network

MODELS: Final = "models"
"""Folder of exported models, inside that of an index."""
TOKENIZER: Final = "tokenizer.json"
RECIPE: Final = "int8, per channel, 1"
"""Raise the number when the export comes to give other vectors."""
REMEDY: Final = "Run: askms index build"


def export_folder(index_dir: Path) -> Path:
    """Where the packaged model's export lies; another model or another way to export is another folder."""
    return index_dir / MODELS / sha256(f"{PACKAGED_SHA256} {RECIPE}".encode()).hexdigest()[:16]


class ExportedEmbedder:
    """The export of the packaged model. Safe to share between threads."""

    name = PACKAGED
    """Model name for people."""

    def __init__(self, folder: Path) -> None:
        """Name the folder; nothing is loaded yet.

        A file that is missing, or not the one that was exported, raises ModelUnavailable at its first use: safety
        cards must not wait for a model.
        """
        self._folder = folder
        self._lock = Lock()
        # One answer needs its question's vector several times.
        self._recent = lru_cache(maxsize=32)(self._embed_question)

    @cached_property
    def digest(self) -> str:
        """Hash of the exported network, its tokenizer and its limit."""
        parts = (self.model_file, self._card["tokenizer_sha256"], self.max_tokens)
        return sha256(" ".join(map(str, parts)).encode()).hexdigest()

    @property
    def model_file(self) -> str:
        """sha256 of the exported network."""
        return str(self._card["sha256"])

    @property
    def max_tokens(self) -> int:
        """sentence-transformers' own limit for the model; what is longer is cut."""
        return int(self._card["max_tokens"])

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special tokens included, before any cutting."""
        return len(self._measure.encode(text).ids)

    def embed_passages(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors of passages or sentences, as many at once as there are processors."""
        vectors = np.zeros((len(texts), int(self._card["dimension"])), dtype=np.float32)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for at in range(0, len(texts), BATCH):
                batch = texts[at : at + BATCH]
                vectors[at : at + BATCH] = list(pool.map(self._vector, batch))
                done(len(batch))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question; the last few are remembered."""
        return self._recent(text)

    def verify(self) -> None:
        """Compare network and tokenizer with the card.

        Raises:
            ModelUnavailable: one is missing or altered.
        """
        _ = self._card

    def _embed_question(self, text: str) -> Vectors:
        question = self._vector(text)
        question.flags.writeable = False  # it is handed out more than once
        return question

    def _vector(self, text: str) -> Vectors:
        session, tokens = self._session, self._tokenizer.encode(text).ids
        ids = np.array([tokens], dtype=np.int64)
        vector: Vectors = session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
        return vector

    @property
    def _session(self) -> Any:
        with self._lock:
            return self._opened

    @cached_property
    def _card(self) -> Mapping[str, Any]:
        if not (self._folder / CARD).exists():
            raise ModelUnavailable(f"Model {PACKAGED!r} has not been exported to {self._folder}. {REMEDY}")
        card = read_network(self._folder, REMEDY).card
        path = self._folder / TOKENIZER
        if not path.exists() or file_sha256(path) != card.get("tokenizer_sha256"):
            raise ModelUnavailable(f"{path} is missing or was altered. {REMEDY}")
        return card

    @cached_property
    def _opened(self) -> Any:
        _ = self._card  # the tokenizer is checked too before anything is run
        try:
            # One thread: texts are spread over processors, not words.
            return open_session(read_network(self._folder, REMEDY), threads=1)
        except ModelUnavailable:
            raise
        except Exception as exc:  # onnxruntime's errors share no class of their own
            raise ModelUnavailable(f"The model in {self._folder} cannot be loaded ({exc}). {REMEDY}") from exc

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer.from_file(str(self._folder / TOKENIZER))

    @cached_property
    def _measure(self) -> Tokenizer:
        """The tokenizer without its limit."""
        tokenizer = Tokenizer.from_file(str(self._folder / TOKENIZER))
        tokenizer.no_truncation()
        return tokenizer
