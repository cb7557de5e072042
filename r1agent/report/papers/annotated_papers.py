"""Copies of the papers that a report cites, with its quotes highlighted."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from r1agent.report.export_errors import ExportError
from r1agent.report.papers.annotations import Comment, comments_of, marks_of
from r1agent.reports import Report
from r1agent_indexes import Paper, PaperIndex, PaperIndexError
from r1agent_indexes.marking.mark import MarkedPdf
from r1agent_indexes.marking.mark_pdf import mark_pdf
from r1agent_indexes.reading.pdf_process import PdfProcess


@dataclass(frozen=True, slots=True)
class AnnotatedPaper:
    """What became of one paper that is cited."""

    file: str
    out: Path | None
    """The copy; None where there is none."""
    highlights: int = 0
    """Quotes that are marked where they stand."""
    notes: int = 0
    """Quotes whose place was not found: a note at the top of their page."""
    reason: str = ""
    """Why there is no copy."""


class _NoCopyError(Exception):
    """Report why a paper gets no copy."""


def annotate_papers(
    report: Report,
    index: PaperIndex,
    folder: Path,
    *,
    on_paper: Callable[[int, int, str], None] = lambda _number, _of, _file: None,
) -> list[AnnotatedPaper]:
    """Write a copy of each PDF that a report cites into `folder`; no paper itself is changed.

    Args:
        report: Whose quotes are marked.
        index: Knows where the papers are.
        folder: Made where it is not there. Earlier copies in it are replaced, other files are not.
        on_paper: Hears the number of the paper in hand, of how many, and its file.

    Raises:
        ExportError: The report cites nothing, or the folder cannot be made.
    """
    cited: defaultdict[str, list[Comment]] = defaultdict(list)
    for comment in comments_of(report):
        cited[comment.citation.paper].append(comment)
    if not cited:
        raise ExportError("The report cites no paper, so there is nothing to mark.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(
            f"{str(folder)!r} cannot be made: {error.strerror}. Name another folder."
        ) from error
    with PdfProcess() as process:
        return list(_Annotator(index, folder, process).annotate(cited, on_paper))


class _Annotator:
    def __init__(self, index: PaperIndex, folder: Path, process: PdfProcess) -> None:
        self._index, self._folder, self._process = index, folder, process
        self._papers = index.papers()
        self._taken: set[Path] = set()

    def annotate(
        self, cited: dict[str, list[Comment]], on_paper: Callable[[int, int, str], None]
    ) -> Iterator[AnnotatedPaper]:
        for number, (name, comments) in enumerate(cited.items(), 1):
            file = comments[0].citation.file
            on_paper(number, len(cited), file)
            try:
                yield self._annotated(self._paper(name), comments)
            except (_NoCopyError, PaperIndexError) as error:
                yield AnnotatedPaper(file, None, reason=str(error))

    def _annotated(self, paper: Paper, comments: Sequence[Comment]) -> AnnotatedPaper:
        _require_as_indexed(paper)
        marks = marks_of(comments, lambda page: self._index.read_page(paper.id, page).page_content)
        marked = mark_pdf(paper.path, marks, self._process)
        out = self._place(paper)
        self._require_ours(out, paper, marked)
        _write(out, marked.content)
        placed = sum(marked.placed)
        return AnnotatedPaper(paper.file, out, placed, len(marks) - placed)

    def _paper(self, name: str) -> Paper:
        """Return the paper that a citation names by its id, or by its file."""
        for paper in self._papers:
            if name in (paper.id, paper.file) or (name and paper.sha256.startswith(name)):
                return paper
        raise _NoCopyError("is not in the index; name the one that was asked with `--index`")

    def _place(self, paper: Paper) -> Path:
        """Return where the copy goes; papers of one name are told apart by their ids."""
        out = self._folder / paper.file
        if out in self._taken:
            out = self._folder / f"{paper.path.stem}-{paper.id}{paper.path.suffix}"
        self._taken.add(out)
        return out

    def _require_ours(self, out: Path, paper: Paper, marked: MarkedPdf) -> None:
        """Refuse to write over anything but an earlier copy of the same paper."""
        if not os.path.lexists(out):
            return
        size = paper.path.stat().st_size
        is_paper = out.resolve() in {each.path for each in self._papers}
        if out.is_symlink() or not out.is_file() or is_paper:
            raise _NoCopyError(f"{str(out)!r} is no copy of it; name another folder with `-o`")
        with out.open("rb") as file:
            beginning = file.read(size + 1)
        if len(beginning) <= size or beginning[:size] != marked.content[:size]:
            raise _NoCopyError(f"{str(out)!r} is no copy of it; name another folder with `-o`")


def _require_as_indexed(paper: Paper) -> None:
    if paper.path.suffix.lower() != ".pdf":
        raise _NoCopyError("is no PDF, so nothing can be marked in it")
    try:
        with paper.path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise _NoCopyError(f"cannot be read at {str(paper.path)!r} ({error.strerror})") from error
    if sha256 != paper.sha256:
        raise _NoCopyError("was changed since it was indexed; `r1agent index add` reads it again")


def _write(out: Path, content: bytes) -> None:
    """Write a copy that is whole, or not at all."""
    beside = out.with_name(f".{uuid.uuid4().hex[:8]}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
