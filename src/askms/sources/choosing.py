"""Pick the reader for what somebody wants to add: a file, an address, a number of a paper or a trial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from askms.errors import SourceUnreadable
from askms.sources.markdown import parse_markdown, read_text
from askms.sources.pdf import PdfReader
from askms.sources.pubmed import PubMedReader
from askms.sources.reader import Found, Reader
from askms.sources.trials import TrialsReader
from askms.sources.web import WebReader


class NotesReader:
    """Markdown files in the format of the corpus: somebody's own notes on a source."""

    def accepts(self, origin: str) -> bool:
        """A path that ends in .md."""
        return origin.lower().endswith(".md") and "://" not in origin

    def read(self, origin: str) -> Iterator[Found]:
        """Read one file.

        Raises:
            CorpusError: it breaks the format.
        """
        path = Path(origin)
        text = read_text(path)
        yield Found(document=parse_markdown(path.name, text), text=text, review=())


def readers(email: str | None, api_key: str | None, *, withheld: Callable[[str], bool]) -> tuple[Reader, ...]:
    """Every kind of reader, the most particular first.

    Args:
        email: for NCBI, see `PubMedReader`.
        api_key: for NCBI.
        withheld: whether patients would never be shown a sentence.
    """
    return (
        PubMedReader(email=email, api_key=api_key, withheld=withheld),
        TrialsReader(withheld=withheld),
        NotesReader(),
        PdfReader(withheld=withheld),
        WebReader(withheld=withheld),
    )


def read_all(origins: Sequence[str], known: Sequence[Reader]) -> Iterator[Found]:
    """Read every origin with the first reader that accepts it.

    Raises:
        SourceUnreadable: no reader accepts it, or the one that does cannot read it.
        CorpusError: a file of notes breaks the format.
    """
    for origin in origins:
        reader = next((one for one in known if one.accepts(origin)), None)
        if reader is None:
            problem = "is no file or address that can be read" if Path(origin).exists() else "does not exist"
            fix = "Name a .md, .pdf or .html file, a web address, a PubMed address or a trial number."
            raise SourceUnreadable(origin, problem, fix)
        yield from reader.read(origin)
