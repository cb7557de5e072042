"""Where a command's report goes, and in which format: what `-o`, `--format` and `--style` say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.reports import Report
    from r1agent.settings import Settings
    from r1agent.types import Answer


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
            ExportError: The format or the style is unknown, the folder of the file is missing, or
                the format wants a file or an extra that is not there.
        """
        from r1agent.report.exporting import format_of, require_writable

        require_writable(format_of(self.out, self.format), self.out)
        if self.style is not None:
            from r1agent.report.papers.csl_styles import open_style

            open_style(self.style)

    def write(self, report: Report, settings: Settings) -> None:
        """Write a report where it was asked for, and say so."""
        from r1agent.cli.ending import say
        from r1agent.report.export import exported
        from r1agent.report.exporting import (
            format_of,
            report_bytes,
            report_to,
            write_bytes,
            write_report,
        )

        format = format_of(self.out, self.format)

        def export(sentences: str, answer: Answer) -> str:
            return exported(sentences, answer, settings)

        if self.out is None:
            write_report(report_to(format, report, style=self.style, export=export), None)
            return
        write_bytes(report_bytes(format, report, style=self.style, export=export), self.out)
        say(f"Written: {str(self.out)!r}.")
