"""Takes out what names a person: names, dates, homes, phones, e-mail, records, national ids, accounts.

Masking comes before matching, logging, storage and any model call, so the rest of askms
never holds an identifier. Names of trials, papers and their authors are kept: they are what
people ask about. Where in doubt about a long number, it is masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from askms.guardrails.identifiers.dates import mask_births, mask_births_beside_people
from askms.guardrails.identifiers.kept import Kept
from askms.guardrails.identifiers.numbers import mask_numbers
from askms.guardrails.identifiers.online import mask_online
from askms.guardrails.identifiers.people import mask_people
from askms.guardrails.identifiers.places import mask_places
from askms.guardrails.identifiers.whole_dates import mask_whole_dates

_ROUNDS: Final = 3
"""A mask can show that what stands beside it is an identifier too."""


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without identifiers, and whether it had any."""

    text: str
    found: bool


def mask(text: str) -> Masked:
    """Replace identifiers by a word in square brackets."""
    kept = Kept(text)
    masked = kept.marked
    for _ in range(_ROUNDS):
        before, masked = masked, _masked_once(masked)
        if masked == before:
            break
    return Masked(kept.restore(masked), masked != kept.marked)


def _masked_once(text: str) -> str:
    # Names come late: what stands in an address or an e-mail is no name, and a mask behind a name helps to tell it.
    for step in (
        mask_online,
        mask_births,
        mask_whole_dates,
        mask_places,
        mask_numbers,
        mask_people,
        mask_births_beside_people,
    ):
        text = step(text)
    return text
