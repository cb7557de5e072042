"""What a run of a program gives back."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that a program made, as it was when its cell had ended."""

    name: str
    """Its path in the session's folder, as `plots/fit.png`; what cannot be printed is a mark."""
    data: bytes = field(repr=False)
    """Made by a program that nobody has to trust: open it with care."""
    media_type: str
    """Such as "image/png"; from the name alone."""


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
    """The field of `Limits` that ended the run, or left files of it out (`artifacts_mb`)."""
    session_ended: bool = False
    """True when the names of earlier calls are gone."""
    artifacts: tuple[Artifact, ...] = ()
    """Files that this call made or changed, by name; hidden files are not among them."""
    artifacts_left_out: tuple[str, ...] = ()
    """Names of files that were too large, too many, or could not be read."""
    memory_mb: float = 0.0
    """The most memory that the session's process has held at once (VmHWM), in MiB: the
    interpreter and earlier calls included. 0 where it ended before that could be read."""
    isolation: dict[str, object] = field(default_factory=dict)
    """The layers that were active, by name."""

    @property
    def ok(self) -> bool:
        """Whether the program ran to its end without an exception or a limit that ended it."""
        return self.exception is None and self.limit_hit in (None, "artifacts_mb")
