"""An assistant that answers as it is told, and what it answers."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from r1agent.batch import BatchItem
from r1agent.types import Answer, Audit, Citation, Claim, Plan, Trajectory, Usage, Verdict

QUOTE = Citation("p:1", "Six percent.", "p", "kd.pdf", "Distillation", 3, "3", 0, 12)
ANSWER = Answer(
    run="r1",
    question="",
    outcome="answered",
    claims=(Claim("It is six percent.", (QUOTE,), Verdict("supported", "a quote")),),
    plan=Plan(()),
    trajectory=Trajectory(),
    audit=Audit(1.0, "high"),
)
FAILED = replace(ANSWER, outcome="failed", claims=(), message="No step worked.")
ITEMS = [BatchItem("a", "First?"), BatchItem("b", "Second?"), BatchItem("c", "Third?")]


class Answers:
    """An assistant that answers by question, or raises what stands there."""

    def __init__(self, **outcomes: Answer | BaseException) -> None:
        self.outcomes = outcomes
        self.asked: list[str] = []
        self._lock = threading.Lock()

    def ask(self, question, *, tests=None, within="", plan=None):
        with self._lock:
            self.asked.append(question)
        outcome = self.outcomes.get(question.rstrip("?"), ANSWER)
        if isinstance(outcome, BaseException):
            raise outcome
        return replace(outcome, question=question)


def costing(tokens: int, answer: Answer = ANSWER) -> Answer:
    """Return an answer that read no token and wrote so many."""
    usage = {"writer": Usage(calls=1, completion_tokens=tokens)}
    return replace(answer, audit=replace(answer.audit, usage=usage))


def questions(count: int) -> list[BatchItem]:
    """Return so many questions."""
    return [BatchItem(str(number), f"Question {number}?") for number in range(count)]


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the objects in a JSONL file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def ids_of(path: Path) -> list[str]:
    """Return the ids in a JSONL file, in order; none where it is not there."""
    return [line["id"] for line in lines_of(path)] if path.exists() else []
