"""A PDF that pdfium cannot read -> its lines, by pypdf: slower, without sizes and visibility.

Runs in the parser's child process, with a time limit of its own: on damaged files pypdf can take
minutes where another reader takes none.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_SECONDS = 15


def pypdf_messages(path: Path) -> Iterator[dict[str, Any]]:
    """Yield `info`, one `page` each, then `end` or `error`."""
    from pypdf import PdfReader

    with _limited():
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            yield {"kind": "error", "code": "encrypted"}
            return
        stated = {
            str(key).lstrip("/"): str(value) for key, value in (reader.metadata or {}).items()
        }
        yield {"kind": "info", "metadata": stated, "outline": []}
        for page, label in zip(reader.pages, reader.page_labels, strict=True):
            lines = [[_storable(line), 0.0, False] for line in page.extract_text().split("\n")]
            yield {"kind": "page", "label": label, "lines": lines, "images": False, "hidden": ""}
        yield {"kind": "end"}


@contextmanager
def _limited() -> Iterator[None]:
    """Raise `TimeoutError` in whatever runs after the time is over."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"damaged, and not repaired within {_SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _storable(text: str) -> str:
    """Join surrogate pairs and replace lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
