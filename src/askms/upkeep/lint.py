"""`askms corpus lint`: every rule a corpus file must keep, checked over the whole folder, all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from askms.errors import CorpusError
from askms.ladder import review_due
from askms.sources import read_markdown
from askms.sources.corpus import broken_links, corpus_files
from askms.upkeep.findings import Finding, SourceFile, line_of_field
from askms.upkeep.identifiers import check_identifiers, check_shared
from askms.upkeep.overlap import check_overlap
from askms.upkeep.prose import check_prose


def lint(folder: Path, today: date) -> list[Finding]:
    """Check every source, and what the sources say of each other.

    Returns:
        All findings, by file and line. A file that cannot be read is one finding and is left out of the rest.

    Raises:
        CorpusError: the folder is missing or holds no source.
    """
    files, found = _read(folder)
    for file in files:
        found += check_identifiers(file)
        found += check_prose(file)
        found += _dates(file, today)
    found += check_shared(files)
    found += check_overlap(files)
    found += _links(files)
    return sorted(found, key=lambda finding: (finding.file, finding.line, finding.rule))


def _read(folder: Path) -> tuple[list[SourceFile], list[Finding]]:
    files, found = [], []
    for path in corpus_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            document = read_markdown(path)
        except CorpusError as exc:
            lines = _lines(path)
            line = int(exc.field.removeprefix("line ")) if exc.field.startswith("line ") else 0
            line = line or line_of_field(lines, exc.field)
            found.append(
                Finding(file=name, line=line, rule="schema", problem=f"{exc.field}: {exc.problem}", fix=exc.fix)
            )
        else:
            files.append(SourceFile(path=path, name=name, document=document, lines=_lines(path)))
    return files, found


def _lines(path: Path) -> tuple[str, ...]:
    try:
        return tuple(path.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return ()  # the finding says that it cannot be read


def _dates(file: SourceFile, today: date) -> Iterator[Finding]:
    document = file.document
    if document.checked_on > today:
        problem = f"{document.checked_on} has not come yet"
        yield file.finding("date", problem, "Write the day of the check.", line=file.line_of_field("checked_on"))
    if document.as_of > today.isoformat()[: len(document.as_of)]:
        line = file.line_of_field("as_of")
        yield file.finding("date", f"{document.as_of} has not come yet", "Write when the facts were true.", line=line)
    due = review_due(document)
    if due < today:
        problem = f"was to be compared with its source again by {due}"
        fix = "Compare it, then set checked_on."
        yield file.finding("review", problem, fix, line=file.line_of_field("checked_on"), matters=False)


def _links(files: Sequence[SourceFile]) -> Iterator[Finding]:
    by_id = {file.document.id: file for file in files}
    for broken in broken_links({key: file.document for key, file in by_id.items()}):
        file = by_id[Path(broken.file).stem]
        line = file.line_of_field(broken.field)
        yield file.finding("link", f"{broken.field}: {broken.problem}", broken.fix, line=line)
    for file in files:
        for conflict in file.document.conflicts_with:
            other = by_id.get(conflict.source_id)
            if other is None or any(back.source_id == file.document.id for back in other.document.conflicts_with):
                continue
            problem = f"{file.document.id} names a conflict on {conflict.on!r}; this file does not name it"
            fix = f"Add '- source: {file.document.id}' to conflicts_with."
            yield other.finding("conflict", problem, fix, line=other.line_of_field("conflicts_with"))
