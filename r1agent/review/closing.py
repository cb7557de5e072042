"""The last sections of a review: disputes, silences, failures, and papers left aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from r1agent.reports import Entry, Section
from r1agent.review.disputes import Dispute
from r1agent.review.items import whole_id
from r1agent.review.notes import listed
from r1agent.review.outline import PlannedSection
from r1agent.review.work import ReviewWork
from r1agent.types import Answer, Audit, Plan, Trajectory

DISPUTES = "Where the papers disagree"
SILENT = "What the papers do not say"
UNANSWERED = "What could not be answered"
OUTSIDE = "Papers that no question led to"


def closing_sections(work: ReviewWork, disputes: Iterable[Dispute]) -> tuple[Section, ...]:
    """Return those of the last sections that hold something."""
    every = (
        Section(DISPUTES, tuple(map(_both_sides, disputes))),
        _silent(work),
        _unanswered(work),
        _outside(work),
    )
    return tuple(section for section in every if section.entries or section.notes)


def _both_sides(dispute: Dispute) -> Entry:
    """Set the two quotes beside each other, as an answer that rests on both."""
    names = [one.title or one.file for one in (dispute.one, dispute.other)]
    answer = Answer(
        run="",
        question=dispute.statement,
        outcome="answered",
        claims=(),
        plan=Plan(()),
        trajectory=Trajectory(),
        audit=Audit(0.0, "none"),
        extracts=(dispute.one, dispute.other),
        message=f"The second says otherwise ({dispute.reason}):",
    )
    return Entry(answer, " / ".join(names))


def _silent(work: ReviewWork) -> Section:
    """Name the questions that no paper answers, and for the others the papers that are silent."""
    titles = work.titles
    entries, notes = [], []
    for planned in work.outline.sections:
        answers = work.answers_of(planned)
        outcomes = {answer.outcome for answer in answers.values()}
        silent = [one for one in answers if answers[one].outcome == "not_in_papers"]
        if silent and "answered" not in outcomes:
            asked = answers.get(whole_id(planned), answers[silent[0]])
            entries.append(Entry(replace(asked, extracts=()), planned.question))
        named = [titles[paper] for one in silent if (paper := one.partition(":")[2]) in titles]
        if named:
            notes.append(f"On “{planned.heading}” nothing is said by: {listed(named)}.")
    return Section(SILENT, tuple(entries), tuple(notes))


def _unanswered(work: ReviewWork) -> Section:
    """Name what failed or was refused, and what ended in an error of the model."""
    titles = work.titles
    notes = []
    for planned in work.outline.sections:
        for one, reason in _reasons(work, planned).items():
            paper = titles.get(one.partition(":")[2], "")
            notes.append(f"On “{planned.heading}”{', ' if paper else ''}{paper}: {reason}")
    return Section(UNANSWERED, (), tuple(notes))


def _reasons(work: ReviewWork, planned: PlannedSection) -> dict[str, str]:
    answers = work.answers_of(planned)
    ended = {
        one: f"{answer.outcome}: {answer.message}"
        for one, answer in answers.items()
        if answer.outcome in ("failed", "refused")
    }
    own = (one for one in work.errors if one.partition(":")[0] == whole_id(planned))
    return ended | {one: f"failed: {work.errors[one]}" for one in own if one not in answers}


def _outside(work: ReviewWork) -> Section:
    titles = work.titles
    named = [titles[paper] for paper in work.outline.outside if paper in titles]
    note = f"No passage of these was near to a question: {listed(named)}."
    return Section(OUTSIDE, (), (note,) if named else ())
