"""The model writer: a LangChain chat model that must quote before it writes, and is never trusted.

What it returns becomes a draft like any other. A quotation that is not found in its
passage is gone, and with it every sentence that rests on it.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from threading import Thread
from typing import Any, Final

from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.outputs import Generation
from pydantic import BaseModel, ValidationError

from askms.answering.choice import with_companions
from askms.answering.composing import cite, quotation
from askms.answering.contrast import dispute_of
from askms.answering.evidence import frames
from askms.answering.prompts import PROMPT, show_passages
from askms.answering.question import Question
from askms.answering.quoting import QuotingWriter
from askms.answering.verification import Doubt, settle, verify
from askms.errors import ProviderError
from askms.index import Snapshot
from askms.types import Claim, Document, Draft, Hit, Passage, Span
from askms.wording import connecting, line

NAME: Final = "model"
LEAST_WORDS: Final = 4
"""Shorter quotations prove nothing."""
MOST_CLAIMS: Final = 5
MOST_QUOTES: Final = 20
MOST_CHARACTERS: Final = 400
"""Of one sentence."""
MOST_MENDED: Final = 30_000
"""Characters of output that is not quite JSON."""

_CONTRASTS: Final = frozenset({connecting("disagree"), connecting("disputed")})
"""Sides that belong together: only quotations keep them so."""

_log = logging.getLogger(__name__)


class _Quote(BaseModel):
    id: str
    passage: str
    text: str


class _Sentence(BaseModel):
    sentence: str
    quotes: list[str]


class _Output(BaseModel):
    quotes: list[_Quote]
    answer: list[_Sentence]


class _Parser(JsonOutputParser):
    """Reads JSON, mending what breaks off; not in what is too long, as the time to mend grows with its square."""

    def parse_result(self, result: list[Generation], *, partial: bool = False) -> Any:
        text = result[0].text
        if len(text) <= MOST_MENDED:
            return super().parse_result(result, partial=partial)
        try:
            return json.loads(text)
        except (ValueError, RecursionError) as exc:
            raise OutputParserException("Too long to mend, and not JSON.") from exc


def open_chat_model(name: str, *, base_url: str | None, timeout: float) -> BaseChatModel:
    """Open a model by LangChain's name for it; nothing is asked yet.

    Raises:
        ProviderError: no such provider, or its package or key is missing.
    """
    from langchain.chat_models import init_chat_model

    options: dict[str, Any] = {"temperature": 0, "timeout": timeout, "max_retries": 0}
    if base_url:
        options["base_url"] = base_url
    try:
        if not name.strip():
            raise ValueError("it has no name")  # LangChain would wait for one at each call
        model: BaseChatModel = init_chat_model(name, **options)
    except Exception as exc:  # each provider raises its own kinds
        provider = name.partition(":")[0]
        raise ProviderError(
            f"Chat model {name!r} cannot be opened: {exc}. "
            f"Install its package (pip install 'askms[{provider}]') and set its key, or unset ASKMS_CHAT_MODEL."
        ) from exc
    return model


class ModelWriter:
    """Asks a chat model to choose quotations and to write from them."""

    def __init__(self, model: BaseChatModel, snapshot: Snapshot, *, timeout: float) -> None:
        """Name the model, where hits come from, and how many seconds to wait for it."""
        self._chain = PROMPT | model | _Parser()
        self._snapshot, self._timeout = snapshot, timeout

    @classmethod
    def open(cls, name: str, snapshot: Snapshot, *, base_url: str | None, timeout: float) -> ModelWriter:
        """Open a model by LangChain's name for it, such as `openai:gpt-5-mini`.

        Raises:
            ProviderError: no such provider, or its package or key is missing.
        """
        model = open_chat_model(name, base_url=base_url, timeout=timeout)
        return cls(model, snapshot, timeout=timeout)

    def write(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """Ask the model; sentences whose quotations are not found are left out.

        Raises:
            ProviderError: the model failed, hung, or did not return the JSON asked for.
        """
        usable = [hit for hit in hits if self._document(hit.passage).status.is_quotable]
        documents = [self._document(hit.passage) for hit in usable]
        output = self._call({"passages": show_passages(usable, documents), "question": question.text})
        by_number = {f"P{position}": hit.passage for position, hit in enumerate(usable, 1)}
        found = {
            quote.id: (passage, span)
            for quote in output.quotes[:MOST_QUOTES]
            if (passage := by_number.get(quote.passage.strip("[] "))) is not None
            and (span := find_quote(passage, quote.text)) is not None
            and not self._is_disputed(passage, span)
        }
        proposed = [claim for item in output.answer[:MOST_CLAIMS] for claim in self._claims(item, found)]
        claims: list[Claim] = []
        introduced: set[str] = set()
        for claim in dict.fromkeys(proposed):
            for source_id in dict.fromkeys(citation.source_id for citation in claim.citations):
                if source_id not in introduced:
                    claims.extend(Claim(text=frame) for frame in frames(self._snapshot.document(source_id)))
                    introduced.add(source_id)
            claims.append(claim)
        return Draft(claims=tuple(claims), writer=NAME, confidence=0.0)

    def _claims(self, item: _Sentence, found: dict[str, tuple[Passage, Span]]) -> tuple[Claim, ...]:
        """A sentence of the model with its quotations; none unless all that it names are found."""
        text = " ".join(item.sentence.split())
        if not text or len(text) > MOST_CHARACTERS or not item.quotes or not set(item.quotes) <= found.keys():
            return ()
        places = list(dict.fromkeys(found[key] for key in item.quotes))
        return self._copied(text, places) or (
            Claim(text=text, citations=tuple(cite(self._document(p), p, span) for p, span in places)),
        )

    def _document(self, passage: Passage) -> Document:
        return self._snapshot.document(passage.source_id)

    def _is_disputed(self, passage: Passage, span: Span) -> bool:
        document = self._document(passage)
        return any(dispute_of(document, passage.text[s.start : s.end]) for s in passage.sentences if _within(s, span))

    def _copied(self, text: str, places: Sequence[tuple[Passage, Span]]) -> tuple[Claim, ...]:
        """A sentence copied whole, as quotations: itself and the neighbours that it needs; none if it is reworded."""
        for passage, quoted in places:
            for position, span in enumerate(passage.sentences):
                sentence = passage.text[span.start : span.end]
                if _within(span, quoted) and _find(sentence, text) == Span(start=0, end=len(sentence)):
                    document = self._document(passage)
                    return tuple(quotation(document, passage, at) for at in with_companions(passage, position))
        return ()

    def _call(self, values: dict[str, str]) -> _Output:
        """Run the chain, waiting no longer than the timeout even if the provider's own timeout fails."""
        result: list[object] = []

        def run() -> None:
            try:
                result.append(self._chain.invoke(values))
            except Exception as exc:  # noqa: BLE001 - handed to the waiting thread
                result.append(exc)

        thread = Thread(target=run, daemon=True, name="askms-chat-model")
        thread.start()
        thread.join(self._timeout)
        if not result:
            raise ProviderError(f"The chat model did not answer within {self._timeout:g} s. See ASKMS_CHAT_TIMEOUT.")
        if isinstance(result[0], OutputParserException):
            raise ProviderError("The chat model's answer is not the JSON asked for. Try another model.")
        if isinstance(result[0], Exception):
            raise ProviderError(f"The chat model failed: {type(result[0]).__name__}.") from result[0]
        try:
            return _Output.model_validate(result[0])
        except ValidationError as exc:
            raise ProviderError("The chat model's JSON lacks the fields asked for. Try another model.") from exc


class FallbackWriter:
    """The model writer where it holds up, the quoting writer everywhere else."""

    def __init__(
        self,
        model: ModelWriter,
        quoting: QuotingWriter,
        *,
        names: Callable[[str], frozenset[str]],
        withheld: Callable[[str], bool],
        doubts: Doubt,
    ) -> None:
        """Pair the writers. `names`, `withheld` and `doubts` are the checks that a sentence will face later."""
        self._model, self._quoting = model, quoting
        self._names, self._withheld, self._doubts = names, withheld, doubts

    def write(self, question: Question, hits: Sequence[Hit]) -> Draft:
        """Abstain when quotations would; else prefer the model's sentences, as far as they are supported."""
        quoted = self._quoting.write(question, hits)
        if not quoted.claims or question.wants_study_dose or any(claim.text in _CONTRASTS for claim in quoted.claims):
            return quoted
        try:
            written = self._model.write(question, hits)
        except ProviderError as exc:
            _log.warning("falling back to quotations: %s", exc)
            return replace(quoted, note=line("model_down"))
        shown = settle(written.claims, [c.is_template or not self._withheld(c.text) for c in written.claims])
        passages = {hit.passage.key: hit.passage for hit in hits}
        try:
            checked, _ = verify(replace(written, claims=shown), passages, names=self._names, doubts=self._doubts)
        except Exception as exc:  # noqa: BLE001 - a check that fails refuses, and the quotations still stand (P5)
            _log.warning("falling back to quotations, as a check failed with %s", type(exc).__name__)
            return replace(quoted, note=line("model_unsupported"))
        if not any(claim.citations for claim in checked.claims):
            return replace(quoted, note=line("model_unsupported"))
        return replace(checked, confidence=quoted.confidence)


def find_quote(passage: Passage, quote: str) -> Span | None:
    """Where a quotation stands in a passage, widened to whole sentences and the neighbours that limit them.

    Only white space, quotation marks, dashes and Unicode forms may differ; anything else is not a quotation.
    """
    found = _find(passage.text, quote)
    if found is None:
        return None
    touched = [at for at, s in enumerate(passage.sentences) if s.start < found.end and found.start < s.end]
    if not touched:
        return None
    needed = (*with_companions(passage, touched[0]), *with_companions(passage, touched[-1]))
    return Span(start=passage.sentences[min(needed)].start, end=passage.sentences[max(needed)].end)


def _find(text: str, quote: str) -> Span | None:
    words = unicodedata.normalize("NFKC", quote).strip(" \"'“”‘’").split()
    if not LEAST_WORDS <= len(words) <= len(text):
        return None
    match = re.search(r"\s+".join(_loosely(word) for word in words), text)
    return Span(start=match.start(), end=match.end()) if match else None


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _loosely(word: str) -> str:
    escaped = re.escape(word)
    escaped = re.sub(r"[\"“”]", '["“”]', escaped)
    escaped = re.sub(r"['‘’]", "['‘’]", escaped)
    return re.sub(r"\\-|[‐‑‒–—−]", "[-‐‑‒–—−]", escaped)
