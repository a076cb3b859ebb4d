"""Which snapshot is live: one small pointer file, replaced by one atomic rename.

A running server looks at the pointer before each question. Questions already under way
keep the snapshot they started with, so a rebuild drops none.
"""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Final

from askms.errors import IndexCorrupt, IndexMissing, SnapshotError
from askms.index.manifest import Manifest, load_manifest
from askms.index.snapshot import Snapshot, load_snapshot

SNAPSHOTS: Final = "snapshots"
POINTER: Final = "LIVE"
KEEP: Final = 2
"""Snapshots kept on disk: the live one and the one before it."""

_log = logging.getLogger(__name__)


def live_snapshot_folder(index_dir: Path) -> Path:
    """The folder of the live snapshot.

    Raises:
        IndexMissing: nothing was built, or the pointer leads nowhere.
    """
    pointer = index_dir / POINTER
    try:
        name = pointer.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise IndexMissing(f"No index in {index_dir}. Run: askms index build") from exc
    folder = index_dir / SNAPSHOTS / name
    if not name.isalnum() or not folder.is_dir():
        raise IndexMissing(f"{pointer} names snapshot {name!r}, which is not there. Run: askms index build")
    return folder


def publish(index_dir: Path, name: str) -> None:
    """Make a finished snapshot the live one, then remove all but the newest `KEEP`."""
    pointer = index_dir / POINTER
    draft = index_dir / f"{POINTER}.draft"
    with draft.open("w", encoding="ascii") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(pointer)
    others = [folder for folder in (index_dir / SNAPSHOTS).iterdir() if folder.name != name]
    others.sort(key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in others[KEEP - 1 :]:
        shutil.rmtree(folder, ignore_errors=True)


def kept_snapshots(index_dir: Path) -> list[Manifest]:
    """Snapshots that are kept on disk beside the live one, the newest first."""
    found = []
    for folder in (index_dir / SNAPSHOTS).glob("*"):
        with suppress(IndexCorrupt):  # being built or removed, or of another release
            manifest = load_manifest(folder)
            if manifest.snapshot == folder.name:
                found.append(manifest)
    live = live_snapshot_folder(index_dir).name
    return sorted((each for each in found if each.snapshot != live), key=lambda each: each.built_at, reverse=True)


def kept_snapshot(index_dir: Path, name: str) -> Snapshot:
    """One of them.

    Raises:
        IndexMissing: none of that name is kept.
        IndexCorrupt: it cannot be read.
    """
    if name not in {each.snapshot for each in kept_snapshots(index_dir)}:
        raise IndexMissing(f"No snapshot {name!r} is kept beside the live one. Choose one that is.")
    return load_snapshot(index_dir / SNAPSHOTS / name)


class LiveIndex:
    """Hands out the live snapshot and follows the pointer when it moves."""

    def __init__(self, index_dir: Path) -> None:
        self._index_dir = index_dir
        self._lock = Lock()
        self._loaded: tuple[str, Snapshot] | None = None
        self._failed: object = None
        """State of the pointer that could not be followed; tried again once the pointer is written anew."""

    def current(self) -> Snapshot:
        """The live snapshot.

        While one thread loads a new snapshot, the others go on with the old one. A new
        snapshot that cannot be read is logged and the old one stays.

        Raises:
            IndexMissing: nothing was built.
            IndexCorrupt: the only snapshot cannot be read.
        """
        loaded = self._loaded
        if loaded is None:
            with self._lock:
                if self._loaded is None:
                    folder = live_snapshot_folder(self._index_dir)
                    self._loaded = (folder.name, load_snapshot(folder))
                return self._loaded[1]
        if self._lock.acquire(blocking=False):
            try:
                self._follow(loaded[0])
            finally:
                self._lock.release()
            loaded = self._loaded or loaded
        return loaded[1]

    def _follow(self, name: str) -> None:
        state = _pointer_state(self._index_dir)
        if state == self._failed:
            return
        try:
            folder = live_snapshot_folder(self._index_dir)
            if folder.name != name:
                self._loaded = (folder.name, load_snapshot(folder))
                _log.info("index snapshot %s replaces %s", folder.name, name)
        except SnapshotError as exc:
            self._failed = state
            _log.error("new index snapshot cannot be used, keeping %s: %s", name, exc)


class FixedIndex:
    """Hands out one snapshot, whatever becomes live."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def current(self) -> Snapshot:
        """The snapshot."""
        return self._snapshot


def _pointer_state(index_dir: Path) -> tuple[int, int] | str:
    """Differs after each publishing, even of the same name: a repaired snapshot keeps its name."""
    try:
        stat = (index_dir / POINTER).stat()
    except OSError:
        return "missing"
    return stat.st_ino, stat.st_mtime_ns
