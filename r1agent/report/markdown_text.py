"""Text from papers and models made safe to stand in Markdown of any dialect."""

from __future__ import annotations

import html
import re

from r1agent.report.printable import one_line, printable

_SPECIAL = re.compile(
    r"[\\`*_{}\[\]()#+!|~$^@]"  # markup of CommonMark, Pandoc, GitHub or Obsidian anywhere
    r"|^[-=:]"  # a list, a rule or a definition at the start of a line
    r"|:(?=//)|(?<=[wW]{3})\."  # an address that would become a link by itself
    r"|(?<==)=|=(?==)|(?<=%)%|%(?=%)|(?<=-)-|-(?=-)"  # a highlight, a comment, a dash
)
_NUMBER = re.compile(r"^(\w+)\.(?=\s|$)")


def markdown_text(text: str) -> str:
    """Write `text` as one line of Markdown that adds no markup, link, note or HTML of its own.

    GitHub alone makes a link of an e-mail address, however it is written.
    """
    line = html.escape(one_line(text), quote=False)
    return _NUMBER.sub(r"\1\\.", _SPECIAL.sub(r"\\\g<0>", line))


def fenced(code: str, language: str = "") -> str:
    """Fence code with more backticks than any run of them inside."""
    text = printable(code).strip("\n")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
