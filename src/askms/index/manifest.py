"""What a snapshot was built from, with a checksum of every file in it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter, ValidationError

from askms.errors import IndexCorrupt
from askms.index.kinds import EXACT

FORMAT: Final = 3
"""Raise when files of a snapshot change their meaning."""
FILE: Final = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything needed to tell whether a snapshot is whole and still true."""

    format: int
    snapshot: str
    """Hash of what the snapshot was built from; the same inputs give the same name."""
    built_at: str
    """ISO 8601, UTC."""
    model: str
    model_digest: str
    model_file: str
    """sha256 of the exported network that made the vectors; empty if sentence-transformers ran the model."""
    dimension: int
    max_tokens: int
    chunker: str
    rules: str
    """Hash of the rules that kept passages out."""
    sources: dict[str, str]
    """Source id to sha256 of its file."""
    quarantined: dict[str, str]
    """Passage key to the reason it was left out."""
    passages: int
    sentences: int
    files: dict[str, str]
    """File name to sha256 of its content."""
    vectors: str = EXACT.name
    """Kind of the index of vectors, as faiss names it. Indexes that do not say are exact."""

    def save(self, folder: Path) -> None:
        """Write it beside the files it describes, and make sure it is on the disk."""
        with (folder / FILE).open("wb") as file:
            file.write(_ADAPTER.dump_json(self, indent=2))
            file.flush()
            os.fsync(file.fileno())


_ADAPTER: Final = TypeAdapter(Manifest)


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a snapshot folder.

    Raises:
        IndexCorrupt: missing, unreadable, or of another format.
    """
    path = folder / FILE
    try:
        manifest = _ADAPTER.validate_json(path.read_bytes())
    except (OSError, ValidationError) as exc:
        raise IndexCorrupt(f"{path} is missing or unreadable. Run: askms index build") from exc
    if manifest.format != FORMAT:
        raise IndexCorrupt(f"{path} has format {manifest.format}, this askms reads {FORMAT}. Run: askms index build")
    return manifest


def snapshot_name(*, model_digest: str, chunker: str, rules: str, max_tokens: int, sources: dict[str, str]) -> str:
    """Name a snapshot by what it is built from."""
    files = (f"{key}={value}" for key, value in sorted(sources.items()))
    parts = [str(FORMAT), model_digest, chunker, rules, str(max_tokens), *files]
    return sha256("\n".join(parts).encode()).hexdigest()[:16]


def checksums(folder: Path) -> dict[str, str]:
    """sha256 of every file in a snapshot folder but its manifest."""
    return {
        path.relative_to(folder).as_posix(): _sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path != folder / FILE
    }


def _sha256(path: Path) -> str:
    """Read piece by piece: vectors of a million passages fill more than a gigabyte."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
