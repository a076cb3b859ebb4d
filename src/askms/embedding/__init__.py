"""Turn text into vectors. Nothing is ever downloaded, and nothing is loaded before the first text needs a vector.

The packaged all-MiniLM-L6-v2 is exported once, when an index is built, and then runs in onnxruntime. Any other model,
a folder or one in the local Hugging Face cache, is run by sentence-transformers.
"""

from __future__ import annotations

from pathlib import Path

from askms.embedding.embedder import BATCH, Embedder, Vectors
from askms.embedding.exported import ExportedEmbedder, export_folder
from askms.embedding.folders import PACKAGED, PACKAGED_SHA256, local_folder, packaged_folder
from askms.embedding.reference import SentenceEmbedder
from askms.errors import ModelUnavailable


def open_embedder(model: str, expected_sha256: str | None, index_dir: Path) -> Embedder:
    """The embedder of these settings over an index that was built; loads nothing yet.

    Args:
        model: `all-MiniLM-L6-v2` for the packaged one, else a folder or the name of a cached model.
        expected_sha256: what another model's weights must hash to.
        index_dir: the folder of the index, which holds the packaged model's export.
    """
    if model == PACKAGED:
        return ExportedEmbedder(export_folder(index_dir))
    return SentenceEmbedder(model, expected_sha256)


def prepare_embedder(model: str, expected_sha256: str | None, index_dir: Path) -> Embedder:
    """The same, to build an index with: exports the packaged model if its export is missing or damaged.

    Raises:
        ModelUnavailable: the packaged model is missing or altered, or its export does not agree with it.
    """
    embedder = open_embedder(model, expected_sha256, index_dir)
    if isinstance(embedder, ExportedEmbedder):
        try:
            embedder.verify()
        except ModelUnavailable:
            from askms.embedding.export import export_packaged  # imports PyTorch

            export_packaged(export_folder(index_dir))
    return embedder


__all__ = [
    "BATCH",
    "PACKAGED",
    "PACKAGED_SHA256",
    "Embedder",
    "ExportedEmbedder",
    "SentenceEmbedder",
    "Vectors",
    "export_folder",
    "local_folder",
    "open_embedder",
    "packaged_folder",
    "prepare_embedder",
]
