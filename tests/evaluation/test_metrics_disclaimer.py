"""The disclaimer stands last, once, as it stands."""

from __future__ import annotations

import pytest

from askms import DISCLAIMER
from evals.cases import Case
from evals.metrics.disclaimer import ends_with_it, faults
from evals.responses import Response

CASE = Case(id="c", kind="answerable", question="?")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f"It helps.\n\n{DISCLAIMER}", ()),
        ("It helps.", ("no disclaimer",)),
        (f"It helps.\n\n{DISCLAIMER.lower()}", ("no disclaimer",)),
        (f"{DISCLAIMER}\n\nIt helps.", ("the disclaimer is not last",)),
        (f"{DISCLAIMER}\n\n{DISCLAIMER}", ("it stands 2 times",)),
    ],
)
def test_every_way_to_get_it_wrong_is_told(text: str, told: tuple[str, ...]) -> None:
    assert faults(CASE, Response(text=text)) == told
    assert ends_with_it(CASE, Response(text=text)) == (not told)
