"""Choose what to corrupt in a corpus, and write it into a copy.

Only what replies cite is chosen, so that each corruption has a reply to show itself in.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from askms.sources.corpus import corpus_files
from askms.types import Document
from evals.mutations import mutations

KINDS: Final = ("number", "negation", "deleted")
SEED: Final = 20261122
SENTENCES: Final = 12
"""Sentences of each kind of mutation."""
SOURCES: Final = 4
"""Sources to delete."""

Words = tuple[str, str]
"""A source and words of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """One change of the corpus."""

    kind: str
    """One of KINDS."""
    source: str
    old: str = ""
    """The sentence as it was; empty when the whole source goes, so that any words of it are old."""
    new: str = ""
    """The sentence as it is now; empty when the whole source goes."""

    def was_in(self, shown: Iterable[Words]) -> bool:
        """Whether some of these words are from before the change."""
        return any(source == self.source and self.old in words for source, words in shown)

    def is_in(self, shown: Iterable[Words]) -> bool:
        """Whether some of these words are what the change made; never, of a source that is gone."""
        return bool(self.new) and any(source == self.source and self.new in words for source, words in shown)


def choose(cited: Iterable[Words], documents: Mapping[str, Document]) -> tuple[Corruption, ...]:
    """Pick sources to delete and sentences to change among those cited; fewer where too few are cited.

    What other sources name as a conflict or an answer stays as it is, or the corpus would not load. So does a
    sentence that stands in the corpus twice, because the other one may still be quoted.
    """
    chance = random.Random(SEED)  # noqa: S311 - nothing secret
    quotes = sorted(set(cited))
    named = _named_sources(documents.values())
    removable = sorted({source for source, _ in quotes} - named)
    deleted = chance.sample(removable, min(SOURCES, len(removable)))
    fixed = _named_sentences(documents.values())
    chance.shuffle(quotes)
    changed: dict[str, Corruption] = {}
    for kind in ("number", "negation"):
        possible = (
            Corruption(kind=kind, source=source, old=quote, new=mutation.text)
            for source, quote in quotes
            if source not in deleted and quote not in fixed and quote not in changed
            for mutation in mutations(quote, SEED)
            if mutation.kind == kind and sum(d.body.count(quote) for d in documents.values()) == 1
        )
        changed |= {corruption.old: corruption for corruption in list(islice(possible, SENTENCES))}
    return (*changed.values(), *(Corruption(kind="deleted", source=source) for source in deleted))


def write(corruptions: Iterable[Corruption], corpus: Path) -> None:
    """Change the files of a corpus folder; their front matter stays.

    Raises:
        ValueError: a sentence does not stand in its source exactly once.
    """
    files = {path.stem: path for path in corpus_files(corpus)}
    for corruption in corruptions:
        file = files[corruption.source]
        if not corruption.old:
            file.unlink()
            continue
        front, mark, body = file.read_text(encoding="utf-8").partition("\n---\n")
        lines_may_break = r"\s+".join(re.escape(word) for word in corruption.old.split())
        parts = re.split(lines_may_break, body)
        if len(parts) != 2:
            times = len(parts) - 1
            raise ValueError(f"{corruption.old!r} stands {times} times in {file.name}; choose another sentence.")
        file.write_text(front + mark + corruption.new.join(parts), encoding="utf-8")


def _named_sources(documents: Collection[Document]) -> set[str]:
    conflicts = {conflict.source_id for document in documents for conflict in document.conflicts_with}
    answers = (answer for d in documents for dispute in d.disputed_by for answer in dispute.answered_by)
    return conflicts | {answer.source_id for answer in answers}


def _named_sentences(documents: Collection[Document]) -> set[str]:
    disputes = [dispute for document in documents for dispute in document.disputed_by]
    answers = {answer.sentence for dispute in disputes for answer in dispute.answered_by}
    return answers | {dispute.sentence for dispute in disputes}
