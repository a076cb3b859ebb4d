"""The text of a reply, piece by piece: what a stream of plain words sends.

Put together the pieces are `Reply.text`, letter for letter, so that what streams says no
less than what comes whole, and the disclaimer is the end of both. Each was checked before
it is here (P6).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from askms.assistant import Answer, Event, Started
from askms.reply import BREAK, Card, Reply, card_text, claim_text
from askms.types import Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """Where in the text of a reply a sentence stands that rests on sources."""

    start: int
    end: int
    source_ids: tuple[str, ...]


class Pieces:
    """Makes pieces of events, in their order."""

    def __init__(self) -> None:
        """Nothing is sent yet."""
        self._numbers: dict[str, int] = {}
        self._sent = ""

    def of(self, event: Event) -> Iterator[str | Answer]:
        """The pieces that an event brings, after the last one the whole answer.

        Raises:
            AssertionError: what was sent is not how the reply begins. The stream must end as failed.
        """
        match event:
            case Started():
                return
            case Answer():
                text = event.reply.text
                if not text.startswith(self._sent):
                    raise AssertionError("a stream sent other words than the reply has")
                yield text[len(self._sent) :]
                yield event
            case _:
                piece = self._words(event) + BREAK
                self._sent += piece
                yield piece

    def _words(self, event: Card | Claim) -> str:
        if isinstance(event, Card):
            return card_text(event)
        for citation in event.citations:
            self._numbers.setdefault(citation.source_id, len(self._numbers) + 1)
        return claim_text(event, self._numbers)


def pieces(events: Iterable[Event]) -> Iterator[str | Answer]:
    """The pieces of a reply as its events come, then the whole answer. Raises what `Pieces.of` raises."""
    made = Pieces()
    for event in events:
        yield from made.of(event)


def cited(reply: Reply) -> list[Cited]:
    """The cited sentences of a reply, by their place in its text."""
    numbers = {source.id: number for number, source in enumerate(reply.sources, 1)}
    at = sum(len(card_text(card) + BREAK) for card in reply.cards)
    found = []
    for claim in reply.claims:
        if claim.citations:
            sources = tuple(dict.fromkeys(citation.source_id for citation in claim.citations))
            found.append(Cited(start=at, end=at + len(claim.text), source_ids=sources))
        at += len(claim_text(claim, numbers) + BREAK)
    return found
