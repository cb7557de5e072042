"""Mathematics: problems with known values, judged by `math-verify`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from r1agent.evaluate.metrics import Share
from r1agent.evaluate.problems.final_answers import final_answer, final_number
from r1agent.evaluate.problems.loop_programs import loops
from r1agent.evaluate.problems.math_referee import MathReferee
from r1agent.evaluate.problems.mathematics import MathProblem, read_problems
from r1agent.evaluate.problems.one_prompt import one_prompt
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent_tools import LocalSandbox, Sandbox

_TOKENS = 1024
METRICS = (
    Share("accuracy", "problems whose right value is shown, of all", "right"),
    Share("answered", "problems with an answer that is shown, of all", "answered"),
    Share("precision", "shown answers that are right", "right", "answered"),
    Share("accuracy_all", "accuracy if what was found and held back were shown too", "found_right"),
    Share("programs", "programs run, a problem", "programs", higher_is_better=False),
)


@dataclass(frozen=True, slots=True)
class MathTask:
    r"""Problems in the form of GSM8K (`#### N`) or MATH (`\boxed{…}`), plain or gzipped.

    Args:
        data: File, or folder of files.
        sandbox: Where mathematics of models is read and compared.
    """

    data: Path
    sandbox: Sandbox = field(default_factory=LocalSandbox, compare=False)
    name = "math"
    title = "mathematics: problems with known values"
    metrics = METRICS
    papers = None
    needs_model = True

    def examples(self) -> Sequence[Example]:
        """Read the problems, in the order of the data.

        Raises:
            EvaluationError: There are none, or they have another form.
        """
        return [_example(problem) for problem in read_problems(self.data.expanduser())]

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield one prompt, the loop, and the loop without parts."""
        if wanted.assistant is None:
            return
        if wanted.baseline:
            yield one_prompt(wanted.assistant, _prompt, max_tokens=_TOKENS)
        yield from loops(wanted, tool="python")

    def score(self, example: Example, output: Output) -> Measures:
        """Compare the shown value, and the one that was found, with the right one."""
        answered = output.outcome == "answered"
        shown = _value(_shown(output), example)
        found = _value(str(output.said.get("found", "")), example) or shown
        right = answered and self._is_right(shown, example)
        found_right = right if found == shown and answered else self._is_right(found, example)
        return {
            "answered": float(answered),
            "right": float(right),
            "found_right": float(found_right),
            "programs": float(output.said.get("programs", 0)),
        }

    def _is_right(self, value: str | None, example: Example) -> bool:
        right = example.data["answer"]
        return value is not None and MathReferee(self.sandbox).same(right, value)


def _example(problem: MathProblem) -> Example:
    data = {"answer": problem.answer, "latex": problem.latex}
    return Example(problem.id, problem.text, problem.kind, data)


def _prompt(example: Example) -> str:
    if example.data["latex"]:
        last = r"At the end give the final answer alone within \boxed{}."
    else:
        last = "At the end write one line with the final number alone, such as: Answer: 12"
    return f"{example.question}\n\nThink step by step. {last}"


def _shown(output: Output) -> str:
    """Return what the reader takes for the value: what a verified program printed, or the text."""
    computed = output.said.get("computations") or []
    return str(computed[-1] if computed else output.said.get("text", ""))


def _value(text: str, example: Example) -> str | None:
    """Return the final value of a text in the form in which the right one is written."""
    return final_answer(text) if example.data["latex"] else final_number(text)
