"""A literature review over the papers of an index, section by section from quotes."""

from r1agent.review.outline import Outline, PlannedSection, ReviewError
from r1agent.review.reviewing import finished_review, open_review, review
from r1agent.review.wanted import Wanted
from r1agent.review.work import ReviewWork
from r1agent.review.work_file import kept_outline, work_path
from r1agent.review.written import written

__all__ = [
    "Outline",
    "PlannedSection",
    "ReviewError",
    "ReviewWork",
    "Wanted",
    "finished_review",
    "kept_outline",
    "open_review",
    "review",
    "work_path",
    "written",
]
