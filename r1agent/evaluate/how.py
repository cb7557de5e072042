"""How a task is put to models."""

from __future__ import annotations

from dataclasses import dataclass

from r1agent.evaluate.task import Ablation


@dataclass(frozen=True, slots=True)
class How:
    """Which examples are asked, how often, and what is tried beside the loop."""

    limit: int | None = None
    """So many examples, drawn with `seed`; None takes all."""
    seed: int = 0
    """Of the draw of examples."""
    repeats: int = 1
    """How often each example is put to each system."""
    without: tuple[Ablation, ...] = ()
    """Parts of the loop that it is also tried without, one at a time."""
    baseline: bool = True
    """Whether something plain is tried beside the loop."""
    at_once: int | None = None
    """Examples at once; None goes by what the model's server bears."""
    redo: bool = False
    """Ask all anew, whatever is kept."""
