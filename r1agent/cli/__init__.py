"""The command line. This module alone is imported before Ctrl-C is handled, so it stays empty."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command in `sys.argv` and exit with its code."""
    try:
        from r1agent.cli.app import app
        from r1agent.cli.ending import leave

        try:
            app(prog_name="r1agent")
        except SystemExit as ending:
            leave(ending.code)
    except KeyboardInterrupt:
        sys.exit(130)
