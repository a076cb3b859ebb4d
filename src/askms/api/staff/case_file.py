"""`staff.jsonl`: the eval cases that staff saved. It grows line by line, and is whole at every moment."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from filelock import FileLock

from askms.errors import StaffError

FILE: Final = "staff.jsonl"
_PATIENCE: Final = 10.0
"""Seconds to wait for another process that saves a case."""


def append(folder: Path, row_of: Callable[[str], Mapping[str, Any]]) -> str:
    """Add a case under the next free id, which is returned. A crash leaves the file as it was.

    Args:
        folder: made if it is not there.
        row_of: makes the row, once its id is known.

    Raises:
        StaffError: it cannot be written.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=_PATIENCE):
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            case_id = f"staff-{_last(before) + 1:03}"
            line = json.dumps(row_of(case_id), ensure_ascii=False)
            draft = path.with_suffix(".draft")
            with draft.open("w", encoding="utf-8") as file:
                file.write(f"{before}{line}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    except (OSError, ValueError) as exc:  # TimeoutError of the lock is an OSError
        raise StaffError(f"{path} cannot be written ({type(exc).__name__}). Look at the file and its folder.") from exc
    return case_id


def _last(text: str) -> int:
    """The highest number that an id has; the whole file has to be readable, or nothing is added to it."""
    ids = [str(json.loads(line)["id"]) for line in text.splitlines() if line.strip()]
    return max((int(number) for each in ids if (number := each.rpartition("-")[2]).isdigit()), default=0)
