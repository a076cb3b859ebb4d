"""Twenty people at once for five seconds, the index swapped meanwhile: the short form of `benchmarks/load.py`."""

from __future__ import annotations

import asyncio
from contextlib import closing
from pathlib import Path

from askms.api.limits import Protection
from askms.assistant import Assistant
from askms.build import build_index
from askms.records import open_records
from askms.testing import FakeEmbedder, corpus_file
from benchmarks.clients import Report, alarms, crowd
from tests.faults.serving import Served, serving

QUESTIONS = (
    "What is a relapse?",
    "Why does heat make MS worse?",
    "Does ketamine help MS fatigue?",
    "My throat is closing up after my Copaxone injection",
    "How much ketamine should I take?",
)


async def load(served: Served, corpus: Path, index: Path) -> Report:
    """Ask, and build another index after two seconds; somebody needs help meanwhile."""
    asking = asyncio.create_task(crowd(served.address, QUESTIONS, clients=20, seconds=5))
    helping = asyncio.create_task(alarms(served.address, QUESTIONS[3], seconds=4))
    await asyncio.sleep(2)
    await asyncio.to_thread(build_index, corpus, index, FakeEmbedder())
    helped = await helping
    assert not helped.faults
    assert len(helped.seconds) >= 2
    return await asking


def test_under_load_nothing_is_lost_and_nothing_goes_without_its_disclaimer(
    assistant: Assistant, corpus: Path, index: Path, tmp_path: Path
) -> None:
    corpus_file(corpus, "extra", plain_title="Extra trial")
    with closing(open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)) as records:
        with serving(assistant, Protection(at_once=2, waiting=8), records=records) as served:
            report = asyncio.run(load(served, corpus, index))
        assert not report.faults
        assert report.statuses[200] > 20
        assert len(report.snapshots - {""}) == 2
        assert served.guard.answers.taken == served.guard.answers.waiting == 0
    with closing(open_records(f"sqlite:///{tmp_path / 'records.sqlite'}", 30)) as records:
        assert len(report.acknowledged) > 20
        for receipt_id in set(report.acknowledged):
            assert records.receipt(receipt_id).times_asked >= report.acknowledged.count(receipt_id)
