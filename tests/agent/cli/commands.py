"""Run commands in this process, in a child process, or in a pseudo-terminal."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pexpect
from typer.testing import CliRunner, Result

import r1agent
import r1agent_indexes
import r1agent_tools
from r1agent.cli.app import app

_FOLDERS = [
    Path(package.__file__).parents[1] for package in (r1agent, r1agent_tools, r1agent_indexes)
]


def run(*arguments: str | Path, input: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, [str(each) for each in arguments], input=input)


def environment(**more: str) -> dict[str, str]:
    """Return an environment in which a child finds the packages and no colour is forced."""
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    path = os.pathsep.join(map(str, _FOLDERS))
    return kept | {"PYTHONPATH": path, "TERM": "xterm-256color"} | more


def command(*arguments: str | Path) -> list[str]:
    """Return the command line of r1agent."""
    return [sys.executable, "-m", "r1agent", *map(str, arguments)]


def start(*arguments: str | Path, folder: Path) -> subprocess.Popen[str]:
    """Start a command in a child process."""
    return subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env=environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    )


def terminal(*arguments: str | Path, folder: Path, **more: str) -> pexpect.spawn:
    """Start a command in a pseudo-terminal of 80 by 24."""
    program, *rest = command(*arguments)
    return pexpect.spawn(
        program,
        rest,
        cwd=str(folder),
        env=environment(**more),
        dimensions=(24, 80),
        encoding="utf-8",
        timeout=30,
    )
