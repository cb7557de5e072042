"""Wrong usage in one sentence: what was given, what is wanted, and where to read on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer

from r1agent.wanted_values import wanted_value

_OPTIONS = {"deadline_seconds": "--deadline", "cache_requests": "--no-cache"}
"""Settings whose option has another name."""
_FILE_NAMES = ("paths", "papers", "source", "questions", "file", "listed")
"""Parameters whose text may be the name of a file, in whatever bytes the file system has it."""


def refuse_unusable(command: Any, ctx: Any, args: Sequence[str]) -> None:
    """Refuse empty values and texts that are not UTF-8, which a shell passes on by mistake.

    An empty path would mean this folder.

    Raises:
        BadParameter: There is one.
    """
    given, _, _ = command.make_parser(ctx).parse_args(args=list(args))
    for parameter in command.params:
        for value in _texts(given.get(parameter.name)):
            if problem := _problem(parameter, value):
                raise typer.BadParameter(problem, ctx=ctx, param=parameter)


@contextmanager
def wrong_options(ctx: Any) -> Iterator[None]:
    """Tell what is wrong with a setting as its option is called, and where to read on.

    Raises:
        BadParameter: An option has a value that cannot be used.
    """
    from r1agent.errors import ArgumentError
    from r1agent.report.export_errors import UnknownNameError

    try:
        yield
    except ArgumentError as error:
        option = _OPTIONS.get(error.argument, f"--{error.argument.replace('_', '-')}")
        raise typer.BadParameter(f"`{option}` {error.problem}", ctx=ctx) from None
    except UnknownNameError as error:
        raise typer.BadParameter(str(error), ctx=ctx) from None
    except typer.BadParameter as error:
        error.ctx = error.ctx or ctx
        raise


def usage_sentence(error: typer.TyperException) -> str:
    """Put an error of usage into one sentence with what to do."""
    text = error.format_message().removeprefix("Invalid value: ").strip()
    near = ", ".join(f"`{name}`" for name in getattr(error, "possibilities", None) or ())
    if near:
        text = f"{text.partition(' (Possible options')[0]}. Near it: {near}"
    head, should_be, wanted = text.partition("Input should be ")
    text = f"{head}wanted {wanted_value(wanted)}" if should_be else text
    ctx = getattr(error, "ctx", None)
    stop = "" if text.endswith((".", "?")) else "."
    return f"{text}{stop} See `{ctx.command_path if ctx else 'r1agent'} --help`."


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, str))


def _problem(parameter: Any, value: str) -> str:
    if not value:
        return "it is empty; give a value, or leave it out"
    is_path = parameter.type_descriptor.is_path or parameter.name in _FILE_NAMES
    if not is_path and not value.isprintable() and re.search("[\ud800-\udfff]", value):
        return "it is not UTF-8 text"
    return ""
