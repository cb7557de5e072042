"""False premises: a question takes for granted what a paper denies."""

from __future__ import annotations

import re
from dataclasses import replace

from r1agent.checks.entailment import coverage
from r1agent.checks.finding import Sources
from r1agent.checks.negations import reversal
from r1agent.citations import CitationGate
from r1agent.contradictions import judge_of_gate, says_otherwise
from r1agent.evidence import Evidence
from r1agent.quotes import quotable
from r1agent.types import Answer, Citation, Contradiction
from r1agent.words import content_words, is_chinese

_AUXILIARY = r"(?:do|does|did|is|are|was|were|can|could|has|have|had|will|would|should)(?:n['’]t)?"  # noqa: RUF001
_GIVEN = re.compile(
    r"^\s*(?:given that|since|as|because|considering that)\s+(?P<said>[^,?]+),", re.IGNORECASE
)
_ASKING = re.compile(
    r"(?:^|,\s*)\s*(?:(?:and|but|so)\s+)?"
    r"(?:why|how come|for what reasons?|how|by how much|how (?:much|strongly|far)|to what extent"
    r"|by what \w+|through (?:what|which) \w+|under (?:what|which) \w+|when|in (?:what|which) year)"
    rf"\s+{_AUXILIARY}\s+(?P<said>[^?]+)",
    re.IGNORECASE,
)
_CAUSE = re.compile(
    r"^\s*what (?:explains|causes|caused|explained|is the (?:reason|cause|explanation) (?:for|of))"
    r"\s+(?P<said>[^?]+)",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"^(?:为什么|为何)(?P<said>[^?？]+)")  # noqa: RUF001
_FEWEST_WORDS = 2
_BEARING = 0.9
"""Share of the premise's words in a quote that says the same."""
_MESSAGE = "The papers contradict what the question takes for granted; they say, word for word:"
_CHINESE_MESSAGE = "论文与问题的前提相矛盾;论文原文如下:"


def premise_of(question: str) -> str | None:
    """Return what a question takes for granted, or None where it only asks whether.

    `Why does dropout hurt small networks?` takes for granted that dropout hurts small networks;
    `Does dropout hurt small networks?` does not.
    """
    for pattern in (_GIVEN, _CHINESE, _ASKING, _CAUSE):
        found = pattern.search(question)
        if found and len(content_words(found["said"])) >= _FEWEST_WORDS:
            return found["said"].strip(" .!")
    return None


def corrected(answer: Answer, evidence: Evidence, gate: CitationGate) -> Answer:
    """Return the answer with the quote that denies what the question takes for granted.

    Where no sentence holds, that quote is the answer; otherwise it stands beside the sentences, as
    what says otherwise. Without such a quote the answer stays as it is.
    """
    found = false_premise(answer.question, evidence, gate)
    if found is None:
        return answer
    if answer.claims:
        return replace(answer, contradictions=(*answer.contradictions, found))
    message = _CHINESE_MESSAGE if is_chinese(answer.question) else _MESSAGE
    return replace(answer, outcome="answered", extracts=(found.citation,), message=message)


def false_premise(question: str, evidence: Evidence, gate: CitationGate) -> Contradiction | None:
    """Return the quote that denies what a question takes for granted, or None.

    None too where another passage bears the question out: then the papers disagree, which is no
    fault of the question.
    """
    premise = premise_of(question)
    if premise is None:
        return None
    judge = judge_of_gate(gate)
    quotes = [one for passage in evidence.passages.values() for one in quotable(passage)]
    if any(_bears_out(premise, quote) for quote in quotes):
        return None
    for quote in quotes:
        reason = says_otherwise(premise, quote, judge)
        placed = gate.place(quote, evidence) if reason else None
        if reason and isinstance(placed, Citation):
            return Contradiction(premise, placed, reason)
    return None


def _bears_out(premise: str, quote: Citation) -> bool:
    words = coverage(premise, quote.quote, Sources((quote.quote,), context=quote.title))
    return words >= _BEARING and reversal(premise, quote.quote) is None
