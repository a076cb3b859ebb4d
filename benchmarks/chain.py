"""The peer of the speed benchmark: a plain LangChain pipeline, as its own documentation builds it.

    python -m benchmarks.chain FOLDER QUESTION

HuggingFaceEmbeddings over the same packaged model, LangChain's recursive splitter, its FAISS store and the store's
retriever. The command is the whole process that `askms ask` is measured against: it loads a saved store and prints the
passages found; nothing is screened, chosen, checked or cited.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Iterable
from pathlib import Path

from langchain_core.documents import Document as Chunk
from langchain_core.retrievers import BaseRetriever
from langchain_text_splitters import RecursiveCharacterTextSplitter

from askms import Document
from askms.embedding import packaged_folder

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # that this package is no longer developed
    from langchain_community.vectorstores import FAISS

from langchain_huggingface import HuggingFaceEmbeddings

PASSAGES = 4
"""LangChain's usual number."""


def model() -> HuggingFaceEmbeddings:
    """The packaged model as LangChain runs it."""
    return HuggingFaceEmbeddings(model_name=str(packaged_folder()))


def chunks(documents: Iterable[Document]) -> list[Chunk]:
    """The corpus as LangChain cuts it."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=800, chunk_overlap=100)
    return splitter.split_documents([Chunk(page_content=d.body, metadata={"source": d.id}) for d in documents])


def save_store(found: list[Chunk], embeddings: HuggingFaceEmbeddings, folder: Path) -> BaseRetriever:
    """Build a store, save it, and return its retriever."""
    store = FAISS.from_documents(found, embeddings)
    store.save_local(str(folder))
    # Typed here because lint runs without the benchmark's extra, where FAISS is unknown.
    retriever: BaseRetriever = store.as_retriever(search_kwargs={"k": PASSAGES})
    return retriever


def main() -> None:
    """Load a saved store and print the passages found."""
    parser = argparse.ArgumentParser(description="Ask a saved LangChain store.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("question")
    asked = parser.parse_args()
    # LangChain pickles the texts; this store was written by the benchmark a moment ago.
    store = FAISS.load_local(str(asked.folder), model(), allow_dangerous_deserialization=True)
    for found in store.as_retriever(search_kwargs={"k": PASSAGES}).invoke(asked.question):
        print(found.page_content)


if __name__ == "__main__":
    main()
