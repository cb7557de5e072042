"""Ask many papers the same questions: `python examples/batch_table.py --out table.html`.

Papers down, questions across; every cell is quoted. Each answer is kept as it comes: stop it with
Ctrl-C, or add a column, and the same command asks only what is missing. The suffix of `--out` is
the format: .html, .csv, .md or .json.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from r1agent import PaperIndex, R1AgentError, load_assistant, load_settings
from r1agent.batch import BatchResult, ThreadPool
from r1agent.report.table.export import table_format, table_to
from r1agent.tables import Column, TableForm, kept_cells, make_table
from r1agent.tables.papers import papers_of
from r1agent_indexes import PaperIndexError

FORM = TableForm(
    title="Label smoothing and distillation",
    papers=("01-*", "02-*"),  # leave it out for every paper of the index
    columns=(
        Column("Data", "Which data set was used?"),
        Column("Seeds", "How many seeds were used?", kind="number", unit="seeds"),
    ),
)


def main() -> None:
    """Bring the index up to date, ask what was not asked yet, and write the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", default=Path(__file__).parent / "papers" / "pdf", type=Path)
    options.add_argument("--index", default=Path("indexes/examples"), type=Path)
    options.add_argument("--out", default=Path("table.html"), type=Path)
    options.add_argument("--base-url")
    options.add_argument("--workers", default=1, type=int, help="questions asked at once")
    chosen = options.parse_args()

    format = table_format(chosen.out, None)  # a name that fits none is refused before any work
    settings = load_settings(index=chosen.index, base_url=chosen.base_url)
    with PaperIndex.open(chosen.index, create=True) as index:
        index.add([chosen.papers])
        papers = papers_of(index, FORM)
        with load_assistant(settings, index=index) as assistant:
            pool = ThreadPool(assistant, workers=chosen.workers)
            table = make_table(pool, papers, FORM, kept_cells(chosen.out), on_result=tell)

    chosen.out.write_text(table_to(format, table), encoding="utf-8")
    counts = ", ".join(f"{count} {name}" for name, count in table.counts().items() if count)
    counts = counts.replace("_", " ")
    print(f"{len(table.rows)} papers, {len(FORM.columns)} columns: {counts}; see {chosen.out}")


def tell(result: BatchResult) -> None:
    """Print a cell as it comes."""
    said = result.answer.text if result.answer else result.reason
    column = result.item.id.partition("/")[2]
    print(f"{result.item.within}, {column}: {' '.join(said.split())[:80]}", flush=True)


if __name__ == "__main__":
    try:
        main()
    except (R1AgentError, PaperIndexError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped. The same command asks the rest.")
