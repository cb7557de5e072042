"""Several answers as one text: a report, its sections, and the entries in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from r1agent.types import Answer, Citation, Usage

ReportKind = Literal["answer", "batch", "summaries", "review", "table"]


@dataclass(frozen=True, slots=True)
class Entry:
    """An answer in a report; what is shown of it is its claims, extracts or message."""

    answer: Answer
    label: str = ""
    """What stands before it, such as `Method` or a paper's title; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Section:
    """Entries under a heading."""

    heading: str
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    """The program's own sentences, such as what the papers do not say; they quote nothing."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a job over many questions made: a review, summaries, a table, or a batch."""

    kind: ReportKind
    title: str
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    """Said once, above everything: the index, the model, what could not be answered."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry of every section, in order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every distinct citation of the report, in order; its place is its number."""
        cited = (citation for entry in self.entries for citation in entry.answer.citations)
        return tuple(dict.fromkeys(cited))

    @property
    def papers(self) -> tuple[str, ...]:
        """Ids of the papers that are cited, in order; a paper's place is its number."""
        return tuple(dict.fromkeys(citation.paper for citation in self.citations))

    @property
    def usage(self) -> dict[str, Usage]:
        """What all answers cost, by role."""
        whole: dict[str, Usage] = {}
        for entry in self.entries:
            for role, used in entry.answer.audit.usage.items():
                whole[role] = whole.get(role, Usage()) + used
        return whole

    @property
    def support_rate(self) -> float:
        """Sentences that passed the gate of all that were written, 0 to 1; 0 without any."""
        shown = sum(len(entry.answer.claims) for entry in self.entries)
        dropped = sum(len(entry.answer.dropped) for entry in self.entries)
        return shown / (shown + dropped) if shown else 0.0

    def _repr_html_(self) -> str:
        """Render in a notebook."""
        from r1agent.report.report_html import report_to_fragment

        return report_to_fragment(self)

    def _repr_markdown_(self) -> str:
        """Render where Markdown is understood."""
        from r1agent.report.report_markdown import report_to_markdown

        return report_to_markdown(self)
