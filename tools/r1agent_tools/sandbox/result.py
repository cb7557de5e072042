"""What a run of a program gives back."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ExecutionResult:
    """What one program printed, returned or raised, and under which protection it ran."""

    stdout: str = ""
    stderr: str = ""
    """Includes the traceback of `exception`."""
    value: str | None = None
    """The repr of the last expression, as a notebook shows it."""
    exception: str | None = None
    """Such as "ZeroDivisionError: division by zero"."""
    seconds: float = 0.0
    limit_hit: str | None = None
    """The field of `Limits` that ended the run."""
    session_ended: bool = False
    """True when the names of earlier calls are gone."""
    isolation: dict[str, object] = field(default_factory=dict)
    """The layers that were active, by name."""

    @property
    def ok(self) -> bool:
        """Whether the program ran to its end without an exception or a limit."""
        return self.exception is None and self.limit_hit is None
