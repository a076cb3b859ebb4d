"""Any service that speaks OpenAI's chat format, as a system under test: what it says, and nothing about why."""

from __future__ import annotations

import os
from collections.abc import Sequence
from time import perf_counter
from typing import Any, Final

import httpx

from askms import Turn
from askms.sentences import split_sentences
from evals.responses import Response, Said
from evals.targets.declining import declines

SECONDS: Final = 60.0
"""How long to wait for a reply."""
KEY: Final = "OPENAI_API_KEY"


class Endpoint:
    """One model of one service."""

    def __init__(self, url: str, model: str, *, key: str | None = None, http: httpx.Client | None = None) -> None:
        """Name the service; nothing is sent yet.

        Args:
            url: where the API begins, such as `https://host/v1`.
            model: the service's name for the model.
            key: sent as bearer token; none sends none.
            http: another client, for tests.
        """
        self._url, self._model, self._key = f"{url.rstrip('/')}/chat/completions", model, key
        self._http = http or httpx.Client(timeout=SECONDS)

    @property
    def name(self) -> str:
        """The model and its host."""
        return f"{self._model} at {httpx.URL(self._url).netloc.decode()}"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        """Put one question, without any instruction of ours."""
        turns = [{"role": turn.role, "content": turn.content} for turn in history]
        body = {"model": self._model, "temperature": 0, "messages": [*turns, {"role": "user", "content": question}]}
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        begun = perf_counter()
        try:
            came = self._http.post(self._url, json=body, headers=headers)
            came.raise_for_status()
            text = _content(came.json())
        except httpx.HTTPStatusError as exc:
            return _failed(f"{exc.response.status_code} from {self._url}: {exc.response.text[:200]}")
        except httpx.HTTPError as exc:
            return _failed(f"{type(exc).__name__} at {self._url}: {exc}")
        except ValueError as exc:
            return _failed(f"{self._url} did not answer in OpenAI's chat format: {exc}")
        took = (perf_counter() - begun) * 1000
        said = tuple(Said(text=sentence) for sentence in split_sentences(text))
        return Response(text=text, said=said, answered=not declines(text), ms=took)


def open_endpoint(spec: str) -> Endpoint:
    """Open `https://host/v1#model`, with the key of the environment (OPENAI_API_KEY) if there is one.

    Raises:
        ValueError: no such address.
    """
    url, _, model = spec.partition("#")
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL as exc:
        raise ValueError(f"{url!r} is no address: {exc}. Write endpoint:https://host/v1#model.") from exc
    if address.scheme not in ("https", "http") or not address.host or not model:
        raise ValueError(f"{spec!r} names no endpoint. Write endpoint:https://host/v1#model.")
    return Endpoint(url, model, key=os.environ.get(KEY))


def _content(body: Any) -> str:
    """The text of the first choice.

    Raises:
        ValueError: there is none.
    """
    try:
        text = body["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError) as exc:
        raise ValueError("no choices[0].message.content") from exc
    if not isinstance(text, str) or not text.strip():
        raise ValueError("choices[0].message.content is empty")
    return text


def _failed(why: str) -> Response:
    return Response(text="", answered=False, error=why)
