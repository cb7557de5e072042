"""`r1agent eval`: how good models, gate and search are, on data of yours and on your papers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import eval_fetch, options
from r1agent.cli.eval_given import (
    EvalGiven,
    LoopGiven,
    PlainGiven,
    with_eval_given,
    with_loop_given,
    with_plain_given,
)
from r1agent.cli.eval_run import run_evaluation

if TYPE_CHECKING:
    from r1agent.evaluate.evaluation import Evaluation

app = typer.Typer(
    no_args_is_help=True,
    help="Measure models, gate and search, on data that you name and on your own papers.",
)
app.add_typer(eval_fetch.app)
Data = Annotated[Path, typer.Argument(metavar="DATA", show_default=False, help="File or folder.")]
Split = Annotated[str, typer.Option(metavar="NAME", help="Which part of a folder's data.")]


@app.command(epilog="Example: r1agent eval retrieval scifact/ -o retrieval.html")
@with_loop_given
def retrieval(
    data: Data, split: Split = "test", reranker: options.Reranker = None, *, given: LoopGiven
) -> None:
    """Search a folder in BEIR's form: by words, by meaning, by both, and reranked."""
    from r1agent.evaluate.tasks.retrieval import RetrievalTask
    from r1agent.index_models import embeddings_of, reranker_of

    settings = given.settings(reranker=reranker)
    embeddings = embeddings_of(settings)
    served = reranker_of(settings, embeddings) if settings.reranker_url else None
    task = RetrievalTask(
        data,
        split=split,
        cache=settings.cache_dir / "eval",
        reranker=settings.reranker,
        embeddings=embeddings,
        order=served,
    )
    run_evaluation(task, given, settings)


@app.command(epilog="Example: r1agent eval support claims.jsonl -o support.html")
@with_plain_given
def support(data: Data, split: Split = "dev", *, given: PlainGiven) -> None:
    """Judge claims beside their evidence, as the gate does: SciFact's form, or a file of yours."""
    from r1agent.evaluate.tasks.support import SupportTask
    from r1agent.index_models import embeddings_of

    settings = given.settings()
    task = SupportTask(data, split=split, embeddings=embeddings_of(settings))
    run_evaluation(task, given, settings)


@app.command(epilog="Example: r1agent eval papers qa/ --without planner,gate -o papers.html")
@with_loop_given
def papers(data: Data, *, given: LoopGiven) -> None:
    """Ask questions about a folder of papers: the loop, and plain retrieval with one prompt.

    DATA holds `questions.jsonl` and `papers/`, which are read into an index of the cache.
    """
    from r1agent.evaluate.tasks.papers import PapersTask

    run_evaluation(PapersTask(data), given, given.settings())


@app.command(epilog="Example: r1agent eval code HumanEval.jsonl.gz --limit 50 -o code.html")
@with_loop_given
def code(data: Data, *, given: LoopGiven) -> None:
    """Have functions written, as in HumanEval or MBPP, and run their hidden tests on them."""
    from r1agent.evaluate.tasks.code import CodeTask
    from r1agent.load import load_sandbox

    settings = given.settings()
    with load_sandbox(settings) as sandbox:
        run_evaluation(CodeTask(data, sandbox), given, settings)


@app.command(epilog="Example: r1agent eval math gsm8k.jsonl --limit 100 -o math.html")
@with_loop_given
def math(data: Data, *, given: LoopGiven) -> None:
    """Have problems solved, as in GSM8K or MATH: by one prompt, and by the loop with Python."""
    from r1agent.evaluate.tasks.math import MathTask
    from r1agent.load import load_sandbox

    settings = given.settings()
    with load_sandbox(settings) as sandbox:
        run_evaluation(MathTask(data, sandbox), given, settings)


@app.command(epilog="Example: r1agent eval injection --papers papers/ -o injection.html")
@with_eval_given
def injection(
    data: Annotated[
        Path | None,
        typer.Argument(metavar="DATA", show_default=False, help="Texts of attacks; else ours."),
    ] = None,
    papers: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Papers that orders are hidden in.")
    ] = None,
    each: Annotated[int, typer.Option(min=1, metavar="N", help="Texts of each kind.")] = 4,
    *,
    given: EvalGiven,
) -> None:
    """Hide orders to the model in papers, and see who shows them to it and who obeys."""
    from r1agent.evaluate.tasks.injection import InjectionTask

    task = InjectionTask(data, folder=papers, each=each)
    run_evaluation(task, given, given.settings())


@app.command(epilog="Example: r1agent eval faults papers/ -o faults.html")
@with_eval_given
def faults(
    data: Annotated[Path, typer.Argument(metavar="DATA", show_default=False, help="Papers.")],
    pairs: Annotated[
        int, typer.Option(min=1, metavar="N", help="True sentences made, at most.")
    ] = 300,
    *,
    given: EvalGiven,
) -> None:
    """Make true sentences of papers wrong by rules, and see which of them the gate lets through."""
    from r1agent.evaluate.tasks.faults import FaultsTask
    from r1agent.index_models import embeddings_of

    settings = given.settings()
    task = FaultsTask(data, pairs=pairs, embeddings=embeddings_of(settings))
    run_evaluation(task, given, settings)


@app.command("self", epilog="Example: r1agent eval self --index indexes/kd -o trust.html")
@with_loop_given
def own(
    index: Annotated[Path, typer.Option("--index", metavar="DIR", help="Folder of the index.")],
    count: Annotated[
        int, typer.Option(min=1, metavar="N", help="Examples made of each kind.")
    ] = 100,
    *,
    given: LoopGiven,
) -> None:
    """Measure on your own papers, without labels, how far the answers about them can be trusted."""
    from r1agent.evaluate.tasks.own import OwnPapersTask
    from r1agent.index_models import embeddings_of

    settings = given.settings(index)
    task = OwnPapersTask(index, count=count, seed=given.seed, embeddings=embeddings_of(settings))
    run_evaluation(task, given, settings, conclude=_trusted)


def _trusted(evaluation: Evaluation) -> Evaluation:
    """Say first, in a plain sentence, how far to trust the answers."""
    from r1agent.evaluate.own.trust import trust

    return replace(evaluation, notes=(trust(evaluation.scored), *evaluation.notes))
