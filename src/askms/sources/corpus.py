"""Read a whole corpus folder and check what one file alone cannot show.

Ids are unique, conflicts and corrections point to sources that exist, and a disputed
sentence and its answer stand in their files letter for letter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from askms.errors import CorpusError
from askms.sentences import split_sentences
from askms.sources.markdown import read_markdown
from askms.types import Document


def corpus_files(folder: Path) -> list[Path]:
    """The files of a corpus folder, README.md left out.

    Raises:
        CorpusError: the folder is missing or holds no source.
    """
    if not folder.is_dir():
        raise CorpusError(str(folder), "folder", "does not exist", "Set ASKMS_CORPUS_DIR to the corpus folder.")
    files = sorted(path for path in folder.rglob("*.md") if path.name != "README.md")
    if not files:
        raise CorpusError(str(folder), "folder", "holds no sources", "Add a Markdown file; see corpus/README.md.")
    return files


def load_corpus(folder: Path) -> tuple[Document, ...]:
    """Read every `*.md` file but README.md, sorted by id.

    Raises:
        CorpusError: the first problem found.
    """
    files = corpus_files(folder)
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            other = seen[path.stem].relative_to(folder)
            raise CorpusError(str(path.relative_to(folder)), "id", f"is used by {other} too", "Rename one.")
        seen[path.stem] = path
    documents = tuple(sorted((read_markdown(path) for path in files), key=lambda d: d.id))
    for problem in broken_links({document.id: document for document in documents}):
        raise problem
    return documents


def broken_links(documents: Mapping[str, Document]) -> Iterator[CorpusError]:
    """Conflicts and corrections that point to no source, or to words that are not there."""
    sentences = {key: set(split_sentences(d.body)) for key, d in documents.items() if d.disputed_by}
    for document in documents.values():
        file = f"{document.id}.md"
        for conflict in document.conflicts_with:
            if conflict.source_id not in documents or conflict.source_id == document.id:
                problem = f"{conflict.source_id!r} is no other source"
                yield CorpusError(file, "conflicts_with", problem, "Use the id of a corpus file.")
        for dispute in document.disputed_by:
            if dispute.sentence not in sentences[document.id]:
                problem = f"{dispute.sentence!r} is no sentence of this file"
                yield CorpusError(file, "disputed_by", problem, "Copy it letter for letter.")
            for answer in dispute.answered_by:
                if answer.source_id not in documents:
                    problem = f"{answer.source_id!r} is no source"
                    yield CorpusError(file, "disputed_by", problem, "Use the id of a corpus file.")
                    continue
                other = sentences.setdefault(answer.source_id, set(split_sentences(documents[answer.source_id].body)))
                if answer.sentence not in other:
                    problem = f"{answer.sentence!r} is no sentence of {answer.source_id}.md"
                    yield CorpusError(file, "disputed_by", problem, "Copy it letter for letter.")
