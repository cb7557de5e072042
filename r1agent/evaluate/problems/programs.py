"""Problems of programming with hidden tests: the forms of HumanEval and MBPP.

Chen et al., Evaluating Large Language Models Trained on Code, 2021; Austin et al., Program
Synthesis with Large Language Models, 2021.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.problems.rows import identified, read_rows

FORM = (
    "JSON or JSON lines with `prompt`, `entry_point` and `test` (as HumanEval has them), or with "
    "`text` or `prompt`, `code` and `test_list` (as MBPP has them)"
)


@dataclass(frozen=True, slots=True)
class CodeProblem:
    """A function that is asked for, and the tests that nobody but the judge sees."""

    id: str
    question: str
    """What a model is asked."""
    function: str
    """The name that the tests call."""
    begins: str
    """What stands before the function in the problem, such as imports; empty where nothing does."""
    head: str
    """The beginning of the function with its docstring, where the problem gives one."""
    tests: str
    """Source that the judge runs; never shown."""


def read_code_problems(path: Path) -> list[CodeProblem]:
    """Read the problems of a file or folder; which form they have is seen by their keys.

    Raises:
        EvaluationError: There are none, or they have another form.
    """
    rows = read_rows(path, FORM)
    ids = identified(rows, "task_id")
    return [_problem(row, id, path) for row, id in zip(rows, ids, strict=True)]


def _problem(row: Mapping[str, Any], id: str, path: Path) -> CodeProblem:
    if all(isinstance(row.get(key), str) for key in ("prompt", "entry_point", "test")):
        return _of_human_eval(row, id)
    text, tests = row.get("text") or row.get("prompt"), row.get("test_list")
    if isinstance(text, str) and isinstance(row.get("code"), str) and _are_texts(tests) and tests:
        return _of_mbpp(row, id, text, path)
    raise EvaluationError(
        f"Problem {id} of {str(path)!r} has {', '.join(sorted(row)) or 'no keys'}. Wanted: {FORM}."
    )


def _of_human_eval(row: Mapping[str, Any], id: str) -> CodeProblem:
    prompt, function = row["prompt"], row["entry_point"]
    starts = re.search(rf"^def\s+{re.escape(function)}\b", prompt, re.MULTILINE)
    place = starts.start() if starts else len(prompt)
    return CodeProblem(
        id,
        "Write this Python function; its docstring says what it does.\n"
        f"```python\n{prompt.strip()}\n```",
        function,
        prompt[:place].strip(),
        prompt[place:].rstrip(),
        f"{row['test']}\ncheck({function})\n",
    )


def _of_mbpp(row: Mapping[str, Any], id: str, text: str, path: Path) -> CodeProblem:
    """Name the function as its tests call it, with the parameters that the known solution has."""
    called = _called(row["test_list"])
    functions = {one.name: one for one in _functions(row["code"])}
    named = [name for name in called if name in functions]
    if not named:
        raise EvaluationError(
            f"The tests of problem {id} of {str(path)!r} call no function of its `code`. "
            f"Wanted: {FORM}."
        )
    head = f"def {named[0]}({ast.unparse(functions[named[0]].args)}):"
    setup = [row.get("test_setup_code"), *(row.get("test_imports") or []), *row["test_list"]]
    tests = "\n".join(line for line in setup if isinstance(line, str) and line)
    question = f"{text.strip()}\nThe Python function begins with: {head}"
    return CodeProblem(id, question, named[0], "", "", f"{tests}\n")


def _called(tests: Sequence[str]) -> list[str]:
    """Return the names that tests call, in order."""
    names = [name for test in tests for name in re.findall(r"\b([A-Za-z_]\w*)\s*\(", test)]
    return list(dict.fromkeys(names))


def _functions(code: str) -> list[ast.FunctionDef]:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return [one for one in body if isinstance(one, ast.FunctionDef)]


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)
