"""All checks in order. One that fails itself is a problem, never a pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from askms.doctor import machine, parts
from askms.doctor.check import Check, problem
from askms.errors import AskmsError
from askms.settings import Settings

_CHECKS: Final[tuple[tuple[str, Callable[[Settings], Check]], ...]] = (
    ("embedding model", parts.embedding_model),
    ("rails, ranker and judge", parts.networks),
    ("corpus", parts.corpus),
    ("index", parts.index),
    ("records", parts.records),
    ("chat model", parts.chat_model),
    ("Redis", parts.redis),
    ("folders", machine.folders),
    ("port", machine.port),
    ("disk", machine.disk),
    ("clock", machine.clock),
)


def examine(settings: Settings) -> Iterator[Check]:
    """Look at everything, one thing after the other; nothing is changed."""
    for name, look in _CHECKS:
        try:
            yield look(settings)
        except AskmsError as exc:
            what, _, next_step = str(exc).rpartition(". ")  # our errors end with the next step
            yield problem(name, what or next_step, next_step)
        except Exception as exc:  # noqa: BLE001 - its text is not shown, as it may hold an address with a password
            yield problem(name, f"looking at it failed with {type(exc).__name__}", "Please report this.")
