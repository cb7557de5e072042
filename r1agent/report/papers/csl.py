"""The papers that a report cites as CSL-JSON, which Zotero, Pandoc and citeproc read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from r1agent.report.papers.cited_papers import citation_keys, cited_papers, doi_of, title_of
from r1agent.report.papers.person_names import split_name
from r1agent.report.papers.venues import Venue, venue_of
from r1agent.report.printable import one_line
from r1agent.reports import Report
from r1agent.types import Citation


def report_to_csl(report: Report) -> str:
    """Write the cited papers as a CSL-JSON list, in the order of their numbers."""
    return json.dumps(csl_items(cited_papers(report)), indent=2) + "\n"


def csl_items(papers: Sequence[Citation]) -> list[dict[str, Any]]:
    """Return papers as CSL-JSON items, whose `id` is the key that BibTeX has too.

    The type follows from where a paper came out. Without that it is `article`, which means a
    preprint to CSL, for what arXiv registered, else `document`.
    """
    keys = citation_keys(papers)
    return [_item(key, paper) for key, paper in zip(keys, papers, strict=True)]


def _item(key: str, paper: Citation) -> dict[str, Any]:
    doi, venue = doi_of(paper), venue_of(paper)
    item: dict[str, Any] = {
        "id": key,
        "type": _type(venue, doi),
        "title": title_of(paper),
    }
    if authors := [_name(name) for name in paper.authors if one_line(name)]:
        item["author"] = authors
    if paper.year is not None:
        item["issued"] = {"date-parts": [[paper.year]]}
    if venue is not None:
        item["container-title"] = venue.name
    if doi:
        item["DOI"] = doi
    return item


def _type(venue: Venue | None, doi: str) -> str:
    if venue is not None:
        return "article-journal" if venue.kind == "journal" else "paper-conference"
    return "article" if arxiv_id_of(doi) else "document"


def arxiv_id_of(doi: str) -> str:
    """Return the arXiv id that a DOI of arXiv's stands for; empty for other DOIs."""
    prefix = "10.48550/arxiv."
    return doi[len(prefix) :] if doi.lower().startswith(prefix) else ""


def _name(name: str) -> dict[str, str]:
    split = split_name(name)
    parts = {
        "family": split.family,
        "given": split.given,
        "suffix": split.suffix,
        "literal": split.literal,
    }
    return {part: text for part, text in parts.items() if text}
