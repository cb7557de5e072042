"""What is written of a question: its answer with every quote, or why it failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from r1agent.batch.budget import Spent
from r1agent.batch.items import BatchItem, BatchResult
from r1agent.types import Answer, Citation, Claim, Usage

Export = Callable[[str, Answer], str]
"""Makes of an answer's text what is written."""


def as_is(text: str, _: Answer) -> str:
    """Return the text of an answer unchanged."""
    return text


def success(item: BatchItem, answer: Answer, export: Export, spent: Spent) -> dict[str, Any]:
    """Return the line of an answered question.

    `usage` is what the question cost, by role in `audit`; `job` what the whole job had used by
    then. A citation's number is its place in `citations`, from 1.
    """
    numbers = {citation: number for number, citation in enumerate(answer.citations, 1)}
    return {
        "id": item.id,
        "question": item.question,
        "answer": export(answer.text, answer),
        "outcome": answer.outcome,
        "citations": [_citation(each) for each in answer.citations],
        "claims": [_claim(each, numbers) for each in answer.claims],
        "abstained": answer.outcome != "answered",
        "code": answer.code,
        "run": answer.run,
        "audit": asdict(answer.audit),
        "usage": asdict(sum(answer.audit.usage.values(), Usage())),
        "job": asdict(spent),
    }


def failure(result: BatchResult, spent: Spent) -> dict[str, Any]:
    """Return the line of a question that failed."""
    item = result.item
    return {
        "id": item.id,
        "question": item.question,
        "reason": result.reason,
        "run": result.answer.run if result.answer else None,
        "job": asdict(spent),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "file": citation.file,
        "page": citation.page,
        "page_label": citation.page_label,
        "quote": citation.quote,
        "paper": citation.paper,
        "title": citation.title,
        "authors": list(citation.authors),
        "year": citation.year,
        "doi": citation.doi,
        "venue": citation.venue,
        "citation_key": citation.citation_key,
    }


def _claim(claim: Claim, numbers: dict[Citation, int]) -> dict[str, Any]:
    return {
        "sentence": claim.text,
        "citations": [numbers[citation] for citation in claim.citations],
        "support": claim.verdict.support,
        "rests_on": claim.verdict.rests_on,
    }
