"""Does every reply end with the disclaimer, as it stands, once?"""

from __future__ import annotations

from typing import Final

from askms import DISCLAIMER
from evals.cases import Case
from evals.responses import Response
from evals.scores import Metric

METRIC: Final = Metric(
    name="disclaimer", meaning="Share of replies that end with the disclaimer and hold it once.", paper="", floor=1.0
)


def ends_with_it(case: Case, response: Response) -> float:
    """1 when the disclaimer is the end of the reply and stands nowhere else."""
    return float(not faults(case, response))


def faults(case: Case, response: Response) -> tuple[str, ...]:
    """What is wrong with the disclaimer."""
    times = response.text.count(DISCLAIMER)
    if times == 0:
        return ("no disclaimer",)
    last = response.text.endswith(DISCLAIMER)
    return (*(() if last else ("the disclaimer is not last",)), *(() if times == 1 else (f"it stands {times} times",)))
