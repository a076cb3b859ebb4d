"""The live snapshot: one pointer, moved at once, followed by those who keep asking."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest

from askms.build import build_index
from askms.errors import IndexCorrupt, IndexMissing
from askms.index import LiveIndex, Snapshot, live_snapshot_folder, publish
from askms.testing import FakeEmbedder, corpus_file

Rebuild = Callable[[str], str]


@pytest.fixture
def rebuild(corpus: Path, index: Path, embedder: FakeEmbedder) -> Rebuild:
    """Build again after one source changed to the given words; return the snapshot's name."""

    def build(words: str) -> str:
        corpus_file(corpus, "heat", f"## Why does heat make MS worse?\n\n{words}\n", plain_title="Heat and MS")
        return build_index(corpus, index, embedder).snapshot

    return build


def words_of(snapshot: Snapshot) -> str:
    return snapshot.passages_of("heat")[0].text


def damage(folder: Path) -> None:
    (folder / "passages.json").write_bytes(b"[]")


def test_missing_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"No index in .*\. Run: askms index build"):
        LiveIndex(tmp_path).current()


@pytest.mark.parametrize(
    "pointer", [b"", b"\n", b"gone", b"../../etc", b"/etc", b".", b"..", b"draft-1", b"\xff\x00", "é".encode()]
)
def test_pointer_to_no_snapshot_is_a_missing_index(index: Path, pointer: bytes) -> None:
    (index / "LIVE").write_bytes(pointer)

    with pytest.raises(IndexMissing, match="Run: askms index build"):
        live_snapshot_folder(index)


def test_pointer_to_a_removed_folder_is_named(index: Path) -> None:
    folder = live_snapshot_folder(index)
    shutil.rmtree(folder)

    with pytest.raises(IndexMissing, match=f"LIVE names snapshot '{folder.name}', which is not there"):
        LiveIndex(index).current()


def test_only_snapshot_that_is_damaged_is_corrupt(index: Path) -> None:
    damage(live_snapshot_folder(index))

    with pytest.raises(IndexCorrupt, match="Run: askms index build"):
        LiveIndex(index).current()


def test_index_built_after_the_first_question_is_found(corpus: Path, tmp_path: Path, embedder: FakeEmbedder) -> None:
    live = LiveIndex(tmp_path / "later")
    with pytest.raises(IndexMissing):
        live.current()

    build_index(corpus, tmp_path / "later", embedder)

    assert len(live.current().documents) == 3


def test_snapshot_is_loaded_once_and_kept(index: Path) -> None:
    live = LiveIndex(index)

    assert live.current() is live.current()


def test_new_snapshot_replaces_the_old_and_the_old_stays_usable(index: Path, rebuild: Rebuild) -> None:
    live = LiveIndex(index)
    old = live.current()

    name = rebuild("Heat slows signals in nerves.")

    assert live.current().name == name
    assert words_of(live.current()) == "Heat slows signals in nerves."
    assert words_of(old).startswith("Heat slows signals in nerves that MS has damaged.")


def test_corrupt_new_snapshot_keeps_the_old_and_is_logged_once(
    index: Path, rebuild: Rebuild, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveIndex(index)
    old = live.current()
    rebuild("New words.")
    damage(live_snapshot_folder(index))
    caplog.set_level(logging.ERROR, "askms")

    assert [live.current() for _ in range(3)] == [old] * 3
    assert [record.levelname for record in caplog.records if record.name == "askms.index.live"] == ["ERROR"]
    assert f"keeping {old.name}" in caplog.text
    assert "passages.json was altered" in caplog.text


def test_repaired_snapshot_of_the_same_name_is_taken_up(index: Path, rebuild: Rebuild) -> None:
    live = LiveIndex(index)
    live.current()
    name = rebuild("New words.")
    damage(live_snapshot_folder(index))
    assert live.current().name != name

    assert rebuild("New words.") == name

    assert live.current().name == name


@pytest.mark.parametrize("pointer", [None, b"gone", b"\xff"])
def test_pointer_that_goes_wrong_later_keeps_the_old(
    index: Path, pointer: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    live = LiveIndex(index)
    old = live.current()
    (index / "LIVE").unlink()
    if pointer is not None:
        (index / "LIVE").write_bytes(pointer)
    caplog.set_level(logging.ERROR, "askms")

    assert [live.current() for _ in range(3)] == [old] * 3
    assert [record.levelname for record in caplog.records if record.name == "askms.index.live"] == ["ERROR"]


def test_threads_that_keep_asking_see_only_whole_snapshots(index: Path, rebuild: Rebuild) -> None:
    live = LiveIndex(index)
    texts = {words_of(live.current()), *(f"Version {i} is here." for i in range(6))}
    stop = Event()
    wrong: list[object] = []
    seen: set[str] = set()

    def ask() -> None:
        while not stop.wait(0.001):
            try:
                snapshot = live.current()
                seen.add(words_of(snapshot))
                if len(snapshot.documents) != 3 or len(snapshot.dense) != len(snapshot.passages):
                    wrong.append(snapshot.name)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the test fails on it
                wrong.append(exc)

    threads = [Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for i in range(6):
        rebuild(f"Version {i} is here.")
    stop.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert seen <= texts
    assert words_of(live.current()) == "Version 5 is here."


def test_first_question_of_many_threads_loads_one_snapshot(index: Path) -> None:
    live = LiveIndex(index)
    found: list[Snapshot] = []
    threads = [Thread(target=lambda: found.append(live.current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len({id(snapshot) for snapshot in found}) == 1


def test_publishing_keeps_the_live_snapshot_and_the_one_before(index: Path, rebuild: Rebuild) -> None:
    names = [live_snapshot_folder(index).name, *(rebuild(f"Version {i} is here.") for i in range(3))]

    assert {folder.name for folder in (index / "snapshots").iterdir()} == set(names[-2:])
    assert live_snapshot_folder(index).name == names[-1]


def test_publishing_leaves_no_draft_of_the_pointer(index: Path) -> None:
    publish(index, live_snapshot_folder(index).name)

    assert {path.name for path in index.iterdir()} <= {"LIVE", "snapshots", "BUILD.lock"}


def test_pointer_is_never_seen_empty_or_half_written(index: Path) -> None:
    name = live_snapshot_folder(index).name
    stop = Event()
    seen: set[bytes] = set()

    def read() -> None:
        while not stop.is_set():
            seen.add((index / "LIVE").read_bytes())

    reader = Thread(target=read)
    reader.start()
    for _ in range(50):
        publish(index, name)
    stop.set()
    reader.join()

    assert seen == {f"{name}\n".encode()}
