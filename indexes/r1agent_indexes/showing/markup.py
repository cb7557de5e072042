"""Text of papers and file names as HTML and Markdown in which it adds no markup of its own."""

import re
import unicodedata
from collections.abc import Iterable
from html import escape

_SPECIAL = re.compile(
    r"[\\`*_{}\[\]<>&#+!|~$^@:=%]"  # markup of CommonMark, Pandoc, GitHub or Obsidian anywhere
    r"|^-|-(?=-)|(?<=-)-"  # a list or a rule, a dash
    r"|(?<=[wW]{3})\."  # an address that would become a link by itself
)
_NUMBER = re.compile(r"^(\d+|[a-zA-Z]|[ivxlcdmIVXLCDM]+)([.)])(?=\s|$)")
_JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji need them


def one_line(text: object) -> str:
    """Return text on one line, without characters that control, reorder or hide it."""
    return " ".join("".join(map(_shown, str(text))).split())


def html_text(text: object) -> str:
    """Write text as one line of HTML without any element."""
    return escape(one_line(text))


def markdown_text(text: object) -> str:
    """Write text as one line of Markdown that also stands inside an element of HTML.

    There a backslash would be shown, so what could be markup is written as its number.
    """
    line = _SPECIAL.sub(lambda found: _entity(found[0]), one_line(text))
    return _NUMBER.sub(lambda found: found[1] + _entity(found[2]), line)


def html_folded(heading: str, content: str) -> str:
    """Write content that opens below its heading; both are HTML."""
    return f"<details><summary>{heading}</summary>{content}</details>"


def markdown_folded(heading: str, blocks: Iterable[str]) -> str:
    """Write blocks of Markdown that open below their heading, which is a line of Markdown."""
    return "\n\n".join([f"<details><summary>{heading}</summary>", *blocks, "</details>"])


def _shown(character: str) -> str:
    if character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return " " if character.isspace() else ""
    return character


def _entity(character: str) -> str:
    return f"&#{ord(character)};"
