"""Results that are worth keeping, without the words that they were made from.

What is asked for again is found under a keyed hash, so that neither memory nor a picture of it holds what people typed;
the key is made anew by each process and never leaves it.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from hashlib import blake2b
from threading import Lock
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Remembered(Generic[Result]):
    """The results asked for last, so many at most. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Remember nothing yet.

        Args:
            most: results that are kept; what was not asked for the longest goes first. 0: none.
        """
        self._most = most
        self._key = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, Result] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._kept)

    def name(self, words: str) -> bytes:
        """The name of a result that was made from these words, and from nothing else that may differ."""
        return blake2b(words.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()

    def get(self, name: bytes) -> Result | None:
        """The result of that name, if it is still kept."""
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
            return found

    def put(self, name: bytes, result: Result) -> None:
        """Keep a result."""
        with self._lock:
            self._kept[name] = result
            self._kept.move_to_end(name)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
