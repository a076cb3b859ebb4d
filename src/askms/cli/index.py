"""`askms index`: build, inspect and verify the index."""

from __future__ import annotations

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from askms.build import build_index, check_fresh, check_model
from askms.cli.output import err, out, working
from askms.embedding import open_embedder, prepare_embedder
from askms.index import live_snapshot_folder, load_snapshot, push_vectors
from askms.settings import Settings

app = typer.Typer(help="Build, inspect and verify the index.", no_args_is_help=True)


@app.command()
def build() -> None:
    """Build the index from the corpus; what has not changed is not embedded again."""
    settings = Settings()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err) as progress:
        task = progress.add_task("Preparing the model, once", total=None)
        embedder = prepare_embedder(settings.model, settings.model_sha256, settings.index_dir)
        progress.update(task, description="Reading the corpus")
        report = build_index(
            settings.corpus_dir,
            settings.index_dir,
            embedder,
            lambda done, total: progress.update(task, description="Embedding", completed=done, total=total),
            lambda snapshot: push_vectors(settings.vectors, settings.vectors_token.get_secret_value(), snapshot),
        )
        progress.update(task, description="Done", total=1, completed=1)
    what = "unchanged" if report.unchanged else f"{report.embedded} texts embedded, {report.reused} reused"
    out.print(
        f"Index {report.snapshot}: {report.sources} sources, {report.passages} passages, "
        f"{report.sentences} sentences ({what})."
    )
    for key, reason in report.quarantined.items():
        err.print(f"[yellow]Left out[/] passage {key}: {escape(reason)}")


@app.command()
def push() -> None:
    """Fill the engine of ASKMS_VECTORS with the vectors of the live index. A build does it by itself."""
    settings = Settings()
    with working("Sending the vectors..."):
        snapshot = load_snapshot(live_snapshot_folder(settings.index_dir))
        held = push_vectors(settings.vectors, settings.vectors_token.get_secret_value(), snapshot)
    where = f"{held} vectors in {settings.vectors}" if held else "faiss needs no filling"
    out.print(f"Index {snapshot.name}: {escape(where)}.")


@app.command()
def status() -> None:
    """Show what the live index was built from, and whether it is still true to the corpus."""
    settings = Settings()
    with working("Comparing the index with the corpus..."):
        embedder = open_embedder(settings.model, settings.model_sha256, settings.index_dir)
        manifest = check_fresh(settings.index_dir, settings.corpus_dir, embedder)
    out.print(
        f"Index {manifest.snapshot} is up to date: {len(manifest.sources)} sources, {manifest.passages} passages, "
        f"{manifest.sentences} sentences; built {manifest.built_at} with {manifest.model}."
    )


@app.command()
def verify() -> None:
    """Check every file of the live index and its model against its checksum, and that its parts agree."""
    settings = Settings()
    folder = live_snapshot_folder(settings.index_dir)
    with working("Checking every file..."):
        snapshot = load_snapshot(folder)
        check_model(snapshot.manifest, open_embedder(settings.model, settings.model_sha256, settings.index_dir))
    files, passages = len(snapshot.manifest.files), len(snapshot.passages)
    out.print(f"Index {snapshot.name} is whole: {files} files, {passages} passages.")
