"""Logistic regressions whose numbers lie beside this module as JSON, with and without ranker and precedents."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


def probability(name: str, values: Mapping[str, float | None], *, was_read: bool) -> float:
    """What `<name>.json` makes of the values, 0 to 1.

    Args:
        name: which regression.
        values: by name; what precedents say is none where there are none.
        was_read: whether a ranker read the sentences.
    """
    kind = "ranker" if was_read else "signals"
    known = {key: value for key, value in values.items() if value is not None}
    fitted = _fitted(name)[kind if len(known) < len(values) else f"{kind}+precedents"]
    odds = fitted["intercept"] + sum(weight * known[key] for key, weight in fitted["weights"].items())
    return 1 / (1 + math.exp(-odds))


@cache
def _fitted(name: str) -> dict[str, Any]:
    numbers: dict[str, Any] = json.loads(files("askms.answering").joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return numbers
