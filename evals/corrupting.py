"""Mutation test of the whole system: a corrupted corpus changes the replies that rest on it, and no others.

    python -m evals.corrupting [--set dev]

A set is asked over a copy of the index. Then some of the sentences that the replies cite get another
number or are negated, and some sources go; askms builds again, and the same questions are asked of the
same running assistant. The corpus and the index of the settings are read, never written.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from rich.console import Console
from rich.progress import track
from rich.table import Table

from askms import Assistant, Turn
from askms.build import build_index
from askms.embedding import Embedder, open_embedder
from askms.index import LiveIndex
from askms.settings import Settings
from askms.types import Document
from evals.cases import cases
from evals.corruptions import KINDS, Corruption, Words, choose, write
from evals.intervals import wilson
from evals.responses import Response
from evals.running import Progress
from evals.targets.own import Own

Choose = Callable[[Iterable[Words], Mapping[str, Document]], Sequence[Corruption]]
"""Says what to corrupt, from the words that replies cite and the sources by id."""


class Question(NamedTuple):
    """What is asked."""

    id: str
    question: str
    history: Sequence[Turn] = ()


class Became(Enum):
    """What became of a reply; the first three are right for one that cited what was corrupted."""

    FOLLOWS = "quotes the corrupted words"
    ELSEWHERE = "quotes something else"
    ABSTAINS = "abstains"
    STALE = "still shows the old words"
    SAME = "unchanged"
    CHANGED = "changed"
    UNSCORED = "unscored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question, asked before and after."""

    id: str
    cited: frozenset[str]
    """Kinds of corruption that struck what the reply cited; empty: it was not affected."""
    answered: bool
    """Whether the reply before quoted anything."""
    weighed: bool
    """Whether a passage that was found, before or after, holds words that were changed or deleted."""
    became: Became
    why: str = ""
    """What is wrong with it, what moved it, or what it says now."""
    stayed: tuple[bool, ...] = ()
    """Of an affected reply that still answers: whether each other sentence that it quoted is still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Everything that one corruption of the corpus showed."""

    corruptions: tuple[Corruption, ...]
    outcomes: tuple[Outcome, ...]
    kept_out: tuple[str, ...]
    """Passages that the corruption brought into quarantine, each as source and reason."""


def run(
    questions: Sequence[Question],
    settings: Settings,
    embedder: Embedder,
    progress: Progress,
    choose: Choose = choose,
) -> Trial:
    """Ask, corrupt, build and ask again, all in a temporary folder.

    Raises:
        CorpusError: the corpus breaks the format.
        ModelUnavailable: the embedding model cannot be loaded.
    """
    with TemporaryDirectory() as temporary:
        corpus, index = Path(temporary) / "corpus", Path(temporary) / "index"
        shutil.copytree(settings.corpus_dir, corpus)
        if settings.index_dir.is_dir():  # a build reuses its vectors
            shutil.copytree(settings.index_dir, index)
        built = build_index(corpus, index, embedder)
        # A chat model words a reply anew each time; only quotations can be compared.
        assistant = Assistant(settings.model_copy(update={"chat_model": None}), embedder, LiveIndex(index))
        target = Own(assistant)

        def ask(what: str) -> dict[str, Response]:
            shown = progress(questions, what, len(questions))
            return {one.id: target.ask(one.question, one.history) for one in shown}

        before = ask("asking")
        cited = [words for response in before.values() for words in _quoted(response)]
        corruptions = tuple(choose(cited, assistant.snapshot().documents))
        write(corruptions, corpus)
        rebuilt = build_index(corpus, index, embedder)
        after = ask("asking again")
    return Trial(
        corruptions=corruptions,
        outcomes=tuple(outcome(one.id, before[one.id], after[one.id], corruptions) for one in questions),
        kept_out=tuple(sorted(dict(rebuilt.quarantined.items() - built.quarantined.items()).values())),
    )


def outcome(name: str, before: Response, after: Response, corruptions: Sequence[Corruption]) -> Outcome:
    """What became of the reply to one question.

    Args:
        name: id of the question.
        before: the reply from the corpus as it is.
        after: the reply from the corrupted one.
        corruptions: what differs.
    """
    cited = [c for c in corruptions if c.was_in(_quoted(before))]
    weighed = [c for c in corruptions if c.was_in(_found(before)) or c.is_in(_found(after))]
    kinds = frozenset(c.kind for c in cited)
    made = partial(Outcome, id=name, cited=kinds, answered=before.answered, weighed=bool(weighed))
    if before.error or after.error:
        return made(became=Became.UNSCORED, why=before.error or after.error)
    if cited:
        stale = [c for c in cited if c.was_in(_quoted(after) | _found(after)) or (c.old and c.old in after.text)]
        if stale:
            return made(became=Became.STALE, why=_names(stale))
        if not after.answered:
            return made(became=Became.ABSTAINS)
        others = [words for words in sorted(_quoted(before)) if not any(c.was_in([words]) for c in cited)]
        made = partial(made, stayed=tuple(words in _quoted(after) for words in others))
        if any(c.is_in(_quoted(after)) for c in cited):
            return made(became=Became.FOLLOWS)
        return made(became=Became.ELSEWHERE, why=_moved(before, after))
    if _claims(before) == _claims(after):
        return made(became=Became.SAME)
    return made(became=Became.CHANGED, why=_diagnosis(before, after, weighed))


def share(outcomes: Iterable[Outcome], *good: Became) -> tuple[int, int]:
    """How many became what is good, and how many were scored."""
    scored = [one for one in outcomes if one.became is not Became.UNSCORED]
    return sum(one.became in good for one in scored), len(scored)


def report(found: Trial) -> Iterator[Table | str]:
    """The shares with their 95% intervals, then every reply that a person should look at."""
    kinds = [c.kind for c in found.corruptions]
    yield "Corrupted: " + ", ".join(f"{kinds.count(kind)} {kind}" for kind in KINDS) + "."
    affected = [one for one in found.outcomes if one.cited]
    others = [one for one in found.outcomes if not one.cited]
    right = (Became.FOLLOWS, Became.ELSEWHERE, Became.ABSTAINS)
    table = Table("it cited", "changed", "new words", "other words", "abstains", title="Replies on what was corrupted")
    for kind in (*KINDS, "any"):
        group = [one for one in affected if kind == "any" or kind in one.cited]
        table.add_row(kind, _share(*share(group, *right)), *(str(share(group, became)[0]) for became in right))
    yield table
    stayed = [stays for one in affected for stays in one.stayed]
    yield f"Other sentences that those replies quoted and still do: {_share(sum(stayed), len(stayed))}."
    table = Table("it", "same claims", title="All other replies")
    for name, group in {
        "answered, found a corrupted passage": [one for one in others if one.answered and one.weighed],
        "answered, found none": [one for one in others if one.answered and not one.weighed],
        "quoted nothing": [one for one in others if not one.answered],
        "any": others,
    }.items():
        table.add_row(name, _share(*share(group, Became.SAME)))
    yield table
    for one in found.outcomes:
        if one.why:
            yield f"{one.id} {one.became.value}: {one.why}"
    for reason in found.kept_out:
        yield f"in quarantine since it was corrupted: {reason}"


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(description="Corrupt a copy of the corpus and see which replies change.")
    parser.add_argument(
        "--set", default="dev", dest="name", choices=("dev", "tuning", "heldout"), help="a set of cases"
    )
    asked = [Question(case.id, case.question, case.history) for case in cases(parser.parse_args().name)]
    settings = Settings()
    shown = Console(stderr=True)

    def progress(items: Iterable[Any], what: str, total: int) -> Iterator[Any]:
        return iter(track(items, what, total=total, console=shown, transient=True))

    embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
    trial = run(asked, settings, embedder, progress)
    out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
    for part in report(trial):
        out.print(part)


def _quoted(response: Response) -> set[Words]:
    return {(quote.source, quote.quote) for said in response.said for quote in said.citations}


def _found(response: Response) -> set[Words]:
    return {(found.source, found.passage) for found in response.found}


def _claims(response: Response) -> list[tuple[str, list[Words]]]:
    return [(said.text, [(quote.source, quote.quote) for quote in said.citations]) for said in response.said]


def _diagnosis(before: Response, after: Response, weighed: Sequence[Corruption]) -> str:
    quoted = [c for c in weighed if c.is_in(_quoted(after))]
    if quoted:
        cause = f"quotes corrupted words: {_names(quoted)}"
    elif weighed:
        cause = f"found corrupted passages: {_names(weighed)}"
    else:
        cause = "found nothing corrupted, only scores moved"
    return f"{cause}; {_moved(before, after)}"


def _moved(before: Response, after: Response) -> str:
    texts = [said.text for said in before.said], [said.text for said in after.said]
    lost, gained = ([text for text in one if text not in other] for one, other in (texts, texts[::-1]))
    moved = f"lost {lost}, gained {gained}" if lost or gained else "same sentences, in another order or from elsewhere"
    return f"confidence {before.confidence} to {after.confidence}; {moved}"


def _names(corruptions: Collection[Corruption]) -> str:
    return ", ".join(sorted({f"{c.source} ({c.kind})" for c in corruptions}))


def _share(hits: int, of: int) -> str:
    low, high = wilson(hits, of)
    return f"{hits}/{of} ({low:.1%} to {high:.1%})"


if __name__ == "__main__":
    main()
