"""Times taken in turn: what slows a shared machine for a while slows both systems."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds of one system."""

    seconds: Sequence[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.seconds)

    def words(self, unit: str, scale: float) -> str:
        """Minimum, median and maximum."""
        low, middle, high = (scale * value for value in (min(self.seconds), self.median, max(self.seconds)))
        return f"{low:.4g} / {middle:.4g} / {high:.4g} {unit}"


def in_turn(systems: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Times]:
    """Run every system once a round, in order, and time each run."""
    taken: dict[str, list[float]] = {name: [] for name in systems}
    for _ in range(rounds):
        for name, run in systems.items():
            begun = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - begun)
    return {name: Times(seconds=seconds) for name, seconds in taken.items()}


def machine() -> str:
    """The machine, and how busy it is: times on a busy one say less, ratios still something."""
    models = [line for line in _lines(Path("/proc/cpuinfo")) if line.startswith("model name")]
    name = models[0].split(":", 1)[1].strip() if models else platform.processor() or platform.machine()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{name}, {os.cpu_count()} processors{load}, {platform.system()}, Python {platform.python_version()}"


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
