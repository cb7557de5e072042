"""Keep prompts within the model's window: what does not fit is left out, and that is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from r1agent.run import Run

T = TypeVar("T")


def fit(
    items: Sequence[T],
    render: Callable[[Sequence[T]], str],
    run: Run,
    *,
    role: str,
    max_tokens: int,
    what: str = "passages",
) -> list[T]:
    """Return the first items whose prompt, reply and thoughts fit into the model's window.

    Items are left out whole, the last one first, with a notice. Where not even a prompt without
    any of them fits, the request itself ends the run and says so.

    Args:
        items: In the order of their worth.
        render: Makes the prompt of some of them.
        run: Whose model reads it.
        role: Who asks; it has a budget for thoughts.
        max_tokens: Limit of the reply, without thoughts.
        what: Word for the items in the notice.
    """
    reply = max_tokens + run.profile.thinking_for(role)
    if run.fits(render(items), reply):
        return list(items)
    fitting, too_many = 0, len(items)
    while too_many - fitting > 1:
        half = (fitting + too_many) // 2
        if run.fits(render(items[:half]), reply):
            fitting = half
        else:
            too_many = half
    run.notice(
        f"{len(items) - fitting} of {len(items)} {what} were left out: the model's window is "
        f"{run.window.tokens:,} tokens."
    )
    return list(items[:fitting])
