"""How a command ends: user errors in one sentence, Ctrl-C and closed pipes without a traceback."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from contextlib import suppress
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException

_ENVIRONMENT_ERRORS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}
)


class Commands(TyperGroup):
    """The commands of r1agent; a bug crashes with its traceback, nothing else does."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, TyperException):
            raise  # typer's own endings: help, usage errors, exit codes
        except KeyboardInterrupt as stop:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # a second Ctrl-C ends it at once
            say(str(stop) or "Stopped.")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            _drop_output()
            raise typer.Exit(1) from None
        except OSError as error:
            if error.errno not in _ENVIRONMENT_ERRORS:
                raise
            complain(f"{error.strerror}: {str(error.filename or 'output')!r}.")
            raise typer.Exit(1) from None
        except user_errors() as error:
            complain(str(error))
            raise typer.Exit(1) from None


def user_errors() -> tuple[type[Exception], ...]:
    """Return the errors whose message is made for the user."""
    from r1agent.errors import R1AgentError
    from r1agent_indexes import PaperIndexError
    from r1agent_tools import SandboxUnavailableError

    return R1AgentError, PaperIndexError, SandboxUnavailableError


def complain(message: str) -> None:
    """Print an error on stderr."""
    from rich.text import Text

    from r1agent.cli.screen import notes
    from r1agent.report.printable import one_line

    notes().print(Text.assemble(("error: ", "bold red"), one_line(message)))


def say(message: str) -> None:
    """Print a note on stderr."""
    from rich.text import Text

    from r1agent.cli.screen import notes
    from r1agent.report.printable import one_line

    notes().print(Text(one_line(message)))


def leave(code: Any) -> NoReturn:
    """Flush what was printed and exit; a reader who left early is no error."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.freeze()  # the last collection over what torch loaded would hold the prompt for 1.5 s
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    sys.exit(code)


def _drop_output() -> None:
    """Let the interpreter's last flush go nowhere instead of failing."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
