"""The evidence of a run: the passages that were retrieved and what programs printed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from langchain_core.documents import Document

from r1agent.types import Computation, Trajectory
from r1agent_tools import ExecutionResult, TestReport


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
    def outputs(self) -> tuple[str, ...]:
        """What programs and tests printed."""
        return tuple(computation.output for computation in self.computations)


def gather(trajectory: Trajectory) -> Evidence:
    """Collect the evidence of the steps that were verified: passages, and the last program.

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
    last = [step.results[-1] for step in proved]
    found = (_computation(one.call.tool, one.call.arguments, one.artifact) for one in last)
    evidence.computations.extend(one for one in found if one is not None)
    return evidence


def _is_passages(artifact: object) -> bool:
    return isinstance(artifact, list) and all(isinstance(item, Document) for item in artifact)


def _computation(tool: str, arguments: dict[str, str], artifact: object) -> Computation | None:
    if isinstance(artifact, ExecutionResult) and artifact.ok:
        output = "\n".join(filter(None, [artifact.stdout.strip(), artifact.value]))
        return Computation(tool, arguments["code"], output, _layers(artifact.isolation))
    if isinstance(artifact, TestReport) and artifact.verified:
        output = f"{artifact.passed} of {artifact.total} tests passed"
        return Computation(tool, arguments["solution"], output, _layers(artifact.isolation))
    return None


def _layers(isolation: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in isolation.items())
