"""The application in memory: over the small index, over the real one, and over parts that fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.build import build_index
from askms.embedding import Embedder
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import BODY, FakeEmbedder, corpus_file
from askms.wording import is_approved, read_frame

SOURCES = {
    "fatigue": ("Small trial of ketamine for fatigue", BODY),
    "heat": (
        "Heat and MS",
        """\
## Why does heat make MS worse?

Heat slows signals in nerves that MS has damaged.
Most people with MS feel worse for a while when the body warms up.
""",
    ),
    "relapse": (
        "What a relapse is",
        """\
## What is a relapse?

A relapse is a new symptom of MS that lasts longer than 24 hours.
An infection can bring old symptoms back without a relapse.
""",
    ),
}

CheckReply = Callable[[TestClient, dict[str, Any]], None]


def _assistant(index: Path, embedder: Embedder) -> Assistant:
    return Assistant(Settings(index_dir=index), embedder, LiveIndex(index))


@pytest.fixture(scope="session")
def shared_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small index that no test changes; built once."""
    folder = tmp_path_factory.mktemp("shared")
    for name, (title, body) in SOURCES.items():
        corpus_file(folder / "corpus", name, body, plain_title=title)
    build_index(folder / "corpus", folder / "index", FakeEmbedder())
    return folder / "index"


@pytest.fixture(scope="session")
def assistant(shared_index: Path) -> Assistant:
    """Answers from the small index."""
    return _assistant(shared_index, FakeEmbedder())


@pytest.fixture(scope="session")
def client(assistant: Assistant) -> Iterator[TestClient]:
    """Speaks to the application; what the server raises becomes a response, as it does for people."""
    with TestClient(create_app(assistant), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def without_index(tmp_path: Path) -> TestClient:
    """The application before anybody has built an index."""
    return TestClient(create_app(_assistant(tmp_path / "nothing", FakeEmbedder())), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def real_client(real_index: Path, real_embedder: Embedder) -> TestClient:
    """Speaks to the application over the real corpus and model."""
    return TestClient(create_app(_assistant(real_index, real_embedder)), raise_server_exceptions=False)


@pytest.fixture(scope="session")
def check_reply() -> CheckReply:
    """Return a check of a reply in wire form: disclaimer last (P1), each sentence fixed or an exact quotation (P2)."""

    def check(client: TestClient, reply: dict[str, Any]) -> None:
        assert reply["disclaimer"] == DISCLAIMER
        assert reply["text"].endswith(f"\n\n{DISCLAIMER}")
        assert reply["text"].count(DISCLAIMER) == 1
        listed = {source["id"] for source in reply["sources"]}
        for sentence in reply["sentences"]:
            if sentence["template"]:
                assert sentence["citations"] == []
                assert is_approved(sentence["text"]), sentence["text"]
                continue
            assert sentence["citations"]
            for citation in sentence["citations"]:
                passage = client.get(f"/v1/passages/{citation['passage_key']}").json()
                assert passage["text"][citation["start"] : citation["end"]] == citation["quote"] != ""
                assert passage["source_id"] == citation["source_id"] in listed
            frame = read_frame(sentence["text"])
            said = frame.span if frame else sentence["text"]
            assert said in [citation["quote"] for citation in sentence["citations"]]

    return check
