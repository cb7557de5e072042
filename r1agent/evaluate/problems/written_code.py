"""The program in what a model wrote, completed by what the problem gives."""

from __future__ import annotations

import ast
import re
import textwrap

from r1agent.actions import code_blocks
from r1agent.errors import ModelOutputError
from r1agent.evaluate.problems.programs import CodeProblem

_KEPT = (
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef),
    *(ast.Assign, ast.AnnAssign),
)


def written_code(reply: str, problem: CodeProblem) -> str | None:
    """Return the program that a reply holds, ready for the judge; None where there is none.

    It is the first block that defines the function, below those before it, or else the body of
    the function, as a model writes it that goes on with the prompt. Imports and functions that the
    problem gives come first. Calls and prints, as examples of its use, are left out.
    """
    try:
        blocks = code_blocks(reply)
    except ModelOutputError:
        return None
    before: list[str] = []
    for block in blocks:
        whole = definitions(textwrap.dedent(block))
        if whole is not None and _defines(whole, problem.function):
            return _completed("\n\n".join([*before, whole]), problem)
        before += [whole] if whole is not None else []
    return _continued(blocks[0], problem)


def definitions(code: str) -> str | None:
    """Return imports, functions, classes and assignments of a program; None where there are none.

    What stands below the last line that can be read, such as a text that was cut off, goes.
    """
    tree = _parsed(code) or _parsed(_without_rest(code))
    if tree is None:
        return None
    kept: list[ast.stmt] = [node for node in tree.body if isinstance(node, _KEPT)]
    try:
        return ast.unparse(ast.Module(kept, [])) or None
    except RecursionError:
        return None


def _completed(code: str, problem: CodeProblem) -> str:
    return f"{problem.begins}\n\n{code}" if problem.begins else code


def _continued(block: str, problem: CodeProblem) -> str | None:
    """Return the problem's beginning with a body below it.

    A body whose text was stripped has lost the indentation of its first line alone.
    """
    body = block.strip()
    if not problem.head or not body:
        return None
    for indented in (textwrap.indent(body, "    "), f"    {body}"):
        code = f"{problem.head}\n{indented}"
        if _parsed(code) is not None and _has_statements(code, problem.function):
            return _completed(definitions(code) or code, problem)
    return None


def _without_rest(code: str) -> str:
    """Drop what follows a top-level function and is not part of any: prose, or a cut-off end."""
    lines = code.split("\n")
    starts = [number for number, line in enumerate(lines) if re.match(r"[^\s#)\]}]", line)]
    for number in reversed(starts):
        if _parsed("\n".join(lines[:number])) is not None:
            return "\n".join(lines[:number])
    return ""


def _defines(code: str, function: str) -> bool:
    tree = _parsed(code)
    return tree is not None and any(
        function == getattr(node, "name", None)
        or (
            isinstance(node, ast.Assign)
            and any(isinstance(one, ast.Name) and one.id == function for one in node.targets)
        )
        for node in tree.body
    )


def _has_statements(code: str, function: str) -> bool:
    """Tell whether a function has more than a docstring."""
    tree = _parsed(code)
    found = [node for node in (tree.body if tree else []) if isinstance(node, ast.FunctionDef)]
    return any(
        one.name == function and len(one.body) > (ast.get_docstring(one) is not None)
        for one in found
    )


def _parsed(code: str) -> ast.Module | None:
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
