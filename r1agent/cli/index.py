"""`r1agent index`: add papers to an index, list, remove and check them."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.session import open_index, registries_of, settings_from

if TYPE_CHECKING:
    from r1agent.report.watching.view import RunView
    from r1agent.settings import Settings
    from r1agent_indexes import Paper, RayWorkers

app = typer.Typer(no_args_is_help=True, help="Build and tend an index of papers.")


@app.command(epilog="Example: r1agent index add papers/ --index indexes/kd")
def add(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATHS...", help="PDFs, folders, and exports such as Zotero's (.bib, .rdf)."
        ),
    ],
    index: options.Index = None,
    online: Annotated[
        bool, typer.Option("--online", metavar="", help="Look papers up at Crossref and OpenAlex.")
    ] = False,
    embedding_model: options.EmbeddingModel = None,
    embedding_url: options.EmbeddingUrl = None,
    ray: Annotated[
        str | None,
        typer.Option("--ray", metavar="ADDRESS", help="Read and embed on this Ray cluster."),
    ] = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Read papers into an index; what has not changed is not read again."""
    from r1agent.cli.ending import say
    from r1agent.cli.papers import added_data, added_lines
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.report.watching.view import open_view
    from r1agent_indexes.discover import find_papers

    settings = settings_from(
        config, index=index, embedding_model=embedding_model, embedding_url=embedding_url
    )
    view = open_view(notes(plain=plain), quiet=quiet, plain=plain)
    try:
        with view:
            view.loading("Opening the index", None)
            find_papers(paths)  # a wrong path is refused before an index is made
            with ExitStack() as opened:
                workers = _readers(ray, settings, view, opened) if ray else None
                registries = registries_of(settings) if online else None
                if registries is not None:
                    opened.callback(registries.web.close)
                papers = opened.enter_context(open_index(settings, create=True))
                report = papers.add(
                    paths,
                    on_progress=view.indexing,
                    workers=workers,
                    registries=registries,
                )
                problem = workers.problem() if workers else None
    except KeyboardInterrupt:
        say("Stopped; the papers read so far are in the index, the same command reads the rest.")
        raise typer.Exit(130) from None
    if json:
        show_json(added_data(report))
    else:
        show(*added_lines(report))
    if problem:
        say(problem)
    indexed = report.added or report.changed or report.renamed or report.unchanged or report.folded
    raise typer.Exit(0 if indexed or not report.failed else 1)


@app.command("list", epilog="Example: r1agent index list --index indexes/kd")
def list_papers(
    index: options.Index = None, config: options.Config = None, json: options.Json = False
) -> None:
    """List the papers of an index, and the files that could not be read."""
    from r1agent.cli.papers import (
        failed_data,
        failed_lines,
        paper_data,
        paper_line,
        vectors_line,
    )
    from r1agent.cli.screen import show, show_json

    with open_index(settings_from(config, index=index)) as papers:
        held, failed = papers.papers(), papers.failures()
        described = papers.vectors.describe()
    if json:
        show_json(
            {
                "papers": [paper_data(paper) for paper in held],
                "failed": [failed_data(each) for each in failed],
                "vectors": described,
            }
        )
        return
    show(*map(paper_line, held), *failed_lines(failed), vectors_line(described))


@app.command(epilog="Example: r1agent index remove draft.pdf --index indexes/kd")
def remove(
    which: Annotated[
        str, typer.Argument(help="File name, id or title; also a file that could not be read.")
    ],
    index: options.Index = None,
    config: options.Config = None,
    json: options.Json = False,
) -> None:
    """Take a paper out of an index; its file stays where it is."""
    from r1agent.cli.ending import say
    from r1agent.cli.papers import failed_data, failed_lines, paper_data, paper_line
    from r1agent.cli.screen import show, show_json
    from r1agent_indexes.errors import PaperNotFoundError

    removed: list[Paper] = []
    with open_index(settings_from(config, index=index)) as papers:
        forgotten = papers.forget(which)
        try:
            removed = papers.remove(which)
        except PaperNotFoundError:
            if not forgotten:
                raise
    if json:
        show_json([*map(paper_data, removed), *map(failed_data, forgotten)])
        return
    show("Removed:", *map(paper_line, removed), *failed_lines(forgotten))
    if any(paper.same_as for paper in removed):
        say("Near-duplicates left with the paper they were folded into; the next add reads them.")


@app.command(epilog="Example: r1agent index check --repair --index indexes/kd")
def check(
    repair: Annotated[
        bool, typer.Option("--repair", metavar="", help="Mend what can be mended.")
    ] = False,
    index: options.Index = None,
    config: options.Config = None,
    json: options.Json = False,
) -> None:
    """Check that an index is whole."""
    from r1agent.cli.papers import check_data, check_lines
    from r1agent.cli.screen import show, show_json

    with open_index(settings_from(config, index=index)) as papers:
        report = papers.check(repair=repair)
    if json:
        show_json(check_data(report))
    else:
        show(*check_lines(report))
    raise typer.Exit(0 if report.ok else 1)


def _readers(address: str, settings: Settings, view: RunView, opened: ExitStack) -> RayWorkers:
    """Start readers on a Ray cluster before an index is made, since it may not be there."""
    from r1agent.index_models import embeddings_of
    from r1agent_indexes import RayWorkers

    view.loading("Starting readers on the Ray cluster", None)
    workers = RayWorkers(address, embeddings_of(settings))
    opened.callback(workers.close)
    return workers
