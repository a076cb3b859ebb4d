"""Takes out what names a person: names, dates, homes, phones, links, records, plates, accounts.

Masking comes before logging, storage, search and any chat model, so the rest of askms never
holds an identifier; the rails alone look for danger in what was typed as well, and keep nothing
of it. Names of trials, papers, their authors and public pages are kept: they are what people
ask about. Where in doubt about a long number, it is masked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from askms.guardrails.identifiers.banks import mask_banks
from askms.guardrails.identifiers.dates import mask_births, mask_births_beside_people
from askms.guardrails.identifiers.forms import mask_forms
from askms.guardrails.identifiers.handles import mask_handles
from askms.guardrails.identifiers.kept import Kept
from askms.guardrails.identifiers.links import mask_links
from askms.guardrails.identifiers.machines import mask_machines
from askms.guardrails.identifiers.numbers import mask_numbers
from askms.guardrails.identifiers.online import mask_online
from askms.guardrails.identifiers.people import mask_people
from askms.guardrails.identifiers.places import mask_places
from askms.guardrails.identifiers.positions import mask_positions
from askms.guardrails.identifiers.spoken import mask_spoken
from askms.guardrails.identifiers.spoken_streets import mask_spoken_streets
from askms.guardrails.identifiers.towns import mask_towns
from askms.guardrails.identifiers.vehicles import mask_vehicles
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
    # Links come first: whatever stands in one goes with it. Names come late: what stands in an address or an e-mail
    # is no name, and a mask behind a name helps to tell it.
    for step in (
        mask_links,
        mask_positions,
        mask_machines,
        mask_vehicles,
        mask_handles,
        mask_online,
        mask_banks,
        mask_births,
        mask_whole_dates,
        mask_spoken_streets,
        mask_places,
        mask_towns,
        mask_spoken,
        mask_numbers,
        mask_people,
        mask_forms,
        mask_births_beside_people,
    ):
        text = step(text)
    return text
