"""Ask every paper every question, keep the answers, and go on after a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from r1agent.batch.items import BatchResult
from r1agent.batch.kept import KeptAnswers, answer_items
from r1agent.batch.pool import Pool
from r1agent.tables.cells import Cell, Row
from r1agent.tables.form import TableForm
from r1agent.tables.items import cell_id, items_of, shown
from r1agent.tables.keeping import forget, unanswered
from r1agent.tables.table import Table
from r1agent.types import Answer
from r1agent_indexes import Paper


def make_table(
    pool: Pool,
    papers: Sequence[Paper],
    form: TableForm,
    kept: KeptAnswers,
    *,
    on_result: Callable[[BatchResult], None] | None = None,
) -> Table:
    """Ask what `kept` does not answer yet, and return the table.

    A cell is asked again where it failed, or where the question of its column is another one.

    Args:
        pool: What answers the questions.
        papers: The rows, such as `index.papers()`.
        form: The columns.
        kept: The answers, such as `kept_cells(Path("table.html"))`.
        on_result: Called in this thread with each new cell.

    Raises:
        BatchError: Another process is at work on the same answers.
        ModelServerError: The server failed for three cells in a row; the others are kept.
    """
    errors: dict[str, str] = {}

    def note(result: BatchResult) -> None:
        if result.answer is None:
            errors[result.item.id] = result.reason
        if on_result is not None:
            on_result(result)

    items = items_of(papers, form)
    with kept.locked():
        forget(kept, [item.id for item in unanswered(items, kept.answers)])
        answers = answer_items(pool, items, kept, on_result=note)
    return table_of(papers, form, answers, errors)


def table_of(
    papers: Sequence[Paper],
    form: TableForm,
    answers: Mapping[str, Answer],
    errors: Mapping[str, str] | None = None,
) -> Table:
    """Put answers and errors, both by the ids of their items, into a table."""
    reasons = errors or {}
    rows = (
        Row(
            paper,
            tuple(
                Cell(column, answers.get(id), reasons.get(id, ""))
                for column in form.columns
                for id in [cell_id(paper, column)]
            ),
        )
        for paper in shown(papers)
    )
    return Table(form, tuple(rows), _notes(answers.values()))


def _notes(answers: Iterable[Answer]) -> tuple[str, ...]:
    models = dict.fromkeys(answer.audit.model for answer in answers if answer.audit.model)
    return (f"Answered by {', '.join(models)}.",) if models else ()
