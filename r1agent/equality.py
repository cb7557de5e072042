"""Whether two results of mathematics are the same value, however they are written.

A result is text of the model's own. What looks like Python is let through only as far as an allow
list of syntax and names goes; that, and LaTeX, is then read by sympy and `math-verify` inside the
sandbox, never here: both can be made to run for ever, and sympy reads text with `eval`.
"""

from __future__ import annotations

import ast
import json
import re
from math import isclose
from typing import Literal

from r1agent_tools import Sandbox

_MOST_CHARACTERS = 400
_MOST_NODES = 200
_MOST_DIGITS = 60
_TOLERANCE = 1e-9
_LABEL = re.compile(r"^\s*(?:[^\W\d_][\w' -]*(?:\([^()]*\))?\s*[:=：]\s*)+")  # noqa: RUF001
_FUNCTIONS = frozenset(
    "sqrt cbrt root exp log ln sin cos tan cot sec csc asin acos atan sinh cosh tanh Abs "
    "factorial binomial gamma Rational Integer Float Matrix ImmutableMatrix FiniteSet Interval "
    "Union Complement".split()
)
_INTERVALS = frozenset({"open", "Lopen", "Ropen"})
_SYNTAX = (
    ast.Expression,
    ast.BinOp,
    ast.UnaryOp,
    ast.operator,
    ast.unaryop,
    ast.Tuple,
    ast.List,
    ast.Set,
    ast.Load,
)
_NAME = re.compile(
    r"(?:[A-Za-z]|pi|oo|alpha|beta|delta|epsilon|theta|mu|nu|rho|sigma|tau|phi|omega)\d{0,3}"
    r"(?:_[A-Za-z0-9])?"
)
"""Symbols and constants, but no words: `yes` is no value of mathematics."""

_PROGRAM = """
import json, logging
logging.disable()
import sympy
from math_verify import LatexExtractionConfig, parse, verify
from sympy.parsing.sympy_parser import parse_expr

def as_object(found):
    if isinstance(found, (set, frozenset)):
        return sympy.FiniteSet(*map(as_object, found))
    if isinstance(found, (list, tuple)):
        rows = [list(row) for row in found if isinstance(row, (list, tuple))]
        if rows and len(rows) == len(found) and len(set(map(len, rows))) == 1:
            return sympy.Matrix(rows)
        return sympy.Tuple(*map(as_object, found))
    return found

def read(kind, text):
    if kind == "python":
        return as_object(parse_expr(text))
    latex = [LatexExtractionConfig()]
    found = parse(f"${text}$", extraction_config=latex, fallback_mode="no_fallback")
    return as_object(found[0]) if found else None

def is_number(value):
    return isinstance(value, sympy.Expr) and value.is_number

def same(one, other):
    if one is None or other is None:
        return False
    if is_number(one) and is_number(other):
        if one.is_Rational and other.is_Rational:
            return one == other
        gap = sympy.Abs(sympy.N(one - other, 30))
        return bool(gap <= TOLERANCE * max(sympy.Abs(sympy.N(one)), sympy.Abs(sympy.N(other))))
    if isinstance(one, sympy.Tuple) and isinstance(other, sympy.Tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, sympy.Tuple) and isinstance(other, sympy.FiniteSet):
        one, other = other, one
    if isinstance(one, sympy.FiniteSet) and isinstance(other, sympy.Tuple):
        return len(one) == len(other) and verify(one, sympy.FiniteSet(*other))
    return verify(one, other)

print(same(*(read(*each) for each in json.loads(DATA))))
"""


class SameValue:
    """Compare two results: `1/2`, `0.5` and `sqrt(1)/2` are one value, and so for sets,
    intervals, matrices and LaTeX.

    Args:
        sandbox: Where sympy and `math-verify` read the results.
    """  # noqa: D205

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def __call__(self, one: str, other: str) -> bool:
        """Tell whether they are shown to be equal.

        False where they are not, where one of them is no mathematics, or where the sandbox has no
        `math-verify` or takes too long.
        """
        texts = [_bare(text) for text in (one, other)]
        if texts[0] == texts[1]:
            return bool(texts[0])
        numbers = [_number(text) for text in texts]
        if numbers[0] is not None and numbers[1] is not None:
            return isclose(numbers[0], numbers[1], rel_tol=_TOLERANCE)
        kinds = [_kind(text) for text in texts]
        if None in kinds:
            return False
        return self._compared(list(zip(kinds, texts, strict=True)))

    def _compared(self, pair: list[tuple[object, str]]) -> bool:
        data = f"TOLERANCE = {_TOLERANCE!r}\nDATA = {json.dumps(pair)!r}\n"
        session = self.sandbox.new_session()  # of its own: no program can have prepared it
        try:
            result = session.run(data + _PROGRAM)
        finally:
            session.close()
        return result.ok and result.stdout.strip() == "True"


def is_symbolic(text: str) -> bool:
    """Tell whether a result is mathematics that digits alone do not tell apart: `sqrt(2)`."""
    bare = _bare(text)
    return _number(bare) is None and _kind(bare) is not None


def is_value(text: str) -> bool:
    """Tell whether a line is nothing but a number or an expression: no label, no words."""
    plain = text.replace("^", "**")
    return _number(text) is not None or ("\\" not in text and is_plain_expression(plain))


def _bare(text: str) -> str:
    """Take off a label such as `Answer:` or `x =`, the dollars of LaTeX, and a final full stop."""
    flat = " ".join(text.split())
    flat = re.sub(r"^\$+|\$+\.?$", "", flat).strip()
    bare = (_LABEL.sub("", flat) or flat).removesuffix(".").strip()
    return bare if "\\" in bare else bare.replace("^", "**")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return None


def _kind(text: str) -> Literal["latex", "python"] | None:
    """Tell how a result can be read; None where it must not be."""
    if len(text) > _MOST_CHARACTERS:
        return None
    if "\\" in text:
        return "latex"
    return "python" if is_plain_expression(text) else None


def is_plain_expression(text: str) -> bool:
    """Tell whether a text is arithmetic over numbers, symbols and known functions, no more."""
    try:
        nodes = list(ast.walk(ast.parse(text, mode="eval")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    attributes = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    names = called | attributes
    return len(nodes) <= _MOST_NODES and all(_is_plain(node, names) for node in nodes)


def _is_plain(node: ast.AST, called: set[int]) -> bool:
    match node:
        case ast.Constant(value=value):
            plain = isinstance(value, int | float) and not isinstance(value, bool)
            return plain and len(str(value)) <= _MOST_DIGITS
        case ast.Name(id=name):
            known = name in _FUNCTIONS
            return known if id(node) in called else not known and bool(_NAME.fullmatch(name))
        case ast.Attribute(value=ast.Name(id="Interval"), attr=kind):
            return kind in _INTERVALS and id(node) in called
        case ast.Call(keywords=keywords):
            return not keywords and isinstance(node.func, ast.Name | ast.Attribute)
        case _:
            return isinstance(node, _SYNTAX)
