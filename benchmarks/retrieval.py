"""askms' retrieval against a plain LangChain pipeline, in one run on one machine.

    python -m benchmarks.retrieval

The peer is what most people would build: LangChain's in-memory vector store over the same
model, the same corpus cut by LangChain's recursive splitter. Both answer the same
questions in turn, in interleaved rounds; times are for one question, embedding included.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable, Sequence

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from askms import Assistant, Settings
from askms.embedding import PACKAGED, open_embedder
from evals.sets import Asked, questions

ROUNDS = 3
LIMIT = 10


class _SameModel(Embeddings):
    """The model askms uses, without its memory of recent questions."""

    def __init__(self) -> None:
        self._model = open_embedder(PACKAGED, None, Settings().index_dir)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [vector.tolist() for vector in self._model.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self._model.embed_passages([text])[0].tolist()
        return vector


def main() -> None:
    """Run both, print one line each and the ratio."""
    asked = [a for name in ("dev", "heldout") for a in questions(name) if a.sources and not a.history]
    assistant = Assistant.open()
    own = assistant.retriever()
    snapshot = assistant.snapshot()
    splitter = RecursiveCharacterTextSplitter(chunk_size=800, chunk_overlap=100)
    store = InMemoryVectorStore(_SameModel())
    store.add_documents(
        splitter.split_documents(
            [Document(page_content=d.body, metadata={"source_id": d.id}) for d in snapshot.documents.values()]
        )
    )

    def ask_askms(question: str) -> list[str]:
        return [hit.passage.source_id for hit in own.retrieve(question, limit=LIMIT)]

    def ask_langchain(question: str) -> list[str]:
        return [str(found.metadata["source_id"]) for found in store.similarity_search(question, k=LIMIT)]

    systems: dict[str, Callable[[str], list[str]]] = {"askms": ask_askms, "LangChain": ask_langchain}
    times: dict[str, list[float]] = {name: [] for name in systems}
    found: dict[str, list[list[str]]] = {}
    for turn in range(ROUNDS):
        for name, ask in systems.items():
            answers = []
            for number, item in enumerate(asked):
                # A new spelling each round, so that nobody answers from memory.
                question = item.question + " " * (turn + 1) if number else item.question + "?" * (turn + 1)
                start = time.perf_counter()
                answers.append(ask(question))
                times[name].append(time.perf_counter() - start)
            found[name] = answers
    print(
        f"{len(asked)} questions, {ROUNDS} rounds, {platform.processor() or platform.machine()}, Python "
        f"{platform.python_version()}"
    )
    for name in systems:
        recall, rank = _quality(asked, found[name])
        p50 = statistics.median(times[name]) * 1000
        print(f"{name:10} source recall@{LIMIT} {recall:.3f}  MRR {rank:.3f}  p50 {p50:.1f} ms")
    ratio = statistics.median(times["askms"]) / statistics.median(times["LangChain"])
    print(f"time ratio askms / LangChain: {ratio:.2f}")


def _quality(asked: Sequence[Asked], found: Sequence[list[str]]) -> tuple[float, float]:
    """Share of questions with a right source among the hits, and mean reciprocal rank of the first one."""
    ranks = [
        next((position for position, source in enumerate(sources, 1) if source in item.sources), None)
        for item, sources in zip(asked, found, strict=True)
    ]
    return sum(rank is not None for rank in ranks) / len(ranks), sum(1 / rank for rank in ranks if rank) / len(ranks)


if __name__ == "__main__":
    main()
