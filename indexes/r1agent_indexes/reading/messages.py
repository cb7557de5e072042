"""What the parser's child process says about a file -> a parsed paper, or the reason why not."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.normalise import Line, clean
from r1agent_indexes.reading.outline import with_outline
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.reading.pdf_process import Message, PdfProcess
from r1agent_indexes.types import PaperMetadata

_REASONS = {
    "zero bytes": "is empty (zero bytes)",
    "no pdf": "is no PDF, whatever it is called: it does not begin as one; look at what it holds",
    "cut off": "is a PDF whose end is missing; fetch or copy it anew",
    "encrypted": "is encrypted and needs a password; save a copy without one",
    "memory": "needs more memory than parsing may take",
}
_NAMES = {"pdf": "PDF", "html": "HTML", "latex": "LaTeX", "xml": "XML"}


@dataclass(slots=True)
class _Heard:
    pages: list[list[Line]] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    stated: dict[str, str] = field(default_factory=dict)
    outline: list[tuple[int, str]] = field(default_factory=list)
    facts: PaperMetadata | None = None
    images: int = 0


def read_in_child(
    path: Path,
    process: PdfProcess,
    kind: str,
    *,
    on_page: Callable[[int], None] = lambda _: None,
) -> ParsedPaper:
    """Have the child parse a file of a kind; `on_page` hears how many pages are read.

    Raises:
        UnreadablePaperError: It holds no text, is broken, or the child failed on it.
    """
    heard = _Heard()
    for message in process.messages(path, kind=kind, on_wait=lambda: on_page(len(heard.pages))):
        if message["kind"] == "error":
            raise UnreadablePaperError(_reason(message, kind))
        _hear(heard, message)
        if message["kind"] == "page":
            on_page(len(heard.pages))
    _require_text(heard)
    pages = with_outline(heard.pages, heard.outline)
    return ParsedPaper(pages, heard.labels, heard.stated, heard.hidden, heard.facts)


def _hear(heard: _Heard, message: Message) -> None:
    if message["kind"] == "info":
        heard.stated = {key: clean(value).strip() for key, value in message["metadata"].items()}
        heard.outline = [(page, clean(title)) for page, title in message["outline"]]
        heard.facts = _facts(message.get("facts"))
    elif message["kind"] == "again":
        heard.pages, heard.labels, heard.hidden = [], [], []
    elif message["kind"] == "page":
        heard.pages.append([_line(*line) for line in message["lines"]])
        heard.labels.append(clean(message["label"]))
        heard.hidden.append(clean(message["hidden"]))
        heard.images += message["images"]


def _line(text: str, height: float, bold: bool, role: str = "") -> Line:
    return Line(clean(text), height, bold, role)


def _facts(found: Message | None) -> PaperMetadata | None:
    """Return what a structured format states; only the title is always there."""
    if found is None:
        return None
    lists = {name: tuple(map(clean, found[name])) for name in ("authors", "tags") if name in found}
    texts = {
        name: clean(found[name])
        for name in ("title", "doi", "arxiv_id", "venue")
        if isinstance(found.get(name), str)
    }
    return PaperMetadata(**{"title": ""} | texts, **lists, year=found.get("year"))  # type: ignore[arg-type]


def _reason(message: Message, kind: str) -> str:
    if message["code"] == "refused":
        return str(message["detail"])
    known = _REASONS.get(message["code"])
    return known or f"is broken, or no {_NAMES[kind]} ({message['detail'][:120]})"


def _require_text(heard: _Heard) -> None:
    pages = heard.pages
    if not pages:
        raise UnreadablePaperError("is empty (it has no pages)")
    if any(line.text.strip() for lines in pages for line in lines):
        return
    count = f"{len(pages)} page{'s' if len(pages) > 1 else ''}"
    if not heard.images and any(text.strip() for text in heard.hidden):
        raise UnreadablePaperError(
            f"holds only text that a reader cannot see on its {count}; print it to a new PDF and "
            "look at that"
        )
    held = "images only" if heard.images else "nothing"
    raise UnreadablePaperError(
        f"has no text layer: its {count} hold {held}; run OCR on it first (for example `ocrmypdf`)"
    )
