"""The numbered list of the papers that a report cites, plain or in a CSL style."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from r1agent.report.papers.cited_papers import cited_papers, doi_address, doi_of
from r1agent.report.references import work
from r1agent.reports import Report
from r1agent.types import Citation


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a bibliography's line; its text is raw and wants escaping."""

    text: str
    italic: bool = False
    bold: bool = False
    address: str = ""
    """Of the paper's DOI, where the text is that."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper and what the bibliography says of it."""

    paper: Citation
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Bibliography:
    """The cited papers in the order in which they are numbered from 1."""

    references: tuple[Reference, ...]
    numbers: dict[str, int]
    """By the id of the paper."""


def bibliography(report: Report, *, style: str | None = None) -> Bibliography:
    """List the cited papers, each with its DOI where one is known.

    Args:
        report: Its citations name the papers.
        style: Name of a CSL style or path of a `.csl` file, which also orders the papers; without
            it they stand in the order in which they are cited, with the names of their files.

    Raises:
        ExportError: There is no such style.
    """
    papers = cited_papers(report)
    if style is None:
        listed: Sequence[Reference] = [_plain(paper) for paper in papers]
    else:
        from r1agent.report.papers.styled import styled

        listed = styled(papers, style, plain=_plain)
    numbers = {reference.paper.paper: place for place, reference in enumerate(listed, 1)}
    return Bibliography(tuple(map(_with_doi, listed)), numbers)


def _plain(paper: Citation) -> Reference:
    return Reference(paper, (Piece(f"{work(paper)}."),))


def _with_doi(reference: Reference) -> Reference:
    """Give the DOI its address where the line tells it, or add it."""
    doi = doi_of(reference.paper)
    if not doi:
        return reference
    if any(doi in piece.text for piece in reference.pieces):
        pieces = [part for piece in reference.pieces for part in _around(doi, piece)]
        return replace(reference, pieces=tuple(pieces))
    added = (Piece(" "), Piece(doi_address(doi), address=doi_address(doi)))
    return replace(reference, pieces=reference.pieces + added)


def _around(doi: str, piece: Piece) -> Iterator[Piece]:
    """Cut the DOI, with `https://doi.org/` where it stands before it, out of a piece."""
    told = next((form for form in (f"https://doi.org/{doi}", doi) if form in piece.text), "")
    if not told:
        yield piece
        return
    before, _, after = piece.text.partition(told)
    parts = (before, ""), (told, doi_address(doi)), (after, "")
    yield from (replace(piece, text=text, address=link) for text, link in parts if text)
