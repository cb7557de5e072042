"""The chat model as a judge of entailment that sees neither the question nor the draft."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from r1agent.chat_tokens import neutral
from r1agent.checks.judging import Ask, Judgement

_MAX_TOKENS = 200


class BlindVerdict(BaseModel):
    """What the judge fills in: what it reads first, then its verdict."""

    text_says: str
    verdict: Literal["not stated", "contradicted", "supported"]


class BlindJudge:
    """Put each quote and sentence to the run's chat model as a pair of its own.

    The model does not know where they come from, so it has no draft of its own to defend
    (Dhuliawala et al., "Chain-of-Verification", 2023). Small models cannot do this: one of 1.5B
    called 29 of 36 pairs supported, where 12 were.
    """

    supports_at = 0.5
    contradicts_at = 0.5
    method = "the chat model, blind to question and draft"

    def judge(self, premise: str, claim: str, *, ask: Ask | None = None) -> Judgement | None:
        """Ask for a verdict; None where there is no model to ask, or it gave none."""
        if ask is None:
            return None
        verdict = ask(judge_prompt(premise, claim), BlindVerdict, max_tokens=_MAX_TOKENS)
        if verdict is None:
            return None
        return Judgement(
            float(verdict.verdict == "supported"), float(verdict.verdict == "contradicted")
        )


def judge_prompt(premise: str, claim: str) -> str:
    """Write the request: nothing but the pair."""
    return f"""\
Does the text say what the claim says?
text_says: what the text says about the matter of the claim, in one short sentence.
verdict: supported where the text says so, in its own words too; contradicted where the text says \
the opposite or other values; not stated where the text does not speak of it.

<text>
{neutral(premise)}
</text>

Claim: {neutral(claim)}

Reply with one JSON object: text_says, then verdict."""
