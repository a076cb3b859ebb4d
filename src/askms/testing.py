"""Fakes and builders for tests: an embedder without a model, and sources that are valid unless told otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import yaml

from askms.build import build_index
from askms.embedding import BATCH, Vectors
from askms.index import Snapshot, live_snapshot_folder, load_snapshot
from askms.retrieval import HybridRetriever
from askms.sources import read_markdown
from askms.terms import terms
from askms.types import Document, Hit

BODY: Final = """\
## Does ketamine help MS fatigue?

In a 2021 trial of 18 people with MS, one ketamine infusion did not change daily fatigue over 7 days.
However, in the same trial a fatigue score was lower after ketamine than after midazolam on day 28.
"""
"""The body of a source when a test does not care."""
_FRONT: Final[Mapping[str, Any]] = {
    "title": "A trial of ketamine for fatigue",
    "plain_title": "Small trial of ketamine for MS fatigue",
    "authors": ["Doe J"],
    "year": 2021,
    "venue": "Journal of Examples 1(1):1-2",
    "url": "https://www.nhs.uk/trial",
    "evidence_level": "pilot_trial",
    "population": "adults with MS and fatigue",
    "n": 18,
    "as_of": "2021",
    "checked_on": date(2026, 11, 21),
    "topics": ["ketamine", "fatigue"],
    "limits": "Only 18 people took part.",
    "conflicts_with": [],
    "disputed_by": [],
    "status": "current",
    "trust": "A",
}
_TOKEN: Final = re.compile(r"\w+|[^\w\s]")


class FakeEmbedder:
    """Texts that share search terms get near vectors; no model, the same on every machine.

    A text is a bag of hashed terms, scaled to length one. `embedded` counts the passages
    and sentences that were given a vector, in full batches as the real embedder does.
    """

    model_file = ""
    """It runs no network."""

    def __init__(self, name: str = "fake", *, dimension: int = 64, max_tokens: int = 64) -> None:
        self._name, self._dimension, self._max_tokens = name, dimension, max_tokens
        self.embedded = 0

    @property
    def name(self) -> str:
        """Model name for people."""
        return self._name

    @property
    def digest(self) -> str:
        """Another name or dimension is another model."""
        return sha256(f"{self._name} {self._dimension}".encode()).hexdigest()

    @property
    def max_tokens(self) -> int:
        """The most tokens of header and text together."""
        return self._max_tokens

    def count_tokens(self, text: str) -> int:
        """Words and marks, and two special tokens."""
        return len(_TOKEN.findall(text)) + 2

    def embed_passages(self, texts: Sequence[str], done: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors of texts, batch by batch."""
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        for at in range(0, len(texts), BATCH):
            batch = texts[at : at + BATCH]
            vectors[at : at + BATCH] = [self.embed_question(text) for text in batch]
            self.embedded += len(batch)
            done(len(batch))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """Vector of one text; one without terms gets a vector of its own, far from the others."""
        vector = np.zeros(self._dimension, dtype=np.float32)
        for term in terms(text):
            digest = sha256(term.encode()).digest()
            vector[1 + int.from_bytes(digest[:4], "big") % (self._dimension - 1)] += 1
        if not vector.any():
            vector[0] = 1
        unit: Vectors = vector / np.linalg.norm(vector)
        return unit


def corpus_file(folder: Path, source_id: str = "example", body: str = BODY, **fields: Any) -> Path:
    """Write one source into a corpus folder and return its path.

    Args:
        folder: made if it is not there.
        source_id: also the file name.
        body: Markdown of headed sections.
        fields: front matter that differs from the defaults; `...` leaves a field out.
    """
    front = {"id": source_id, **_FRONT, **fields}
    kept = {field: value for field, value in front.items() if value is not ...}
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{source_id}.md"
    path.write_text(f"---\n{yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)}---\n\n{body}", encoding="utf-8")
    return path


def document(source_id: str = "example", body: str = BODY, **fields: Any) -> Document:
    """A document as the reader makes it from such a file."""
    with TemporaryDirectory() as folder:
        return read_markdown(corpus_file(Path(folder), source_id, body, **fields))


@dataclass(frozen=True, kw_only=True)
class SmallIndex:
    """An index of a few sources, and a search of it."""

    folder: Path
    """The folder of the index."""
    snapshot: Snapshot
    embedder: FakeEmbedder

    def hits(self, question: str, limit: int = 12) -> list[Hit]:
        """Search as the assistant does."""
        return HybridRetriever(self.snapshot, self.embedder).retrieve(question, limit=limit)


def small_index(folder: Path, sources: Mapping[str, Mapping[str, Any]]) -> SmallIndex:
    """Build an index of sources with the fake embedder.

    Args:
        folder: an empty folder.
        sources: by id, what `corpus_file` takes: body and front matter.
    """
    embedder = FakeEmbedder(dimension=256, max_tokens=256)
    for source_id, fields in sources.items():
        corpus_file(folder / "corpus", source_id, **fields)
    build_index(folder / "corpus", folder / "index", embedder)
    snapshot = load_snapshot(live_snapshot_folder(folder / "index"))
    return SmallIndex(folder=folder / "index", snapshot=snapshot, embedder=embedder)


def no_doubt(sentence: str, quotes: Sequence[str]) -> None:
    """A second opinion that always agrees, for `askms.answering.verify`."""
