"""What goes wrong between this machine and a server; imports nothing, so that it costs nothing."""


class WebError(Exception):
    """A server gave no usable answer; the message is the reason, without its name."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        """Store the reason and, where one came, the status."""
        super().__init__(reason)
        self.status = status


class TryAgainError(WebError):
    """A server may answer later, after `seconds` where it says so."""

    def __init__(
        self, reason: str, *, seconds: float | None = None, status: int | None = None
    ) -> None:
        """Store the reason and the pause that was asked for."""
        super().__init__(reason, status=status)
        self.seconds = seconds
