"""askms as a LangChain retriever, for people who build their own chains."""

from __future__ import annotations

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from askms.retrieval import Retriever
from askms.types import Hit


class AskmsRetriever(BaseRetriever):
    """Finds passages; the metadata carries what a citation needs."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retriever: Retriever
    """Any askms retriever, such as `assistant.retriever()`."""
    limit: int = 8
    """The most documents to return."""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[LangChainDocument]:
        return [_to_langchain(hit) for hit in self.retriever.retrieve(query, limit=self.limit)]


def _to_langchain(hit: Hit) -> LangChainDocument:
    return LangChainDocument(
        id=hit.passage.key,
        page_content=hit.passage.text,
        metadata={
            "source_id": hit.passage.source_id,
            "header": hit.passage.header,
            "start": hit.passage.start,
            "end": hit.passage.end,
            "dense": hit.dense,
            "keyword": hit.keyword,
            "fused": hit.fused,
        },
    )
