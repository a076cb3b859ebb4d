"""The baseline that most people would build: a plain LangChain retriever, with a chat model or without one.

LangChain's in-memory vector store holds the same corpus, cut by LangChain's recursive splitter and
embedded by the same model. With a chat model the best passages go into a prompt; without one the best
passage is the reply. Nothing screens, checks or cites, so each sentence counts as resting on all that it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from time import perf_counter
from typing import Final

from langchain_core.documents import Document as Chunk
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from askms import Assistant, Document, Turn
from askms.embedding import Embedder, SentenceEmbedder
from askms.errors import ProviderError
from askms.sentences import sentence_spans, split_sentences
from evals.responses import Found, Quoted, Response, Said
from evals.targets.declining import declines

PASSAGES: Final = 4
"""LangChain's usual number."""
CHUNK: Final = 800
"""Characters of a chunk."""
OVERLAP: Final = 100
SECONDS: Final = 60.0
"""How long to wait for a chat model."""
PROMPT: Final = ChatPromptTemplate.from_messages(
    [
        (
            "system",
            "You answer questions about multiple sclerosis. Use only the context below. "
            "If it does not hold the answer, say that you do not know.\n\nContext:\n{context}",
        ),
        MessagesPlaceholder("history"),
        ("human", "{question}"),
    ]
)


class SameModel(Embeddings):
    """An embedder of askms as LangChain wants it, without its memory of recent questions."""

    def __init__(self, embedder: Embedder) -> None:
        """Wrap an embedder."""
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Vectors of chunks."""
        return [vector.tolist() for vector in self._embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        """Vector of one question."""
        return self.embed_documents([text])[0]


class Chain:
    """A plain chain over some documents."""

    def __init__(
        self, documents: Iterable[Document], embeddings: Embeddings, model: BaseChatModel | None = None, label: str = ""
    ) -> None:
        """Cut and embed the documents, which takes a minute for a large corpus.

        Args:
            documents: the corpus.
            embeddings: what turns texts into vectors.
            model: the chat model that writes; none to reply with the best passage as it stands.
            label: name of the chat model for reports.
        """
        store = InMemoryVectorStore(embeddings)
        splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
        store.add_documents(
            splitter.split_documents([Chunk(page_content=d.body, metadata={"source": d.id}) for d in documents])
        )
        self._retriever = store.as_retriever(search_kwargs={"k": PASSAGES})
        self._writer = PROMPT | model | StrOutputParser() if model else None
        self._label = label if model else "best passage"

    @property
    def name(self) -> str:
        """LangChain's version and who writes."""
        return f"langchain {version('langchain-core')}, {self._label}"

    def ask(self, question: str, history: Sequence[Turn] = ()) -> Response:
        """Put one question; only a chat model sees the conversation, the search never does."""
        begun = perf_counter()
        try:
            chunks = self._retriever.invoke(question)
            found = tuple(Found(source=str(c.metadata["source"]), passage=c.page_content) for c in chunks)
            if self._writer is None:
                text = found[0].passage if found else ""
                said = _quoted(found[0]) if found else ()
            else:
                text = self._writer.invoke(
                    {
                        "context": "\n\n".join(one.passage for one in found),
                        "history": [("human" if t.role == "user" else "ai", t.content) for t in history],
                        "question": question,
                    }
                )
                said = _resting_on(text, found)
        except Exception as exc:  # noqa: BLE001 - each provider raises its own kinds
            return Response(text="", answered=False, error=f"{type(exc).__name__}: {exc}")
        took = (perf_counter() - begun) * 1000
        answered = bool(said) and (self._writer is None or not declines(text))
        return Response(text=text, said=said, found=found, answered=answered, ms=took)


def open_chain(model: str | None = None) -> Chain:
    """A chain over the corpus of askms' live index.

    Args:
        model: a chat model as LangChain names it, such as `openai:gpt-5-mini`; none for the best passage alone.

    Raises:
        ProviderError: no such provider, or its package or key is missing.
        AskmsError: there is no usable index or embedding model.
    """
    opened = _chat_model(model) if model else None
    documents = Assistant.open().snapshot().documents.values()
    return Chain(documents, SameModel(SentenceEmbedder()), opened, model or "")


def _chat_model(name: str) -> BaseChatModel:
    from langchain.chat_models import init_chat_model

    try:
        opened: BaseChatModel = init_chat_model(name, temperature=0, timeout=SECONDS, max_retries=0)
    except Exception as exc:  # each provider raises its own kinds
        raise ProviderError(
            f"Chat model {name!r} cannot be opened: {exc}. Install its LangChain package and set its key."
        ) from exc
    return opened


def _quoted(found: Found) -> tuple[Said, ...]:
    """A passage as a reply: each of its sentences quotes itself."""
    return tuple(
        Said(
            text=sentence,
            citations=(
                Quoted(source=found.source, passage=found.passage, quote=sentence, start=span.start, end=span.end),
            ),
        )
        for span in sentence_spans(found.passage)
        if (sentence := found.passage[span.start : span.end])
    )


def _resting_on(text: str, found: Sequence[Found]) -> tuple[Said, ...]:
    pointed = tuple(Quoted(source=one.source, passage=one.passage) for one in found)
    return tuple(Said(text=sentence, citations=pointed) for sentence in split_sentences(text))
