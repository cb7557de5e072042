"""`/read`: a page of a paper, with a quote marked where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from r1agent.cli.session import open_index
from r1agent.errors import SettingsError
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, printable
from r1agent.report.references import source
from r1agent.types import Citation

if TYPE_CHECKING:
    from r1agent.cli.chat_session import ChatSession

_PLAIN = (">>>", "<<<")
"""What marks the quote where there are no colours."""


@dataclass(frozen=True, slots=True)
class MarkedPage:
    """The text of a page and the span that is marked."""

    heading: str
    text: str
    start: int = 0
    end: int = 0

    def shown(self, *, coloured: bool) -> RenderableType:
        """Build the page for the screen; the quote is highlighted, or stands in `>>> <<<`."""
        before, after = _PLAIN if not coloured and self.end else ("", "")
        text = Text(printable(self.text[: self.start]))
        text.append(before)
        text.append(printable(self.text[self.start : self.end]), style="black on yellow")
        text.append(after)
        text.append(printable(self.text[self.end :]))
        text.rstrip()
        return Group(Hanging("", Text(one_line(self.heading), style="bold")), Text(), text)


def page_of(session: ChatSession, citation: Citation) -> MarkedPage:
    """Return the page on which a quote stands.

    Raises:
        SettingsError: No index is named.
        PaperIndexError: The index no longer holds the page, or cannot be used.
    """
    text = _page(session, citation.paper, citation.page)
    start = citation.start
    if text[start : citation.end] != citation.quote:  # the paper was read anew since
        start = text.find(citation.quote)
    if start < 0:
        return MarkedPage(f"{source(citation)} (the quote is no longer on it)", text)
    return MarkedPage(source(citation), text, start, start + len(citation.quote))


def named_page(session: ChatSession, which: str) -> MarkedPage:
    """Return the page that was asked for as `FILE PAGE`.

    Raises:
        SettingsError: No page or no index is named.
        PaperIndexError: There is no such paper or page.
    """
    file, _, page = which.rpartition(" ")
    if not file or not (page.isdecimal() and len(page) < 7):
        raise SettingsError(
            f"{which!r} is neither the number of a reference nor a paper with a page. "
            "Examples: /read 2, /read miller2020.pdf 4"
        )
    file = file.strip().strip("'\"")
    return MarkedPage(f"{file}, p. {int(page)}", _page(session, file, int(page)))


def _page(session: ChatSession, paper: str, page: int) -> str:
    with open_index(session.settings) as index:
        return index.read_page(paper, page).page_content
