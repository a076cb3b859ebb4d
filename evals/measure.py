"""Measure abstention on one of the sets, with Wilson intervals.

    python -m evals.measure [dev|heldout] [--odd]

`--odd` takes every second row only: the half on which nothing was chosen (see README.md).
"""

from __future__ import annotations

import sys
from collections import Counter

from askms import Assistant
from evals.intervals import wilson
from evals.sets import questions


def main() -> None:
    """Print one line a measure."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    name = names[0] if names else "dev"
    rows = slice(1, None, 2) if "--odd" in sys.argv else slice(None)
    assistant = Assistant.open()
    answered: Counter[str] = Counter()
    right_source: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for item in questions(name)[rows]:
        reply = assistant.ask(item.question, item.history)
        cited = {citation.source_id for claim in reply.claims for citation in claim.citations}
        asked[item.kind] += 1
        answered[item.kind] += bool(cited)
        right_source[item.kind] += bool(cited & item.sources)
    for kind in sorted(asked):
        report(f"{kind}: answered", answered[kind], asked[kind])
        if kind in ("answerable", "partly", "false_premise"):
            report(f"{kind}: cites a right source", right_source[kind], asked[kind])


def report(what: str, hits: int, of: int) -> None:
    """Print a proportion with its interval."""
    low, high = wilson(hits, of)
    print(f"{what}: {hits}/{of} = {hits / max(of, 1):.1%} ({low:.1%} to {high:.1%})")


if __name__ == "__main__":
    main()
