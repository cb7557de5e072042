"""Streams as commands expect them: open, and with text that they can write and read."""

from __future__ import annotations

import codecs
import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

_REFUSE = "r1agent.refuse"
_SPELL = "backslashreplace"


def prepare_streams() -> None:
    """Open the streams that were closed, spell what cannot be written, refuse what is no text.

    A closed stream is empty to read, and takes what is written without keeping it. Which number
    it has matters: a file opened later must not become the output.
    """
    codecs.register_error(_REFUSE, _refuse)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nowhere = Path(os.devnull).open(mode, encoding="utf-8")  # noqa: SIM115 - it stays open
            setattr(sys, name, nowhere)
    for stream, errors in ((sys.stdin, _REFUSE), (sys.stdout, _SPELL), (sys.stderr, _SPELL)):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=errors)


def _refuse(error: UnicodeError) -> NoReturn:
    from r1agent.errors import R1AgentError

    if not isinstance(error, UnicodeDecodeError):
        raise error
    raise R1AgentError(
        f"The text on stdin is not UTF-8 (byte {error.object[error.start]:#04x}). Convert it, such "
        "as with `iconv -t UTF-8`."
    )
