"""What is asked of a model, by what it can do: a small one gets fewer and smaller requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_THINKING = {
    "planner": 1.0,
    "judge": 1.0,
    "screen": 0.25,
    "executor": 0.25,
    "follow_up": 0.125,
    "writer": 0.125,
    "translator": 0.0625,
}
"""Share of the thinking tokens that a role may take; one that is not named may take them all."""
_FEW = 4.0  # billions of parameters; below, a model counts as small


@dataclass(frozen=True, slots=True)
class Profile:
    """How the loop treats a model."""

    passages: int
    """Passages shown to the writer."""
    plans_freely: bool
    """Whether the model writes the steps and chooses further actions itself; for a small one the
    wording of the question chooses the steps (`kinds.py`)."""
    max_steps: int
    """Steps a plan may have."""
    revisions: int
    """How often a plan may be revised."""
    thinking_tokens: int
    """The most that thoughts may take on top of a request's answer; see `thinking_for`."""
    starts_in_thought: bool
    """Whether the chat template opens `<think>`, so that a text without `</think>` was cut in
    mid-thought."""
    may_abstain: bool
    """Whether the writer is offered to say that the papers do not answer. Small models take the
    offer for most answerable questions too; for them the gate alone decides."""

    drafts: int = 1
    """Answers that are written at most, until two say the same (`voting.py`). A large model gets
    one: it abstains by itself, and its thoughts cost more than they would tell."""

    works_in_words: bool = False
    """Whether the second of two programs is written after steps in words; otherwise it tries every
    case. A small model that writes a program at once leaves the reasoning out, twice alike."""

    rewordings: int = 0
    """How often a sentence that the gate rejects is worded anew, in one request. A small model
    gets none: it would try until the gate errs."""

    def thinking_for(self, role: str) -> int:
        """Return the tokens that thoughts of a role may take; 0 for a model that does not think."""
        return int(self.thinking_tokens * _THINKING.get(role, 1.0))


SMALL = Profile(
    passages=5,
    plans_freely=False,
    max_steps=3,
    revisions=1,
    thinking_tokens=0,
    starts_in_thought=False,
    may_abstain=False,
    drafts=3,
    works_in_words=True,
)
LARGE = Profile(
    passages=8,
    plans_freely=True,
    max_steps=6,
    revisions=2,
    thinking_tokens=4096,
    starts_in_thought=False,
    may_abstain=True,
    rewordings=3,
)


def profile_for(model: str) -> Profile:
    """Choose by the size in a model's name (`…-1.5B-…`); a name without one counts as large.

    A reasoning model keeps its allowance for thoughts at any size.
    """
    name = model.lower()
    by_size = SMALL if _is_small(name) else LARGE
    thinking = replace(by_size, thinking_tokens=4096, works_in_words=False)
    if "deepseek-r1" in name:
        return replace(thinking, starts_in_thought=True)
    return thinking if re.search("qwq|think", name) else by_size


def _is_small(name: str) -> bool:
    sizes = [float(size) for size in re.findall(r"(\d+(?:\.\d+)?)\s*b(?![a-z])", name)]
    return re.search(r"\d+m(?![a-z])", name) is not None or (bool(sizes) and max(sizes) < _FEW)
