"""Passages that were found as a table whose texts fold out, for notebooks."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.documents import Document

from r1agent_indexes.showing.markup import (
    html_folded,
    html_text,
    markdown_folded,
    markdown_text,
    one_line,
)

_BEGINNING = 90
"""Characters of a passage that are seen before it is opened."""
_CELL = ' style="text-align:left;vertical-align:top"'
_HEADERS = ("", "Paper", "Page", "Score", "Passage")


def passages_to_html(passages: Sequence[Document]) -> str:
    """Write passages as a table, best first: no script, no style sheet, no network.

    Everything that comes from a paper or a file name is escaped.
    """
    if not passages:
        return '<p class="r1agent-passages">No passage fits.</p>'
    headers = "".join(f'<th scope="col"{_CELL}>{name}</th>' for name in _HEADERS)
    rows = "".join(_row(number, passage) for number, passage in enumerate(passages, 1))
    return (
        '<table class="r1agent-passages" style="max-width:70em;color:inherit">'
        f"<thead><tr>{headers}</tr></thead><tbody>{rows}</tbody></table>"
    )


def passages_to_markdown(passages: Sequence[Document]) -> str:
    """Write passages as lines, best first, whose texts fold out where HTML is understood."""
    if not passages:
        return "No passage fits.\n"
    folds = (_fold(number, passage) for number, passage in enumerate(passages, 1))
    return "\n\n".join(folds) + "\n"


def _row(number: int, passage: Document) -> str:
    about = passage.metadata
    small = " · ".join(filter(None, [_by(about), _file(about)]))
    paper = html_text(_title(about)) + (f"<br><small>{html_text(small)}</small>" if small else "")
    cells = (str(number), paper, html_text(_page(about)), _score(about), _passage(passage))
    return f"<tr>{''.join(f'<td{_CELL}>{cell}</td>' for cell in cells)}</tr>"


def _passage(passage: Document) -> str:
    text = one_line(passage.page_content)
    section = one_line(passage.metadata.get("section") or "")
    begins_with_it = text.startswith(section)
    heading = "" if begins_with_it else f"<i>{html_text(section)}</i> "
    if len(text) <= _BEGINNING:
        return heading + html_text(text)
    return html_folded(heading + html_text(_begun(text)), f"<p>{html_text(text)}</p>")


def _begun(text: str) -> str:
    """Return the beginning of a text, cut between two words where it has any."""
    cut = text[:_BEGINNING]
    return f"{cut.rpartition(' ')[0] or cut}…"


def _fold(number: int, passage: Document) -> str:
    about = passage.metadata
    page, score = _page(about), _score(about)
    where = [_by(about), _file(about), page and f"p. {page}", score and f"score {score}"]
    line = ", ".join(filter(None, [_title(about), *where]))
    text = f"> {markdown_text(passage.page_content)}"
    return markdown_folded(f"{number}. {markdown_text(line)}", [text])


def _title(about: Mapping[str, Any]) -> str:
    return one_line(about.get("title") or about.get("file") or "untitled")


def _file(about: Mapping[str, Any]) -> str:
    """Return the file name, unless it stands in the place of the title."""
    file = one_line(about.get("file") or "")
    return "" if file == _title(about) else file


def _by(about: Mapping[str, Any]) -> str:
    names = [one_line(name) for name in about.get("authors") or ()]
    listed = f"{names[0]} et al." if len(names) > 3 else ", ".join(names)
    year = about.get("year")
    return " ".join(filter(None, [listed, f"({one_line(year)})" if year else ""]))


def _page(about: Mapping[str, Any]) -> str:
    page, label = one_line(about.get("page") or ""), one_line(about.get("page_label") or "")
    return f"{page} (printed {label})" if label and label != page else page


def _score(about: Mapping[str, Any]) -> str:
    score = about.get("score")
    return f"{score:.3f}" if isinstance(score, int | float) else ""
