"""The papers that a report cites as BibTeX."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from r1agent.report.papers.cited_papers import citation_keys, cited_papers, doi_of, title_of
from r1agent.report.papers.csl import arxiv_id_of
from r1agent.report.papers.person_names import PersonName, split_name
from r1agent.report.papers.venues import Venue, venue_of
from r1agent.report.printable import one_line
from r1agent.reports import Report
from r1agent.types import Citation

if TYPE_CHECKING:
    from bibtexparser.model import Entry

_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
    | {character: f"\\{character}" for character in "$&%#_"}
)
"""BibTeX counts braces even after a backslash, so `\\{` would not do."""


def report_to_bibtex(report: Report) -> str:
    """Write the cited papers as BibTeX in UTF-8, in the order of their numbers.

    Every character that is special to TeX is written as its name, so that no title, name or file
    can end a field, begin an entry or run a command.
    """
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library

    papers = cited_papers(report)
    keys = citation_keys(papers)
    return write_string(Library([_entry(*one) for one in zip(keys, papers, strict=True)]))


def _entry(key: str, paper: Citation) -> Entry:
    from bibtexparser.model import Entry, Field

    doi, venue = doi_of(paper), venue_of(paper)
    place = "journal" if venue and venue.kind == "journal" else "booktitle"
    arxiv = arxiv_id_of(doi)
    names = (split_name(name) for name in paper.authors if one_line(name))
    fields = {
        "title": latex(title_of(paper)),
        "author": " and ".join(map(_name, names)),
        place: latex(venue.name) if venue else "",
        "year": "" if paper.year is None else str(paper.year),
        "doi": latex(doi),
        "eprint": latex(arxiv),
        "archiveprefix": "arXiv" if arxiv else "",
    }
    return Entry(_type(venue), key, [Field(name, text) for name, text in fields.items() if text])


def _type(venue: Venue | None) -> str:
    if venue is None:
        return "misc"
    return "article" if venue.kind == "journal" else "inproceedings"


def latex(text: str) -> str:
    """Write `text` as LaTeX that shows it and does nothing else."""
    return one_line(text).translate(_LATEX)


def _name(name: PersonName) -> str:
    if name.literal:
        return f"{{{latex(name.literal)}}}"
    return ", ".join(_part(part) for part in (name.family, name.suffix, name.given) if part)


def _part(part: str) -> str:
    """Keep what would part names in a list of them, `and` and commas, inside of braces."""
    parts = re.search(r"\band\b|,", part, re.IGNORECASE)
    return f"{{{latex(part)}}}" if parts else latex(part)
