"""A plot as a piece of SVG for a page: in the page's own text colour, with a text beside it."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING, Any

from r1agent.report.printable import one_line

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_INK = "#010203"
"""Stands for the page's text colour while matplotlib draws."""
_LOOK: Any = {
    "axes.edgecolor": _INK,
    "axes.labelcolor": _INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": _INK,
    "font.size": 10,
    "svg.fonttype": "none",
    "svg.hashsalt": "r1agent",
    "text.color": _INK,
    "text.parse_math": False,
    "xtick.color": _INK,
    "ytick.color": _INK,
}
_NOTHING_TOLD = {"Date": None, "Creator": None, "Format": None, "Type": None}
_IDS = re.compile(r'(\bid="|href="#|url\(#)')


def figure_to_svg(draw: Callable[[], Figure], *, told: str, name: str) -> str:
    """Draw and return an `<svg>` that loads nothing; the same figure gives the same text.

    Args:
        draw: Makes the figure; called with the look of the page set.
        told: What it shows, in words, for those who do not see it.
        name: Unique on the page; begins each id in the drawing.
    """
    from matplotlib import rc_context

    written = io.StringIO()
    with rc_context(_LOOK), warnings.catch_warnings():
        # The browser sets the text, in fonts of its own.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        draw().savefig(written, format="svg", transparent=True, metadata=_NOTHING_TOLD)
    _, _, drawing = written.getvalue().partition("<svg ")
    label = f'role="img" aria-label="{escape(one_line(told))}" '
    inked = drawing.replace(_INK, "currentColor")
    return f"<svg {label}" + _IDS.sub(rf"\g<1>{name}-", inked)
