"""Computed claims: a sentence without a quote states a value that a tool result holds."""

from __future__ import annotations

import re

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.numbers import numbers_in


class ComputedCheck:
    """Ask a claim that rests on tool results alone for a value that they gave."""

    name = "computed values"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where the claim repeats nothing of what the tools printed."""
        if sources.quotes or not sources.outputs:
            return None
        printed = " ".join(sources.outputs)
        values = [number.value for number in numbers_in(printed)]
        said = list(numbers_in(claim))
        if any(one.value == value or one.is_about(value) for one in said for value in values):
            return None
        if _tokens(printed) & _tokens(claim):
            return None
        return Finding("unsupported", "states no value that a program printed")


def _tokens(text: str) -> set[str]:
    """Words and expressions of a text, such as `True` or `sqrt(2)`."""
    return {token.strip(".,;:") for token in re.findall(r"\S+", text) if len(token) > 2}
