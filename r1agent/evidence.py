"""The evidence of a run: the passages that were retrieved and what programs and tools gave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from langchain_core.documents import Document

from r1agent.dual_agreement import best_consensus
from r1agent.types import Computation, Step, ToolCall, Trajectory
from r1agent_tools import ExecutionResult, TestReport

_CHARACTERS = 4_000  # of what a tool of the user's own returned


@dataclass(slots=True)
class Evidence:
    """Passages by id, in the order in which they are numbered for the writer, and computations."""

    passages: dict[str, Document] = field(default_factory=dict)
    computations: list[Computation] = field(default_factory=list)

    def add(self, passages: Iterable[Document]) -> list[Document]:
        """Take in passages and return those that were new."""
        new = [doc for doc in passages if doc.id is not None and doc.id not in self.passages]
        self.passages.update({doc.id: doc for doc in new if doc.id is not None})
        return new

    @property
    def texts(self) -> dict[str, str]:
        """Title and passages of each paper, by its id."""
        papers: dict[str, list[str]] = {}
        for doc in self.passages.values():
            about = doc.metadata
            texts = papers.setdefault(str(about.get("paper", "")), [str(about.get("title", ""))])
            texts.append(doc.page_content)
        return {paper: " ".join(texts) for paper, texts in papers.items()}

    @property
    def outputs(self) -> tuple[str, ...]:
        """What programs, tests and tools of the user's own gave."""
        return tuple(computation.output for computation in self.computations)


def gather(trajectory: Trajectory) -> Evidence:
    """Collect the evidence of the steps that were verified: passages, and what was computed.

    The best passage of each search comes first, then the second ones, so that a step searched
    last is not cut off when only the first few passages fit.
    """
    evidence = Evidence()
    proved = [step for step in trajectory.steps if step.verdict.supported]
    artifacts = [result.artifact for step in proved for result in step.results]
    searches = [artifact for artifact in artifacts if _is_passages(artifact)]
    depth = max((len(passages) for passages in searches), default=0)
    for rank in range(depth):
        evidence.add(passages[rank] for passages in searches if rank < len(passages))
    found = (_computation(step) for step in proved)
    evidence.computations.extend(one for one in found if one is not None)
    return evidence


def _is_passages(artifact: object) -> bool:
    return isinstance(artifact, list) and all(isinstance(item, Document) for item in artifact)


def _computation(step: Step) -> Computation | None:
    """Return what the step's last program, tests or own tool gave, as evidence."""
    last = next((one for one in reversed(step.results) if one.ok), None)
    if last is None or _is_passages(last.artifact):
        return None
    artifact, given = last.artifact, last.call.arguments
    if isinstance(artifact, ExecutionResult):
        output = "\n".join(filter(None, [artifact.stdout.strip(), artifact.value]))
        return Computation(last.call.tool, given["code"], output, _layers(artifact.isolation))
    if isinstance(artifact, TestReport):
        output = _tests_output(step, artifact)
        return Computation(last.call.tool, given["solution"], output, _layers(artifact.isolation))
    return Computation(last.call.tool, _written(last.call), last.text[:_CHARACTERS], "")


def _tests_output(step: Step, report: TestReport) -> str:
    """Say how many tests passed; of the model's own, which of its solutions agree on them."""
    best = best_consensus(step.results) if report.self_consistency else None
    return f"{report.passed} of {report.total} tests passed" if best is None else str(best)


def _written(call: ToolCall) -> str:
    """Write a call of a tool of the user's own as Python."""
    given = ", ".join(f"{name}={value!r}" for name, value in call.arguments.items())
    return f"{call.tool}({given})"


def _layers(isolation: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in isolation.items())
