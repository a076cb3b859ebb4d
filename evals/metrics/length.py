"""How long is what a reply states?"""

from __future__ import annotations

from typing import Final

from evals.cases import Case
from evals.metrics.matching import some_statements
from evals.responses import Response
from evals.scores import Metric

METRIC: Final = Metric(
    name="words", meaning="Words of a reply's statements together.", paper="", kind="median", better="lower"
)


def words(case: Case, response: Response) -> float:
    """Words of the statements, as shown.

    Raises:
        Unscored: nothing is stated.
    """
    return float(sum(len(one.text.split()) for one in some_statements(response)))
