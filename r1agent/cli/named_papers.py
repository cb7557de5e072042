"""The papers that a command names: of the index, or files that get an index for the while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.report.watching.summary_view import SummaryView
    from r1agent.settings import Settings
    from r1agent.summaries import PaperToSummarize
    from r1agent_indexes import AddProgress, AddReport, PaperFilter, PaperIndex


@dataclass(frozen=True, slots=True)
class NamedPapers:
    """Papers to summarize, and where they are searched."""

    papers: list[PaperToSummarize]
    settings: Settings
    """They name the index that holds the papers."""
    notes: tuple[str, ...]
    """What the reader should know of where the papers come from."""


def with_files_of_folders(names: Sequence[str]) -> list[str]:
    """Put the papers in a folder in the place of the folder.

    Raises:
        NoPapersError: There is none.
    """
    from r1agent_indexes.discover import find_papers

    whole: list[str] = []
    for name in names:
        folder = Path(name).expanduser()
        is_folder = bool(name.strip()) and folder.is_dir()
        whole += map(str, find_papers([folder]).papers) if is_folder else [name]
    return whole


@contextmanager
def named_papers(
    names: Sequence[str], settings: Settings, where: PaperFilter | None, view: SummaryView
) -> Iterator[NamedPapers]:
    """Yield the papers that are meant, of the index, or of an index made of just these files.

    Args:
        names: Files, patterns, ids, titles or paths; without any, the whole index.
        settings: They may name an index.
        where: Leave out what does not fit.
        view: Shows how far the reading of the files is.

    Raises:
        R1AgentError: Neither an index nor a file is named.
        PaperIndexError: A name means no paper, or no file can be read.
    """
    held = None if settings.index is None else _of_index(names, settings, where)
    if held is not None:
        yield held
        return
    _require_files(names)
    if settings.index is not None:
        view.note(f"Not all of these files are in the index {str(settings.index)!r}.")
    view.note("Reading the files into an index of their own, which is removed at the end.")
    with TemporaryDirectory(prefix="r1agent-papers-") as folder:
        own = settings.model_copy(update={"index": Path(folder)})
        yield _of_files(names, own, where, view)


def _of_index(
    names: Sequence[str], settings: Settings, where: PaperFilter | None
) -> NamedPapers | None:
    """Return the papers of the index; None where all are files and one is not in it."""
    from r1agent.cli.session import open_index
    from r1agent.summaries import missing_from, papers_of

    with open_index(settings) as index:
        missing = missing_from(index, names)
        if missing and all(map(_is_file, names)):
            return None
        _refuse_mixture(missing, names)
        papers = papers_of(index, names, where=where)
    return NamedPapers(papers, settings, (f"Papers of the index {str(settings.index)!r}.",))


def _of_files(
    names: Sequence[str], own: Settings, where: PaperFilter | None, view: SummaryView
) -> NamedPapers:
    """Read the files into the index that `own` names."""
    from r1agent.cli.session import open_index
    from r1agent.summaries import papers_of

    with open_index(own, create=True) as index:
        report = index.add(names, on_progress=lambda step: view.loading(*_words(step)))
        papers = papers_of(index, _read(index, names, report), where=where)
    failed = tuple(f"Not read: {each.file}: {each.reason}" for each in report.failed)
    for reason in failed:
        view.note(reason)
    return NamedPapers(papers, own, ("Papers read from files, not from an index.", *failed))


def _refuse_mixture(missing: Sequence[str], names: Sequence[str]) -> None:
    """Raise where a file that is not in the index stands beside a name that only an index knows.

    A name that is neither is left to the index, which says what is near to it.
    """
    from r1agent.summaries import SummaryError

    if not missing or not all(map(_is_file, missing)):
        return
    other = next(name for name in names if not _is_file(name))
    raise SummaryError(
        f"{missing[0]!r} is a file that is not in the index, and {other!r} is a name in it. Add "
        "the file with `r1agent index add`, or name files only."
    )


def _require_files(names: Sequence[str]) -> None:
    from r1agent.summaries import SummaryError

    if not names:
        raise SummaryError(
            "Neither papers nor an index are named. Give PDF files, or an index with `--index`."
        )
    for name in names:
        if not _is_file(name):
            raise SummaryError(
                f"There is no file {name!r}, and no index is named in which a paper could be "
                "called so. Give a file, or the index with `--index`."
            )


def _read(index: PaperIndex, names: Sequence[str], report: AddReport) -> list[str]:
    """Return the paths of the papers that could be read; of files that are alike, one.

    Raises:
        NoPapersError: None could.
    """
    from r1agent_indexes.errors import NoPapersError

    held = {paper.path for paper in index.papers()}
    paths = [Path(name).expanduser().resolve() for name in names]
    if not held:
        reasons = "; ".join(f"{each.file}: {each.reason}" for each in report.failed)
        raise NoPapersError(f"None of the files could be read ({reasons}). Give others.")
    return [str(path) for path in paths if path in held]


def _is_file(name: str) -> bool:
    return Path(name).expanduser().is_file()


def _words(step: AddProgress) -> tuple[str, float | None, str]:
    """Put a moment of reading into words: what, how far, and the detail beside it."""
    if not step.paper:
        return step.phase, None, ""
    return f"{step.paper} of {step.of} {step.file}", (step.paper - 1) / step.of, step.phase
