"""Papers and files as lists of a notebook, cut where they are long."""

from collections.abc import Iterable

from r1agent_indexes.showing.markup import html_text, markdown_text
from r1agent_indexes.types import FailedPaper, Paper

LISTED = 50
"""How many papers, and how many files that could not be read, are listed."""


def paper_item(paper: Paper) -> tuple[str, str]:
    """Return the title of a paper, and what else is known of it."""
    known = paper.metadata
    by = f"{known.authors[0]} et al." if len(known.authors) > 3 else ", ".join(known.authors)
    year = f"({known.year})" if known.year else ""
    passages = counted(paper.chunks, "passage")
    held = f"same as {paper.same_as}" if paper.same_as else passages
    about = [" ".join(filter(None, [by, year])), paper.file, counted(paper.pages, "page"), held]
    return paper.title, ", ".join(filter(None, about))


def failure_item(failed: FailedPaper) -> tuple[str, str]:
    """Return a file that could not be read, and why."""
    return failed.file, failed.reason


def html_list(items: Iterable[tuple[str, str]], count: int) -> str:
    """Write items as HTML, of `count` that there are."""
    rows = [
        f"<li>{html_text(name)} <small>{html_text(about)}</small></li>" for name, about in items
    ]
    return f"<ol>{''.join(rows)}</ol>{_rest(count - len(rows))}"


def markdown_list(items: Iterable[tuple[str, str]], count: int) -> str:
    """Write items as Markdown, of `count` that there are."""
    rows = [f"- {markdown_text(name)}: {markdown_text(about)}" for name, about in items]
    rest = _rest(count - len(rows))
    return "\n".join(rows) + (f"\n\n{rest}" if rest else "")


def _rest(count: int) -> str:
    return f"and {count:,} more" if count > 0 else ""


def counted(number: int, noun: str) -> str:
    """Return `1 page` or `3 pages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
