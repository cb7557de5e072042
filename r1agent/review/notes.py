"""What stands above a review: what it is made of, what was asked, and which papers are new."""

from __future__ import annotations

from collections.abc import Sequence

from r1agent.report.printable import one_line
from r1agent.report.references import OUTCOMES
from r1agent.review.work import ReviewWork
from r1agent.words import counted

_LISTED = 50
"""Papers named in one list."""


def notes(work: ReviewWork) -> tuple[str, ...]:
    """Return what is said once, above all sections."""
    answers = work.kept.answers.values()
    models = dict.fromkeys(answer.audit.model for answer in answers if answer.audit.model)
    within = f" with {work.outline.where}" if work.outline.where else ""
    papers = counted(len(work.outline.papers), "paper")
    return (
        f"A review of {papers}{within}; every sentence is proved by its quotes.",
        f"{work.outline.origin} {_counts(work)}",
        *([f"Written by {', '.join(models)}."] if models else []),
        *news(work),
    )


def news(work: ReviewWork) -> list[str]:
    """Say which papers came and went since the outline was made, and what to do about it."""
    at_hand = {paper.id for paper in work.papers}
    gone = [paper for paper in work.outline.papers if paper not in at_hand]
    said = []
    if work.new_papers:
        titles = listed([paper.title for paper in work.new_papers], most=5)
        said.append(
            f"{counted(len(work.new_papers), 'paper')} came into the index since the outline was "
            f"made: {titles}. `--redo N` takes up in section N what bears on it, `--no-resume` "
            "begins the whole review anew."
        )
    if gone:
        said.append(
            f"{counted(len(gone), 'paper')} left the index since the outline was made; what they "
            "were quoted with stays. `--no-resume` begins the whole review anew."
        )
    return said


def listed(titles: Sequence[str], *, most: int = _LISTED) -> str:
    """Join titles, and say how many more there are where they are too many."""
    more = f"; and {len(titles) - most} more" if len(titles) > most else ""
    return "; ".join(titles[:most]) + more


def outline_lines(work: ReviewWork) -> list[str]:
    """Return the outline for a terminal, and what comes next."""
    titles = work.titles
    lines = [one_line(work.outline.topic), one_line(work.outline.origin)]
    for number, section in enumerate(work.outline.sections, 1):
        asks = section.question != section.heading
        lines += ["", f"{number} {one_line(section.heading)}"]
        lines += [f"  {one_line(section.question)}"] if asks else []
        lines += [f"  - {one_line(titles[one])}" for one in section.papers if one in titles]
    left = counted(len(work.waiting), "question")
    return [
        *lines,
        "",
        f"{left} to ask: leave `--outline` out. `--question TEXT`, once for each, has others.",
    ]


def _counts(work: ReviewWork) -> str:
    outcomes = work.outcomes
    shown = [
        f"{outcomes[name]} {said}"
        for name, said in OUTCOMES.items()
        if outcomes[name] or name == "answered"
    ]
    return f"Asked {counted(outcomes.total(), 'question')}: {', '.join(shown)}."
