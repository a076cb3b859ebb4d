"""Read a whole corpus folder and check what one file alone cannot show.

Ids are unique, conflicts and corrections point to sources that exist, and a disputed
sentence and its answer stand in their files letter for letter.
"""

from __future__ import annotations

from pathlib import Path

from askms.errors import CorpusError
from askms.sentences import split_sentences
from askms.sources.markdown import read_markdown
from askms.types import Document


def load_corpus(folder: Path) -> tuple[Document, ...]:
    """Read every `*.md` file but README.md, sorted by id.

    Raises:
        CorpusError: the first problem found.
    """
    if not folder.is_dir():
        raise CorpusError(str(folder), "folder", "does not exist", "Set ASKMS_CORPUS_DIR to the corpus folder.")
    files = sorted(path for path in folder.rglob("*.md") if path.name != "README.md")
    if not files:
        raise CorpusError(str(folder), "folder", "holds no sources", "Add a Markdown file; see corpus/README.md.")
    seen: dict[str, Path] = {}
    for path in files:
        if path.stem in seen:
            other = seen[path.stem].relative_to(folder)
            raise CorpusError(str(path.relative_to(folder)), "id", f"is used by {other} too", "Rename one.")
        seen[path.stem] = path
    documents = tuple(sorted((read_markdown(path) for path in files), key=lambda d: d.id))
    _check_links({document.id: document for document in documents})
    return documents


def _check_links(documents: dict[str, Document]) -> None:
    sentences = {key: set(split_sentences(d.body)) for key, d in documents.items() if d.disputed_by}
    for document in documents.values():
        file = f"{document.id}.md"
        for conflict in document.conflicts_with:
            if conflict.source_id not in documents or conflict.source_id == document.id:
                raise CorpusError(
                    file, "conflicts_with", f"{conflict.source_id!r} is no other source", "Use the id of a corpus file."
                )
        for dispute in document.disputed_by:
            if dispute.sentence not in sentences[document.id]:
                problem = f"{dispute.sentence!r} is no sentence of this file"
                raise CorpusError(file, "disputed_by", problem, "Copy it letter for letter.")
            for answer in dispute.answered_by:
                if answer.source_id not in documents:
                    raise CorpusError(
                        file, "disputed_by", f"{answer.source_id!r} is no source", "Use the id of a corpus file."
                    )
                other = sentences.setdefault(answer.source_id, set(split_sentences(documents[answer.source_id].body)))
                if answer.sentence not in other:
                    raise CorpusError(
                        file,
                        "disputed_by",
                        f"{answer.sentence!r} is no sentence of {answer.source_id}.md",
                        "Copy it letter for letter.",
                    )
