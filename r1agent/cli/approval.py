"""The plan on the terminal, for the user to accept, edit, shorten or turn down."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import typer
from rich.console import Console
from rich.text import Text

from r1agent.approval import plan_from_text, plan_to_text
from r1agent.cli.ending import complain, say
from r1agent.errors import PlanError
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.report.watching.view import RunView
from r1agent.types import Plan

_ASK = "Enter carries it out, e edits it, d NUMBER drops a step, q cancels: "


def require_terminal() -> None:
    """Refuse to ask where nobody can answer.

    Raises:
        BadParameter: Standard input is no terminal.
    """
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "It asks on a terminal, and stdin is none. Leave it out, or give the question as an "
            "argument in a terminal.",
            param_hint="--approve",
        )


class PlanDialog:
    """Show a plan and return what the user makes of it; None where it is turned down."""

    def __init__(self, view: RunView, tools: Iterable[str], console: Console) -> None:
        """Store the view, which stands aside meanwhile, the tools' names, and where to show."""
        self._view = view
        self._tools = tuple(tools)
        self._console = console

    def __call__(self, plan: Plan) -> Plan | None:
        """Ask until the plan is accepted or turned down."""
        with self._view.paused():
            return self._ask(plan)

    def _ask(self, plan: Plan) -> Plan | None:
        while plan.steps:
            self._show(plan)
            sys.stderr.write(_ASK)
            sys.stderr.flush()
            line = sys.stdin.readline()
            words = line.lower().split()
            if not line or words[:1] in (["q"], ["quit"]):
                return None
            if not words or words[0] in ("y", "yes"):
                return plan
            plan = self._changed(plan, words)
        say("The plan has no step left.")
        return None

    def _show(self, plan: Plan) -> None:
        self._console.print(Text("Plan", style="bold"))
        for number, step in enumerate(plan.steps, 1):
            body = Text(one_line(step.goal))
            body.append(f"  {one_line(step.tool)}", style="dim")
            sign = Text(f"done when {one_line(step.done_when)}", style="dim")
            self._console.print(Hanging(f"  {number} ", body, style="cyan"))
            self._console.print(Hanging("    ", sign))

    def _changed(self, plan: Plan, words: list[str]) -> Plan:
        if words[0] in ("e", "edit"):
            return self._edited(plan)
        if words[0] in ("d", "drop") and len(words) == 2 and words[1].isdecimal():
            place = int(words[1]) - 1
            if 0 <= place < len(plan.steps):
                return replace(plan, steps=plan.steps[:place] + plan.steps[place + 1 :])
        say(f"Not understood: {' '.join(words)!r}.")
        return plan

    def _edited(self, plan: Plan) -> Plan:
        """Open the plan in the user's editor; what cannot be read is said, and the plan kept."""
        text = _edit(plan_to_text(plan, self._tools))
        try:
            return plan_from_text(text, self._tools, revision=plan.revision)
        except PlanError as error:
            complain(f"{error} The plan is as it was before.")
            return plan


def _edit(text: str) -> str:
    """Return what the user's editor makes of a text."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    with tempfile.TemporaryDirectory(prefix="r1agent-") as folder:
        path = Path(folder) / "plan.toml"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            subprocess.run([*shlex.split(editor), str(path)], check=True)  # noqa: S603 - the user's
        except (OSError, subprocess.CalledProcessError) as error:
            complain(f"The editor {editor!r} did not work: {error}. Set `EDITOR` to yours.")
            return text
        return path.read_text(encoding="utf-8", errors="replace")
