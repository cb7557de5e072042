"""Of which kind a question is, by its words: the plan for models too small to make one.

Asked for the kind of 46 questions, a 1.5B model named 29 right with the best of several prompts; a
calculation or a problem in mathematics was nearly always taken for a question about papers.
"""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["papers", "papers_and_calculation", "mathematics", "code"]

_CODE = re.compile(
    r"\b(?:write|implement|fix|debug|refactor|complete|create|give me)\b.{0,40}"
    r"\b(?:function|program|script|class|method|code|algorithm|search|sort|def|regular expression"
    r"|regex)\b"
    r"|```|\bdef \w+\(|\bimplement\b.*\bin python\b"
    r"|(?:编写|写|实现|修复|调试).{0,12}(?:函数|程序|代码|算法)",
    re.IGNORECASE | re.DOTALL,
)
_SHOWN_CODE = re.compile(r"```|\bdef \w+\(")
_ASKS_ABOUT_WORK = re.compile(
    r"^\W*(?:how (?:do|does|did|is|are|was|were) (?!i\b|you\b|one\b)|did|does|do|is|are|was|were"
    r"|which|what|who|why|when|where)\b",
    re.IGNORECASE,
)
"""The beginning of a question about code that somebody wrote, not a request to write some."""
_OF_PAPERS = re.compile(
    r"\b(?:papers?|stud(?:y|ies)|authors?|they|their|experiments?|data ?sets?|tables?|figures?"
    r"|reported|found|was|were|did|used|compared|better|worse|best)\b|论文|本文|作者|实验",
    re.IGNORECASE,
)
_MATHEMATICS = re.compile(
    r"\b(?:solve|integrate|differentiate|factori[sz]e|simplify)\b"
    r"|\b(?:integral|derivative|determinant|eigenvalues?|inverse|limit|roots?|gcd|lcm|product|sum|"
    r"number|mean|value) of (?:all |the )?"
    r"(?:first |integers?|primes?|numbers|\d|x\b|\[|sin|cos|exp|log)"
    r"|\bhow many (?:primes?|integers|divisors|permutations|combinations)\b"
    r"|\b[a-z]\s*(?:\^|\*\*)\s*\d|\d\s*[*/^]\s*\d|[∫∑√]"
    r"|\b(?:fibonacci number|factorial of|least common multiple|greatest common divisor)\b"
    r"|\bremainder (?:when|of \d)"
    r"|\d ?% of \d|\bconvert \d+ (?:in)?to\b|\bis \d+ (?:a )?prime\b"
    r"|\bprobability\b.{0,60}\b(?:coins?|dice|die|cards?|toss(?:es)?|rolls?)\b"
    r"|\b(?:area|volume|circumference|perimeter) of an? \w+ (?:with|of)\b"
    r"|\b(?:mean|median|variance|deviation) of -?\d"
    r"|(?:计算|求)\s*\d|方程|积分|导数|行列式|平方和",
    re.IGNORECASE,
)
_PERHAPS_MATHEMATICS = re.compile(
    r"\b(?:expand|prove)\b|[a-z0-9)]\s*=\s*-?\d|\bhow many (?:digits|ways)\b"
    r"|\d.*\b(?:average speed|how (?:much|many|long|far)|what is)\b.*\d?",
    re.IGNORECASE,
)
"""Mathematics where nothing speaks of papers, or of what was done."""
_CALCULATION = re.compile(
    r"\b(?:recompute|calculate|add up|overall number|altogether|in total)\b"
    r"|(?:^|[.?!:,;] |\bplease )compute\b"
    r"|\bhow (?:many|much)\b.*\b(?:in all(?! (?:of|the|these|those|their|its|\w+s)\b)"
    r"|(?:combined|together)\s*[?:.,;])"
    r"|\bby (?:how (?:much|many)|what (?:percentage|factor|share|margin))\b"
    r"|\bhow many (?:percentage )?points\b.*\b(?:between|apart|above|below|higher|lower)\b"
    r"|\bhow many times (?:more|less|fewer|as|\w+er)\b"
    r"|\b(?:what|which) (?:percentage|share|fraction|proportion|ratio) of\b"
    r"|\b(?:what|which) (?:share|fraction|proportion),? in (?:percent|per cent|%)"
    r"|\bhow (?:many|much)\b.*\bper \w+,? on average\b"
    r"|\bratio (?:of|between)\b|\bdifference (?:in|between)\b.{0,30}?\b(?:accurac|scores?|errors?"
    r"|loss|rates?|numbers?|counts?|means?|averages?|medians?|values?|sizes?|times?|percentages?)"
    r"|总共|一共|百分之几|百分之多少|多少倍|相差多少",
    re.IGNORECASE,
)


def kind_of(question: str) -> Kind:
    """Return the kind that the wording of a question speaks for; `papers` where nothing does."""
    if _is_code(question):
        return "code"
    if _MATHEMATICS.search(question):
        return "mathematics"
    if _CALCULATION.search(question):
        return "papers_and_calculation"
    own = _PERHAPS_MATHEMATICS.search(question) and not _OF_PAPERS.search(question)
    return "mathematics" if own else "papers"


def _is_code(question: str) -> bool:
    if _SHOWN_CODE.search(question):
        return True
    return bool(_CODE.search(question)) and not _ASKS_ABOUT_WORK.search(question)
