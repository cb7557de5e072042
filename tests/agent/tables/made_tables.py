"""Made papers and answers, and an assistant that gives them, for the tests of tables."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from r1agent.tables import Column, Table, TableForm
from r1agent.tables.items import cell_id
from r1agent.tables.making import table_of
from r1agent.types import Answer, Audit, Citation, Claim, Plan, Trajectory, Verdict
from r1agent_indexes import Paper, PaperMetadata

DATA = Column("Data", "Which data set was used?")
STUDENTS = Column("Students", "How many students were trained?", "number", "students")
FORM = TableForm((DATA, STUDENTS), "Made papers")


def paper(path="papers/kd.pdf", title="Distillation", authors=("Ada Miller", "Bo Chen"), year=2020):
    sha256 = hashlib.sha256(path.encode()).hexdigest()
    metadata = PaperMetadata(title, tuple(authors), year)
    return Paper(sha256[:8], sha256, Path(path), metadata, pages=3, chunks=9)


def quoted(quote, page=3, file="kd.pdf"):
    return Citation(f"p:{page}", quote, "p", file, "Distillation", page, str(page), 0, len(quote))


def answer(*sentences, quotes=(), question=DATA.question, outcome="answered", message=""):
    """An answer of sentences, each with the quote at its place, or itself as its quote."""
    claims = tuple(
        Claim(text, (quoted(quote),), Verdict("supported", "a quote"))
        for text, quote in zip(sentences, quotes or sentences, strict=True)
    )
    audit = Audit(1.0, "high", model="made-1b")
    return Answer("r1", question, outcome, claims, Plan(()), Trajectory(), audit, message=message)


SILENT = answer(outcome="not_in_papers", message="The papers do not say.")
FAILED = answer(outcome="failed", message="No verified answer: no step worked.")


def table(*cells, form=None, about=None):
    """A table of one row, of the answers to each column."""
    form = form or TableForm(
        tuple(replace(DATA, name=f"Q{place}") for place, _ in enumerate(cells))
    )
    row = about or paper()
    ids = [cell_id(row, column) for column in form.columns]
    return table_of([row], form, dict(zip(ids, cells, strict=True)))


def rows(form, *answers):
    """A table of one column, with a paper a row."""
    papers = [paper(f"p{place}.pdf", f"Paper {place}") for place, _ in enumerate(answers)]
    ids = [cell_id(one, form.columns[0]) for one in papers]
    return table_of(papers, form, dict(zip(ids, answers, strict=True)))


class Answers:
    """An assistant that answers by file and question, or raises what stands there."""

    def __init__(self, outcomes=None):
        self.outcomes = outcomes or {}
        self.asked = []
        self.plans = []

    def ask(self, question, *, tests=None, within="", plan=None):
        self.asked.append((within, question))
        self.plans.append(plan)
        outcome = self.outcomes.get((within, question), answer("They used TidePool-30."))
        if isinstance(outcome, BaseException):
            raise outcome
        return replace(outcome, question=question)


def files(made: Table) -> list[str]:
    return [record["file"] for record in made.records()]
