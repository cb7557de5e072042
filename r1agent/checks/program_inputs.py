"""Where the numbers of a program come from: figures of a text, or nowhere."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from math import inf, isclose, isfinite, log10
from typing import Literal

from r1agent.checks.numbers import numbers_in, without_references

_TIME = re.compile(r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b", re.IGNORECASE)
_OF_TIME = frozenset({7, 12, 24, 30, 52, 60, 365, 3600})
_PLACE = re.compile(
    r"\b(?:pages?|pp?\.|fig(?:ure)?s?\.?|sec(?:tion)?s?\.?|eq(?:uation)?s?\.?|chapters?"
    r"|ref(?:erence)?s?\.?|doi|volume|vol\.|issue|no\.)\s*:?\s*\(?\d[\d.]*(?:\s*[-–]\s*\d+)?"  # noqa: RUF001
    r"|https?://\S+|\b10\.\d{4,}/\S+",
    re.IGNORECASE,
)
_FREE = frozenset({0.0, 1.0})
_COUNTED = 10  # a division by so small a number may be an average
_SHOWN = 40  # characters of a number in a reason
_NUMERIC = re.compile(r"[-+]?\s*(?:\d[\d,]*(?:\.\d+)?|\.\d+)(?:[eE][-+]?\d+)?\s*%?")
_WORDS = {"one": 1.0, "single": 1.0, "two": 2.0, "both": 2.0, "pair": 2.0, "twice": 2.0}

Role = Literal["", "scale", "place", "range", "divisor"]


def without_places(text: str) -> str:
    """Take out numbers of pages, figures, sections, references and DOIs: they count nothing."""
    return _PLACE.sub(" ", without_references(text))


def unknown_inputs(code: str, known: str, *, small_too: bool = False) -> list[str]:
    """List the numbers of a program that do not stand in `known` as figures of their own.

    Numbers in strings (`float("2.0")`) count too. Left out are 0 and 1, powers of ten that scale,
    places, exponents, small divisors, and units of time where `known` speaks of time. The ends of
    a `range` may lie one off.

    Args:
        code: The program.
        known: The question, and passages where there are any.
        small_too: Ask for whole numbers up to 10, and 100, as well: where a paper has the data
            they may be some of it, in mathematics they are part of a method.
    """
    tree = parsed(code)
    if tree is None:
        return []
    figures = without_places(known)
    values = {number.value for number in numbers_in(figures)}
    values |= {number.amount for number in numbers_in(figures)}
    words = re.findall(r"[a-z]+", figures.lower())
    values |= {_WORDS[word] for word in words if word in _WORDS}
    of_time = _TIME.search(figures) is not None
    return list(
        dict.fromkeys(
            text
            for text, value, role in literals(tree)
            if not _is_free(value, role, of_time)
            and not _stands_in(value, role, values)
            and (small_too or not _is_small(value))
        )
    )


def inputs_of(code: str) -> list[str]:
    """List the numbers of a program that may be data: those that scale, or are small, are not."""
    tree = parsed(code)
    found = () if tree is None else literals(tree)
    kept = (
        text
        for text, value, role in found
        if not _is_free(value, role, of_time=False) and not _is_small(value)
    )
    return list(dict.fromkeys(kept))


def _is_free(value: float, role: Role, of_time: bool) -> bool:
    """Tell whether a number carries no data of a paper."""
    if value in _FREE or role == "place":
        return True
    if role in ("scale", "divisor") and isfinite(value):
        power = log10(value)
        return (
            isclose(power, round(power))
            or (of_time and value in _OF_TIME)
            or (role == "divisor" and value.is_integer() and value <= _COUNTED)
        )
    return False


def _is_small(value: float) -> bool:
    return value.is_integer() and (value <= _COUNTED or value == 100)


def _stands_in(value: float, role: Role, values: set[float]) -> bool:
    near = (-1, 0, 1) if role == "range" else (0,)
    return any(value + step in values for step in near) or any(
        isclose(value, share / 100) for share in values
    )


def literals(tree: ast.AST) -> Iterator[tuple[str, float, Role]]:
    """List the numbers written in a program, each with what it is there for."""
    roles = _roles(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or isinstance(node.value, bool):
            continue
        if isinstance(node.value, int | float):
            yield str(node.value)[:_SHOWN], _size(node.value), roles.get(id(node), "")
        elif isinstance(node.value, str) and _NUMERIC.fullmatch(node.value.strip()):
            digits = node.value.replace(",", "").replace("%", "").replace(" ", "")
            yield node.value.strip()[:_SHOWN], _size(float(digits)), roles.get(id(node), "")


def _size(value: float) -> float:
    """Return a number without its sign; infinity for one of more digits than a float holds."""
    try:
        return float(abs(value))
    except OverflowError:
        return inf


def _roles(tree: ast.AST) -> dict[int, Role]:
    """Say of constants whether they are a place, an exponent, an end of a range, or may scale."""
    roles: dict[int, Role] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            roles |= {id(node.left): "scale", id(node.right): "scale"}
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.FloorDiv):
            roles[id(node.right)] = "divisor"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            roles |= {id(node.right): "place"}
            roles |= {id(node.left): "scale"} if _is_ten(node.left) else {}
        elif isinstance(node, ast.Subscript):
            roles |= {id(part): "place" for part in ast.walk(node.slice)}
        elif isinstance(node, ast.Call) and called(node) == "range":
            roles |= {id(part): "range" for one in node.args for part in ast.walk(one)}
        elif isinstance(node, ast.Call) and called(node) == "round":
            digits = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            roles |= {id(part): "place" for one in digits for part in ast.walk(one)}
        elif isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            roles |= {id(part): "place" for part in ast.walk(node.format_spec)}
    return roles


def _is_ten(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value == 10


def called(node: ast.Call) -> str:
    """Return the name of what is called, without its module or object."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def parsed(code: str) -> ast.AST | None:
    """Read a program; None for one that does not parse."""
    try:
        return ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
