"""askms serves LangChain: documents with everything a citation needs."""

from __future__ import annotations

import asyncio

import pytest
from langchain_core.documents import Document as LangChainDocument
from langchain_core.runnables import RunnableLambda
from pydantic import ValidationError

from askms.index import Snapshot
from askms.langchain import AskmsRetriever
from askms.retrieval import HybridRetriever
from askms.testing import FakeEmbedder

QUESTION = "Does ketamine help fatigue?"


@pytest.fixture
def hybrid(snapshot: Snapshot, embedder: FakeEmbedder) -> HybridRetriever:
    return HybridRetriever(snapshot, embedder)


def test_documents_are_the_hits_in_their_order(hybrid: HybridRetriever) -> None:
    found = AskmsRetriever(retriever=hybrid).invoke(QUESTION)

    hits = hybrid.retrieve(QUESTION, limit=8)
    assert [document.id for document in found] == [hit.passage.key for hit in hits]
    assert [document.page_content for document in found] == [hit.passage.text for hit in hits]
    assert all(isinstance(document, LangChainDocument) for document in found)


def test_metadata_leads_back_to_the_words_in_the_source(hybrid: HybridRetriever, snapshot: Snapshot) -> None:
    for document in AskmsRetriever(retriever=hybrid).invoke(QUESTION):
        body = snapshot.document(document.metadata["source_id"]).body
        assert body[document.metadata["start"] : document.metadata["end"]] == document.page_content


def test_metadata_holds_header_and_scores(hybrid: HybridRetriever) -> None:
    (hit,) = hybrid.retrieve(QUESTION, limit=1)

    (document,) = AskmsRetriever(retriever=hybrid, limit=1).invoke(QUESTION)

    assert document.metadata == {
        "source_id": "fatigue",
        "header": "Small trial of ketamine for fatigue. Does ketamine help MS fatigue?",
        "start": hit.passage.start,
        "end": hit.passage.end,
        "dense": hit.dense,
        "keyword": hit.keyword,
        "fused": hit.fused,
    }


@pytest.mark.parametrize("limit", [0, 1, 2])
def test_limit_is_kept(hybrid: HybridRetriever, limit: int) -> None:
    assert len(AskmsRetriever(retriever=hybrid, limit=limit).invoke(QUESTION)) == limit


def test_question_about_nothing_held_gives_no_documents(hybrid: HybridRetriever) -> None:
    assert AskmsRetriever(retriever=hybrid).invoke("zebra crossing") == []


def test_retriever_works_in_a_chain_and_awaited(hybrid: HybridRetriever) -> None:
    retriever = AskmsRetriever(retriever=hybrid)
    chain = retriever | RunnableLambda(len)

    assert chain.invoke(QUESTION) == len(asyncio.run(retriever.ainvoke(QUESTION)))


def test_anything_that_cannot_retrieve_is_refused() -> None:
    with pytest.raises(ValidationError, match="retriever"):
        AskmsRetriever(retriever="hybrid")  # type: ignore[arg-type]
