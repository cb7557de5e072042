"""YAML as a tree whose parts know their lines; nothing in it is ever built into an object."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from r1agent.report.printable import one_line, shortened
from r1agent.tables.form import TableError

_LONGEST = 100_000
_PLAIN = frozenset(
    f"tag:yaml.org,2002:{kind}"
    for kind in "str int float bool null timestamp merge value seq map".split()
)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a YAML file."""

    file: str
    node: yaml.Node

    @property
    def line(self) -> int:
        """Where it begins, from 1."""
        return int(self.node.start_mark.line) + 1

    def error(self, message: str) -> TableError:
        """Return an error that begins with the place."""
        return TableError(f"{self.file}, line {self.line}: {message}")

    def text(self, what: str) -> str:
        """Return a value as one line of text, as it is written: `yes` and `1.0` stay so.

        Raises:
            TableError: It is a list, a mapping or empty.
        """
        self._require_plain()
        if not isinstance(self.node, yaml.ScalarNode):
            raise self.error(f"{what} is {self._kind}; wanted one text. Write it on its line.")
        found = one_line(self.node.value)
        if not found or (self.node.tag.endswith(":null") and not self.node.style):
            raise self.error(f"{what} is empty. Write one, or leave the line out.")
        return found

    def items(self, what: str) -> list[Part]:
        """Return the entries of a list.

        Raises:
            TableError: It is no list, or an empty one.
        """
        self._require_plain()
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.error(f"{what} is {self._kind}; wanted a list, each entry after a `- `.")
        if not self.node.value:
            raise self.error(f"{what} is an empty list. Write its entries, each after a `- `.")
        return [Part(self.file, node) for node in self.node.value]

    def fields(self, what: str, known: Sequence[str]) -> dict[str, Part]:
        """Return the values of a mapping by their keys.

        Raises:
            TableError: It is no mapping, or a key is unknown or stands twice.
        """
        self._require_plain()
        if not isinstance(self.node, yaml.MappingNode):
            wanted = ", ".join(f"`{key}: …`" for key in known)
            raise self.error(f"{what} is {self._kind}; wanted keys and values: {wanted}.")
        found: dict[str, Part] = {}
        for key_node, value_node in self.node.value:
            key = Part(self.file, key_node)
            name = key.text(f"A key of {what}")
            if name not in known:
                raise key.error(_unknown(name, what, known))
            if name in found:
                raise key.error(f"`{name}` stands twice in {what}. Take one of them out.")
            found[name] = Part(self.file, value_node)
        return found

    def _require_plain(self) -> None:
        if self.node.tag not in _PLAIN:
            raise self.error(
                f"The tag {shortened(self.node.tag, 60)!r} is not read here. Leave it out."
            )

    @property
    def _kind(self) -> str:
        if isinstance(self.node, yaml.SequenceNode):
            return "a list"
        if isinstance(self.node, yaml.MappingNode):
            return "a mapping of keys and values"
        return f"the text {shortened(self.node.value, 40)!r}" if self.node.value else "empty"


def read_yaml(text: str, file: str) -> Part:
    """Return the tree of a YAML document.

    Raises:
        TableError: It is no YAML, empty, or larger than a file of columns can be.
    """
    if len(text) > _LONGEST:
        raise TableError(
            f"{file} has {len(text):,} characters; a file of columns has some hundred. Name one."
        )
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = one_line(error.problem or "it cannot be read")
        raise TableError(
            f"{file}, line {line}: this is no YAML ({problem}). Mend the line; put a "
            "text with signs such as `:`, `#`, `?` or `,` in it into quotes."
        ) from None
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        # PyYAML lets the last three through, for brackets without end and for characters that
        # do not exist: https://github.com/yaml/pyyaml/issues/456
        raise TableError(
            f"{file} is no YAML ({shortened(str(error), 120)}). Write plain text into it."
        ) from None
    if root is None:
        raise TableError(f"{file} is empty. Write `columns:` and a list of names and questions.")
    return Part(file, root)


def _unknown(name: str, what: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1)
    nearest = f"Did you mean `{near[0]}`? " if near else ""
    keys = ", ".join(f"`{key}`" for key in known)
    return f"`{shortened(name, 40)}` is no key of {what}. {nearest}There are {keys}."
