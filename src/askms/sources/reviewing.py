"""What a person should look at before the words of a source that a program read are shown to patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from askms.sentences import needs_previous, split_sentences
from askms.sources.legible import in_english

LONGEST: Final = 45
"""Words of a sentence; longer ones are hard to read."""
_EXCERPT: Final = 80


def review_notes(sentences: Sequence[str], withheld: Callable[[str], bool]) -> list[str]:
    """Notes on the words themselves, one plain sentence each.

    Args:
        sentences: all that were read, in order.
        withheld: whether patients would never be shown a sentence; see `without_withheld`.
    """
    notes = [
        "The text is the source's own words: make sure that you may show them to patients.",
        "Set evidence_level, population, n, limits and trust: a program cannot judge them.",
    ]
    if not in_english(" ".join(sentences)):
        notes.append("The text does not seem to be in English: askms answers in English only.")
    leaning = [one for one in sentences if needs_previous(one)]
    amounts = [one for one in sentences if withheld(one)]
    long = [one for one in sentences if len(one.split()) > LONGEST]
    if leaning:
        notes.append(
            f"{counted(len(leaning), 'sentence leans', 'sentences lean')} on the one before and cannot stand alone. "
            f"First: {excerpt(leaning[0])}"
        )
    if amounts:
        notes.append(
            f"{counted(len(amounts), 'sentence', 'sentences')} with an amount, a schedule or an order to the reader "
            f"{'was' if len(amounts) == 1 else 'were'} left out: patients are never shown such. "
            f"First: {excerpt(amounts[0])}"
        )
    if long:
        notes.append(
            f"{counted(len(long), 'sentence has', 'sentences have')} more than {LONGEST} words, which is hard to read. "
            f"First: {excerpt(long[0])}"
        )
    return notes


def without_withheld(sections: Sequence[tuple[str, str]], withheld: Callable[[str], bool]) -> list[tuple[str, str]]:
    """The sections without the sentences that patients are never shown, and without what leans on those.

    They would be kept from every reply, but they would stand beside a quotation, and one order to the reader makes
    the index keep out the whole passage around it.
    """
    kept = []
    for heading, text in sections:
        gone, paragraphs = False, []
        for paragraph in text.split("\n\n"):
            shown = []
            for sentence in split_sentences(paragraph):
                gone = withheld(sentence) or (gone and needs_previous(sentence))
                if not gone:
                    shown.append(sentence)
            if shown:
                paragraphs.append(" ".join(shown))
        if paragraphs:
            kept.append((heading, "\n\n".join(paragraphs)))
    return kept


def left_out_note(stretches: Sequence[str]) -> list[str]:
    """A note on text that was left out because it does not read as whole sentences, if there is any."""
    if not stretches:
        return []
    return [
        f"{counted(len(stretches), 'stretch', 'stretches')} of text did not read as whole sentences and "
        f"{'was' if len(stretches) == 1 else 'were'} left out. First: {excerpt(stretches[0])}"
    ]


def counted(number: int, one: str, many: str) -> str:
    """A number with its word."""
    return f"{number:,} {one if number == 1 else many}"


def excerpt(text: str) -> str:
    """The start of a text, in quotation marks."""
    return f"“{text}”" if len(text) <= _EXCERPT else f"“{text[:_EXCERPT].rsplit(' ', 1)[0]} …”"
