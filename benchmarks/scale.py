"""Search among a million passages: which index for how many, what it finds, how long it takes, what it holds.

    askms index build && python -m benchmarks.scale          # 10,000 to 1,000,000; half an hour, 6 GB
    python -m benchmarks.scale --sizes 10000 100000          # less

The vectors are made: each is a real one of the index, moved a little way in a random direction. The questions are those
of `corpus/questions.txt`. Each index is searched by one thread in a process of its own, to see what it holds. Keyword
search is measured over the real table of words, repeated. Writes `scale.json` and `scale.svg`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import faiss
import numpy as np
from numpy.typing import NDArray

from askms import Settings
from askms.embedding import open_embedder
from askms.index import Snapshot, live_snapshot_folder, load_snapshot
from askms.index.keywords import KeywordIndex
from askms.index.kinds import EXACT, Kind
from askms.index.vectors import VectorIndex
from askms.retrieval.hybrid import CANDIDATES, highest
from askms.terms import terms
from benchmarks.rounds import machine

SIZES: Final = (10_000, 30_000, 100_000, 300_000, 1_000_000)
LIMIT: Final = 20
"""Recall is of the so many nearest. As in the retriever, `CANDIDATES` are asked for and put in order by true cosine."""
GRAPHS_UP_TO: Final = 300_000
"""A graph is built one vector after the other: at this size in 20 times the time that cells take, and growing."""
ROUNDS: Final = 3
_SEED: Final = 20261122

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of one index of one size."""

    passages: int
    kind: str
    recall: float
    p50: float
    """Milliseconds a search, by the clock."""
    p95: float
    processor_p95: float
    """The same by the processor's clock, which a busy machine does not slow."""
    megabytes: float
    """What the process holds once the index is loaded and was searched, less what it held before."""
    build_seconds: float


def made(real: Vectors, count: int) -> Vectors:
    """Unit vectors around the real ones: cosine 0.7 to 0.96 with the one that each is made from."""
    random = np.random.default_rng(_SEED)
    found = np.empty((count, real.shape[1]), dtype=np.float32)
    for start in range(0, count, 50_000):
        part = found[start : start + 50_000]
        away = random.standard_normal(part.shape, dtype=np.float32) / np.sqrt(np.float32(real.shape[1]))
        far = random.uniform(0.3, 1.0, size=(len(part), 1)).astype(np.float32)
        part[:] = real[random.integers(len(real), size=len(part))] + far * away
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return found


def nearest(vectors: Vectors, questions: Vectors) -> NDArray[np.int64]:
    """The rows of the nearest, worked out."""
    found = [np.argpartition(-(vectors @ question), LIMIT)[:LIMIT] for question in questions]
    return np.stack(found).astype(np.int64)


def kinds(count: int) -> Iterator[Kind]:
    """What is compared at a size: cells as in `kind_for`, more and fewer of them searched, and what else there is."""
    yield EXACT
    yield Kind(name="SQ8")
    cells = max(64, count // 1000)
    for probes in sorted({4, 16, 32, cells // 16, cells // 8} - set(range(4))):
        yield Kind(name=f"IVF{cells},SQ8", probes=probes)
    yield Kind(name=f"IVF{cells},Flat", probes=max(32, cells // 16))
    for name in ("HNSW32", "HNSW32_SQ8") if count <= GRAPHS_UP_TO else ():
        for reached in (64, 256):
            yield Kind(name=name, probes=reached)


def _held() -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS:")).split()[1]) / 1024


def search(folder: Path, probes: int) -> dict[str, float]:
    """Load an index in this process and search it; called in a process of its own."""
    questions, true = np.load(folder / "questions.npy"), np.load(folder / "true.npy")
    vectors = np.load(folder / "vectors.npy", mmap_mode="r")
    VectorIndex.build(questions, np.arange(len(questions), dtype=np.int64)).nearest(questions[0], 1)  # faiss is loaded
    before = _held()
    index = VectorIndex.load(folder / "index.faiss")
    if probes:
        # `efSearch` is to a graph what `nprobe` is to cells.
        held_as = "efSearch" if index.kind.startswith("IndexHNSW") else "nprobe"
        faiss.ParameterSpace().set_index_parameter(index._index, held_as, probes)
    found = [[near.stable_id for near in index.nearest(question, CANDIDATES)] for question in questions]
    held = _held() - before
    clock, processor = [], []
    for _ in range(ROUNDS):
        for question in questions:
            begun, used = time.perf_counter(), time.thread_time()
            index.nearest(question, CANDIDATES)
            clock.append(time.perf_counter() - begun)
            processor.append(time.thread_time() - used)
    shares = []
    for question, rows, wanted in zip(questions, found, true, strict=True):
        order = np.argsort(-(vectors[rows] @ question))[:LIMIT]
        shares.append(len({rows[at] for at in order} & set(wanted.tolist())) / LIMIT)
    return {
        "recall": float(np.mean(shares)),
        "p50": 1000 * float(np.quantile(clock, 0.5)),
        "p95": 1000 * float(np.quantile(clock, 0.95)),
        "processor_p95": 1000 * float(np.quantile(processor, 0.95)),
        "megabytes": held,
    }


def measured(folder: Path, vectors: Vectors, wanted: Sequence[Kind]) -> Iterator[Measured]:
    """Build, save and search each kind; kinds that differ in probes alone are built once."""
    built, seconds = "", 0.0
    for kind in wanted:
        if kind.name != built:
            begun = time.perf_counter()
            ids = np.arange(len(vectors), dtype=np.int64)
            VectorIndex.build(vectors, ids, replace(kind, probes=0)).save(folder / "index.faiss")
            built, seconds = kind.name, time.perf_counter() - begun
        with get_context("spawn").Pool(1) as pool:
            found = pool.apply(search, (folder, kind.probes))
        label = f"{kind.name} ({kind.probes} probed)" if kind.probes else kind.name
        yield Measured(passages=len(vectors), kind=label, build_seconds=seconds, **found)


def repeated(table: KeywordIndex, times: int) -> KeywordIndex:
    """A table of words for so many times the passages, each word in the same share of them."""
    spans = np.diff(table.edges).astype(np.int64)
    offsets = (np.arange(times, dtype=np.int64) * table.size)[:, None]
    rows = [
        (table.rows[start : start + span][None, :] + offsets).ravel()
        for start, span in zip(table.edges[:-1], spans, strict=True)
    ]
    weights = [
        np.tile(table.weights[start : start + span], times) for start, span in zip(table.edges[:-1], spans, strict=True)
    ]
    return replace(
        table,
        edges=np.concatenate([[0], np.cumsum(spans * times)]).astype(np.int32),
        rows=np.concatenate(rows).astype(np.int32),
        weights=np.concatenate(weights).astype(np.float32),
        size=table.size * times,
    )


def keyword_search(snapshot: Snapshot, questions: Sequence[str], count: int) -> Measured:
    """Words of the questions looked up in a table of so many passages."""
    begun = time.perf_counter()
    table = repeated(snapshot.keywords, max(1, count // len(snapshot.passages)))
    seconds = time.perf_counter() - begun
    clock, processor = [], []
    for _ in range(ROUNDS):
        for question in questions:
            at, used = time.perf_counter(), time.thread_time()
            highest(table.scores(terms(question)))
            clock.append(time.perf_counter() - at)
            processor.append(time.thread_time() - used)
    return Measured(
        passages=table.size,
        kind="words (BM25)",
        recall=1.0,
        p50=1000 * float(np.quantile(clock, 0.5)),
        p95=1000 * float(np.quantile(clock, 0.95)),
        processor_p95=1000 * float(np.quantile(processor, 0.95)),
        megabytes=(table.rows.nbytes + table.weights.nbytes + table.edges.nbytes) / 2**20,
        build_seconds=seconds,
    )


def plot(rows: Sequence[Measured], file: Path) -> None:
    """Time and recall over size; the knee is where the exact search leaves the others."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "askms"  # the same figures give the same file
    mpl.rcParams["svg.fonttype"] = "none"
    from matplotlib import pyplot

    names = dict.fromkeys(_family(row.kind) for row in rows)
    figure, (times, recalls) = pyplot.subplots(2, 1, figsize=(8, 8), sharex=True, layout="constrained")
    for number, name in enumerate(names):
        best = [
            _best([row for row in rows if _family(row.kind) == name and row.passages == size])
            for size in _sizes(rows, name)
        ]
        marker = "osD^vPX"[number % 7]
        times.plot([row.passages for row in best], [row.processor_p95 for row in best], marker=marker, label=name)
        if not name.startswith("words"):
            recalls.plot([row.passages for row in best], [row.recall for row in best], marker=marker, label=name)
    times.set_title("Of each kind the quickest setting that finds 97% of the nearest", fontsize="medium")
    times.set(xscale="log", yscale="log", ylabel="p95 of a search, ms of one processor")
    times.axhline(30, color="grey", linestyle=":", label="30 ms: the floor for all of retrieval")
    recalls.set(xscale="log", xlabel="passages", ylabel=f"recall of the {LIMIT} nearest")
    recalls.axhline(0.97, color="grey", linestyle=":")
    for axes in (times, recalls):
        axes.grid(visible=True, which="major", alpha=0.3)
        axes.axvline(100_000, color="grey", linestyle="--", linewidth=0.8)
    times.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)


def _family(kind: str) -> str:
    """The kind without how finely it is cut."""
    name = kind if kind.startswith("words") else kind.split(" (")[0]
    return "cells (IVF), " + name.split(",")[1] if name.startswith("IVF") else name


def _sizes(rows: Sequence[Measured], family: str) -> list[int]:
    return sorted({row.passages for row in rows if _family(row.kind) == family})


def _best(rows: Sequence[Measured]) -> Measured:
    """The quickest that finds enough, or what finds most."""
    enough = [row for row in rows if row.recall >= 0.97]
    return min(enough, key=lambda row: row.processor_p95) if enough else max(rows, key=lambda row: row.recall)


def show(row: Measured) -> None:
    """One line of the table."""
    print(
        f"{row.passages:>9,}  {row.kind:<26} {row.recall:>9.4f} {row.p50:>7.2f} {row.p95:>7.2f} "
        f"{row.processor_p95:>7.2f} {row.megabytes:>6.0f} {row.build_seconds:>7.1f}",
        flush=True,
    )


def main() -> int:
    """Measure, print a table, write it and the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"), help="where table and plot are written")
    args = parser.parse_args()
    settings = Settings()
    snapshot = load_snapshot(live_snapshot_folder(settings.index_dir))
    real = np.concatenate([snapshot.passage_vectors, snapshot.sentence_vectors, snapshot.asked_vectors])
    lines = (settings.corpus_dir / "questions.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line.strip() and not line.startswith("#")]
    embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
    questions = np.stack([embedder.embed_question(question) for question in asked])
    print(f"{machine()}; {len(real)} real vectors, {len(questions)} questions")
    print(
        f"{'passages':>9}  {'kind':<26} {f'recall@{LIMIT}':>9} {'p50 ms':>7} {'p95 ms':>7} "
        f"{'cpu p95':>7} {'MB':>6} {'build s':>7}"
    )
    rows: list[Measured] = []
    for size in args.sizes:
        with TemporaryDirectory() as name:
            folder = Path(name)
            vectors = made(real, size)
            np.save(folder / "vectors.npy", vectors)
            np.save(folder / "questions.npy", questions)
            np.save(folder / "true.npy", nearest(vectors, questions))
            for row in measured(folder, vectors, list(kinds(size))):
                rows.append(row)
                show(row)
            del vectors
        rows.append(keyword_search(snapshot, asked, size))
        show(rows[-1])
    args.out.mkdir(parents=True, exist_ok=True)
    (args.out / "scale.json").write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    plot(rows, args.out / "scale.svg")
    return 0


if __name__ == "__main__":
    sys.exit(main())
