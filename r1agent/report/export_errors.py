"""What a user can put right where a report is written or read back."""

from __future__ import annotations

from r1agent.errors import R1AgentError


class ExportError(R1AgentError):
    """A report cannot be written, or read back, as it was asked for."""


class UnknownNameError(ExportError):
    """There is no format, or no style, of the name that was given: wrong usage of a command."""
