"""Passwords of staff as they may be stored. The only place that knows argon2."""

from __future__ import annotations

from threading import BoundedSemaphore
from typing import Final
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from askms.errors import StaffError

LEAST: Final = 12
MOST: Final = 1000
"""Characters of a password."""
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
"""The settings of the OWASP Password Storage Cheat Sheet: the library's own take 64 MiB, of a machine that answers."""
_AT_ONCE: Final = BoundedSemaphore(2)
"""Many sign-ins at once must not take memory and cores from the answers."""
_NOBODYS: Final = "$argon2id$v=19$m=19456,t=2,p=1$iIgdZDwOTcWVQWDH1s2sWg$voWXucgQM6nhZpetI0+zpLvouesLVmH29gXHI+GGy+A"
"""Fits no password; compared with where there is no other, so that an unknown name takes as long as a known one."""


def hashed(password: str) -> str:
    """What is stored of a password.

    Raises:
        StaffError: it is too short or too long.
    """
    plain = normalize("NFKC", password)
    if not LEAST <= len(plain) <= MOST:
        raise StaffError(f"A password has {LEAST} to {MOST:,} characters; this one has {len(plain):,}. Choose another.")
    with _AT_ONCE:
        return _HASHER.hash(plain)


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password. Takes as long where there is none to compare with."""
    plain = normalize("NFKC", password)[:MOST]
    with _AT_ONCE:
        try:
            return _HASHER.verify(stored or _NOBODYS, plain) and stored is not None
        except (Argon2Error, InvalidHashError):
            return False


def renewed(stored: str, password: str) -> str:
    """The hash to store after a sign-in: a new one where today's are made more slowly than the stored one."""
    return hashed(password) if _HASHER.check_needs_rehash(stored) else stored
