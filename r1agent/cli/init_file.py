"""The text of a settings file: every setting with its default and what it is."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from r1agent.settings import PREFIX, SECRETS, Settings, load_settings

_WIDTH = 88
_HEADINGS = {
    "base_url": "What answers",
    "index": "Papers and their embedding",
    "cache_dir": "Where things are kept",
    "context": "How it answers",
    "max_steps": "Limits of a run, and of requests to the model",
    "unsafe_python": "Where programs run",
    "entailment": "How sentences are checked",
    "screen_question": "What is screened",
    "cache_requests": "The cache, hubs and registries",
}
"""The setting before which each heading stands."""


def settings_file(values: Mapping[str, str]) -> str:
    """Return a settings file in which `values` are set and all else is a comment.

    Args:
        values: By the name of the setting.

    Raises:
        SettingsError: A value is none that the setting can have.
    """
    load_settings(Path(os.devnull), **values)
    about = _descriptions()
    lines = list(_HEAD)
    for name, field in Settings.model_fields.items():
        if name in _HEADINGS:
            lines += ["", "", f"## {_HEADINGS[name]}"]
        if name not in SECRETS:
            lines += [*_comment(about.get(name, "")), _setting(name, field, values.get(name))]
    return "\n".join([*lines, "", *_secrets()]) + "\n"


_HEAD = (
    "# Settings of r1agent. A line that begins with `#` is a comment: take the `#` away to set it.",
    "# What is written there is the default. Options of a command and variables such as",
    f"# {PREFIX}MODEL count more than this file. Paths start from the folder of this file.",
)


def _setting(name: str, field: FieldInfo, value: str | None) -> str:
    if value is not None:
        return f"{name} = {_toml(value)}"
    default = field.get_default(call_default_factory=True, validated_data={})
    if default is None:
        return f"# {name} = <{_wanted(field)}>"
    also = [_toml(one) for one in _choices(field.annotation) if one != default]
    return f"# {name} = {_toml(default)}" + (f"  # or {', '.join(also)}" if also else "")


def _wanted(field: FieldInfo) -> str:
    """Say what a setting without a default takes: `a whole number from 1 to 8`."""
    if choices := _choices(field.annotation):
        return " or ".join(map(_toml, choices))
    kinds = {int: "a whole number", float: "a number", Path: '"a path"'}
    named = (word for kind, word in kinds.items() if kind in _parts(field.annotation))
    return " ".join([next(named, '"text"'), *_bounds(field)])


def _bounds(field: FieldInfo) -> Iterator[str]:
    words = {"ge": "from", "gt": "above", "le": "to", "lt": "below"}
    for limit in field.metadata:
        for name, word in words.items():
            if hasattr(limit, name):
                yield f"{word} {getattr(limit, name):g}"


def _choices(annotation: Any) -> list[str]:
    """Return the values of a `Literal`, also where None is another possibility."""
    found = [part for part in _parts(annotation) if get_origin(part) is Literal]
    return [str(value) for value in get_args(found[0])] if found else []


def _parts(annotation: Any) -> tuple[Any, ...]:
    """Take a union of types, and types with metadata, apart."""
    if get_origin(annotation) is Literal or not get_args(annotation):
        return (annotation,)
    return tuple(part for each in get_args(annotation) for part in _parts(each))


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return f"{value:g}" if value < 1000 else f"{value:_}"
    return json.dumps(_from_home(str(value)), ensure_ascii=False)


def _from_home(text: str) -> str:
    """Shorten a path below the home folder, so that the file suits other people too."""
    home = str(Path.home())
    return "~" + text[len(home) :] if text.startswith(home + os.sep) else text


def _comment(text: str) -> list[str]:
    """Wrap what a setting is; None is what a file has no word for."""
    plain = re.sub(r"\bNone\b", "unset", text)
    return ["", *(f"# {line}" for line in textwrap.wrap(plain, _WIDTH))]


def _secrets() -> Iterator[str]:
    names = [f"{PREFIX}{name.upper()}" for name in SECRETS]
    text = f"Keys belong into the environment, where nobody commits them: {', '.join(names)}."
    yield from (f"# {line}" for line in textwrap.wrap(text, _WIDTH))


def _descriptions() -> dict[str, str]:
    """Read the docstring under every field of `Settings` from its source."""
    body = ast.parse(textwrap.dedent(inspect.getsource(Settings))).body[0]
    fields = body.body if isinstance(body, ast.ClassDef) else []
    found: dict[str, str] = {}
    for node, below in pairwise(fields):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name):
            continue
        match below:
            case ast.Expr(value=ast.Constant(value=str(text))):
                found[node.target.id] = " ".join(text.split())
    return found
