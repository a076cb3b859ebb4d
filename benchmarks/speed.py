"""askms' speed against a plain LangChain pipeline over the same model and corpus, in one run on one machine.

    askms index build && python -m benchmarks.speed

Three comparisons, each in interleaved rounds: a whole process from start to printed answer, one answer in a running
process (askms' whole answer against the chain's retrieval alone), and passages embedded a second.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from langchain_core.retrievers import BaseRetriever

from askms import Assistant, Settings
from askms.embedding import PACKAGED, open_embedder
from benchmarks.chain import chunks, model, save_store
from benchmarks.rounds import Times, in_turn, machine
from evals.sets import questions

QUESTION = "What is a relapse?"
PROCESSES = 5
ROUNDS = 5
ASKED = 48
"""Questions a round; more than either system remembers."""
EMBEDDED = 192
"""Chunks a round."""
OWN, PEER = "askms", "LangChain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What a comparison must reach."""

    words: str
    kept: bool


def main() -> None:
    """Run all three and print times, ratios and floors."""
    settings = Settings(model=PACKAGED, chat_model=None)
    assistant = Assistant.open(settings)
    assistant.warm()
    found = chunks(assistant.snapshot().documents.values())
    texts = [one.page_content for one in found][:EMBEDDED]
    print(machine())
    print("minimum / median / maximum of each")
    with TemporaryDirectory() as folder:
        peer_model = model()
        retriever = save_store(found, peer_model, Path(folder))
        _embedding(lambda: peer_model.embed_documents(texts), settings, texts)
        _answering(assistant, retriever)
        _starting(settings, Path(folder))
    print(machine())


def _starting(settings: Settings, store: Path) -> None:
    # A process that is told not to keep compiled modules would compile askms anew each time; no installed one is.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["ASKMS_INDEX_DIR"] = str(settings.index_dir)

    def process(*arguments: str) -> Callable[[], object]:
        command = [sys.executable, "-m", *arguments]
        return lambda: subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603

    systems = {OWN: process("askms", "ask", QUESTION), PEER: process("benchmarks.chain", str(store), QUESTION)}
    in_turn(systems, 1)  # warms the disk
    taken = in_turn(systems, PROCESSES)
    faster = taken[PEER].median / taken[OWN].median
    _say(
        "whole process, question to printed answer",
        taken,
        ("s", 1.0),
        [
            Floor(words=f"{faster:.1f} times as fast (at least 8)", kept=faster >= 8),
            Floor(words=f"{taken[OWN].median:.2f} s (at most 2)", kept=taken[OWN].median <= 2),
        ],
    )


def _answering(assistant: Assistant, retriever: BaseRetriever) -> None:
    asked = [one.question for one in questions("dev") if one.sources and not one.history][:ASKED]
    own: list[float] = []
    peer: list[float] = []
    for question in asked * ROUNDS:
        taken = in_turn({OWN: partial(assistant.ask, question), PEER: partial(retriever.invoke, question)}, 1)
        own += taken[OWN].seconds
        peer += taken[PEER].seconds
    times = {OWN: Times(seconds=own), PEER: Times(seconds=peer)}
    slower = times[OWN].median / times[PEER].median
    floor = Floor(words=f"{slower:.2f} times its time (at most 1.5)", kept=slower <= 1.5)
    _say("a whole answer, against the chain's retrieval alone", times, ("ms", 1000.0), [floor])


def _embedding(peer: Callable[[], object], settings: Settings, texts: Sequence[str]) -> None:
    embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
    systems = {OWN: lambda: embedder.embed_passages(texts), PEER: peer}
    in_turn(systems, 1)  # loads both
    taken = in_turn(systems, ROUNDS)
    faster = taken[PEER].median / taken[OWN].median
    floor = Floor(words=f"{faster:.2f} times as many a second (at least 2.5)", kept=faster >= 2.5)
    rates = {name: Times(seconds=[len(texts) / s for s in one.seconds]) for name, one in taken.items()}
    _say(f"embedding {len(texts)} chunks", rates, ("passages/s", 1.0), [floor])


def _say(what: str, times: dict[str, Times], unit: tuple[str, float], floors: Sequence[Floor]) -> None:
    print(f"\n{what}")
    for name, one in times.items():
        print(f"  {name:10} {one.words(*unit)}")
    for floor in floors:
        print(f"  {floor.words}: {'kept' if floor.kept else 'MISSED'}")


if __name__ == "__main__":
    main()
