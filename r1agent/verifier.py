"""Verify a step with evidence from outside the model: passages, exit codes, values, tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent.checks.numbers import computes
from r1agent.checks.program_inputs import unknown_inputs
from r1agent.checks.programs import wrong_operation
from r1agent.dual_agreement import best_consensus
from r1agent.equality import is_symbolic, is_value
from r1agent.nearness import BEARS_ON, NEAR, bears_on, similarities
from r1agent.types import PlanStep, ToolResult, Verdict
from r1agent.words import counted
from r1agent_tools import ExecutionResult, TestReport, TestVerdict

__all__ = [
    "DISAGREE",
    "ONE_PROGRAM",
    "Verifier",
    "unknown_inputs",
    "verify_agreement",
    "verify_program",
    "verify_tests",
]

_SIGNED = re.compile(r"(?<![\w.])-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?")
ONE_PROGRAM = "one program alone proves nothing"
DISAGREE = "programs written apart disagree"

_EMPTY = ("", "[]", "{}", "None")
"""How a tool of the user's own that returned nothing is written."""

_MOST_VALUES = 12

SameValue = Callable[[str, str], bool]
"""Tells whether two results are one value, however they are written."""


class Verifier:
    """Judge steps.

    Args:
        embeddings: Tell whether passages bear on what was asked; without them their words do.
        same_value: Compares what two programs found; without it they must print the same.
    """

    def __init__(
        self, embeddings: Embeddings | None = None, *, same_value: SameValue | None = None
    ) -> None:
        self.embeddings = embeddings
        self.same_value = same_value

    def verify(
        self, step: PlanStep, results: Sequence[ToolResult], question: str, known: str = ""
    ) -> Verdict:
        """Return the verdict on a step, from the artifacts of its results.

        The last result counts for programs and tests; for searches all passages count together.

        Args:
            step: What the results are for.
            results: At least one.
            question: What the run is about; a program may take numbers from it.
            known: Passages that a program may take numbers from too; without any, from anywhere.
        """
        last = results[-1]
        if step.tool == "python":
            return self._verify_programs(results, question, known)
        if step.tool == "unit_tests":
            return _verify_code(results)
        found = [one for one in results if isinstance(one.artifact, list)]
        passages = [doc for one in found for doc in one.artifact if isinstance(doc, Document)]
        if passages or step.tool in ("search_papers", "read_page"):
            asked = str(last.call.arguments.get("query", question))
            measured = [one for result in found for one in similarities(result, asked)]
            return self.verify_passages(passages, asked, nearest=max(measured, default=None))
        said = [one.text.strip() for one in results if one.ok]
        is_empty = bool(said) and said[-1] in _EMPTY
        if last.ok and not is_empty:
            return Verdict("supported", f"`{last.call.tool}` returned a result")
        why = "it returned nothing" if is_empty else last.text
        return Verdict("unsupported", f"`{last.call.tool}`", (why,))

    def verify_passages(
        self, passages: Sequence[Document], asked: str, *, nearest: float | None = None
    ) -> Verdict:
        """Ask that at least one passage bears on what was asked, by meaning or else by words.

        Args:
            passages: What was found.
            asked: What was looked for.
            nearest: The highest cosine that the search itself measured; spares embedding them.
        """
        if not passages:
            return Verdict("unsupported", "the index", ("no passage was found",))
        papers = len({doc.metadata.get("paper") for doc in passages})
        rests_on = f"{counted(len(passages), 'passage')} of {counted(papers, 'paper')}"
        if self.embeddings is None or nearest is None:
            fits = bears_on(passages, asked, self.embeddings, floor=NEAR)
        else:
            fits = nearest >= NEAR
        if fits:
            return Verdict("supported", rests_on)
        return Verdict("unsupported", rests_on, (f"no passage bears on {asked!r}",))

    def bears_on(self, passages: Sequence[Document], asked: str) -> bool:
        """Tell whether one of the passages, found for something else, bears on what was asked."""
        return bears_on(passages, asked, self.embeddings, floor=BEARS_ON)

    def _verify_programs(self, results: Sequence[ToolResult], question: str, known: str) -> Verdict:
        """Judge the last program; one written apart from it must agree.

        Where there are papers, only programs that took their numbers from them count.
        """
        last = results[-1]
        if not isinstance(last.artifact, ExecutionResult):
            return Verdict("unsupported", "exit of the program", (last.text,))
        texts = f"{question}\n{known}" if known else ""
        verdict = verify_program(last.artifact, _code(last), texts, question)
        if not verdict.supported:
            return verdict
        ran = [(one, one.artifact) for one in results if isinstance(one.artifact, ExecutionResult)]
        if known:
            ran = [
                (one, result)
                for one, result in ran
                if verify_program(result, _code(one), texts, question).supported
            ]
        return verify_agreement(
            [result for _, result in ran],
            programs=len({_code(one).strip() for one, _ in ran}),
            same_value=self.same_value,
        )


def verify_agreement(
    results: Sequence[ExecutionResult], *, programs: int = 2, same_value: SameValue | None = None
) -> Verdict:
    """Ask that the last program found the same value as one written apart from it.

    Args:
        results: In the order in which the programs ran.
        programs: How many of them differ; the verdict says where they were all alike.
        same_value: Compares what is not a plain number, such as `sqrt(2)/2`.
    """
    *others, last = results
    found = _found(last)
    if any(found and _agree(found, _found(other), same_value) for other in others):
        told = sum(bool(_found(one)) for one in results)
        which = "two programs that both" if told == 2 else f"two of {told} programs, which both"
        which = which if programs > 1 else "one program, written twice alike, that"
        return Verdict("supported", f"{which} found {_shown(found)}")
    values = ", ".join(_shown(_found(one)) or "nothing" for one in results)
    reason = DISAGREE if others else ONE_PROGRAM
    return Verdict("unsupported", "agreement of programs", (f"{reason}: {values}",))


def _code(result: ToolResult) -> str:
    return str(result.call.arguments.get("code", ""))


def _agree(one: str, other: str, same_value: SameValue | None) -> bool:
    """Compare two printed lines: by their numbers to ten digits, by words, or as mathematics."""
    if one == other:
        return True
    if is_symbolic(one) or is_symbolic(other):
        return same_value is not None and same_value(one, other)
    numbers = _numbers(one)
    return numbers == _numbers(other) if numbers else one.lower() == other.lower()


def _found(result: ExecutionResult) -> str:
    """What a program printed last, white space folded; empty where it failed or is silent.

    Values on lines of their own, such as two roots, are one result together.
    """
    printed = "\n".join(filter(None, [result.stdout, result.value])).split("\n")
    lines = [" ".join(line.split()) for line in printed if line.strip()]
    values = 1 < len(lines) <= _MOST_VALUES and all(map(is_value, lines))
    if values and len(set(lines)) == len(lines):
        return f"{{{', '.join(lines)}}}"
    return f"[{', '.join(lines)}]" if values else lines[-1] if lines else ""


def _numbers(line: str) -> tuple[str, ...]:
    return tuple(f"{float(number):.10g}" for number in _SIGNED.findall(line.replace(",", "")))


def _shown(line: str) -> str:
    return line if is_symbolic(line) else " ".join(_numbers(line)) or line


def verify_program(
    result: ExecutionResult, code: str = "", known: str = "", question: str = ""
) -> Verdict:
    """Ask that a program ended well, printed something, and took its numbers from `known`.

    With such texts, `question` also settles the operation, such as a division for a percentage.
    """
    if not result.ok:
        reason = result.limit_hit or result.exception or "the program failed"
        return Verdict("unsupported", "exit of the program", (str(reason),))
    printed = "\n".join(filter(None, [result.stdout.strip(), result.value]))
    if not printed:
        return Verdict("unsupported", "output of the program", ("it printed nothing",))
    if code and not computes(code):
        reason = "it prints what was written beforehand and computes nothing"
        return Verdict("unsupported", "text of the program", (reason,))
    invented = unknown_inputs(code, known, small_too=True) if known else []
    if invented:
        reason = f"{', '.join(invented)} is neither in the question nor in the passages"
        return Verdict("unsupported", "numbers in the program", (reason,))
    wrong = wrong_operation(code, printed, question) if known else ""
    if wrong:
        return Verdict("unsupported", "operation of the program", (wrong,))
    return Verdict("supported", "exit and output of the program")


def verify_tests(report: TestReport) -> Verdict:
    """Ask that every test passed in a process of its own."""
    rests_on = f"{report.passed} of {report.total} unit tests ({report.trust})"
    if report.verified:
        return Verdict("supported", rests_on)
    failed = [_failure(one) for one in report.results if not one.passed]
    reason = "; ".join(failed[:3]) or "the tests could not be judged in a separate process"
    return Verdict("unsupported", rests_on, (reason,))


def _failure(test: TestVerdict) -> str:
    found = f" for the input {test.failing_input}" if test.failing_input else ""
    return f"{test.name}: {test.message}{found}"


def _verify_code(results: Sequence[ToolResult]) -> Verdict:
    """Ask that the user's tests pass; of the model's own, that solutions written apart agree."""
    last = results[-1]
    report = last.artifact
    if isinstance(report, TestReport) and not report.self_consistency:
        return verify_tests(report)
    best = best_consensus(results)
    if best is None:
        return Verdict("unsupported", "unit tests", (last.text,))
    rests_on = f"agreement of the model with itself: {best}"
    passes = isinstance(report, TestReport) and report.verified
    repeated = report is None and len(best.passed) == len(best.tests)
    if best.agrees and last.call.arguments["solution"] in best.solutions and (passes or repeated):
        return Verdict("supported", rests_on)
    reason = "" if report is None else verify_tests(report).reasons
    alone = "no two solutions written apart pass the same tests"
    return Verdict("unsupported", rests_on, tuple(reason) or (alone,))
