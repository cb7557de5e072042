"""The share of prompt tokens that the server had read before, over the requests of whole runs.

Questions about the example papers go through the whole loop, one after another, on a server that
has just started. The share is that of the second and later requests of each question; the first
one finds what questions have in common, and is shown beside it. The server says with each reply
how many tokens of the prompt it found in its prefix cache, and counts them at `/metrics` too.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from results import Figures
from serve_counts import counts
from serve_questions import WORK, Recorded, load, questions
from served import serving

MODEL = "qwen2.5-coder-1.5b"
"""The product's own; which requests there are depends on how well the model answers."""
EVERY = 2
"""Every question of that number is asked, from the first."""
QUESTIONS = 26

Used = Mapping[str, int]
"""`prompt` and `cached` tokens of one request."""


def measure(
    *, limit: int | None = None, base_url: str | None = None, model: str | None = None
) -> Figures:
    """Ask the questions, and return shares of prompt tokens.

    Args:
        limit: Ask only so many.
        base_url: Of a running server; by default one is started, so that nothing is known to it.
        model: The name under which the model is served; by default `MODEL`.
    """
    model = model or MODEL
    asked = questions()[:QUESTIONS:EVERY][:limit]
    used: dict[str, list[Used]] = {item.question: [] for item in asked}
    with (
        tempfile.TemporaryDirectory(prefix="r1agent-prefix-") as runs,
        serving(model, WORK / "prefix.log", base_url=base_url) as server,
        load(server.base_url, server.key, server.model, Path(runs)) as assistant,
    ):
        before = counts(server.base_url)
        recorded = Recorded(assistant, lambda question, usage: used[question].append(usage))
        for item in asked:
            recorded.ask(item.question, tests=item.tests)
            shares = [f"{share([request]):.0%}" for request in used[item.question]]
            print(f"  {item.id}: {', '.join(shares)}", flush=True)
        counted = counts(server.base_url) - before
    checked = counted.cache_hit / max(1, counted.cache_queried)
    return figures_of([*used.values()]) | {
        "prefix_hit_share_metrics": round(checked, 3),
        "prefix_model": model,
    }


def figures_of(used: Sequence[Sequence[Used]]) -> Figures:
    """Return the shares over all questions, from the requests of each in their order."""
    first = [request for requests in used for request in requests[:1]]
    later = [request for requests in used for request in requests[1:]]
    return {
        "prefix_hit_share": round(share(later), 3),
        "prefix_hit_share_first": round(share(first), 3),
        "prefix_hit_share_all": round(share([*first, *later]), 3),
        "prefix_questions": len(used),
        "prefix_requests": len(first) + len(later),
        "prefix_prompt_tokens": sum(request["prompt"] for request in [*first, *later]),
    }


def share(requests: Sequence[Used]) -> float:
    """Return the cached tokens of requests as a share of their prompts; 0 where there is none."""
    prompts = sum(request["prompt"] for request in requests)
    return sum(request["cached"] for request in requests) / prompts if prompts else 0.0
