"""Staff of the console and their sessions, as values that know no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from hashlib import sha256
from typing import Final

ABSOLUTE: Final = timedelta(hours=12)
"""A session ends this long after its sign-in, ..."""
IDLE: Final = timedelta(hours=1)
"""... and this long after it was last used."""


class Role(Enum):
    """What a member of staff may do; each may do what those before it may."""

    VIEWER = "viewer"
    """Reads."""
    EDITOR = "editor"
    """Works on feedback and saves eval cases."""
    ADMIN = "admin"
    """Exports, erases, and sees the audit log."""

    def may(self, needed: Role) -> bool:
        """Whether this role is enough where another is needed."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member of staff."""

    name: str
    role: Role
    added_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A member of staff with a session."""

    name: str
    role: Role
    token: str
    """What the browser holds; whoever has it is this person."""

    @property
    def form_key(self) -> str:
        """What a form must bring along, so that no other site can send it. The token cannot be had back from it."""
        return sha256(f"form {self.token}".encode()).hexdigest()
