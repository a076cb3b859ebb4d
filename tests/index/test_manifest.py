"""A manifest says what a snapshot was built from, and survives being written and read."""

from __future__ import annotations

import os
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from askms.errors import IndexCorrupt
from askms.index.manifest import FORMAT, Manifest, checksums, load_manifest, snapshot_name

MANIFEST = Manifest(
    format=FORMAT,
    snapshot="abc",
    built_at="2026-11-21T12:00:00+00:00",
    model="fake",
    model_digest="d",
    model_file="m",
    dimension=4,
    max_tokens=48,
    chunker="1",
    rules="r",
    sources={"heat": "h1"},
    quarantined={"key": "heat: selling"},
    passages=2,
    sentences=3,
    files={"documents.json": "f1"},
)


def test_manifest_is_read_back_as_written(tmp_path: Path) -> None:
    MANIFEST.save(tmp_path)

    assert load_manifest(tmp_path) == MANIFEST


def test_manifest_is_on_the_disk_before_it_is_relied_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    monkeypatch.setattr(os, "fsync", lambda fd: flushed.append(Path(f"/proc/self/fd/{fd}").readlink().name))

    MANIFEST.save(tmp_path)

    assert flushed == ["manifest.json"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"{}", b"[]", b"\xff\xfe", b'{"format": 1}'])
def test_missing_or_unreadable_manifest_is_corrupt(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "manifest.json").write_bytes(content)

    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing or unreadable\. Run: askms index build"):
        load_manifest(tmp_path)


def test_manifest_of_another_format_is_refused(tmp_path: Path) -> None:
    replace(MANIFEST, format=FORMAT + 1).save(tmp_path)

    with pytest.raises(IndexCorrupt, match=rf"has format {FORMAT + 1}, this askms reads {FORMAT}"):
        load_manifest(tmp_path)


def test_name_does_not_depend_on_the_order_of_sources() -> None:
    assert name(sources={"b": "2", "a": "1"}) == name(sources={"a": "1", "b": "2"})


def name(sources: dict[str, str] | None = None, **inputs: Any) -> str:
    built_from: dict[str, Any] = {"model_digest": "d", "chunker": "1", "rules": "r", "max_tokens": 48, **inputs}
    return snapshot_name(sources=sources or {"a": "1", "b": "2"}, **built_from)


def test_name_changes_with_everything_a_snapshot_is_built_from() -> None:
    names = {
        name(),
        name(model_digest="e"),
        name(chunker="2"),
        name(max_tokens=49),
        name(rules="s"),
        name(sources={"a": "1"}),
        name(sources={"a": "1", "b": "3"}),
        name(sources={"a": "1", "c": "2"}),
    }

    assert len(names) == 8
    assert all(len(one) == 16 and one.isalnum() for one in names)


def test_checksums_cover_every_file_but_the_manifest_at_the_top(tmp_path: Path) -> None:
    (tmp_path / "keywords").mkdir()
    for path in ("manifest.json", "documents.json", "keywords/vocab.json", "keywords/manifest.json"):
        (tmp_path / path).write_text(path)

    assert checksums(tmp_path) == {
        path: sha256(path.encode()).hexdigest()
        for path in ("documents.json", "keywords/manifest.json", "keywords/vocab.json")
    }
