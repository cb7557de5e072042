"""A PDF and marks -> a copy with highlights, written by the parser's child process."""

import hashlib
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.marking.mark import Mark, MarkedPdf
from r1agent_indexes.reading.pdf_process import Message, PdfProcess

AUTHOR = "r1agent"
_REASONS = {
    "encrypted": "is encrypted, so nothing can be appended to it; save a copy without encryption",
    "memory": "needs more memory than parsing may take",
}


def mark_pdf(path: Path, marks: Sequence[Mark], process: PdfProcess) -> MarkedPdf:
    """Return a PDF with its quotes highlighted; the file itself is only read.

    Args:
        path: The PDF.
        marks: What to highlight; at least one.
        process: Who parses and writes, under limits of time and memory.

    Raises:
        UnreadablePaperError: Nothing can be appended to the file; the message is the reason.
    """
    now = datetime.now(UTC).strftime("D:%Y%m%d%H%M%SZ")
    about = [asdict(mark) | {"author": AUTHOR, "date": now, "name": _name(mark)} for mark in marks]
    marked: Message | None = None
    for message in process.messages(path, kind="marked", marks=about):
        if message["kind"] == "error":
            raise UnreadablePaperError(_reason(message))
        marked = marked or message
    assert marked is not None  # noqa: S101  (`marked` comes before `end`)
    before = path.read_bytes()
    if len(before) != marked["size"]:
        raise UnreadablePaperError("was changed while it was read; run the command again")
    return MarkedPdf(before + b64decode(marked["appended"]), tuple(marked["placed"]))


def _name(mark: Mark) -> str:
    """Return what the same mark is called each time, and no other on its page."""
    said = "\0".join((str(mark.before), mark.quote, mark.comment))
    return f"{AUTHOR}-{hashlib.blake2b(said.encode(), digest_size=8).hexdigest()}"


def _reason(message: Message) -> str:
    known = _REASONS.get(message["code"])
    return known or f"takes no marks ({message['detail'][:120]})"
