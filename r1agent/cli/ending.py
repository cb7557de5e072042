"""How a command ends: user errors in one sentence, Ctrl-C and closed pipes without a traceback."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

import typer
from typer.exceptions import TyperException

from r1agent.cli.help_page import Group

_ENVIRONMENT_ERRORS = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EFBIG}
)


class Commands(Group):
    """The commands of r1agent; a bug crashes with its traceback, nothing else does."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Read the options that stand before the command."""
        with _ended_well():
            return super().make_context(*args, **more)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was asked for."""
        with _ended_well():
            return super().invoke(ctx)


@contextmanager
def _ended_well() -> Iterator[None]:
    """Turn what the user can mend, and Ctrl-C, into a sentence and an exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise  # typer's own endings
    except TyperException as error:
        _refuse(error)
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
        _drop_output()
        raise typer.Exit(1) from None
    except user_errors() as error:
        complain(str(error))
        raise typer.Exit(1) from None


def _refuse(error: TyperException) -> NoReturn:
    """Say what is wrong with what was typed; a command without any is shown its help by typer."""
    from r1agent.cli.wrong_usage import usage_sentence

    if type(error).__name__ == "NoArgsIsHelpError":
        raise error
    complain(usage_sentence(error))
    raise typer.Exit(2) from None


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
    except OSError as error:
        complain(f"{error.strerror}: 'output'.")
        _drop_output()
        code = code or 1
    sys.exit(code)


def _drop_output() -> None:
    """Let the interpreter's last flush go nowhere instead of failing."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
