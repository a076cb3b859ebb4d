"""What the server does under load, with the real corpus and model, in a process of its own.

    askms index build && python -m benchmarks.load

How many answers a second at saturation, and what a patient waits at half of that: first where every question counts as
new, then where each has been asked before, as most are of a page that suggests questions. Then 200 people at once
for a minute, while the index is swapped twice: no reply without the disclaimer, no status but those that are meant, no
acknowledged receipt lost, a card for whoever needs one, memory flat. The clients are a process too, and take part of
the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from askms import Settings
from askms.build import build_index
from askms.embedding import open_embedder
from askms.errors import UnknownRecord
from askms.index import live_snapshot_folder, publish
from askms.records import open_records
from askms.sources.corpus import corpus_files
from benchmarks.clients import Client, Report, alarms, ask, crowd, steady
from benchmarks.rounds import machine

ALARM = "My throat is closing up after my Copaxone injection"


@dataclass(frozen=True, slots=True)
class Server:
    """`askms serve` in a process of its own."""

    address: str
    pid: int

    @property
    def cpu(self) -> float:
        """Seconds of processor it has taken."""
        fields = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    @property
    def memory(self) -> float:
        """Megabytes it holds."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text(encoding="ascii"))
        return int(found[1]) / 1024 if found else 0.0


@contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Server]:
    """Serve an index, with limits that one address with all the clients does not reach."""
    process = subprocess.Popen(
        [sys.executable, "-m", "askms", "serve", "--port", "0"],
        env={
            **os.environ,
            "ASKMS_INDEX_DIR": str(folder / "index"),
            "ASKMS_CLIENT_PER_MINUTE": "1000000",
            "ASKMS_SERVER_PER_MINUTE": "1000000",
            **variables,
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None  # noqa: S101
    said = ""
    while not (found := re.search(r"http://127\.0\.0\.1:\d+", said)):
        said = process.stderr.readline()
        if not said:
            raise SystemExit("The server did not start.")
    log = folder / "log"
    with log.open("w", encoding="utf-8") as file:
        copying = subprocess.Popen(["cat"], stdin=process.stderr, stdout=file)  # noqa: S607 - a full pipe would stop it
        try:
            yield Server(found[0], process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            copying.wait(60)


async def _swap(index: Path, names: Sequence[str], every: float) -> None:
    for name in names:
        await asyncio.sleep(every)
        await asyncio.to_thread(publish, index, name)


async def _sample(server: Server, taken: list[tuple[float, float]]) -> None:
    begun = time.perf_counter()
    while True:
        taken.append((time.perf_counter() - begun, server.memory))
        await asyncio.sleep(0.5)


async def _stress(
    server: Server, index: Path, other: str, questions: Sequence[str], args: argparse.Namespace
) -> Report:
    live, memory = live_snapshot_folder(index).name, list[tuple[float, float]]()
    sampling = asyncio.create_task(_sample(server, memory))
    swapping = asyncio.create_task(_swap(index, (other, live), args.seconds / 3))
    helping = asyncio.create_task(alarms(server.address, ALARM, seconds=args.seconds))
    report, share = await _measured(
        server, crowd(server.address, questions, clients=args.clients, seconds=args.seconds)
    )
    helped = await helping
    sampling.cancel()
    await swapping
    _print(f"{args.clients} people at once, {args.seconds:.0f} s, index swapped twice", report, share)
    tenths = [memory[len(memory) * part // 10][1] for part in range(1, 10)] + [memory[-1][1]]
    p50, p95, p99 = (helped.percentile(at) * 1000 for at in (0.5, 0.95, 0.99))
    print(f"  cards meanwhile        {len(helped.seconds)}, p50 / p95 / p99 {p50:.0f} / {p95:.0f} / {p99:.0f} ms")
    report.faults += helped.faults
    report.acknowledged += helped.acknowledged
    print(f"  megabytes, by tenths   {' '.join(f'{size:.0f}' for size in tenths)}")
    print(f"  indexes that answered  {len(report.snapshots - {''})}")
    return report


async def _measured(server: Server, work: Coroutine[None, None, Report]) -> tuple[Report, str]:
    before, own = server.cpu, time.process_time()
    report = await work
    used, mine = server.cpu - before, time.process_time() - own
    each = 1000 * used / max(1, len(report.seconds))
    cores = f"server {used / report.took:.2f} cores, clients {mine / report.took:.2f}"
    return report, f"{cores}; {each:.1f} ms of the server's an answer"


def _print(title: str, report: Report, share: str) -> None:
    p50, p95, p99 = (report.percentile(at) * 1000 for at in (0.5, 0.95, 0.99))
    print(f"\n{title}")
    print(f"  answers                {len(report.seconds)}, {report.a_second:.1f} a second")
    print(f"  p50 / p95 / p99        {p50:.0f} / {p95:.0f} / {p99:.0f} ms")
    print(f"  statuses               {dict(report.statuses)}")
    print(f"  faults                 {dict(report.faults) or 'none'}")
    print(f"  acknowledged receipts  {len(report.acknowledged)}")
    print(f"  processor              {share}")


async def _capacity(server: Server, questions: Sequence[str], args: argparse.Namespace, what: str) -> list[Report]:
    warm = Report()
    client = Client(server.address)
    for question in questions:
        await ask(client, question, warm, streamed=False)
    await client.close()
    full, share = await _measured(server, crowd(server.address, questions, clients=16, seconds=args.capacity))
    _print(f"{what}, saturation: 16 people at once, {args.capacity:.0f} s", full, share)
    half = full.a_second / 2
    calm, share = await _measured(server, steady(server.address, questions, a_second=half, seconds=args.capacity))
    _print(f"{what}, half of it: {half:.1f} questions a second, {args.capacity:.0f} s", calm, share)
    return [warm, full, calm]


def _lost(folder: Path, reports: Sequence[Report]) -> int:
    """How many receipts that were acknowledged are not there, now that the server has ended."""
    acknowledged, lost = [each for report in reports for each in report.acknowledged], 0
    with closing(open_records(f"sqlite:///{folder / 'records' / 'records.sqlite'}", 30)) as records:
        for receipt_id in set(acknowledged):
            try:
                records.receipt(receipt_id)
            except UnknownRecord:
                lost += 1
    return lost


def _second_snapshot(settings: Settings, folder: Path) -> str:
    """Build an index of a corpus that differs by a blank line beside the live one, and return its name."""
    changed = folder / "corpus"
    shutil.copytree(settings.corpus_dir, changed)
    with corpus_files(changed)[0].open("a", encoding="utf-8") as file:
        file.write("\n")
    live = live_snapshot_folder(folder / "index").name
    embedder = open_embedder(settings.model, settings.model_sha256, folder / "index")
    other = build_index(changed, folder / "index", embedder).snapshot
    publish(folder / "index", live)
    return other


def main() -> int:
    """Run them all and print what came of them; the exit status says whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--capacity", type=float, default=30, help="seconds of each run that measures capacity")
    args = parser.parse_args()
    settings = Settings()
    lines = (settings.corpus_dir / "questions.txt").read_text(encoding="utf-8").splitlines()
    questions = [line for line in lines if line.strip() and not line.startswith("#")]
    print(machine())
    with TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(settings.index_dir, folder / "index")
        other = _second_snapshot(settings, folder)
        with serving(folder, ASKMS_ANSWERS_REMEMBERED="0") as server:
            reports = asyncio.run(_capacity(server, questions, args, "new questions"))
        with serving(folder) as server:
            reports += asyncio.run(_capacity(server, questions, args, "questions asked before"))
        with serving(folder) as server:
            reports.append(asyncio.run(_stress(server, folder / "index", other, questions, args)))
        lost = _lost(folder, reports)
    print(f"\nacknowledged receipts that are not there: {lost}")
    return 1 if lost or any(report.faults for report in reports) else 0


if __name__ == "__main__":
    sys.exit(main())
