"""`askms corpus`: add sources, check them, see what is not covered."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Column, Table

from askms.assistant import Assistant
from askms.cli.output import err, out, working
from askms.guardrails import unshowable
from askms.ladder import ladder
from askms.settings import Settings
from askms.sources import load_corpus
from askms.sources.reader import Found
from askms.upkeep import (
    Addition,
    Attention,
    Outcome,
    Severity,
    ask_all,
    by_topic,
    dead_links,
    lint,
    notices,
    overdue,
    plan,
    read_questions,
    write,
)

if TYPE_CHECKING:
    from askms.sources.pubmed import PubMedReader
    from askms.sources.trials import TrialsReader

app = typer.Typer(help="Add sources, check them, see what they do not cover.", no_args_is_help=True)

Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]
Limit = Annotated[int, typer.Option(min=1, max=200, help="The most records to read.")]


@app.command()
def add(
    origins: Annotated[list[str], typer.Argument(help="Files (.md, .pdf, .html) or addresses.", metavar="FILE|URL...")],
    yes: Yes = False,
) -> None:
    """Add a paper, a leaflet or a web page."""
    from askms.sources.choosing import read_all, readers  # the readers' libraries take a second to import

    settings = Settings()
    known = readers(settings.ncbi_email, _secret(settings), withheld=unshowable)
    with working("Reading..."):
        found = list(read_all(origins, known))
    _offer(found, yes)


@app.command()
def pubmed(
    query: Annotated[str, typer.Argument(help="What to search PubMed for.")], limit: Limit = 20, yes: Yes = False
) -> None:
    """Search PubMed and add abstracts."""
    from askms.sources.pubmed import PubMedReader

    settings = Settings()
    reader = PubMedReader(email=settings.ncbi_email, api_key=_secret(settings), limit=limit, withheld=unshowable)
    _search(reader, f"pubmed:{query}", "PubMed", yes)


@app.command()
def trials(
    query: Annotated[str, typer.Argument(help="What to search ClinicalTrials.gov for.")],
    limit: Limit = 20,
    yes: Yes = False,
) -> None:
    """Search ClinicalTrials.gov and add register entries."""
    from askms.sources.trials import TrialsReader

    _search(TrialsReader(limit=limit, withheld=unshowable), f"trials:{query}", "ClinicalTrials.gov", yes)


@app.command("lint")
def lint_command() -> None:
    """Check every file against the rules of corpus/README.md; exit with 1 if one is broken."""
    folder = Settings().corpus_dir
    with working("Reading every source..."):
        found = lint(folder, _today())
    for finding in found:
        out.print(f"{folder / finding.file}{str(finding).removeprefix(finding.file)}", markup=False)
    errors = sum(finding.severity is Severity.ERROR for finding in found)
    out.print(f"{errors} errors, {len(found) - errors} warnings.")
    if errors:
        raise typer.Exit(1)


@app.command()
def check(
    online: Annotated[bool, typer.Option(help="Also ask PubMed for notices, and open every link.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for a scheduler.")] = False,
) -> None:
    """List sources that need a look; exit with 1 if there are any."""
    documents = load_corpus(Settings().corpus_dir)
    found = list(overdue(documents, _today()))
    if online:
        found += _online(documents)
    if as_json:
        items = [{**asdict(one), "need": one.need.value} for one in found]
        typer.echo(json.dumps(items, ensure_ascii=False, indent=2))
    else:
        columns = (Column(name, overflow="fold") for name in ("Source", "Why", "Detail", "Next step"))
        table = Table(*columns, title=f"{len(found)} of {len(documents)} sources")
        for one in found:
            table.add_row(one.source_id, one.need.value, escape(one.detail), escape(one.next_step))
        out.print(table if found else f"Nothing needs a look among {len(documents)} sources.")
    if found:
        raise typer.Exit(1)


@app.command()
def coverage(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Count sources by topic and kind of evidence, and list the questions of questions.txt that find nothing."""
    settings = Settings()
    documents = load_corpus(settings.corpus_dir)
    topics = by_topic(documents)
    questions = read_questions(settings.corpus_dir)
    assistant = Assistant.open(settings)
    with _bar() as progress:
        asked = list(
            progress.track(
                ask_all(questions, lambda question: assistant.ask(question).route),
                total=len(questions),
                description="Asking",
            )
        )
    uncovered = [one for one in asked if not one.is_covered]
    if as_json:
        report = {
            "topics": {topic: {level.value: n for level, n in count.items()} for topic, count in topics.items()},
            "questions": [{"group": a.group, "question": a.question, "route": a.route.value} for a in asked],
        }
        typer.echo(json.dumps(report, ensure_ascii=False, indent=2))
        return
    out.print(_topic_table(topics))
    levels = Table("Kind of evidence", "Sources", title=f"{len(documents)} sources")
    for level, rung in ladder().items():
        levels.add_row(rung.label, str(sum(document.evidence_level is level for document in documents)))
    out.print(levels)
    out.print(f"{len(asked) - len(uncovered)} of {len(asked)} questions find an answer; these do not:")
    for one in uncovered:
        out.print(f"  {one.group}: {one.question}", markup=False)


def _search(reader: PubMedReader | TrialsReader, query: str, where: str, yes: bool) -> None:
    found: list[Found] = []
    with err.status(f"Searching {where}...") as status:
        for one in reader.read(query):
            found.append(one)
            status.update(f"Searching {where}... {len(found)} read")
    out.print(f"{reader.total} records match in {where}; {len(found)} were read.")
    for skipped in reader.skipped:
        err.print(f"[yellow]Skipped[/] {escape(str(skipped))}")
    _offer(found, yes)


def _offer(found: Sequence[Found], yes: bool) -> None:
    """Show what was found, say what to review, ask, write."""
    folder = Settings().corpus_dir
    if not found:
        out.print("Nothing was found.")
        return
    additions = list(plan(folder, found))
    table = Table(*(Column(name, overflow="fold") for name in ("Source", "What", "Year", "Kind, status", "Will be")))
    for addition in additions:
        document = addition.found.document
        table.add_row(
            addition.path.stem,
            escape(document.plain_title),
            str(document.year or "-"),
            f"{ladder()[document.evidence_level].label}, {document.status.value}",
            addition.outcome.value,
        )
    out.print(table)
    _say_what_to_review(additions)
    to_write = [addition for addition in additions if addition.outcome is not Outcome.KEPT]
    if not to_write:
        out.print("Nothing to write.")
        return
    if not yes and not typer.confirm(f"Write {len(to_write)} file(s) to {folder}?"):
        out.print("Nothing was written.")
        return
    for addition in to_write:
        write(addition)
    out.print(f"Wrote {len(to_write)} file(s). Review them, then run: askms corpus lint, askms index build")


def _say_what_to_review(additions: Sequence[Addition]) -> None:
    notes: dict[str, list[str]] = defaultdict(list)
    for addition in additions:
        for note in addition.found.review:
            notes[note].append(addition.path.name)
    if notes:
        out.print("To review:")
    for note, files in notes.items():
        named = ", ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
        out.print(f"  - {note} ({named})", markup=False)


def _online(documents: Sequence[Any]) -> Iterator[Attention]:
    from askms.sources.fetching import why_dead
    from askms.sources.pubmed import PubMedReader

    settings = Settings()
    reader = PubMedReader(email=settings.ncbi_email, api_key=_secret(settings))
    with working("Asking PubMed..."):
        yield from notices(documents, reader.withdrawn)
    with _bar() as progress:
        task = progress.add_task("Opening links", total=sum(document.url is not None for document in documents))
        yield from dead_links(documents, why_dead, lambda: progress.advance(task))


def _topic_table(topics: Any) -> Table:
    table = Table("Topic", "Sources", "Strongest kinds", title="Sources by topic, fewest first")
    for topic, count in topics.items():
        strongest = sorted(count, key=lambda level: level.rank)[:3]
        table.add_row(
            topic, str(count.total()), ", ".join(f"{ladder()[level].label} {count[level]}" for level in strongest)
        )
    return table


def _bar() -> Progress:
    return Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=err)


def _secret(settings: Settings) -> str | None:
    return settings.ncbi_api_key.get_secret_value() if settings.ncbi_api_key else None


def _today() -> date:
    return datetime.now(UTC).date()
