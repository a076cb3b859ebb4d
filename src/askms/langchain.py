"""askms as a LangChain chat model and as a retriever, for people who build their own chains.

The chat model gives whole replies, cards first and disclaimer last, so it can stand wherever
LangChain or LangGraph takes a model. Whoever takes the retriever builds answers of their
own, and none of our guards stands behind those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from langchain_core.callbacks import CallbackManagerForLLMRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict

from askms.assistant import Assistant
from askms.errors import QuestionError
from askms.pieces import pieces
from askms.retrieval import Retriever
from askms.types import Hit, Turn

_ROLES: Final = {"human": "user", "ai": "assistant"}


class AskmsChat(BaseChatModel):
    """Answers the last message of the user; system messages are ignored, as no message may change what askms says.

    `response_metadata["askms"]` of an answer is the reply as `Reply.to_dict` gives it. A parameter that would cut or
    change a reply, such as `stop`, has no effect.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    """Who answers."""
    locale: str | None = None
    """Whose emergency numbers to show: us, ca, uk, ie, eu or unknown."""

    @property
    def _llm_type(self) -> str:
        return "askms"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        question, history = _asked(messages)
        reply = self.assistant.ask(question, history, locale=self.locale)
        message = AIMessage(content=reply.text, response_metadata={"askms": reply.to_dict()})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        question, history = _asked(messages)
        for piece in pieces(self.assistant.stream(question, history, locale=self.locale)):
            if isinstance(piece, str):
                chunk = AIMessageChunk(content=piece)
            else:
                chunk = AIMessageChunk(content="", response_metadata={"askms": piece.reply.to_dict()})
            if run_manager is not None:
                run_manager.on_llm_new_token(str(chunk.content), chunk=ChatGenerationChunk(message=chunk))
            yield ChatGenerationChunk(message=chunk)


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


def _asked(messages: Sequence[BaseMessage]) -> tuple[str, list[Turn]]:
    """The last message of the user, and what was said before it.

    Raises:
        QuestionError: there is none, or something else than text was said.
    """
    said = [message for message in messages if message.type != "system"]
    for message in said:
        is_text = isinstance(message.content, str) or all(
            isinstance(part, str) or part.get("type") == "text" for part in message.content
        )
        if message.type not in _ROLES or not is_text:
            raise QuestionError(
                f"askms reads text of users and assistants only, and got {message.type!r}. Leave it out."
            )
    last = max((at for at, message in enumerate(said) if isinstance(message, HumanMessage)), default=None)
    if last is None:
        raise QuestionError("No message of the user among the messages. Send a question.")
    turns = [Turn(role=_ROLES[message.type], content=message.text) for message in said[:last]]
    return said[last].text, turns


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
