"""The text of a Word document, whoever wrote it."""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

from r1agent.report.export_errors import ExportError
from r1agent.report.exporting import require_docx


def docx_text(path: Path) -> str:
    """Return the paragraphs of a Word document, a line each, those in its tables among them.

    Raises:
        ExportError: It is none, or python-docx is not installed.
        OSError: The file cannot be read.
    """
    require_docx()
    from docx import Document
    from docx.oxml.ns import qn
    from lxml.etree import XMLSyntaxError

    try:
        with path.open("rb") as file:
            body = Document(file).element.body
    except (BadZipFile, KeyError, ValueError, XMLSyntaxError) as error:
        raise ExportError(
            f"{str(path)!r} is no Word document that can be read ({error}). Name one that ends in "
            "`.docx`, or a text file."
        ) from error
    stretches = ([one.text or "" for one in line.iter(qn("w:t"))] for line in body.iter(qn("w:p")))
    return "\n".join(map("".join, stretches))
