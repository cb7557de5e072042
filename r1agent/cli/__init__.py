"""The command line. This module alone is imported before Ctrl-C is handled, so it stays small."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command in `sys.argv` and exit with its code."""
    try:
        from r1agent.cli.first_sign import give_sign

        give_sign(sys.argv[1:], sys.stderr, os.environ)
        from r1agent.cli.app import app
        from r1agent.cli.ending import leave
        from r1agent.cli.streams import prepare_streams

        prepare_streams()
        try:
            app(prog_name="r1agent")
        except SystemExit as ending:
            leave(ending.code)
    except KeyboardInterrupt:
        sys.exit(130)
