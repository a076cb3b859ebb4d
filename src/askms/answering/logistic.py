"""Logistic regressions whose numbers lie beside this module as JSON, each fitted with the ranker and without."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def probability(name: str, values: Mapping[str, float], *, was_read: bool) -> float:
    """What `<name>.json` makes of the values, 0 to 1; `was_read` says whether a ranker read the sentences."""
    fitted = _fitted(name)["ranker" if was_read else "signals"]
    odds = fitted["intercept"] + sum(weight * values[key] for key, weight in fitted["weights"].items())
    return 1 / (1 + math.exp(-odds))


@cache
def _fitted(name: str) -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(files("askms.answering").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return numbers
