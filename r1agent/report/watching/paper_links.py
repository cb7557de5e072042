"""Addresses that open a paper at a page, for terminals that follow them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console

from r1agent.report.watching.view import can_redraw
from r1agent.types import Citation

Links = Callable[[Citation], str | None]
"""Gives the address for a quote; None where there is nothing to open."""

_WITHOUT = ("linux", "vt", "eterm", "cons25")
"""Beginnings of `TERM` of terminals that do not take links, some of which would print them."""
_OLD_VTE = 5000
"""GNOME's terminals before this version garble what they do not know."""


def no_link(citation: Citation) -> None:
    """Link nothing."""
    del citation


def links_to(papers: Mapping[str, Path]) -> Links:
    """Link quotes to the files of their papers, which are given by the papers' ids.

    A PDF opens at the page. A file that is gone is not linked.
    """

    def link(citation: Citation) -> str | None:
        path = papers.get(citation.paper)
        if path is None or not path.is_absolute() or not path.is_file():
            return None
        at_page = f"#page={citation.page}" if path.suffix.lower() == ".pdf" else ""
        return path.as_uri() + at_page

    return link


def takes_links(console: Console, environment: Mapping[str, str]) -> bool:
    """Tell whether a terminal follows links to files of this machine, as far as one can know.

    Over SSH it would look for them on another one.
    """
    if not can_redraw(console) or console.color_system is None:
        return False
    if not console.file.isatty() or environment.get("SSH_CONNECTION"):
        return False
    version = environment.get("VTE_VERSION", "")
    if version.isdecimal() and int(version) < _OLD_VTE:
        return False
    return not environment.get("TERM", "").startswith(_WITHOUT)
