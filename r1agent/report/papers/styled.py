"""Papers written in a CSL style, by citeproc-py."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from r1agent.report.export_errors import ExportError
from r1agent.report.papers.bibliography import Piece, Reference
from r1agent.report.papers.csl import csl_items
from r1agent.report.papers.csl_styles import CSL, open_style
from r1agent.report.printable import one_line
from r1agent.types import Citation

if TYPE_CHECKING:
    from citeproc.string import String

_ITALIC, _BOLD, _END = "\ufdd0", "\ufdd1", "\ufdd2"  # noncharacters: no text of a paper has them
_FORMS = re.compile(f"([{_ITALIC}{_BOLD}{_END}])")


def styled(
    papers: Sequence[Citation], style: str, *, plain: Callable[[Citation], Reference]
) -> list[Reference]:
    """Return the papers as a style writes them, in its order, without its numbers.

    Args:
        papers: In the order in which they are cited.
        style: Name of a style, or path of a `.csl` file.
        plain: Writes a paper of which the style says nothing, and, at the end, those that name
            nobody, since citeproc-py would print their titles twice.

    Raises:
        ExportError: There is no such style, or it is none for bibliographies.
    """
    named = [paper for paper in papers if _names_someone(paper)]
    written = [
        Reference(paper, pieces) if pieces else plain(paper)
        for paper, pieces in _rendered(named, style)
    ]
    return [*written, *(plain(paper) for paper in papers if not _names_someone(paper))]


def _names_someone(paper: Citation) -> bool:
    return any(map(one_line, paper.authors))


def _rendered(papers: Sequence[Citation], name: str) -> list[tuple[Citation, tuple[Piece, ...]]]:
    """Return each paper, in the style's order, and what the style says of it."""
    from citeproc import Citation as Cited
    from citeproc import CitationItem, CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON
    from citeproc.string import MixedString

    class Source(CiteProcJSON):  # type: ignore[misc]
        def parse_string(self, string: object) -> MixedString:
            """Take text as it is, where CSL-JSON would have markup in it."""
            return MixedString([_text(str(string))])

    style = open_style(name)
    items = csl_items(papers)
    for item in items:
        item["author"] = [_name(author) for author in item["author"]]
    by_key = {item["id"]: paper for item, paper in zip(items, papers, strict=True)}
    listed = CitationStylesBibliography(style, Source(items), _Marking)
    for key in by_key:
        listed.register(Cited([CitationItem(key)]))
    try:
        if style.root.bibliography.find(f"{CSL}sort") is not None:
            listed.sort()
        written = [(item.key, style.render_bibliography([item])) for item in listed.items]
    except (AttributeError, TypeError) as error:  # citeproc-py 0.11: names in case and as initials
        raise ExportError(
            f"citeproc-py cannot write what the style {name!r} wants. Name another style, such as "
            "`apa`."
        ) from error
    return [(by_key[key], tuple(_pieces("".join(map(str, lines))))) for key, lines in written]


def _name(author: dict[str, str]) -> dict[str, String]:
    return {part: _text(text) for part, text in author.items()}


def _text(text: str) -> String:
    """Return text whose case a style can change, without characters that mark forms."""
    from citeproc.string import String

    return String(_FORMS.sub("\N{REPLACEMENT CHARACTER}", text))


class _Marking:
    """A formatter of citeproc-py that leaves text raw and marks where forms begin and end."""

    @staticmethod
    def preformat(text: object) -> String:
        from citeproc.string import String

        return String(text)

    Oblique = Italic = staticmethod(lambda text: f"{_ITALIC}{text}{_END}")
    Bold = staticmethod(lambda text: f"{_BOLD}{text}{_END}")
    Light = Underline = Superscript = Subscript = SmallCaps = str


def _pieces(line: str) -> Iterator[Piece]:
    open_forms: list[str] = []
    for part in _FORMS.split(line.strip()):
        if part == _END:
            open_forms = open_forms[:-1]
        elif _FORMS.fullmatch(part):
            open_forms = [*open_forms, part]
        elif part:
            yield Piece(part, italic=_ITALIC in open_forms, bold=_BOLD in open_forms)
