"""Help pages: options in groups, no types that only Python knows, and the exit codes."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from r1agent.cli.exit_codes import codes_line, exit_codes
from r1agent.cli.wrong_usage import refuse_unusable, wrong_options

if TYPE_CHECKING:
    from collections.abc import Iterable

_GROUPED_FROM = 10
"""Fewer options are read at a glance."""
_GROUPS = {
    "Papers": (
        *("index", "year", "author", "file", "tag"),
        *("embedding_model", "embedding_url", "reranker", "reranker_url"),
    ),
    "Model": ("base_url", "engine", "model", "temperature", "no_cache", "workers", "ray"),
    "Checks and limits": (
        *("entailment", "nli_model", "data_dir", "unsafe_python"),
        *("max_calls", "deadline", "max_job_tokens", "max_job_time"),
    ),
    "Output": ("out", "format", "style", "json", "quiet", "plain"),
    "Settings": ("runs_dir", "config", "help"),
}
"""Parameters by the heading under which a long page shows them; the others are the command's own,
and stand first."""


def with_pages(app: typer.Typer) -> None:
    """Give every command below `app` such a page."""
    for command in app.registered_commands:
        command.cls = Page
    for group in app.registered_groups:
        if group.typer_instance is not None:
            group.cls = Group
            with_pages(group.typer_instance)


class Page(TyperCommand):
    """A command that refuses values which no option can have, and its help page."""

    def __init__(self, *args: Any, **more: Any) -> None:
        """Name the arguments as help and errors show them: `QUESTION`, without a type."""
        super().__init__(*args, **more)
        for parameter in self.params:
            if isinstance(parameter, TyperArgument):
                parameter.metavar = (parameter.metavar or parameter.name or "").strip(".").upper()
                parameter.__class__ = _Argument

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments."""
        if not ctx.resilient_parsing:
            refuse_unusable(self, ctx, args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with wrong_options(ctx):
            return super().invoke(ctx)

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the parts of the line of usage; what has to be given has no brackets."""
        return _without_braces(super().collect_usage_pieces(ctx))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the page."""
        _hide_types_of_flags(self.get_params(ctx))
        if sum(isinstance(each, TyperOption) for each in self.params) >= _GROUPED_FROM:
            self._group(ctx)
        self.help = _without_line_ends(self.help or "")
        command = ctx.command_path.partition(" ")[2]
        self.epilog = f"{self.epilog}\n\n{codes_line(exit_codes(command))}"
        super().format_help(ctx, formatter)

    def _group(self, ctx: Any) -> None:
        order = [name for names in _GROUPS.values() for name in names]
        for parameter in self.get_params(ctx):
            if isinstance(parameter, TyperOption):
                parameter.rich_help_panel = _group_of(parameter.name)
        self.params.sort(key=lambda each: order.index(each.name) if each.name in order else -1)


class Group(TyperGroup):
    """A command with commands below it, and its help page."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the page."""
        _hide_types_of_flags(self.get_params(ctx))
        super().format_help(ctx, formatter)


def _group_of(name: str | None) -> str | None:
    return next((heading for heading, names in _GROUPS.items() if name in names), None)


def _without_line_ends(text: str) -> str:
    """Join the lines of each paragraph, which typer would break where the source does."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def _without_braces(pieces: Iterable[str]) -> list[str]:
    return [piece.replace("{", "").replace("}", "") for piece in pieces]


class _Argument(TyperArgument):
    """An argument whose help says what it is, without a type such as `<list[Path]>`."""

    def display_type_rich(self, ctx: Any) -> str | None:
        """Show nothing."""
        return None


def _hide_types_of_flags(parameters: Iterable[Any]) -> None:
    for parameter in parameters:
        if isinstance(parameter, TyperOption) and parameter.is_flag:
            parameter.metavar = ""
