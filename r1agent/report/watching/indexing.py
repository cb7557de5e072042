"""A moment of indexing, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent_indexes import AddProgress


def indexing_words(step: AddProgress) -> tuple[str, float | None, str]:
    """Put a moment of indexing into words: what, how far, and the detail beside it."""
    if not step.paper:
        return step.phase, None, ""
    if step.phase == "loading model":
        return "loading the embedding model", None, ""
    inner = step.done / step.passages if step.passages else 0.0
    counts = ""
    if step.passages:
        counts = f" {step.done} of {step.passages} passages"
    elif step.pages:
        counts = f" {step.pages} pages"
    text = f"{step.paper} of {step.of} {step.file}"
    return text, (step.paper - 1 + inner) / step.of, step.phase + counts
