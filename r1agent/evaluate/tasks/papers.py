"""Question answering over a folder of papers, where each question comes with its key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from r1agent.evaluate.answer_score import METRICS, AnswerKey, Cited, Said, score_answer
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import Metric
from r1agent.evaluate.page_texts import PageTexts, read_pages
from r1agent.evaluate.problems.rows import read_rows
from r1agent.evaluate.systems.loop import LOOP, Loop, loops_without
from r1agent.evaluate.systems.plain import PlainRetrieval
from r1agent.evaluate.systems.search import search_of
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent.words import counted

_FORM = (
    "lines of JSON with `id`, `question`, `answerable`, `gold` (a list of `file` and `page`), "
    "`must_contain` (groups of wordings) and `numeric` (`value` and `tolerance`)"
)
_NAMED = 5
"""Files that a note names at most."""


class QuestionLine(AnswerKey):
    """A line of `questions.jsonl`; what else it holds is not read."""

    id: str
    question: str
    kind: str = ""


@dataclass(frozen=True)  # without slots: the page texts are read when a quote is first looked up
class PapersTask:
    """Questions over a folder with `questions.jsonl` and `papers/`, and `pages.json` if it has one.

    `pages.json` holds the text of each page as several readers have it, so that a quote is not
    judged by the reader alone that it was taken with. Without it the papers are read as the index
    reads them.
    """

    data: Path
    name: str = field(default="papers", init=False)
    title: str = field(default="Questions about papers", init=False)
    metrics: tuple[Metric, ...] = field(default=METRICS, init=False)
    needs_model: bool = field(default=True, init=False)

    @property
    def papers(self) -> Path:
        """Folder of the papers."""
        return self.data / "papers"

    @property
    def notes(self) -> tuple[str, ...]:
        """Say what the figures cannot tell with these data."""
        keys = [AnswerKey.model_validate(example.data) for example in self.examples()]
        open_ = sum(key.answerable and not key.asks_for_anything for key in keys)
        there = {path.name for path in self.papers.rglob("*")}
        lost = {gold.file for key in keys for gold in key.gold} - there
        told = {
            f"{counted(open_, 'question')} with neither `must_contain` nor `numeric`: any answer "
            "to them counts as right.": open_ > 0,
            f"Named by a key, and not among the papers: {', '.join(sorted(lost)[:_NAMED])}"
            f"{f' and {len(lost) - _NAMED} more' if len(lost) > _NAMED else ''}.": bool(lost),
            "The papers come without `pages.json`: quotes were looked up in the texts that they "
            "were taken from, so that they exist says little.": not self._kept.is_file(),
        }
        return tuple(text for text, is_so in told.items() if is_so)

    def examples(self) -> list[Example]:
        """Read the questions, in the order of their file.

        Raises:
            EvaluationError: There are none, or they are of another form.
        """
        if not self.papers.is_dir():
            raise EvaluationError(
                f"{str(self.data)!r} has no folder `papers`. Name a folder that holds `papers/` "
                "and `questions.jsonl`."
            )
        path = self.data / "questions.jsonl"
        rows = enumerate(read_rows(path, _FORM), 1)
        examples = [_example(row, f"{str(path)!r}, line {number}") for number, row in rows]
        ids = [example.id for example in examples]
        twice = [one for one in ids if ids.count(one) > 1]
        if twice:
            raise EvaluationError(
                f"{str(path)!r} has two questions with the id {twice[0]!r}. Give each its own."
            )
        return examples

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield the loop, plain retrieval twice, and the loop without each part.

        The second plain retrieval may spend as many tokens as the loop did, where that is known.

        Raises:
            EvaluationError: The assistant has no papers, or not a part that is to be left out.
        """
        if wanted.assistant is None:
            return
        search_of(wanted.assistant)
        ablations = loops_without(wanted.assistant, wanted.without)
        yield Loop(wanted.assistant)
        if wanted.baseline:
            yield PlainRetrieval(wanted.assistant)
            if spent := wanted.spent.get(LOOP):
                yield PlainRetrieval(wanted.assistant, spent)
        yield from ablations

    def score(self, example: Example, output: Output) -> Measures:
        """Compare what was said with the key; a run that failed is never an abstention."""
        key = AnswerKey.model_validate(example.data)
        return score_answer(key, _said(output), self._pages)

    @cached_property
    def _pages(self) -> PageTexts:
        return read_pages(self._kept, self.papers)

    @property
    def _kept(self) -> Path:
        return self.data / "pages.json"


def _example(row: object, place: str) -> Example:
    try:
        line = QuestionLine.model_validate(row)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise EvaluationError(f"{place}: `{where}`: {first['msg']}. Wanted: {_FORM}.") from None
    key = line.model_dump(mode="json", exclude={"id", "question", "kind"})
    return Example(line.id, line.question, line.kind, key)


def _said(output: Output) -> Said:
    citations = [
        Cited(str(one["file"]), int(one["page"]), str(one["quote"]))
        for one in output.said.get("citations", ())
    ]
    return Said(str(output.said.get("text", "")), citations, output.outcome)
