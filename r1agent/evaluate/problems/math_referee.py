"""Whether an answer is the right value: numbers here, other mathematics by `math-verify`.

What a model wrote can make sympy run for ever, or be code: it is read in the sandbox alone, in a
session of its own, within that session's limits.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from fractions import Fraction

from r1agent.equality import SameValue, is_symbolic
from r1agent.evaluate.errors import EvaluationError
from r1agent_tools import Sandbox

_DIGITS = 6
"""Decimals to which numbers must agree, as `math-verify` has it."""
_MOST_DIGITS = 60
_PROGRAM = r"""
import json, logging
logging.disable()
from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

right, said = json.loads(DATA)
how = [LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()]
known = parse("$\\boxed{" + right + "}$", extraction_config=how)
found = parse("$\\boxed{" + said + "}$", extraction_config=how)
print(verify(known, found))
"""


@dataclass(frozen=True, slots=True)
class MathReferee:
    """Compare a right value with what was said."""

    sandbox: Sandbox

    def same(self, right: str, said: str) -> bool:
        """Tell whether `said` is the value `right`; False where it cannot be read or takes long.

        Raises:
            EvaluationError: The sandbox has no `math-verify`.
        """
        if _folded(right) == _folded(said):
            return True
        one, other = number_of(right), number_of(said)
        if one is not None and other is not None:
            return round(one, _DIGITS) == round(other, _DIGITS)
        single = said.replace("$", "")
        if not _is_closed(single):
            return False
        return self._verified(right.replace("$", ""), single) or self._as_python(right, single)

    def _as_python(self, right: str, said: str) -> bool:
        """Tell whether a value that a program printed, such as `sqrt(2)/2`, is the right one."""
        return is_symbolic(said) and "\\" not in said and SameValue(self.sandbox)(right, said)

    def _verified(self, right: str, said: str) -> bool:
        session = self.sandbox.new_session()
        try:
            result = session.run(f"DATA = {json.dumps([right, said])!r}\n{_PROGRAM}")
        finally:
            session.close()
        if "No module named 'math_verify'" in f"{result.exception} {result.stderr}":
            raise EvaluationError(
                "The sandbox has no `math-verify`, which judges mathematics. Install it where "
                "its Python looks, such as `pip install math-verify`."
            )
        return result.ok and result.stdout.strip() == "True"


def number_of(text: str) -> Fraction | None:
    """Read a plain number or fraction, such as `-1,234.5` or `3/4`; None where it is none."""
    if len(text) > _MOST_DIGITS or "e" in text.lower():  # 1e999999 has a million digits
        return None
    try:
        return Fraction(text.replace(",", ""))
    except (ValueError, ZeroDivisionError):
        return None


def _is_closed(text: str) -> bool:
    """Tell whether no brace closes that was not opened: such a text could hold several answers."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def _folded(text: str) -> str:
    return "".join(text.split())
