"""Numbers: every number of a sentence is in its quotes or tool results, or is recomputed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import permutations

from r1agent.checks.finding import Finding, Sources

_NUMBER = re.compile(
    r"(?<!\.)(?<![^\W\u3400-\u9fff])(?<![A-Za-z]-)"
    r"(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)"
    r"(?P<percent>\s*(?:%|％|per\s?cent\b|percentage\s+points?\b|pp\b|个?百分点)|\s*points?\b)?"  # noqa: RUF001
)
_REFERENCE = re.compile(r"\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")  # noqa: RUF001
_WORDS = {
    word: value
    for value, word in enumerate(
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split(),
        3,
    )
}
_EVIDENCE_WORDS = _WORDS | {"zero": 0, "one": 1, "two": 2, "twice": 2, "double": 2, "half": 0.5}
_COMPUTING = (ast.BinOp, ast.AugAssign, ast.Compare, ast.For, ast.While, ast.comprehension)
_MAX_OPERANDS = 12  # past this, some pair gives almost any number


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text."""

    text: str
    value: float
    decimals: int
    percent: bool

    @property
    def significant(self) -> int:
        """How many significant digits it is written with."""
        return len(re.sub(r"\D", "", self.text.split("e")[0]).strip("0")) or 1


class NumberCheck:
    """Match each number of a claim to its quotes and tool results."""

    name = "numbers"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding that names the numbers without a source, or None."""
        stated = list(numbers_in(claim))
        given = [sources.question] if sources.outputs else []
        quotes = map(without_references, sources.quotes)
        quoted = _evidence([*quotes, sources.context, *given])
        computed = _evidence(sources.outputs)
        missing = [n.text for n in stated if not _has_source(n, stated, quoted, computed)]
        if not missing:
            return None
        where = "a quote or tool result" if sources.outputs else "its quote"
        return Finding("unsupported", f"{', '.join(missing)} is not in {where}")


def numbers_in(text: str) -> Iterator[Number]:
    """Find the numbers of a text, those written as words from three to twenty included.

    Digits inside a name (`ResNet-50`, `CO2`) are part of the name, not numbers.
    """
    for found in _NUMBER.finditer(text):
        digits = re.sub(r"[,\u00a0\u202f]", "", found["digits"])
        mantissa = digits.lower().split("e")[0]
        decimals = len(mantissa.partition(".")[2])
        unit = (found["percent"] or "").strip()
        percent = bool(unit) and not unit.startswith("point")
        yield Number(found[0].strip(), float(digits), decimals, percent)
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _WORDS:
            yield Number(word, _WORDS[word], 0, percent=False)


def without_references(quote: str) -> str:
    """Take the marks of references (`[3]`, `[1, 4-6]`) out: they are no figures of the paper."""
    return _REFERENCE.sub(" ", quote)


def numbers_in_common(text: str, numbers: Iterable[str]) -> bool:
    """Tell whether a text holds one of some numbers."""
    held = {number.value for number in numbers_in(without_references(text))}
    return any(number.value in held for one in numbers for number in numbers_in(one))


def program_inputs(code: str) -> list[Number]:
    """List the numbers written in a program, those that carry no data (up to 10, 100) left out."""
    values = [
        value
        for value in _constants(code)
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return [
        Number(str(value), float(value), len(str(value).partition(".")[2]), percent=False)
        for value in dict.fromkeys(values)
        if not (value == int(value) and (abs(value) <= 10 or value == 100))
    ]


def computes(code: str) -> bool:
    """Tell whether a program does anything but print what stands in it already.

    Only what ends up in a `print` or the last expression could be shown, but for that any
    operation, loop or call of something else than `print` is taken as computing.
    """
    return any(
        isinstance(node, _COMPUTING) or (isinstance(node, ast.Call) and not _is_print(node))
        for node in _nodes(code)
    )


def _is_print(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "print"


def _constants(code: str) -> list[object]:
    return [node.value for node in _nodes(code) if isinstance(node, ast.Constant)]


def _nodes(code: str) -> list[ast.AST]:
    """List the nodes of a program; one that does not parse has none."""
    try:
        return list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _evidence(texts: Iterable[str]) -> list[Number]:
    joined = " ".join(texts)
    words = (
        Number(word, _EVIDENCE_WORDS[word], 0, percent=False)
        for word in re.findall(r"[a-z]+", joined.lower())
        if word in _EVIDENCE_WORDS and word not in _WORDS
    )
    return [*numbers_in(joined), *words]


def _has_source(
    number: Number, stated: list[Number], quoted: list[Number], computed: list[Number]
) -> bool:
    if any(_same_unit(number, other) and _equal(number, other.value) for other in quoted):
        return True
    if any(_equal(number, value) for value in _computed_values(number, computed)):
        return True
    return _is_derived(number, stated, quoted)


def _same_unit(one: Number, other: Number) -> bool:
    """Points of percentage are often written as plain points, or stand in a table without unit."""
    return one.percent == other.percent or "point" in one.text + other.text


def _computed_values(number: Number, computed: list[Number]) -> list[float]:
    """A program prints 0.2888 or 28.88 for what a sentence calls 28.9 %."""
    values = [other.value for other in computed]
    return values + [value * 100 for value in values] if number.percent else values


def _equal(number: Number, value: float) -> bool:
    """Whether `number` is `value`, written out or rounded to at least two digits."""
    if number.value == abs(value):
        return True
    rounding = 0.5 * 10.0**-number.decimals * (1 + 1e-9)
    close = abs(number.value - abs(value)) <= rounding
    return close and abs(number.value - abs(value)) <= 0.02 * number.value


def _is_derived(number: Number, stated: list[Number], quoted: list[Number]) -> bool:
    """Whether it is a sum, difference, ratio, share or relative change of two quoted numbers.

    Both are percentages or neither is. A short number is some combination of any few others by
    chance, so an operand must stand in the sentence too unless the number has three significant
    digits.
    """
    values = list(dict.fromkeys((other.value, other.percent) for other in quoted))
    if len(values) > _MAX_OPERANDS:
        return False
    others = {other.value for other in stated if other is not number}
    pairs = [
        (a, b)
        for (a, one), (b, other) in permutations(values, 2)
        if one == other and (number.significant >= 3 or others & {a, b})
    ]
    return any(_equal(number, value) for a, b in pairs for value in _combined(a, b, number.percent))


def _combined(a: float, b: float, percent: bool) -> list[float]:
    if percent:
        return [100 * a / b, 100 * (a - b) / b, a - b] if b else []
    return [a + b, a - b] + ([a / b] if b else [])
