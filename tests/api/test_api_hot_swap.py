"""An index rebuilt while people ask: no question fails, and the new index answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from starlette.testclient import TestClient

from askms.api import create_app
from askms.assistant import Assistant
from askms.build import build_index
from askms.index import LiveIndex
from askms.settings import Settings
from askms.testing import FakeEmbedder, corpus_file

REBUILDS = 4


def test_no_question_fails_while_the_index_is_rebuilt(corpus: Path, index: Path) -> None:
    assistant = Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))
    app = create_app(assistant)
    done = Event()

    def ask_until_done(question: str) -> list[dict[str, Any]]:
        client = TestClient(app, raise_server_exceptions=False)
        replies = []
        while not done.is_set():
            response = client.post("/v1/ask", json={"question": question})
            replies.append({"status": response.status_code, **response.json()})
            for sentence in replies[-1].get("sentences", []):
                for citation in sentence["citations"]:
                    passage = client.get(f"/v1/passages/{citation['passage_key']}").json()
                    assert passage["text"][citation["start"] : citation["end"]] == citation["quote"]
        return replies

    questions = ("What is a relapse?", "Why does heat make MS worse?", "Does ketamine help MS fatigue?", "What is MS?")
    with ThreadPoolExecutor(len(questions)) as pool:
        running = [pool.submit(ask_until_done, question) for question in questions]
        try:
            names = [assistant.snapshot().name]
            for number in range(REBUILDS):
                corpus_file(corpus, f"extra-{number}", plain_title=f"Extra trial {number}")
                names.append(build_index(corpus, index, FakeEmbedder()).snapshot)
                # While one question loads the new snapshot, the others go on with the old one.
                client, deadline = TestClient(app), monotonic() + 10
                while client.get("/readyz").json()["snapshot"] != names[-1]:
                    assert monotonic() < deadline, "the new index never came"
        finally:
            done.set()
        replies = [reply for future in running for reply in future.result()]

    assert len(set(names)) == REBUILDS + 1
    assert {reply["status"] for reply in replies} == {200}
    assert {reply["route"] for reply in replies} <= {"answer", "no_evidence"}
    assert {reply["snapshot"] for reply in replies} <= set(names)
    assert len(replies) > len(questions)


def test_a_broken_new_index_leaves_the_old_one_answering(index: Path) -> None:
    client = TestClient(create_app(Assistant(Settings(index_dir=index), FakeEmbedder(), LiveIndex(index))))
    before = client.post("/v1/ask", json={"question": "What is a relapse?"}).json()
    (index / "LIVE").write_text("nowhere\n", encoding="ascii")

    assert client.post("/v1/ask", json={"question": "What is a relapse?"}).json() == before
    assert client.get("/readyz").json()["snapshot"] == before["snapshot"]
