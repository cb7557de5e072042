"""Recompute a number that a sentence derives from numbers of its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import permutations

from r1agent.checks.quantities import Number

_MAX_OPERANDS = 12  # past this, some pair gives almost any number
_SMALL = 20
"""Below it a whole number is what some two others make, more often than not."""
_DERIVING = re.compile(
    r"\b(?:total|totals|totall?ing|sum|together|combined|altogether|differences?|gap|margin|more|less|"
    r"fewer|higher|lower|larger|smaller|greater|longer|shorter|faster|slower|by|times|fold|ratio|"
    r"average|mean|remaining|rest|increas\w*|decreas\w*|reduc\w*|drop\w*|fell|falls?|rise|rose|risen|"
    r"improve\w*|gain\w*|loss|twice|doubl\w*|tripl\w*|halved|grew)\b"
    r"|差|共|合计|总|比|倍|提高|提升|下降|降低|升高|增加|减少|平均|其余|占",
    re.IGNORECASE,
)
"""Words of a sentence that says how two numbers compare or what they make together."""
_AVERAGING = re.compile(r"\b(?:averag\w*|mean|midpoint)\b|平均", re.IGNORECASE)


def is_derived(
    number: Number, stated: Sequence[Number], quoted: Sequence[Number], claim: str
) -> bool:
    """Tell whether it is a sum, difference, mean, ratio, share or change of two quoted numbers.

    Both are of one kind (percentages, one dimension, or neither). A short number is some
    combination of any few others by chance: it needs a word such as `total` or `more` in the
    sentence, and an operand there too (both where it is below 20) unless it has three significant
    digits. A mean is one only in a sentence that calls it so.
    """
    values = list(dict.fromkeys((one.amount, _kind(one)) for one in quoted))
    if len(values) > _MAX_OPERANDS:
        return False
    averages = _AVERAGING.search(claim) is not None
    is_said = _DERIVING.search(claim) is not None
    wanted = 0 if number.significant >= 3 else 1
    if number.amount < _SMALL and not number.decimals:
        wanted = 2
    others = {one.amount for one in stated if one is not number}
    for (a, one), (b, other) in permutations(values, 2):
        shown = len(others & {a, b})
        if one != other or shown < wanted:
            continue
        is_share = number.share == "percent" and shown > 0
        made = [*_combined(number, a, b, one), *(_mean(number, a, b, one) if averages else ())]
        if (is_said or is_share or shown == 2) and any(map(number.is_about, made)):
            return True
    return False


def _combined(number: Number, a: float, b: float, kind: str) -> Iterator[float]:
    """Yield what two numbers of one kind make, as far as it is of the kind of `number`."""
    if number.percent:
        if b and number.share == "percent":
            yield 100 * (a - b) / b
            if kind != "percent" or number.significant >= 3:
                yield 100 * a / b
        if kind == "percent":
            yield a - b
        return
    if _kind(number) in (kind, ""):
        yield from (a + b, a - b)
    if b and number.unit is None:
        yield a / b


def _mean(number: Number, a: float, b: float, kind: str) -> Iterator[float]:
    if not number.percent and number.decimals and _kind(number) in (kind, ""):
        yield (a + b) / 2


def _kind(number: Number) -> str:
    if number.percent:
        return "percent"
    return f"{number.unit.dimension} {number.unit.size}" if number.unit else ""
