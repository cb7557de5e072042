"""When what is exported was found, as the ids of its runs tell."""

from __future__ import annotations

from datetime import UTC, datetime

from r1agent.reports import Report


def report_time(report: Report) -> datetime | None:
    """Return when the last run of a report began, in UTC; None where no id of a run tells."""
    told = (_time(entry.answer.run) for entry in report.entries)
    return max(filter(None, told), default=None)


def _time(run: str) -> datetime | None:
    """Read the time from an id such as `20260102-030405-abcdef`."""
    try:
        return datetime.strptime(run[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
