"""In what two receipts differ, field by field, in lines that can be set side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from askms.api.staff.comparing import Sides, compare
from askms.receipt import Receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One thing that is not the same in both."""

    field: str
    """Of `Receipt`."""
    name: str
    """What staff call it."""
    sides: Sides


def contrasts(one: Receipt, other: Receipt) -> list[Contrast]:
    """What differs, but for the id, which differs whenever anything does."""
    return [
        Contrast(field=field, name=name, sides=sides)
        for field, (name, lines) in FIELDS.items()
        if getattr(one, field) != getattr(other, field)
        for sides in [compare("\n".join(lines(one)), "\n".join(lines(other)))]
        if field != "hits" or not sides.same
    ] + _scores(one, other)


def _history(receipt: Receipt) -> Iterable[str]:
    return (f"{turn.role}: {turn.content}" for turn in receipt.history)


def _settings(receipt: Receipt) -> Iterable[str]:
    return (f"{name}: {value}" for name, value in receipt.settings.items())


def _verdicts(receipt: Receipt) -> Iterable[str]:
    return (f"{one.guard} {'passed' if one.allowed else 'stopped'}: {one.reason or '-'}" for one in receipt.verdicts)


def _hits(receipt: Receipt) -> Iterable[str]:
    """Passages alone: their scores shift a little with every build."""
    return (f"{hit.source_id} {hit.passage_key}" for hit in receipt.hits)


def _scores(one: Receipt, other: Receipt) -> list[Contrast]:
    """Passages that both found, with scores that are not the same."""
    scored = [{hit.passage_key: hit for hit in receipt.hits} for receipt in (one, other)]
    both = [key for key in scored[0] if key in scored[1] and scored[0][key] != scored[1][key]]
    if not both:
        return []
    lines = (
        "\n".join(
            f"{hit.source_id} {key}: fused {hit.fused}, meaning {hit.dense}, words {hit.keyword}"
            for key in both
            for hit in [found[key]]
        )
        for found in scored
    )
    return [Contrast(field="hits", name="Scores of the same passages", sides=compare(*lines))]


def _citations(receipt: Receipt) -> Iterable[str]:
    return (
        f"{span.source_id} {span.passage_key} {span.start}-{span.end}, file {span.content_hash[:12]}"
        for span in receipt.citations
    )


def _plain(field: str) -> Callable[[Receipt], Iterable[str]]:
    def lines(receipt: Receipt) -> Iterable[str]:
        value = getattr(receipt, field)
        return () if value in (None, "") else (str(value),)

    return lines


FIELDS: Final[Mapping[str, tuple[str, Callable[[Receipt], Iterable[str]]]]] = {
    "question": ("Masked question", _plain("question")),
    "history": ("Said before", _history),
    "locale": ("Place", _plain("locale")),
    "route": ("Route", _plain("route")),
    "flags": ("Flags", lambda receipt: receipt.flags),
    "citations": ("Citations", _citations),
    "confidence": ("Confidence", _plain("confidence")),
    "verdicts": ("Guards", _verdicts),
    "searched": ("Searched with", _plain("searched")),
    "hits": ("Passages found", _hits),
    "writer": ("Writer", _plain("writer")),
    "settings": ("Settings", _settings),
    "snapshot": ("Index", _plain("snapshot")),
    "model": ("Embedding model", _plain("model")),
    "wording": ("Fixed words", _plain("wording")),
    "askms": ("askms", _plain("askms")),
    "version": ("Form of the receipt", _plain("version")),
    "text_sha256": ("Fingerprint of the text", _plain("text_sha256")),
}
"""What staff call each field, and how it is put into lines; what matters most first."""
