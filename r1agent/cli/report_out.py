"""Where a command's report goes, and in which format: what `-o`, `--format` and `--style` say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.reports import Report
    from r1agent.settings import Settings


@dataclass(frozen=True, slots=True)
class ReportOut:
    """What was asked for; `check` it before the work begins."""

    out: Path | None
    format: str | None
    style: str | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything was asked for."""
        return any(given is not None for given in (self.out, self.format, self.style))

    def check(self) -> None:
        """Find out now what could not be written later.

        Raises:
            ExportError: The format or the style is unknown, or the folder of the file is missing.
        """
        from r1agent.report.exporting import format_of, require_place

        format_of(self.out, self.format)
        require_place(self.out)
        if self.style is not None:
            from r1agent.report.papers.csl_styles import open_style

            open_style(self.style)

    def write(self, report: Report, settings: Settings) -> None:
        """Write a report where it was asked for, and say so."""
        from r1agent.cli.ending import say
        from r1agent.report.export import exported
        from r1agent.report.exporting import format_of, report_to, write_report

        text = report_to(
            format_of(self.out, self.format),
            report,
            style=self.style,
            export=lambda sentences, answer: exported(sentences, answer, settings),
        )
        write_report(text, self.out)
        if self.out is not None:
            say(f"Written: {str(self.out)!r}.")
