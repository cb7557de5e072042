"""What is to be reviewed, and how."""

from __future__ import annotations

from dataclasses import dataclass

from r1agent.report.printable import one_line
from r1agent.review.outline import ReviewError
from r1agent_indexes import PaperFilter

SECTIONS = 5
PAPERS = 6


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be reviewed, and how; see `review`.

    Raises:
        ReviewError: The topic is empty.
    """

    topic: str
    questions: tuple[str, ...] = ()
    """The user's own; without any they are made."""
    where: PaperFilter | None = None
    sections: int = SECTIONS
    papers: int = PAPERS
    """Papers of a section that are asked one by one."""
    redo: frozenset[int] = frozenset()
    """Numbers of sections, from 1."""
    resume: bool = True

    def __post_init__(self) -> None:
        """Refuse a review of nothing before anything is loaded for it."""
        if not self.subject:
            raise ReviewError("The topic is empty. Name one in words, or ask a question.")

    @property
    def subject(self) -> str:
        """The topic as one line."""
        return one_line(self.topic)

    @property
    def within(self) -> str:
        """The filter in words; empty for all papers."""
        return str(self.where or "")
