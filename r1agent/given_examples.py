"""Examples that a request for code brings along: what it says a call returns is a unit test.

They are the user's own words, so that code which fails one of them is wrong, whatever tests a model
writes itself. HumanEval, MBPP and most exercises give two or three.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator
from itertools import islice

from r1agent.kinds import kind_of

MOST_EXAMPLES = 8
_MOST_CHARACTERS = 20_000
_MOST_TRIES = 12
"""Closing brackets at which a call may end."""
_MISBEHAVES = re.compile(
    r"\b(?:fix|debug|wrong|bugs?|incorrect(?:ly)?|fails?|instead of|but (?:it|i|should|gives?))\b"
    r"|修复|调试|错误",
    re.IGNORECASE,
)
"""Words of a request whose examples may show what the code does, not what it should do."""
_RETURNS = re.compile(
    r"\s*(?:#\s*)?(?:={1,3}>|-{1,2}>|[➞→➜⇒]|===?|=|(?:should |must |will )?(?:return|give|be)s?\b)"
    r"\s*(?:#\s*)?"
)
_QUOTES = re.compile(r"^[ \t]*(?:\"\"\"|'''|```).*$", re.MULTILINE)
"""Lines that open or close a docstring or a block; an example must end above them."""
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_CLOSES = re.compile(r"\)")
_DEFINED = re.compile(r"\bdef\s+([A-Za-z_]\w*)")


def given_tests(question: str) -> str | None:
    """Return the examples of a request for code as `assert` statements, or None without any.

    Only calls and values that are literals count: `f([1, 2]) == 3`, `f(2) ➞ "two"`, or `>>> f(2)`
    with its value below. A call that comes with two values is left out.
    """
    text = question[:_MOST_CHARACTERS]
    if kind_of(text) != "code" or _MISBEHAVES.search(_without_code(text)):
        return None
    defined = set(_DEFINED.findall(text))
    values: dict[str, list[str]] = {}
    for call, value in [*_of_doctests(text), *_of_lines(text)]:
        if not defined or call.partition("(")[0] in defined:
            values.setdefault(call, []).append(value)
    asserts = [
        f"assert {call} == {found[0]}" for call, found in values.items() if len(set(found)) == 1
    ]
    return "\n".join(asserts[:MOST_EXAMPLES]) or None


def _of_doctests(text: str) -> Iterator[tuple[str, str]]:
    try:
        examples = doctest.DocTestParser().get_examples(_QUOTES.sub("", text))
    except ValueError:  # prompts without a blank behind them, or indented unevenly
        return
    for example in examples:
        call, value = _call(example.source.strip()), _literal(example.want)
        if call and value:
            yield call, value


def _of_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield the calls of which a line says what they return."""
    for line in text.splitlines():
        for found in _CALL.finditer(line):
            closed = islice(_CLOSES.finditer(line, found.end()), _MOST_TRIES)
            calls = ((_call(line[found.start() : at.end()]), at.end()) for at in closed)
            call, end = next((one for one in calls if one[0]), (None, 0))
            returns = _RETURNS.match(line, end) if call else None
            value = _value(line[returns.end() :]) if returns else None
            if call and value:
                yield call, value


def _value(rest: str) -> str | None:
    """Return the literal that a rest of a line is, before a comment or the docstring's end."""
    ends = (None, "#", '"""', "'''")
    found = (_literal(rest if end is None else rest.partition(end)[0]) for end in ends)
    return next(filter(None, found), None)


def _call(source: str) -> str | None:
    """Return a call of one name with literals, as Python writes it; None where it is none."""
    node = _expression(source)
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return None
    given = [*node.args, *(one.value for one in node.keywords)]
    return ast.unparse(node) if all(map(_is_literal, given)) else None


def _literal(source: str) -> str | None:
    node = _expression(source.strip().rstrip(",;").removesuffix("."))
    return ast.unparse(node) if node is not None and _is_literal(node) else None


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _expression(source: str) -> ast.expr | None:
    try:
        return ast.parse(source.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _without_code(text: str) -> str:
    """Return the words of a request around its code."""
    return re.sub(r"```.*?(?:```|\Z)", " ", text, flags=re.DOTALL)
