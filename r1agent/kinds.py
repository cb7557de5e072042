"""Of which kind a question is, by its words: the plan for models too small to make one.

Asked for the kind of 46 questions, a 1.5B model named 29 right with the best of several prompts; a
calculation or a problem in mathematics was nearly always taken for a question about papers.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["papers", "papers_and_calculation", "mathematics", "code"]

_CODE = re.compile(
    r"\b(?:write|implement|fix|debug|refactor|complete)\b.{0,40}"
    r"\b(?:function|program|script|class|method|code|algorithm|search|sort|def)\b"
    r"|```|\bdef \w+\(|\bimplement\b.*\bin python\b"
    r"|(?:编写|写|实现|修复|调试).{0,12}(?:函数|程序|代码|算法)",
    re.IGNORECASE | re.DOTALL,
)
_MATHEMATICS = re.compile(
    r"\b(?:solve|integrate|differentiate|factori[sz]e|simplify|expand|prove)\b"
    r"|\b(?:integral|derivative|determinant|eigenvalues?|inverse|limit|roots?|gcd|lcm|product|sum|"
    r"number|mean|value) of (?:all |the )?"
    r"(?:first |integers?|primes?|numbers|\d|x\b|\[|sin|cos|exp|log)"
    r"|\bhow many (?:primes?|integers|divisors|digits|permutations|combinations|ways)\b"
    r"|\b[a-z]\s*(?:\^|\*\*)\s*\d|[a-z0-9)]\s*=\s*-?\d|\d\s*[*/^]\s*\d|[∫∑√]"
    r"|(?:计算|求)\s*\d|方程|积分|导数|行列式|平方和",
    re.IGNORECASE,
)
_CALCULATION = re.compile(
    r"\b(?:recompute|calculate|compute|add up|in total|in all|altogether|combined|overall number)\b"
    r"|\bby (?:how (?:much|many)|what (?:percentage|factor|share|margin))\b"
    r"|\bhow many times\b|\b(?:what|which) (?:percentage|share|fraction|proportion|ratio) of\b"
    r"|\b(?:ratio|difference) (?:of|between)\b"
    r"|总共|一共|百分之几|百分之多少|多少倍|相差多少",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """Return the kind that the wording of a question speaks for; `papers` where nothing does."""
    if _CODE.search(question):
        return "code"
    if _CALCULATION.search(question) and not _MATHEMATICS.search(question):
        return "papers_and_calculation"
    return "mathematics" if _MATHEMATICS.search(question) else "papers"
