"""askms as people start it: real processes, the real model, the real corpus."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Timer

import httpx
import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.embedding import Embedder
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings

QUESTION = "Does ketamine help MS fatigue?"
SLOWEST = 90
"""Seconds after which a process that hangs is killed."""


def start(*arguments: str, index: Path, corpus: Path = Path("nowhere"), **variables: str) -> subprocess.Popen[str]:
    """Start `python -m askms`, away from the checkout and in another locale than ours."""
    environment = {
        **os.environ,
        "ASKMS_INDEX_DIR": str(index),
        "ASKMS_CORPUS_DIR": str(corpus),
        "PYTHONHASHSEED": "7",
        **variables,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "askms", *arguments],
        env=environment,
        cwd=index,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.model
def test_another_process_gives_the_same_reply_as_http(real_index: Path, real_embedder: Embedder) -> None:
    process = start("ask", QUESTION, "--json", index=real_index)
    assistant = Assistant(Settings(index_dir=real_index), real_embedder, LiveIndex(real_index))
    http = TestClient(create_app(assistant)).post("/v1/ask", json={"question": QUESTION}).json()

    out, err = process.communicate(timeout=SLOWEST)

    assert process.returncode == 0, err
    assert json.loads(out) == http
    assert http["route"] == "answer"


def test_an_emergency_needs_no_index_and_ends_with_the_disclaimer(tmp_path: Path) -> None:
    process = start("ask", "My throat is closing up after Copaxone", index=tmp_path, ASKMS_LOCALE="us")

    out, err = process.communicate(timeout=SLOWEST)

    assert process.returncode == 0, err
    assert "911" in out.splitlines()[0]
    assert out.endswith(f"\n\n{DISCLAIMER}\n")
    assert "Traceback" not in err


def test_a_missing_index_is_told_without_a_traceback(tmp_path: Path) -> None:
    process = start("index", "verify", index=tmp_path)

    out, err = process.communicate(timeout=SLOWEST)

    assert (process.returncode, out) == (1, "")
    assert "Run: askms index build" in err
    assert "Traceback" not in err
    assert err.endswith(f"\n{DISCLAIMER}\n")


@pytest.fixture
def server(real_index: Path) -> Iterator[subprocess.Popen[str]]:
    """`askms serve` on a free port."""
    process = start("serve", "--port", "0", index=real_index)
    killer = Timer(SLOWEST, process.kill)
    killer.start()
    yield process
    killer.cancel()
    process.kill()
    process.communicate()


def address_of(process: subprocess.Popen[str]) -> str:
    """Wait until a server says where it serves."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line):
            return found[0]
    raise AssertionError("".join(said))


@pytest.mark.model
def test_a_server_starts_answers_and_stops(server: subprocess.Popen[str]) -> None:
    address = address_of(server)
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
        assert client.get("/readyz").json()["status"] == "ready"
        reply = client.post("/v1/ask", json={"question": QUESTION}).json()
        streamed = client.post("/v1/ask/stream", json={"question": QUESTION})
        page = client.get("/")
    server.send_signal(signal.SIGTERM)
    _, err = server.communicate(timeout=30)

    assert reply["route"] == "answer"
    assert reply["text"].endswith(f"\n\n{DISCLAIMER}")
    assert "event: reply" in streamed.text
    assert "<askms-chat>" in page.text
    assert server.returncode in (0, -signal.SIGTERM)
    assert "Traceback" not in err
    assert "ketamine" not in err.lower()


@pytest.mark.model
def test_a_server_without_an_index_shows_cards_and_says_what_to_run(tmp_path: Path) -> None:
    process = start("serve", "--port", "0", index=tmp_path)
    try:
        address = address_of(process)
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            ready = client.get("/readyz")
            reply = client.post("/v1/ask", json={"question": "My throat is closing up after Copaxone"}).json()
    finally:
        process.terminate()
        process.communicate(timeout=30)

    assert ready.status_code == 503
    assert "Run: askms index build" in ready.json()["error"]["message"]
    assert reply["cards"][0]["kind"] == "emergency"


@pytest.mark.model
def test_a_server_without_its_embedding_model_shows_cards(real_index: Path) -> None:
    process = start("serve", "--port", "0", index=real_index, ASKMS_MODEL="nobody/no-such-model")
    try:
        address = address_of(process)
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            reply = client.post("/v1/ask", json={"question": "My throat is closing up after Copaxone"}).json()
            other = client.post("/v1/ask", json={"question": QUESTION})
    finally:
        process.terminate()
        process.communicate(timeout=30)

    assert reply["cards"][0]["kind"] == "emergency"
    assert other.status_code == 503


def test_cards_go_out_before_records_are_written_and_what_waits_is_written_at_the_end(tmp_path: Path) -> None:
    question = {"question": "My throat is closing up after Copaxone"}
    index, file = tmp_path / "index", tmp_path / "records" / "records.sqlite"
    index.mkdir()
    process = start("serve", "--port", "0", index=index)
    try:
        address = address_of(process)
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
                with client.stream("POST", "/v1/ask/stream", json=question) as streamed:
                    came = {line: time.monotonic() for line in streamed.iter_lines() if line.startswith("event: ")}
                reply = client.post("/v1/ask", json=question).json()
            process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            other.execute("COMMIT")
    finally:
        _, err = process.communicate(timeout=30)

    assert (process.returncode, reply["recorded"]) == (0, False)
    assert came["event: reply"] - came["event: card"] > 0.5  # the card did not wait for the lock; the last event did
    with closing(sqlite3.connect(file)) as after:
        assert after.execute("SELECT receipt_id FROM asked").fetchall() == [(reply["receipt_id"],)] * 2
    assert "Traceback" not in err
    assert "throat" not in err


def test_records_of_a_newer_release_are_refused_at_the_start(tmp_path: Path) -> None:
    index, file = tmp_path / "index", tmp_path / "records.sqlite"
    index.mkdir()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")

    process = start("serve", "--port", "0", index=index, ASKMS_RECORDS=f"sqlite:///{file}")
    _, err = process.communicate(timeout=SLOWEST)

    assert process.returncode == 1
    assert "schema 9999, which is newer than this askms" in err
    assert err.endswith(f"\n{DISCLAIMER}\n")


def test_a_port_in_use_is_told_without_a_traceback(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start("serve", "--port", str(taken.getsockname()[1]), index=tmp_path)
        _, err = process.communicate(timeout=SLOWEST)

    assert process.returncode != 0
    assert "address already in use" in err.lower()
    assert "Traceback" not in err
