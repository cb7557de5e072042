"""Pieces of HTML in which no text of a paper, a model or a file name is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from typing import NewType
from urllib.parse import quote

from r1agent.report.printable import one_line, printable
from r1agent.words import is_chinese

Html = NewType("Html", str)
"""What is safe to put into a page; `text`, `code` and `tag` alone make it."""

NOTHING = Html("")

_LONGEST = 20_000
"""Characters of a program or an output; what is longer is cut, and says so."""
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def tag(name: str, *content: Html, **attributes: str) -> Html:
    """Write an element. In attributes `_` stands for `-`, and one at the end is left out."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
    )
    return Html(f"<{name}{named}>{''.join(content)}</{name}>")


def joined(pieces: Iterable[Html]) -> Html:
    """Put pieces one after the other."""
    return Html("".join(pieces))


def spaced(pieces: Iterable[Html]) -> Html:
    """Put those pieces that are not empty one after the other, with spaces between them."""
    return Html(" ".join(filter(None, pieces)))


def text(value: str) -> Html:
    """Write text as one line without any markup of its own."""
    return Html(escape(one_line(value)))


def said(value: str, name: str = "span", **attributes: str) -> Html:
    """Write what a paper, a model or the user said, with its direction and language."""
    spoken = {"lang": "zh"} if is_chinese(value) else {}
    return tag(name, text(value), dir="auto", **spoken, **attributes)


def code(value: str) -> Html:
    """Write a program or an output with its lines; empty where there is nothing."""
    shown = _cut(value)
    return tag("pre", tag("code", shown), dir="ltr") if shown.strip() else NOTHING


def prose(value: str, **attributes: str) -> Html:
    """Write what was said in several lines, which a style may keep; empty where nothing was."""
    spoken = {"lang": "zh"} if is_chinese(value) else {}
    shown = _cut(value)
    return tag("p", shown, dir="auto", **spoken, **attributes) if shown.strip() else NOTHING


def _cut(value: str) -> Html:
    """Write text with its lines, as much as a page should hold."""
    shown = printable(value).strip("\n")
    left = len(shown) - _LONGEST
    cut = f"\n… {left:,} more characters" if left > 0 else ""
    return Html(escape(shown[:_LONGEST] + cut))


def folded(heading: Html, *content: Html, **attributes: str) -> Html:
    """Write content that opens below its heading."""
    return tag("details", tag("summary", heading), *content, **attributes)


def listed(items: Iterable[Html], name: str = "ul", **attributes: str) -> Html:
    """Write a list; empty where there is nothing in it."""
    rows = [tag("li", item) for item in items]
    return tag(name, *rows, **attributes) if rows else NOTHING


def link(target: str, *content: Html) -> Html:
    """Write a link to a place on this page."""
    return tag("a", *content, href=f"#{target}")


def doi_link(doi: str | None) -> Html:
    """Write a DOI as a link; empty where it is none."""
    if not doi or not _DOI.fullmatch(doi):
        return NOTHING
    address = f"https://doi.org/{quote(doi)}"
    return tag("a", text(f"doi:{doi}"), href=address, rel="noopener noreferrer")
