"""Numbers: every number of a sentence is in its quotes or tool results, or is recomputed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from r1agent.checks.asked import told_of_the_question
from r1agent.checks.cited_years import without_cited_years
from r1agent.checks.derived import is_derived
from r1agent.checks.finding import Finding, Sources
from r1agent.checks.labels import without_labels, without_marks
from r1agent.checks.quantities import Number, numbers_in, numbers_in_common, without_references
from r1agent.checks.units import dimensions_in

__all__ = [
    "Number",
    "NumberCheck",
    "computes",
    "numbers_in",
    "numbers_in_common",
    "without_references",
]

_EVIDENCE_WORDS: dict[str, tuple[float, ...]] = {
    "zero": (0,),
    "no": (0,),
    "one": (1,),
    "two": (2,),
    "both": (2,),
    "pair": (2,),
    "twice": (2,),
    "double": (2,),
    "doubled": (2,),
    "tripled": (3,),
    "dozen": (12,),
    "hundred": (100,),
    "half": (0.5,),
    "halved": (0.5,),
    "quarter": (0.25,),
}
_SHARES = {"half": 50.0, "halved": 50.0, "quarter": 25.0, "quarters": 75.0, "all": 100.0}
_FACTORS = {"twice": 2.0, "doubled": 2.0, "doubling": 2.0, "tripled": 3.0, "halved": 0.5}
_POINTS = ("points", "percentage points")
"""One for the other, and in a table without either."""
_PERCENT_COLUMN = re.compile(r"[(\[] ?(?:%|percent)|\bin (?:%|percent)")
_COMPUTING = (ast.BinOp, ast.AugAssign, ast.Compare, ast.For, ast.While, ast.comprehension)


class NumberCheck:
    """Match each number of a claim, with its unit, to its quotes and tool results."""

    name = "numbers"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding that names the numbers without a source, or None."""
        stated = [*numbers_in(without_marks(claim)), *_factors(claim)]
        given = [sources.question] if sources.outputs else []
        quotes = [_figures_of(quote, claim) for quote in sources.quotes]
        quoted = _Held([*quotes, sources.context, *given])
        computed = list(numbers_in(" ".join(sources.outputs)))
        missing = [
            number
            for number in stated
            if not quoted.has(number)
            and not any(number.is_about(value) for value in _printed(number, computed))
            and not is_derived(number, stated, quoted.numbers, claim)
        ]
        proved = [number for number in stated if number not in missing]
        asked = told_of_the_question(claim, missing, proved, sources)
        missing = [number for number in missing if number not in asked]
        if not missing:
            return None
        where = "a quote or tool result" if sources.outputs else "its quote"
        return Finding("unsupported", f"{', '.join(one.text for one in missing)} is not in {where}")


def _figures_of(quote: str, claim: str) -> str:
    """Leave out of a quote the numbers that count nothing, and the years of cited works."""
    return without_labels(without_cited_years(without_references(quote), claim), claim)


class _Held:
    """The numbers of the texts that a claim rests on."""

    def __init__(self, texts: Iterable[str]) -> None:
        text = " ".join(texts)
        words = re.findall(r"[a-z]+", text.lower())
        plain = [value for word in words for value in _EVIDENCE_WORDS.get(word, ())]
        shares = [_SHARES[word] for word in words if word in _SHARES]
        self.numbers = [
            *numbers_in(text),
            *(Number("", value, 0) for value in plain),
            *(Number("", value, 0, "percent") for value in shares),
        ]
        self._measured = dimensions_in(text)
        self._in_percent = _PERCENT_COLUMN.search(text) is not None

    def has(self, number: Number) -> bool:
        """Tell whether the same quantity is among them."""
        return any(self._are_same(number, other) for other in self.numbers)

    def _are_same(self, number: Number, other: Number) -> bool:
        """Compare; a unit and a percent sign may stand once for all, as above a column."""
        is_named = number.unit is None or other.unit is not None
        if not is_named and number.unit and number.unit.dimension not in self._measured:
            return False
        if number.share == "percent" and not other.share and self._in_percent:
            return number.is_about(other.amount)
        if number.share in _POINTS and (not other.share or other.share in _POINTS):
            return number.is_about(other.amount)
        return number.is_same(other)


def _factors(claim: str) -> list[Number]:
    words = re.findall(r"[a-z]+", claim.lower())
    return [Number(word, _FACTORS[word], 0) for word in words if word in _FACTORS]


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


def _nodes(code: str) -> list[ast.AST]:
    """List the nodes of a program; one that does not parse has none."""
    try:
        return list(ast.walk(ast.parse(code)))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _printed(number: Number, computed: list[Number]) -> Iterator[float]:
    """A program prints 0.2888 or 28.88 for what a sentence calls 28.9 %."""
    for other in computed:
        yield other.amount
        if number.percent:
            yield other.amount * 100
