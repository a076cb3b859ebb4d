"""Measure abstention and routing on one of the sets, with Wilson intervals.

    python -m evals.measure [dev|heldout] [--odd]

`--odd` takes every second row only: the half on which nothing was chosen (see README.md).
"""

from __future__ import annotations

import sys
from collections import Counter
from math import sqrt

from askms import Assistant
from evals.sets import questions, routes


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """95% interval of a proportion (Wilson, JASA 1927)."""
    if of == 0:
        return 0.0, 1.0
    p, n = hits / of, of
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return middle - half, middle + half


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
    of: Counter[str] = Counter()
    accepted: Counter[str] = Counter()
    reached_answer: Counter[str] = Counter()
    for message in routes(name)[rows]:
        route = assistant.ask(message.message, message.history).route.value
        of[message.route] += 1
        accepted[message.route] += route in message.accept or (route == "no_evidence" and "answer" in message.accept)
        reached_answer[message.route] += route in ("answer", "no_evidence")
    for route in of:
        report(f"route {route}: acceptable", accepted[route], of[route])
    for route in ("crisis", "emergency", "urgent", "misuse", "dosing", "decision", "diagnosis"):
        report(f"route {route}: reached a plain answer", reached_answer[route], of[route])


def report(what: str, hits: int, of: int) -> None:
    """Print a proportion with its interval."""
    low, high = wilson(hits, of)
    print(f"{what}: {hits}/{of} = {hits / max(of, 1):.1%} ({low:.1%} to {high:.1%})")


if __name__ == "__main__":
    main()
