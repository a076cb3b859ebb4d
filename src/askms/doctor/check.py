"""What looking at one thing came to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that askms needs."""

    name: str
    ok: bool
    found: str
    """What is there, or what is wrong with it."""
    mend: str = ""
    """What to do about it; empty where all is well."""


def fine(name: str, found: str) -> Check:
    """All is well."""
    return Check(name=name, ok=True, found=found)


def problem(name: str, found: str, mend: str) -> Check:
    """Something is wrong."""
    return Check(name=name, ok=False, found=found, mend=mend)
