"""Built indexes: immutable snapshots on disk, and which of them is live."""

from __future__ import annotations

from askms.index.live import FixedIndex, LiveIndex, kept_snapshot, kept_snapshots, live_snapshot_folder, publish
from askms.index.manifest import Manifest
from askms.index.opening import open_vectors, push_vectors
from askms.index.reduced import without
from askms.index.snapshot import Snapshot, load_snapshot, verify_snapshot, write_snapshot
from askms.index.vectors import NearestVectors

__all__ = [
    "FixedIndex",
    "LiveIndex",
    "Manifest",
    "NearestVectors",
    "Snapshot",
    "kept_snapshot",
    "kept_snapshots",
    "live_snapshot_folder",
    "load_snapshot",
    "open_vectors",
    "publish",
    "push_vectors",
    "verify_snapshot",
    "without",
    "write_snapshot",
]
