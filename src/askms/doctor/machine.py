"""The machine: folders and who may read them, the port, room on the disk, the clock."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from askms.doctor.check import Check, fine, problem
from askms.errors import SnapshotError
from askms.index import live_snapshot_folder
from askms.index.manifest import load_manifest
from askms.records.database import Database
from askms.settings import Settings
from askms.wording import wording

LEAST_FREE: Final = 1 << 30
"""Bytes: two indexes of a large corpus, and records for a while."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def folders(settings: Settings) -> Check:
    """We may read and write where we have to, and nobody else may read the records."""
    if not os.access(settings.corpus_dir, os.R_OK | os.X_OK):
        mend = "Correct ASKMS_CORPUS_DIR, or who may read it."
        return problem("folders", f"{settings.corpus_dir} cannot be read", mend)
    for folder in filter(None, (settings.index_dir, _records_folder(settings))):
        nearest = _nearest(folder)
        if not os.access(nearest, os.W_OK | os.X_OK):
            return problem("folders", f"{nearest} cannot be written", f"Run: chown {os.geteuid()} {nearest}")
    file = _records_file(settings)
    if file is not None and file.exists() and file.stat().st_mode & _OTHERS:
        return problem("folders", f"{file} holds health data and others may read it", f"Run: chmod 600 {file}")
    return fine("folders", "corpus can be read, index and records can be written")


def port(settings: Settings) -> Check:
    """Nobody else serves there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    place = f"{settings.host}:{settings.port}"
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((settings.host, settings.port))
        except OSError as exc:
            mend = "Stop what serves there (it may be askms), or set ASKMS_HOST and ASKMS_PORT."
            return problem("port", f"{place}: {exc.strerror}", mend)
    return fine("port", f"{place} is free")


def disk(settings: Settings) -> Check:
    """There is room for an index beside the live one, and for records."""
    for folder in filter(None, (settings.index_dir, _records_folder(settings))):
        free = shutil.disk_usage(_nearest(folder)).free
        if free < LEAST_FREE:
            return problem(
                "disk",
                f"{free >> 20} MB are free where {folder} is",
                f"Make room: {LEAST_FREE >> 20} MB should be free.",
            )
    return fine("disk", f"{shutil.disk_usage(_nearest(settings.index_dir)).free >> 20} MB are free")


def clock(settings: Settings) -> Check:
    """It is not earlier than things that have been made. Retention goes by it."""
    now = datetime.now(UTC)
    made = datetime.combine(wording().checked_on, datetime.min.time(), UTC)
    try:
        built = datetime.fromisoformat(load_manifest(live_snapshot_folder(settings.index_dir)).built_at)
    except SnapshotError:
        built = made
    latest = max(made, built)
    if now < latest:
        return problem(
            "clock",
            f"it says {now:%Y-%m-%d %H:%M} UTC; this askms or its index was made later, {latest:%Y-%m-%d %H:%M}",
            "Set it (timedatectl set-ntp true): words are erased by their age.",
        )
    return fine("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def _nearest(folder: Path) -> Path:
    """The folder, or the first one above it that is there."""
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())


def _records_file(settings: Settings) -> Path | None:
    if settings.records_url is None:
        return None
    database = Database(settings.records_url)
    database.close()
    return database.file


def _records_folder(settings: Settings) -> Path | None:
    file = _records_file(settings)
    return file.parent if file is not None else None
