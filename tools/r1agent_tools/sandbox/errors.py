"""What can go wrong around a sandbox, as opposed to inside the program it runs."""


class SandboxUnavailableError(RuntimeError):
    """This machine lacks a layer that the sandbox needs; the message names it and the remedy."""


class SandboxProtocolError(RuntimeError):
    """A confined process sent something else than the one answer it was asked for."""
