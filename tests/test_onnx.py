"""Networks on disk: only the file that was checked is run."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from askms.errors import ModelUnavailable
from askms.onnx import WEIGHTS, open_session, read_network


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the packaged ranker."""
    with as_file(files("askms.ranking") / "model") as packaged:
        return Path(shutil.copytree(packaged, tmp_path / "model"))


def test_a_checked_network_is_run(folder: Path) -> None:
    session = open_session(read_network(folder, "Mend it."), threads=1)

    assert {one.name for one in session.get_inputs()} >= {"input_ids", "attention_mask"}


def test_a_network_written_after_it_was_checked_is_refused(folder: Path) -> None:
    checked = read_network(folder, "Mend it.")
    with (folder / WEIGHTS).open("ab") as altered:
        altered.write(b"x")

    with pytest.raises(ModelUnavailable, match=rf"{WEIGHTS} was altered after it was checked\. Mend it\."):
        open_session(checked, threads=1)


def test_a_network_replaced_after_it_was_checked_is_refused(folder: Path) -> None:
    checked = read_network(folder, "Mend it.")
    other = folder / "other"
    shutil.copy2(folder / WEIGHTS, other)  # the same bytes and times, but nobody looked at them
    other.replace(folder / WEIGHTS)

    with pytest.raises(ModelUnavailable, match=r"was altered after it was checked\. Mend it\."):
        open_session(checked, threads=1)


def test_a_network_replaced_while_it_is_loaded_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime

    load = onnxruntime.InferenceSession

    def slow(path: str, *arguments: object, **named: object) -> object:
        other = folder / "other"
        shutil.copy2(path, other)
        other.replace(path)
        return load(path, *arguments, **named)

    checked = read_network(folder, "Mend it.")
    monkeypatch.setattr(onnxruntime, "InferenceSession", slow)

    with pytest.raises(ModelUnavailable, match="was altered after it was checked"):
        open_session(checked, threads=1)


def test_a_network_that_is_not_the_one_of_its_card_is_refused(folder: Path) -> None:
    with (folder / WEIGHTS).open("r+b") as altered:
        altered.seek(-1, 2)
        last = altered.read(1)
        altered.seek(-1, 2)
        altered.write(bytes([last[0] ^ 1]))

    with pytest.raises(ModelUnavailable, match=r"was altered: it has sha256 [0-9a-f]{64}, its card says .* Mend it\."):
        read_network(folder, "Mend it.")


def test_a_network_that_is_gone_after_it_was_checked_is_named(folder: Path) -> None:
    checked = read_network(folder, "Mend it.")
    (folder / WEIGHTS).unlink()

    with pytest.raises(ModelUnavailable, match=rf"{WEIGHTS} .*Mend it\."):
        open_session(checked, threads=1)
