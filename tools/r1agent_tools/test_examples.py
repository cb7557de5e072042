"""Doctests: examples with `>>>` and the output they must have, found and run.

Each example with an expected output is one test. The examples above it that expect none run first,
as its set-up; those that expect one do not, so that the judged code cannot count them.
"""

import ast
import doctest
from typing import Any

from r1agent_tools.sandbox.frames import Frame

_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def find_examples(text: str) -> list[int]:
    """Return the line of each example that says what it must print.

    Raises:
        ValueError: The examples are not indented as doctest wants it.
    """
    examples = doctest.DocTestParser().get_examples(text)
    return [example.lineno + 1 for example in examples if example.want]


def docstrings(tree: ast.Module) -> dict[str, str]:
    """Return the docstrings that hold examples, by the name and line of what they describe."""
    found = {}
    for node in ast.walk(tree):
        text = ast.get_docstring(node) if isinstance(node, _DOCUMENTED) else None
        if text and ">>>" in text:
            found[_label(node)] = text
    return found


def _label(node: ast.AST) -> str:
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return f"{node.name} (line {node.lineno})"
    return "module"


def without_docstrings(tree: ast.Module) -> str:
    """Return the source without docstrings, which hold the outputs that examples must have."""
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body[0] = ast.copy_location(ast.Pass(), node.body[0])
    return ast.unparse(tree)


def run_example(text: str, line: int, namespace: dict[str, Any]) -> Frame:
    """Run the example at `line` after its set-up, in the process of the test."""
    examples = doctest.DocTestParser().get_examples(text)
    wanted = next(example for example in examples if example.lineno + 1 == line)
    if wanted.options.get(doctest.SKIP):
        return {"verdict": "failed", "message": "the example was skipped"}
    report: list[str] = []
    runner = doctest.DocTestRunner(verbose=False)
    above = [one for one in examples if one.lineno < wanted.lineno and not one.want]
    set_up = doctest.DocTest(above, {}, "tests", None, 0, text)
    set_up.globs = namespace
    runner.run(set_up, out=lambda _: None, clear_globs=False)
    example = doctest.DocTest([wanted], {}, "tests", None, 0, text)
    example.globs = namespace
    result = runner.run(example, out=report.append, clear_globs=False)
    if (result.failed, result.attempted) == (0, 1):
        return {"verdict": "passed", "message": ""}
    return {"verdict": "failed", "message": _message(wanted.source, "".join(report))}


def _message(source: str, report: str) -> str:
    """Return what doctest reports, on one line."""
    _, _, error = report.partition("Exception raised:")
    if error:
        return f"{source.strip()} raised {error.splitlines()[-1].strip()}"[:2000]
    _, _, compared = report.rpartition(source.strip().splitlines()[-1])
    return f"{source.strip()}: {' '.join(compared.split())}"[:2000]
