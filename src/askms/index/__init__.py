"""Built indexes: immutable snapshots on disk, and which of them is live."""

from __future__ import annotations

from askms.index.live import FixedIndex, LiveIndex, live_snapshot_folder, publish
from askms.index.manifest import Manifest
from askms.index.reduced import without
from askms.index.snapshot import Snapshot, load_snapshot, verify_snapshot, write_snapshot

__all__ = [
    "FixedIndex",
    "LiveIndex",
    "Manifest",
    "Snapshot",
    "live_snapshot_folder",
    "load_snapshot",
    "publish",
    "verify_snapshot",
    "without",
    "write_snapshot",
]
