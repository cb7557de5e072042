"""What a report says on each quote, as marks for the paper that the quote is from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from r1agent.citations import locate
from r1agent.report.printable import one_line
from r1agent.reports import Report
from r1agent.types import Answer, Citation
from r1agent_indexes.marking.mark import Colour, Mark
from r1agent_indexes.marking.places import folded

_LOUDEST: tuple[Colour, ...] = ("red", "yellow", "blue")
"""What a quote is marked in that is cited for several reasons."""


@dataclass(frozen=True, slots=True)
class Comment:
    """What one answer says on a quote."""

    citation: Citation
    text: str
    colour: Colour
    run: str


def comments_of(report: Report) -> list[Comment]:
    """Return what the answers of a report say on each quote, in order, each once."""
    said = (comment for entry in report.entries for comment in _comments(entry.answer))
    return list(dict.fromkeys(said))


def marks_of(comments: Sequence[Comment], page_text: Callable[[int], str]) -> list[Mark]:
    """Return one mark a quote of one paper, by page and place.

    Args:
        comments: Those on quotes of that paper.
        page_text: Returns the text of a page of it, from 1.
    """
    by_quote: dict[tuple[int, int, str], list[Comment]] = {}
    for comment in comments:
        one = comment.citation
        text = page_text(one.page)
        start, end = locate(one.quote, text, near=one.start) or (0, 0)
        by_quote.setdefault((one.page, start, text[start:end] or one.quote), []).append(comment)
    return [
        Mark(
            page=page,
            quote=quote,
            comment=_joined(said),
            before=len(folded(page_text(page)[:start])),
            colour=min((each.colour for each in said), key=_LOUDEST.index),
        )
        for (page, start, quote), said in sorted(by_quote.items(), key=lambda pair: pair[0])
    ]


def _comments(answer: Answer) -> Iterator[Comment]:
    for claim in answer.claims:
        for citation in claim.citations:
            yield Comment(citation, one_line(claim.text), "yellow", answer.run)
    for citation in answer.extracts:
        text = f"Quoted in answer to: {one_line(answer.question)}"
        yield Comment(citation, text, "blue", answer.run)
    for other in answer.contradictions:
        text = f"Says otherwise than: {one_line(other.claim)} ({one_line(other.reason)})"
        yield Comment(other.citation, text, "red", answer.run)


def _joined(comments: Sequence[Comment]) -> str:
    """Return the sentences, and last the runs that wrote them."""
    runs = dict.fromkeys(one_line(each.run) for each in comments if each.run)
    by = f"r1agent, {', '.join(f'run {run}' for run in runs)}" if runs else "r1agent"
    return "\n\n".join([*dict.fromkeys(each.text for each in comments), by])
