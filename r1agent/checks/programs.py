"""What a program must do to compute what was asked: a division for a percentage, and so on."""

from __future__ import annotations

import ast
import re
from typing import Literal

from r1agent.checks.program_inputs import called, literals, parsed

Operation = Literal["share", "ratio", "difference", "sum"]

_CHANGE = re.compile(
    r"\b(?:increas|decreas|reduc|chang|drop|fell|fall|grow|grew|growth|rise|rose|gain|improv|declin"
    r"|lower|higher|more|less|fewer|faster|slower|larger|smaller|greater)\w*|增加|减少|提高|降低",
    re.IGNORECASE,
)
_ASKS: tuple[tuple[Operation, re.Pattern[str]], ...] = (
    (
        "difference",
        re.compile(
            r"\bby how (?:much|many)\b|\b(?:how many|by what number of) (?:percentage )?points\b"
            r"|\bhow (?:much|many) (?:(?!times\b)\w+ )?(?:more|less|fewer)\b"
            r"|\bdifference (?:in|between)\b|相差多少|差多少",
            re.IGNORECASE,
        ),
    ),
    (
        "ratio",
        re.compile(
            r"\bratio (?:of|between)\b|\bby what factor\b|多少倍"
            r"|\bhow many times (?:more|as|\w+er)\b|\bper \w+,? on average\b",
            re.IGNORECASE,
        ),
    ),
    (
        "share",
        re.compile(
            r"\b(?:what|which|the|(?:calcul|comp)\w+) (?:percent(?:age)?|share|fraction|proportion)"
            r"\b"
            r"|\bin (?:percent\b|per cent\b|%)|百分之[几多]",
            re.IGNORECASE,
        ),
    ),
    (
        "sum",
        re.compile(
            r"\b(?:add(?:ed)? up|in total|altogether|sum of|put together|total number)\b"
            r"|\b(?:in all|together|combined)\s*[?:.,;]|\bhow (?:many|much)\b.*\bin all to\b"
            r"|总共|一共",
            re.IGNORECASE,
        ),
    ),
)
_NEEDS: dict[Operation, tuple[tuple[type[ast.AST], ...], str]] = {
    "share": ((ast.Div, ast.FloorDiv), "share needs a division: part / whole"),
    "ratio": ((ast.Div, ast.FloorDiv), "ratio needs a division"),
    "difference": ((ast.Sub,), "difference needs a subtraction"),
    "sum": ((ast.Add,), "total needs an addition of its parts"),
}
_CALLS: dict[Operation, frozenset[str]] = {
    "share": frozenset({"Fraction", "divide"}),
    "ratio": frozenset({"Fraction", "divide", "mean"}),
    "difference": frozenset({"diff", "subtract"}),
    "sum": frozenset({"sum", "fsum", "nansum"}),
}
_FORMS: dict[Operation, str] = {
    "share": (
        "The form is 100 * part / whole. The whole counts all of them: where a passage tells only "
        'the parts, add these up first. Print it with its sign: print(f"{share} %").\n'
    ),
    "ratio": "The form is one number / the other.\n",
    "difference": "The form is one number - the other.\n",
    "sum": "The form is the sum of all the parts that the question names, each once.\n",
}
_HARMLESS = frozenset({"print", "round", "float", "int", "abs", "str", "format"})


def operation_asked(question: str) -> Operation | None:
    """Return what a question wants computed; None where its words do not settle it."""
    return next((name for name, words in _ASKS if words.search(question)), None)


def form_of(question: str) -> str:
    """Tell a small model what the computation that a question asks for looks like."""
    asked = operation_asked(question)
    return _FORMS[asked] if asked else ""


def wrong_operation(code: str, printed: str, question: str) -> str:
    """Say why a program cannot be what was asked for; empty where nothing speaks against it.

    Args:
        code: The program.
        printed: What it printed.
        question: Its words settle the operation, such as a division for a percentage.
    """
    asked = operation_asked(question)
    if asked is None:
        return ""
    nodes = _nodes(code)
    kinds, reason = _NEEDS[asked]
    calls = {called(node) for node in nodes if isinstance(node, ast.Call)}
    rest = asked == "share" and any(_is_the_rest(node) for node in nodes)
    if not (rest or any(isinstance(node, kinds) for node in nodes) or calls & _CALLS[asked]):
        return f"the program has no such step: a {reason}"
    if asked != "sum" and _is_of_one_number(code, calls):
        return "the program sets a number against itself: two different numbers are needed"
    return _impossible_share(nodes, printed, question) if asked == "share" else ""


def _is_of_one_number(code: str, calls: set[str]) -> bool:
    """Tell whether a program that reads nothing from elsewhere has one number only, as data."""
    tree = parsed(code)
    if tree is None or calls - _HARMLESS:
        return False
    data = {
        value
        for _, value, role in literals(tree)
        if role != "place" and not (value == 100 and role == "scale")
    }
    return len(data) == 1


def _is_the_rest(node: ast.AST) -> bool:
    """Tell whether a step is `100 - share`, for those that are not."""
    difference = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Sub)
    whole = node.left if isinstance(node, ast.BinOp) else None
    return difference and isinstance(whole, ast.Constant) and whole.value in (1, 100)


def _impossible_share(nodes: list[ast.AST], printed: str, question: str) -> str:
    """A percentage of a whole lies from 0 to 100, and is no fraction of one."""
    values = list(re.finditer(r"-?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?", printed))
    if not values or _CHANGE.search(question):
        return ""
    value = float(values[-1][0].replace(",", ""))
    if not 0 <= value < 100:
        return f"{value:.6g} % is no part of a whole: divide the part by the whole"
    in_percent = re.search(r"percent|per cent|%|百分", question, re.IGNORECASE)
    hundred = any(isinstance(node, ast.Constant) and node.value == 100 for node in nodes)
    if in_percent and 0 < value <= 1 and not hundred and "%" not in printed:
        return f"{value:.6g} is a fraction, and percent were asked for: multiply by 100"
    return ""


def _nodes(code: str) -> list[ast.AST]:
    tree = parsed(code)
    return [] if tree is None else list(ast.walk(tree))
