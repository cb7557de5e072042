"""What runs on a node of a Ray cluster: a file's bytes -> its passages with their vectors."""

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent_indexes.build import embedded_text
from r1agent_indexes.embed import load_embeddings, unit_rows
from r1agent_indexes.reading.paper import ReadPaper
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.workers import ReadResult, read_result


class ClusterReader:
    """Read and embed one file after the other; the model is loaded with the first."""

    def __init__(self, embeddings: str | Embeddings) -> None:
        """Store the model, or the name under which `load_embeddings` knows it."""
        self._embeddings = (
            load_embeddings(embeddings) if isinstance(embeddings, str) else embeddings
        )
        self._process = PdfProcess()

    def version(self) -> str:
        """Return the version of r1agent on this node."""
        return version("r1agent")

    def read(self, path: str, content: bytes) -> ReadResult:
        """Read a file of another machine.

        Args:
            path: Where it is there; its name says its kind and stands for a missing title.
            content: What it holds.
        """
        with TemporaryDirectory(prefix="r1agent-") as folder:
            here = Path(folder, Path(path).name)
            here.write_bytes(content)
            found = read_result(here, self._process, on_page=lambda _: None)
        if found.paper is None:
            return replace(found, path=Path(path))
        paper = _from(path, found.paper)
        texts = [embedded_text(passage) for passage in paper.passages]
        vectors = self._embeddings.embed_documents(texts) if texts else None
        rows = None if vectors is None else unit_rows(np.asarray(vectors, dtype=np.float32))
        return replace(found, path=Path(path), paper=paper, vectors=rows)


def _from(path: str, paper: ReadPaper) -> ReadPaper:
    """Return the paper as if it had been read where its file is."""

    def moved(document: Document) -> Document:
        known = document.metadata
        metadata = known | {"source": path} if "source" in known else known
        return document.model_copy(update={"metadata": metadata})

    pages, passages = [*map(moved, paper.pages)], [*map(moved, paper.passages)]
    return replace(paper, pages=pages, passages=passages)
