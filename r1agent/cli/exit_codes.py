"""What commands exit with: one list, which every help page shows and the README holds."""

from __future__ import annotations

from collections.abc import Collection, Mapping

MEANINGS = {
    0: "done",
    1: "an error, which says what to do",
    2: "wrong usage",
    3: "the papers do not say, or no sentence held up",
    4: "refused",
    130: "Ctrl-C",
}
"""What a code means wherever a command does not say more."""

_ALL_QUESTIONS = {0: "something was answered", 1: "all failed, or an error"}
_MEASURED = {0: "measured", 1: "all failed, or an error"}
_OF_COMMANDS = {
    "ask": {0: "answered", 1: "failed, or an error"},
    "batch": _ALL_QUESTIONS,
    "summarize": _ALL_QUESTIONS,
    "table": _ALL_QUESTIONS,
    "review": _ALL_QUESTIONS,
    "index add": {1: "no file could be read, or an error"},
    "index check": {0: "whole", 1: "not whole, or an error"},
    "papers get": {0: "all are there", 1: "one could not be had, or an error"},
    "provenance": {0: "marks were found", 1: "none was found"},
    "annotate": {0: "a copy was written", 1: "none was written, or an error"},
    "serve": {0: "ended by Ctrl-C", 130: "Ctrl-C before it answers"},
    "models path": {1: "not on this machine, or an error"},
    "doctor": {0: "nothing that is needed is missing", 1: "something is"},
}
_BEST_FIRST = {"answered": 0, "not_in_papers": 3, "refused": 4, "failed": 1}
_ASKS = {
    3: ("ask", "batch", "summarize", "table", "review"),
    4: ("ask", "batch", "table", "review"),
}
"""The commands that put questions to a model, for 4: such as the user wrote."""


def exit_codes(command: str) -> dict[int, str]:
    """Return what a command exits with, such as `index add`, and what each code means."""
    own = _MEASURED if command.startswith("eval ") else _OF_COMMANDS.get(command, {})
    common = {
        code: meaning
        for code, meaning in MEANINGS.items()
        if code not in (3, 4) or command in _ASKS[code]
    }
    return common | own


def codes_line(codes: Mapping[int, str]) -> str:
    """Return exit codes and their meanings as a help page shows them."""
    return f"Exit codes: {'; '.join(f'{code} {meaning}' for code, meaning in codes.items())}."


def code_of(outcomes: Collection[str]) -> int:
    """Return what a command exits with whose questions had these outcomes: the code of the best.

    Without a question it is 0.
    """
    codes = (code for outcome, code in _BEST_FIRST.items() if outcome in outcomes)
    return next(codes, 0)
