"""Code: functions with hidden tests, judged by r1agent's unit-test checker in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from r1agent.evaluate.metrics import Share
from r1agent.evaluate.problems.loop_programs import loops
from r1agent.evaluate.problems.one_prompt import one_prompt
from r1agent.evaluate.problems.programs import CodeProblem, read_code_problems
from r1agent.evaluate.problems.written_code import written_code
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent_tools import LocalSandbox, NoTestsError, Sandbox, check_unit_tests

_TOKENS = 1024
METRICS = (
    Share("pass@1", "problems whose shown program passes the hidden tests, of all", "passed"),
    Share("answered", "problems with a program that is shown, of all", "answered"),
    Share("precision", "shown programs that pass", "passed", "answered"),
    Share("wrong_shown", "problems with a wrong program shown", "wrong", higher_is_better=False),
    Share("pass@1_all", "pass@1 if what was held back were shown too", "found_passed"),
    Share("programs", "checks of code, a problem", "programs", higher_is_better=False),
)


@dataclass(frozen=True, slots=True)
class CodeTask:
    """Problems in the form of HumanEval or MBPP, plain or gzipped.

    Args:
        data: File, or folder of files.
        sandbox: Where programs of models and tests of data sets run; its limit of seconds holds
            for each test.
    """

    data: Path
    sandbox: Sandbox = field(default_factory=LocalSandbox, compare=False)
    name = "code"
    title = "code: functions with hidden tests, judged in the sandbox"
    metrics = METRICS
    papers = None
    needs_model = True

    def examples(self) -> Sequence[Example]:
        """Read the problems, in the order of the data.

        Raises:
            EvaluationError: There are none, or they have another form.
        """
        return [_example(problem) for problem in read_code_problems(self.data.expanduser())]

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield one prompt, the loop with tests of its own, and the loop without parts."""
        if wanted.assistant is None:
            return
        if wanted.baseline:
            yield one_prompt(wanted.assistant, _prompt, max_tokens=_TOKENS)
        yield from loops(wanted, tool="unit_tests")

    def score(self, example: Example, output: Output) -> Measures:
        """Run the hidden tests against what was shown, and against what was held back."""
        problem = CodeProblem(**example.data)
        shown = _shown(output, problem)
        found = _program(output.said.get("found"), problem) or shown
        passed = shown is not None and self._passes(shown, problem)
        found_passed = passed if found == shown else self._passes(found or "", problem)
        return {
            "answered": float(shown is not None),
            "passed": float(passed),
            "wrong": float(shown is not None and not passed),
            "found_passed": float(found_passed),
            "programs": float(output.said.get("programs", 0)),
        }

    def _passes(self, program: str, problem: CodeProblem) -> bool:
        try:
            report = check_unit_tests(program, problem.tests, sandbox=self.sandbox)
        except NoTestsError:
            return False
        return 0 < report.total == report.passed


def _example(problem: CodeProblem) -> Example:
    return Example(problem.id, problem.question, data=asdict(problem))


def _prompt(example: Example) -> str:
    return f"{example.question}\n\nReply with one ```python block that holds the whole function."


def _shown(output: Output, problem: CodeProblem) -> str | None:
    if output.outcome != "answered":
        return None
    code = output.said["code"] if "code" in output.said else output.said.get("text")
    return _program(code, problem)


def _program(said: object, problem: CodeProblem) -> str | None:
    return written_code(said, problem) if isinstance(said, str) and said.strip() else None
