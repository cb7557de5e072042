"""What the user can put right about an evaluation."""

from __future__ import annotations

from r1agent.errors import R1AgentError


class EvaluationError(R1AgentError):
    """Data that are missing or of another form, or something that a task does not know."""
