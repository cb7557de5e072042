"""A file of a structured format -> messages, in the parser's child process."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from r1agent_indexes.reading.blocks import RefusedFileError, StructuredPaper, paged


def structured_messages(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    """Yield `info`, one `page` each, then `end`, or `error` with the reason."""
    try:
        paper = _parsed(path, kind)
    except RefusedFileError as reason:
        yield {"kind": "error", "code": "refused", "detail": str(reason)}
        return
    yield {"kind": "info", "metadata": {}, "outline": [], "facts": paper.facts}
    for page in paged(paper.blocks):
        lines = [[text, 0.0, False, role] for text, role in page.lines()]
        words = {"label": page.label, "lines": lines, "hidden": page.hidden()}
        yield {"kind": "page", "images": False} | words
    yield {"kind": "end"}


def _parsed(path: Path, kind: str) -> StructuredPaper:
    if not path.stat().st_size:
        raise RefusedFileError("is empty (zero bytes)")
    if kind == "html":
        from r1agent_indexes.reading.html_blocks import html_paper

        return html_paper(path.read_bytes())
    if kind == "latex":
        from r1agent_indexes.reading.latex_blocks import latex_paper

        return latex_paper(path)
    from r1agent_indexes.reading.xml_blocks import xml_paper

    return xml_paper(path.read_bytes())
