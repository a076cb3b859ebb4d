"""Names for what a reader found: an id that stays the same, and a title short enough for a list."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from typing import Final

_LONGEST_ID: Final = 60
_LONGEST_TITLE: Final = 90


def source_id(name: str, origin: str) -> str:
    """Id in the words of `name`; the end is made from the origin, as two files may both be called leaflet.pdf."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_LONGEST_ID].strip("-") or "source"
    return f"{words}-{sha256(origin.encode(errors='surrogateescape')).hexdigest()[:6]}"


def short_title(title: str) -> str:
    """The title, cut after a word where it is too long for `plain_title`."""
    if len(title) <= _LONGEST_TITLE:
        return title
    return title[: _LONGEST_TITLE - 1].rsplit(" ", 1)[0].rstrip(" ,;:-") + "…"
