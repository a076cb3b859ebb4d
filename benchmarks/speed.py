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
ROUNDS = 3
ASKED = 48
"""Questions a round; more than either system remembers."""
EMBEDDED = 128
"""Chunks a round."""
OWN, PEER = "askms", "LangChain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """How two systems compare, at the median and at the minimum; on a busy machine the median may be anything."""

    median: float
    minimum: float

    def at_least(self, floor: float) -> bool:
        """Whether both reach it."""
        return min(self.median, self.minimum) >= floor

    def at_most(self, ceiling: float) -> bool:
        """Whether neither exceeds it."""
        return max(self.median, self.minimum) <= ceiling

    def __str__(self) -> str:
        return f"{self.median:.2f} times (at the minimum {self.minimum:.2f})"


def ratio(over: Times, under: Times) -> Ratio:
    """The time of one system over that of another."""
    return Ratio(median=over.median / under.median, minimum=min(over.seconds) / min(under.seconds))


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

    spent: dict[str, list[float]] = {OWN: [], PEER: []}

    def process(name: str, *arguments: str) -> Callable[[], object]:
        command = [sys.executable, "-m", *arguments]

        def run() -> None:
            before = _spent_by_children()
            subprocess.run(command, env=environment, check=True, capture_output=True)  # noqa: S603
            spent[name].append(_spent_by_children() - before)

        return run

    systems = {
        OWN: process(OWN, "askms", "ask", QUESTION),
        PEER: process(PEER, "benchmarks.chain", str(store), QUESTION),
    }
    in_turn(systems, 1)  # warms the disk
    taken = in_turn(systems, PROCESSES)
    faster, own = ratio(taken[PEER], taken[OWN]), taken[OWN].median
    _say("whole process, question to printed answer", taken, ("s", 1.0))
    _floor(f"as fast {faster}, at least 8", faster.at_least(8))
    _floor(f"{own:.2f} s, at most 2", own <= 2)
    work = {name: Times(seconds=seconds[1:]) for name, seconds in spent.items()}
    _say("the same in time of processors, which waiting for others does not lengthen", work, ("s", 1.0))
    print(f"  as little {ratio(work[PEER], work[OWN])}", flush=True)


def _spent_by_children() -> float:
    """Seconds that processors worked for the processes that ended."""
    times = os.times()
    return times.children_user + times.children_system


def _answering(assistant: Assistant, retriever: BaseRetriever) -> None:
    asked = [one.question for one in questions("dev") if one.sources and not one.history][:ASKED]
    ask: dict[str, Callable[[str], object]] = {OWN: assistant.ask, PEER: retriever.invoke}
    taken: dict[str, list[float]] = {name: [] for name in ask}
    # Systems take turns by rounds, not by questions: for a moment after its work PyTorch keeps the processors busy.
    for _ in range(ROUNDS):
        for name, put in ask.items():
            put("What is multiple sclerosis?")
            for question in asked:
                taken[name] += in_turn({name: partial(put, question)}, 1)[name].seconds
    times = {name: Times(seconds=seconds) for name, seconds in taken.items()}
    slower = ratio(times[OWN], times[PEER])
    _say("a whole answer, against the chain's retrieval alone", times, ("ms", 1000.0))
    _floor(f"its time {slower}, at most 1.5", slower.at_most(1.5))


def _embedding(peer: Callable[[], object], settings: Settings, texts: Sequence[str]) -> None:
    embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
    systems = {OWN: lambda: embedder.embed_passages(texts), PEER: peer}
    in_turn(systems, 1)  # loads both
    taken = in_turn(systems, ROUNDS)
    faster = ratio(taken[PEER], taken[OWN])
    rates = {name: Times(seconds=[len(texts) / s for s in one.seconds]) for name, one in taken.items()}
    _say(f"embedding {len(texts)} chunks", rates, ("passages/s", 1.0))
    _floor(f"as many a second {faster}, at least 2.5", faster.at_least(2.5))


def _say(what: str, times: dict[str, Times], unit: tuple[str, float]) -> None:
    print(f"\n{what}")
    for name, one in times.items():
        print(f"  {name:10} {one.words(*unit)}")


def _floor(words: str, kept: bool) -> None:
    print(f"  {words}: {'kept' if kept else 'MISSED'}", flush=True)


if __name__ == "__main__":
    main()
