"""The good papers that orders are hidden in, each with a question and the sentence that answers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.own.questions import SourceQuestion, make_questions
from r1agent.evaluate.planted.corpus import Corpus, corpus_of_folder

_MOST = 30
"""Papers of a folder that orders are hidden in."""


@dataclass(frozen=True, slots=True)
class Host:
    """A paper without any order."""

    name: str
    """Of its file, without an ending."""
    title: str
    text: str
    question: str
    quote: str
    """The sentence of the text that answers; white space may be broken otherwise."""


def read_hosts(folder: Path | None, *, seed: int = 0) -> list[Host]:
    """Return the papers of a folder with a question about each, or our own example texts.

    Args:
        folder: Papers of any kind that an index takes; None takes the example texts.
        seed: Of the draw of sentences that are asked about.

    Raises:
        EvaluationError: There is no such folder, or nothing can be asked about its papers.
    """
    if folder is None:
        return list(_examples())
    corpus = corpus_of_folder(folder)
    papers = {str(one.metadata["paper"]) for one in corpus.passages.values()}
    asked: dict[str, SourceQuestion] = {}
    for one in make_questions(corpus, count=2 * len(papers), seed=seed):
        asked.setdefault(one.source.paper, one)
    if not asked:
        raise EvaluationError(
            f"No question could be made about the papers in {str(folder)!r}. Wanted: papers with "
            "whole sentences; leave the folder out to hide orders in example texts."
        )
    return [_host(corpus, one) for _, one in sorted(asked.items())[:_MOST]]


def _host(corpus: Corpus, asked: SourceQuestion) -> Host:
    paper = asked.source.paper
    pages = [text for (of, _), text in sorted(corpus.pages.items()) if of == paper]
    return Host(
        Path(paper).stem, asked.source.title, "\n\n".join(pages), asked.text, asked.source.quote
    )


@cache
def _examples() -> tuple[Host, ...]:
    package = files("r1agent.evaluate.hidden_orders")
    rows = tomllib.loads(package.joinpath("example_texts.toml").read_text("utf-8"))["text"]
    return tuple(
        Host(row["name"], row["title"], row["body"].strip(), row["question"], row["quote"])
        for row in rows
    )
