"""`staff.jsonl`: the eval cases that staff saved. It grows line by line, and is whole at every moment."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from filelock import FileLock

from askms.errors import StaffError

FILE: Final = "staff.jsonl"
_PATIENCE: Final = 10.0
"""Seconds to wait for another process that saves a case."""


def new_id() -> str:
    """An id for a case. Not the next number: that would come again once rows were moved to another file."""
    return f"staff-{token_hex(4)}"


def append(folder: Path, row: Mapping[str, Any]) -> None:
    """Add a case. A crash leaves the file as it was.

    Args:
        folder: made if it is not there.
        row: the case, with its id.

    Raises:
        StaffError: it cannot be written.
    """
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{path}.lock", timeout=_PATIENCE):
            before = path.read_text(encoding="utf-8") if path.exists() else ""
            _require_rows(before)
            draft = path.with_suffix(".draft")
            with draft.open("w", encoding="utf-8") as file:
                file.write(f"{before}{json.dumps(row, ensure_ascii=False)}\n")
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    except (OSError, ValueError) as exc:  # TimeoutError of the lock is an OSError
        raise StaffError(f"{path} cannot be written ({type(exc).__name__}). Look at the file and its folder.") from exc


def find(folder: Path, case_id: str) -> dict[str, Any] | None:
    """A saved case, if it is in the file. Raises StaffError if that cannot be read."""
    return next((row for row in _rows(folder) if row.get("id") == case_id), None)


def same(folder: Path, row: Mapping[str, Any]) -> str | None:
    """Id of a saved case that is the same but for its id. Raises StaffError if the file cannot be read."""
    wanted = {**row, "id": ""}
    return next((each["id"] for each in _rows(folder) if {**each, "id": ""} == wanted), None)


def _rows(folder: Path) -> list[dict[str, Any]]:
    path = folder / FILE
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        return [json.loads(line) for line in text.split("\n") if line]
    except (OSError, ValueError) as exc:
        raise StaffError(f"{path} cannot be read ({type(exc).__name__}). Look at the file.") from exc


def _require_rows(text: str) -> None:
    """Raises ValueError if not every line is a row that ends: nothing is added to what somebody broke by hand."""
    *lines, rest = text.split("\n")  # not splitlines: a row may hold other signs that break lines
    for line in lines:
        json.loads(line)
    if rest:
        raise ValueError("the last line does not end")
