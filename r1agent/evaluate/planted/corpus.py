"""Papers as faults are planted into them: their passages by id, and the text of their pages."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.documents import Document

from r1agent.evaluate.errors import EvaluationError
from r1agent_indexes import PaperIndex, PaperIndexError, UnreadablePaperError
from r1agent_indexes.discover import find_papers
from r1agent_indexes.reading.paper import ReadPaper, read_passages
from r1agent_indexes.reading.pdf_process import PdfProcess


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages by id, and pages by paper and number."""

    passages: dict[str, Document]
    pages: dict[tuple[str, int], str]
    unread: dict[str, str] = field(default_factory=dict)
    """Files that could not be read, with the reason."""

    def add(
        self,
        paper: str,
        pages: Iterable[Document],
        passages: Iterable[Document],
        about: Mapping[str, object],
    ) -> None:
        """Take in a paper.

        Args:
            paper: Its id here; passages become `paper:0`, `paper:1` and so on.
            pages: With `page` among their metadata.
            passages: Cut from the pages, with `page` and `start`.
            about: What goes into the metadata of every passage, such as `title` and `authors`.
        """
        for page in pages:
            self.pages[paper, page.metadata["page"]] = page.page_content
        for number, passage in enumerate(passages):
            id = f"{paper}:{number}"
            metadata = {**passage.metadata, "paper": paper, **about}
            self.passages[id] = Document(
                id=id, page_content=passage.page_content, metadata=metadata
            )

    def page_text(self, paper: str, page: int) -> str:
        """Return the text of a page, as the gate asks for it."""
        return self.pages[paper, page]


def corpus_of_folder(folder: Path) -> Corpus:
    """Read the papers of a folder, and of those in it; one that cannot be read is left out.

    Raises:
        EvaluationError: There is no such folder, or no paper in it that can be read.
    """
    try:
        paths = find_papers([folder]).papers
    except PaperIndexError as error:
        raise EvaluationError(str(error)) from None
    corpus = Corpus({}, {})
    with PdfProcess() as process:
        for path in paths:
            try:
                paper = read_passages(path, process)
            except UnreadablePaperError as error:
                corpus.unread[str(path)] = str(error)
                continue
            corpus.add(_name(path, paths), paper.pages, paper.passages, _about(paper))
    if not corpus.passages:
        reasons = "; ".join(corpus.unread.values()) or "no text"
        raise EvaluationError(
            f"No paper of {str(folder)!r} can be read ({reasons[:300]}). Wanted papers with text; "
            "give another folder."
        )
    return corpus


def corpus_of_index(index: PaperIndex, *, papers: int | None = None, seed: int = 0) -> Corpus:
    """Return the papers of an open index, with their own ids and those of their passages.

    Args:
        index: What to read.
        papers: At most so many, drawn with `seed`; None takes all.
        seed: Of the draw.

    Raises:
        EvaluationError: The index holds no passage.
    """
    held = [paper for paper in index.papers() if paper.chunks]
    if papers is not None and papers < len(held):
        chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
        chosen = {paper.id for paper in chance.sample(held, papers)}
        held = [paper for paper in held if paper.id in chosen]
    if not held:
        raise EvaluationError(
            f"The index {str(index.path)!r} holds no paper with text. Add papers with "
            "`r1agent index add`."
        )
    corpus = Corpus({}, {})
    for paper in held:
        found = index.store.passages(sorted(index.store.keys_of([paper.id])))
        corpus.passages.update((str(one.id), found[key]) for key, one in sorted(found.items()))
        for page in range(1, paper.pages + 1):
            text = index.store.page(paper.id, page)
            corpus.pages[paper.id, page] = text.page_content if text else ""
    return corpus


def _name(path: Path, paths: Sequence[Path]) -> str:
    """Name a paper by its file, with ending and folder where another has the same name."""
    alike = [other for other in paths if other.stem == path.stem]
    return path.stem if len(alike) == 1 else path.as_posix()


def _about(paper: ReadPaper) -> dict[str, object]:
    facts = paper.metadata
    return {"title": facts.title, "authors": list(facts.authors), "year": facts.year}
