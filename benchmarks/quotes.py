"""Whether each quote that an answer prints stands on the page that is named, word for word.

The corpus is a folder outside the repository with `papers/`, `questions.jsonl` and `pages.json`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from results import ROOT, Figures

from r1agent.evaluate.page_texts import read_pages

CORPUS = ROOT.parent / "shared" / "qa"
INDEX = Path("indexes") / "dev"
EVERY = 6
"""Each 6th question is asked, from the first: the same ones each time."""
NEEDED = ("papers", "questions.jsonl", "pages.json")


class CorpusMissingError(Exception):
    """The corpus is not there; the message says what is missing."""


def measure_quotes(out: Path, *, limit: int | None, seconds_a_question: float) -> Figures:
    """Ask the questions with `r1agent batch`, which goes on where it was, and check the quotes.

    Args:
        out: The answers, as JSONL.
        limit: Ask at most that many questions.
        seconds_a_question: When a run answers with what it has.

    Raises:
        CorpusMissingError: There is nothing to ask about.
    """
    require_corpus()
    questions = chosen_questions(limit)
    asked = out.with_name("questions.jsonl")
    asked.write_text("".join(f"{json.dumps(each)}\n" for each in questions), encoding="utf-8")
    _r1agent("index", "add", CORPUS / "papers", "--index", INDEX)
    _r1agent("batch", asked, "--out", out, "--index", INDEX, "--deadline", seconds_a_question)
    ids = {question["id"] for question in questions}
    return count_quotes([answer for answer in _lines(out) if answer["id"] in ids])


def require_corpus() -> None:
    """Refuse to start where the corpus is not whole."""
    missing = [name for name in NEEDED if not (CORPUS / name).exists()]
    if missing:
        raise CorpusMissingError(
            f"The corpus {str(CORPUS)!r} lacks {', '.join(missing)}; the quotes cannot be "
            "measured without it. Put it there, or measure the rest: "
            "make bench-road PARTS=import,help,demo"
        )


def chosen_questions(limit: int | None = None) -> list[dict[str, Any]]:
    """Return each 6th question of the corpus, with its id and text alone."""
    every = _lines(CORPUS / "questions.jsonl")[::EVERY]
    return [{"id": each["id"], "question": each["question"]} for each in every[:limit]]


def count_quotes(answers: list[dict[str, Any]]) -> Figures:
    """Count the quotes shown and those that are not on their page; name each wrong one."""
    pages = read_pages(CORPUS / "pages.json", CORPUS / "papers")
    quotes = [(answer["id"], each) for answer in answers for each in answer["citations"]]
    wrong = [
        (question, each)
        for question, each in quotes
        if not pages.holds(each["file"], each["page"], each["quote"])
    ]
    for question, each in wrong:
        print(f"not on the page: {question} {each['file']} p. {each['page']}: {each['quote']!r}")
    return {
        "quotes_shown": len(quotes),
        "quotes_wrong": len(wrong),
        "quotes_questions": len(answers),
        "quotes_answered": sum(answer["outcome"] == "answered" for answer in answers),
    }


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _r1agent(*arguments: object) -> None:
    command = [str(Path(sys.executable).with_name("r1agent")), *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - fixed commands
