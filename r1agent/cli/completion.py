"""Shell completion: what options and arguments take, found without loading anything heavy."""

from __future__ import annotations

import inspect
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, get_args

import typer
from typer.models import ArgumentInfo, OptionInfo

Completed = Iterable[str | tuple[str, str]]
"""Values, each alone or with a word about it."""

_ASKED = "_R1AGENT_COMPLETE"
_SHELL_OPTIONS = ("--show-completion", "--install-completion")
_SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_RUNS = 20
_FOLDERS = 200
_SAFE = re.compile(r"[\w./~+@%:-]+")
"""What a shell reads as one word; a name with anything else is left for the user to quote."""


def for_named_shell(command: Any, ctx: Any, args: Sequence[str]) -> None:
    """Show or install the completion of the shell that is named, and end.

    typer takes no name: it would pass over one, and show what the present shell needs.

    Raises:
        BadParameter: Something else than a shell is named.
    """
    option, _, joined = args[0].partition("=") if args else ("", "", "")
    named = joined or "".join(args[1:2])
    if option not in _SHELL_OPTIONS or not named:
        return
    if named not in _SHELLS:
        wanted = ", ".join(f"`{shell}`" for shell in _SHELLS)
        raise typer.BadParameter(
            f"`{option}` is {named!r}; wanted one of {wanted}, or nothing for the present shell",
            ctx=ctx,
        )
    parameter = next(each for each in command.params if option in each.opts)
    parameter.callback(ctx, parameter, named)


def complete_values(app: typer.Typer) -> None:
    """Complete what commands take, where a shell asks for it; nothing is done otherwise."""
    if _ASKED not in os.environ:
        return
    for command in app.registered_commands:
        if command.callback is not None:
            _complete(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            complete_values(group.typer_instance)


def _complete(command: Callable[..., object]) -> None:
    """Complete the parameters of a command by their names."""
    if not hasattr(command, "__signature__"):  # else typer would read other objects than these
        command.__annotations__ = inspect.get_annotations(command, eval_str=True)
    module = command.__module__.rpartition(".")[2]
    for name, parameter in inspect.signature(command).parameters.items():
        values = _BY_NAME.get(f"{module}.{name}") or _BY_NAME.get(name)
        for info in get_args(parameter.annotation)[1:]:
            if values is not None and isinstance(info, OptionInfo | ArgumentInfo):
                info.autocompletion = values


def _indexes(incomplete: str) -> Completed:
    """Yield folders of indexes in the typed folder and in those below it."""
    base = incomplete.rpartition("/")[0]
    start = Path(base or ("/" if incomplete.startswith("/") else ".")).expanduser()
    prefix = f"{base}/" if "/" in incomplete else ""
    found = (path for depth in ("*", "*/*") for path in start.glob(f"{depth}/manifest.json"))
    for path, _ in zip(found, range(_FOLDERS), strict=False):
        folder = prefix + str(path.parent.relative_to(start))
        if _SAFE.fullmatch(folder):
            yield folder


def _models(incomplete: str) -> Completed:
    """Yield the models of the registry."""
    from r1agent.models.registry import list_models

    return [entry.name for entry in list_models() if entry.name.startswith(incomplete)]


def _runs(ctx: typer.Context, incomplete: str) -> Completed:
    """Yield the latest runs, each with its question."""
    folder = _runs_dir(ctx.params)
    if incomplete and "last".startswith(incomplete):
        yield "last", "the run before"
    found = sorted(folder.glob("*.jsonl"), reverse=True) if folder.is_dir() else []
    fitting = [path for path in found if path.stem.startswith(incomplete)]
    for path in fitting[:_RUNS]:
        if _SAFE.fullmatch(path.stem):
            yield path.stem, _question(path)


def _runs_dir(given: dict[str, object]) -> Path:
    """Return where runs are, as the options, the environment and the settings file say."""
    named = given.get("runs_dir") or os.environ.get("R1AGENT_RUNS_DIR") or _from_file()
    if named:
        return Path(str(named)).expanduser()
    import platformdirs

    return platformdirs.user_state_path("r1agent") / "runs"


def _from_file() -> Path | None:
    """Return the `runs_dir` of the settings file in this folder; one above it is not read."""
    path = Path("r1agent.toml")
    try:
        named = tomllib.loads(path.read_text(encoding="utf-8")).get("runs_dir")
    except (OSError, ValueError):
        return None
    return Path(named).expanduser() if isinstance(named, str) else None


def _question(path: Path) -> str:
    """Return the question of a run in a few plain words; nothing that a shell could take up."""
    try:
        with path.open("rb") as file:
            question = str(json.loads(file.readline())["data"]["question"])
    except (OSError, ValueError, KeyError, TypeError):
        return "unreadable"
    return " ".join(re.sub(r"[^\w\s.,?-]", " ", question).split())[:60]


def _fixed(*values: str) -> Callable[[str], Completed]:
    def completed(incomplete: str) -> Iterator[str]:
        yield from (value for value in values if value.startswith(incomplete))

    return completed


def _formats(incomplete: str) -> Completed:
    """Yield the formats of reports."""
    from r1agent.report.exporting import FORMATS

    return [name for name in FORMATS if name.startswith(incomplete)]


def _table_formats(incomplete: str) -> Completed:
    """Yield the formats of tables."""
    return [*_fixed("csv")(incomplete), *_formats(incomplete)]


def _datasets(incomplete: str) -> Completed:
    """Yield the data sets that are known by name, each with its title."""
    from r1agent.evaluate.datasets import list_datasets

    found = [each for each in list_datasets() if each.name.startswith(incomplete)]
    return [(each.name, each.title) for each in found]


_BY_NAME: dict[str, Callable[..., Completed]] = {
    "index": _indexes,
    "model": _models,
    "models.name": _models,
    "run": _runs,
    "resume": _runs,
    "source": _runs,
    "format": _formats,
    "table.format": _table_formats,
    "eval_fetch.name": _datasets,
    "precision": _fixed("bf16", "fp8", "8bit", "4bit"),
    "reranker": _fixed("late"),
    "engine": _fixed("auto", "vllm", "embedded"),
    "entailment": _fixed("auto", "nli", "model", "floors"),
}
"""What completes a parameter: by its name, or by the module of its command and its name."""
