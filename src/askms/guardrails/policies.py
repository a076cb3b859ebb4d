"""What a reply on each route must say and may never say: the table of the policy, as data that code obeys.

`policies.json` can be read and signed by somebody who knows no Python. Two things rest on
it: the review drops a quoted sentence that its route forbids, and fixed words that leave
a required slot open are refused before anybody reads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

from askms.guardrails.showing import amount_in
from askms.types import Route
from askms.wording import LOCALES, Wording, WordingError, wording

Scan = Callable[[str], bool]
"""Whether a sentence holds something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutePolicy:
    """The row of one route, or of one kind of it."""

    evidence: bool
    """Whether sources are looked up."""
    must_say: Mapping[str, re.Pattern[str]]
    """Slot to the words that fill it."""
    never_shown: Mapping[str, Scan]
    """What no quoted sentence may hold, by name, besides what none may hold on any route."""
    never_fixed: Mapping[str, Scan]
    """What no fixed word of the route may hold, by name."""

    def forbids(self, sentence: str) -> str | None:
        """Name what a quoted sentence holds that it may not, or nothing."""
        return next((name for name, scan in self.never_shown.items() if scan(sentence)), None)

    def open_slots(self, text: str) -> tuple[str, ...]:
        """The slots that a text leaves open. One sentence or card a line."""
        return tuple(name for name, filled in self.must_say.items() if filled.search(text) is None)


_CODED: Final[Mapping[str, Scan]] = MappingProxyType({"amount": lambda sentence: amount_in(sentence) is not None})


@cache
def policies() -> Mapping[str, RoutePolicy]:
    """Every row by route, or route and kind of it: `offtopic`, `offtopic.greeting`."""
    raw = files("askms.guardrails").joinpath("policies.json").read_text(encoding="utf-8")
    return parse(raw, wording())


def policy_of(route: Route, variant: str | None = None) -> RoutePolicy:
    """The row for a route; a kind without a row of its own has its route's."""
    return policies().get(f"{route.value}.{variant}") or policies()[route.value]


def parse(raw: str, words: Wording) -> Mapping[str, RoutePolicy]:
    """Check a file of policies and the fixed words against each other.

    Raises:
        WordingError: the file is damaged, or the words leave a slot open or hold what they may not.
    """
    try:
        data: dict[str, Any] = json.loads(raw)
        scans = {**_CODED, **{name: _scan(pattern) for name, pattern in data["scans"].items()}}
        rows = {name: _row(row, scans) for name, row in data["routes"].items()}
    except (KeyError, TypeError, ValueError, AttributeError, re.error) as exc:
        raise WordingError(f"policies.json: {exc!r}. Restore the file from the repository.") from exc
    missing = sorted({route.value for route in Route} - rows.keys())
    if missing:
        raise WordingError(f"policies.json: routes: missing {', '.join(missing)}.")
    for name in sorted({*rows, *words.routes, *words.cards}):
        row = rows.get(name) or rows[name.partition(".")[0]]
        for text in _fixed_texts(words, name):
            _check(name, row, text)
    return MappingProxyType(rows)


def _check(name: str, row: RoutePolicy, text: str) -> None:
    if slots := row.open_slots(text):
        raise WordingError(f"wording.json: {name}: nothing fills {', '.join(slots)}. Restore those words.")
    held = [scan for scan, holds in row.never_fixed.items() if any(map(holds, text.split("\n")))]
    if held:
        raise WordingError(f"wording.json: {name}: holds {', '.join(held)}. Take those words out.")


def _fixed_texts(words: Wording, name: str) -> Sequence[str]:
    """The fixed words of a row as a reader meets them; once for each place where a card has numbers."""
    kind, _, variant = name.partition(".")
    around = words.routes.get(name) or words.routes[kind]
    sentences = (*around.lead, *around.tail, *around.questions)
    if kind not in words.cards:
        return ["\n".join(sentences)]
    cards = [words.card(kind, locale, variant or None) for locale in LOCALES]
    return ["\n".join((card.title, card.text, *(c.label for c in card.contacts), *sentences)) for card in cards]


def _row(row: Mapping[str, Any], scans: Mapping[str, Scan]) -> RoutePolicy:
    unknown = row.keys() - {"evidence", "must_say", "never_shown", "never_fixed"}
    if unknown:
        raise ValueError(f"unknown field {sorted(unknown)}")
    return RoutePolicy(
        evidence=row.get("evidence", False) is True,
        must_say=MappingProxyType({slot: re.compile(pattern) for slot, pattern in row["must_say"].items()}),
        never_shown=MappingProxyType({name: scans[name] for name in row.get("never_shown", ())}),
        never_fixed=MappingProxyType({name: scans[name] for name in row["never_fixed"]}),
    )


def _scan(pattern: str) -> Scan:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda sentence: compiled.search(sentence) is not None
