"""ARCHITECTURE.md names every module, with a phrase, and every dependency, with a reason."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PACKAGES = ("r1agent", "tools/r1agent_tools", "indexes/r1agent_indexes")


def test_the_tree_names_every_module_and_none_that_is_not_there():
    there = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
    }
    told = [path for path, _ in tree()]
    assert set(told) == there
    assert len(told) == len(there)


def test_every_module_has_a_phrase():
    assert [path for path, phrase in tree() if not phrase] == []


def test_every_dependency_has_a_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = {
        re.split(r"[\[<>=]", line)[0]
        for line in [*project["dependencies"], *extras["local"], *extras["dev"]]
    }
    rows = re.findall(r"^\| ([\w ,-]+) \| ([^|]+) \|$", TEXT, re.M)
    told = {name for names, reason in rows if reason.strip() for name in names.split(", ")}
    assert wanted - told == set()
    assert told - wanted == {"package"}


def tree() -> Iterator[tuple[str, str]]:
    """Yield each module of the tree with its phrase; two spaces are a level."""
    block = TEXT.partition("```text\n")[2].partition("```")[0]
    folders: list[str] = []
    for line in filter(str.strip, block.splitlines()):
        name, _, phrase = line.strip().partition(" ")
        level = (len(line) - len(line.lstrip())) // 2
        folders = folders[:level]
        if name.endswith("/"):
            folders.append(name)
        else:
            yield "".join([*folders, name]), phrase.strip()
