"""`askms records`: what is kept, who is cited in it, and how it is erased."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import TypeAdapter

from askms.cli.kept import kept_records, who
from askms.cli.output import out, show, working
from askms.errors import UnknownRecord
from askms.settings import Settings

app = typer.Typer(help="Receipts, conversations and feedback that are kept.", no_args_is_help=True)


@app.command("cited-by")
def cited_by(
    source: Annotated[str, typer.Argument(help="Id of a source.")],
    at: Annotated[str | None, typer.Option(help="Only as the source was then: its content hash, or the start.")] = None,
) -> None:
    """List the replies that cite a source, the latest first."""
    with kept_records() as records:
        found = records.cited_by(source, at)
        # What cites nothing may be anything that somebody typed.
        records.note(who(), "look at citing replies", source if found else "nothing found")
    for each in found:
        out.print(
            f"{each.receipt_id}  {each.last_asked_on}  {each.route}  asked {each.times_asked}  "
            f"source at {each.content_hash[:12]}",
            markup=False,
        )
    out.print(f"{len(found)} receipts cite {source}.", markup=False)


@app.command()
def export(conversation: Annotated[str, typer.Argument(help="Id of a conversation, as its browser holds it.")]) -> None:
    """Print everything that is kept of a conversation as JSON."""
    from askms.records import Conversation  # as in `kept_records`

    with kept_records() as records:
        found = records.conversation(conversation)
        records.note(who(), "export", found.key)
    show(TypeAdapter(Conversation).dump_json(found, indent=2).decode())


@app.command()
def purge() -> None:
    """Erase patients' words that are older than ASKMS_KEEP_DAYS. A server does this by itself once a day."""
    with working("Erasing what is too old..."), kept_records() as records:
        records.note(who(), "purge", f"older than {records.keep_days} days")  # first, as it takes many transactions
        gone = records.purge()
    out.print(
        f"Erased {gone.turns} turns and {gone.conversations} conversations; {gone.receipts} receipts and "
        f"{gone.reports} reports of a problem lost their words."
    )


@app.command()
def migrate() -> None:
    """Make the tables, or bring them to this release. All or nothing."""
    from askms.records import migrate_records  # as in `kept_records`

    url = Settings().records_url
    if url is None:
        raise UnknownRecord("ASKMS_RECORDS is none, so there is nothing to migrate. Name a database.")
    with working("Changing the tables..."):
        schema = migrate_records(url)
    out.print(f"The records have schema {schema}.")
