"""Names for clients that tell nobody who they are: a hash of the address, under a key that is thrown away each day.

An address is never kept, logged or sent anywhere (P8). Without the key the name cannot be
made from it again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from time import monotonic
from typing import Final

DAY: Final = 86_400.0
_PREFIX: Final = 64
"""Bits of an IPv6 address that one household has; it chooses the others as it likes."""


def name_of(address: str, key: bytes) -> str:
    """The name of a client under a key."""
    return blake2b(_household(address).encode(), key=key, digest_size=16).hexdigest()


class DailyKey:
    """A key of this process alone, never written anywhere."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._key, self._until = b"", float("-inf")

    def current(self) -> bytes:
        """The key of today."""
        if self._clock() >= self._until:
            self._key, self._until = secrets.token_bytes(32), self._clock() + DAY
        return self._key


def _household(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:  # a socket in a folder, or what a proxy made up
        return address
    if not isinstance(parsed, IPv6Address):
        return parsed.exploded
    if parsed.ipv4_mapped is not None:
        return parsed.ipv4_mapped.exploded
    return f"{int(parsed) >> (128 - _PREFIX):x}/{_PREFIX}"
