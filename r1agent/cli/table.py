"""`r1agent table`: papers down, questions across, and on again after a stop."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.given import Given, with_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from r1agent.batch import BatchItem, BatchResult
    from r1agent.batch.kept import KeptAnswers
    from r1agent.report.watching.batch_view import BatchView
    from r1agent.settings import Settings
    from r1agent.tables import Table, TableForm
    from r1agent_indexes import Paper, PaperFilter


@with_given
def table(
    columns: Annotated[Path, typer.Argument(metavar="COLUMNS", help="YAML of the questions.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FILE", help="A .csv, .md, .html, .docx, .json or .bib file."
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT",
            help="`csv`, `markdown`, `obsidian`, `html`, `docx`, `json`, `bibtex` or `csl-json`; "
            "or as FILE ends.",
        ),
    ] = None,
    style: options.Style = None,
    sort: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Order of the rows; `-COLUMN` turns it round."),
    ] = None,
    redo: Annotated[
        list[str] | None,
        typer.Option(metavar="CELLS", help="Ask a COLUMN, a PAPER or PAPER/COLUMN again."),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=256, metavar="N", help="Questions at once.", show_default=False),
    ] = None,
    resume: Annotated[
        bool, typer.Option(metavar="", help="Keep the cells that are there, or ask all again.")
    ] = True,
    ray: options.Ray = None,
    json: options.Json = False,
    *,
    given: Given,
) -> None:
    """Ask every paper the questions of COLUMNS, and write a table of quoted answers.

    A second run asks only what is new or failed: a column, a paper, or a changed question.
    """
    from r1agent.batch.files import require_folder
    from r1agent.cli.exit_codes import code_of
    from r1agent.report.export import exported
    from r1agent.report.exporting import write_bytes
    from r1agent.report.table.export import table_bytes, table_format
    from r1agent.tables import Table, kept_cells, read_form

    form = read_form(columns)
    kind = table_format(out, format)
    require_folder(out)
    table_bytes(kind, _sorted(Table(form, ()), sort), style=style)  # a wrong name is told at once
    settings = given.settings()
    if redo or not resume:
        settings = settings.model_copy(update={"cache_requests": False})  # it would say the same
    job = _Job(form, _papers(settings, given, form), kept_cells(out), settings, workers, ray)
    job.forget(redo or [], resume=resume)
    made = job.table(given)
    content = table_bytes(
        kind,
        _sorted(made, sort),
        style=style,
        export=lambda said, answer: exported(said, answer, settings),
    )
    write_bytes(content, out)
    _tell(made, out, json=json)
    raise typer.Exit(code_of({cell.outcome for cell in made.cells}))


def _sorted(table: Table, by: str | None) -> Table:
    return table if by is None else table.sorted_by(by)


def _papers(settings: Settings, given: Given, form: TableForm) -> list[Paper]:
    from r1agent.cli.session import open_index
    from r1agent.tables.papers import papers_of

    with open_index(settings) as index:
        return papers_of(index, form, given.where())


@dataclass(frozen=True, slots=True)
class _Job:
    """What was asked for."""

    form: TableForm
    papers: list[Paper]
    kept: KeptAnswers
    settings: Settings
    workers: int | None
    ray: str | None

    def forget(self, redo: Sequence[str], *, resume: bool) -> None:
        """Drop what is to be asked again."""
        from r1agent.tables.keeping import cells_named, forget

        again = [id for name in redo for id in cells_named(name, self.papers, self.form)]
        with self.kept.locked():
            forget(self.kept, again if resume else list(self.kept.answers))

    def table(self, given: Given) -> Table:
        """Return the table; no model is loaded where every cell is there."""
        from r1agent.cli.ending import say
        from r1agent.errors import ModelServerError
        from r1agent.report.watching.batch_view import BatchView
        from r1agent.tables.making import table_of

        left = self._left
        if not left:
            return table_of(self.papers, self.form, self.kept.answers)
        try:
            with BatchView(given.view(), left) as view:
                return self._asked(view, given.where())
        except (KeyboardInterrupt, ModelServerError) as stop:
            cells = len(self.papers) * len(self.form.columns)
            kept = f"{cells - self._left} of {cells} cells are kept"
            say(f"Stopped. {kept}; the same command asks the rest.")
            if isinstance(stop, ModelServerError):
                raise
            raise typer.Exit(130) from None

    @property
    def _left(self) -> int:
        """How many cells are to be asked."""
        from r1agent.tables.items import items_of
        from r1agent.tables.keeping import unanswered

        return len(unanswered(items_of(self.papers, self.form), self.kept.answers))

    def _asked(self, view: BatchView, where: PaperFilter | None) -> Table:
        from r1agent.batch.opening import pool_for, require_usable
        from r1agent.load import load_assistant
        from r1agent.tables import make_table

        def show(result: BatchResult) -> None:
            view.result(replace(result, item=replace(result.item, id=_label(result.item))))

        settings = self.settings
        require_usable(settings, self.ray)
        with (
            load_assistant(settings, where=where, on_progress=view.loading) as assistant,
            pool_for(
                assistant,
                self.workers,
                settings=settings,
                where=where,
                ray=self.ray,
                on_notice=view.notice,
            ) as pool,
        ):
            view.begin()
            return make_table(pool, self.papers, self.form, self.kept, on_result=show)


def _label(item: BatchItem) -> str:
    return f"{item.id.partition('/')[2]}: {item.within}"


def _tell(made: Table, out: Path, *, json: bool) -> None:
    from r1agent.cli.screen import show, show_json
    from r1agent.report.references import OUTCOMES, total_cost
    from r1agent.words import counted

    counts = made.counts()
    if json:
        sizes = {"papers": len(made.rows), "columns": len(made.form.columns)}
        show_json(sizes | {"outcomes": counts})
        return
    told = [f"{count} {OUTCOMES[name]}" for name, count in counts.items() if count]
    size = f"{counted(len(made.rows), 'paper')}, {counted(len(made.form.columns), 'column')}"
    cost = total_cost(made.report().usage.values())
    again = "; the same command asks those that failed again" if counts["failed"] else ""
    show(f"{size}: {', '.join(told)}: {str(out)!r}{again}")
    if cost:
        show(f"Tokens: {cost}")
