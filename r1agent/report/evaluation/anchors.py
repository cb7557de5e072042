"""Published figures in words, as every report of an evaluation says them."""

from __future__ import annotations

from collections.abc import Iterable

from r1agent.evaluate.anchors import Anchor, PublishedBeside


def anchor_lines(published: Iterable[PublishedBeside]) -> list[str]:
    """Write each published figure in a line, with its source and what speaks against it."""
    return [_line(one) for one in published]


def anchor_figure(anchor: Anchor) -> str:
    """Write the figure as it was published."""
    return f"{anchor.value:g}{' ' if anchor.unit else ''}{anchor.unit}"


def comparable_text(published: PublishedBeside) -> str:
    """Say whether a run stands beside the figure fairly, and why not."""
    if published.not_comparable:
        return f"not comparable: {published.not_comparable}"
    because = published.anchor.because
    return f"comparable: {because}" if because else "comparable"


def _line(published: PublishedBeside) -> str:
    anchor = published.anchor
    return (
        f"{anchor.data}, {anchor.system}: {anchor.metric} {anchor_figure(anchor)} "
        f"({comparable_text(published)}). {anchor.source}."
    )
