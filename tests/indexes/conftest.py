"""Fixtures of the index tests."""

from pathlib import Path

import pytest

from tests.indexes.made_pdfs import PARAGRAPH, HashEmbeddings, lines_of, make_pdf


@pytest.fixture
def embeddings() -> HashEmbeddings:
    return HashEmbeddings()


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    """A folder of three small papers: two PDFs and a Markdown file."""
    folder = tmp_path / "papers"
    folder.mkdir()
    make_pdf(
        folder / "smoothing.pdf",
        [
            [
                "Label Smoothing and Distillation",
                "Ada Miller and Bo Chen",
                "Abstract",
                *lines_of(PARAGRAPH),
            ],
            ["Results", *lines_of(PARAGRAPH)],
        ],
        title="Label Smoothing and Distillation",
        author="Ada Miller and Bo Chen",
    )
    make_pdf(
        folder / "sand.pdf",
        [["Groundwater in a Sand Tank", "Abstract", "A pump lowers the water table by 12 cm."]],
    )
    (folder / "notes.md").write_text("# Notes on calibration\n\nTemperature scaling helps.\n")
    return folder
