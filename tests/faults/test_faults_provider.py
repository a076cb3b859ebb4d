"""A chat model that hangs fills the places and no more: cards go on, others are told, and then all is well again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from askms.api.limits import Protection
from askms.assistant import Assistant
from askms.index import LiveIndex
from askms.reply import DISCLAIMER
from askms.settings import Settings
from askms.testing import small_index
from askms.wording import line
from tests.answering.test_provider import ASKED, BODY, ChatServer
from tests.answering.test_provider import server as chat_server  # noqa: F401 - a fixture
from tests.faults.conftest import eventually
from tests.faults.serving import serving

QUESTION = {"question": ASKED}
CRISIS = {"question": "I want to end my life"}


@pytest.mark.parametrize("mode", ["hangs", "drips"])
def test_a_chat_model_that_hangs_takes_its_place_and_no_more(
    chat_server: ChatServer,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mode: str,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none")
    chat_server.mode = mode
    small = small_index(tmp_path, {"trial": {"body": BODY, "n": 120}})
    settings = Settings(
        index_dir=small.folder, chat_model="openai:gpt-5-mini", chat_base_url=chat_server.base_url, chat_timeout=2
    )
    assistant = Assistant(settings, small.embedder, LiveIndex(small.folder))
    with serving(assistant, Protection(at_once=1, waiting=0)) as served, ThreadPoolExecutor(1) as pool:
        hanging = pool.submit(httpx.post, f"{served.address}/v1/ask", json=QUESTION, trust_env=False, timeout=30)
        eventually(lambda: bool(chat_server.requests), 20)

        other = httpx.post(f"{served.address}/v1/ask", json=QUESTION, trust_env=False)
        card = httpx.post(f"{served.address}/v1/ask", json=CRISIS, trust_env=False)
        assert not hanging.done()
        reply = hanging.result().json()
        eventually(lambda: served.guard.answers.taken == 0)

    assert (other.status_code, other.json()["error"]["type"]) == (503, "Busy")
    assert card.json()["cards"]
    assert reply["note"] == line("model_down")
    assert reply["text"].endswith(f"\n\n{DISCLAIMER}")
