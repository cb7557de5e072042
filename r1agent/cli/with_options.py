"""Gives several commands the same options: the fields of one dataclass."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_type_hints

Command = Callable[..., None]


def with_options(kind: type[Any]) -> Callable[[Command], Command]:
    """Return what gives a command the options of `kind`, which it takes as its argument `given`.

    typer reads options from a signature alone, so the signature is put together here.

    Args:
        kind: A dataclass whose fields are annotated as typer's options are.
    """

    def given_to(command: Command) -> Command:
        shared = _parameters(kind)
        own = inspect.signature(command, eval_str=True).parameters.values()
        kept = [each.replace(kind=each.KEYWORD_ONLY) for each in own if each.name != "given"]

        @functools.wraps(command)
        def with_given(**values: Any) -> None:
            given = kind(**{each.name: values.pop(each.name) for each in shared})
            command(given=given, **values)

        signature = inspect.Signature([*kept, *shared])
        with_given.__signature__ = signature  # type: ignore[attr-defined]
        return with_given

    return given_to


def _parameters(kind: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=field.default,
            annotation=hints[field.name],
        )
        for field in fields(kind)
    ]
