"""An assistant over the example papers that a small model can keep up with."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pypdfium2
from langchain_core.language_models import BaseChatModel

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchItem
from r1agent.profiles import SMALL
from r1agent.run import Limits
from r1agent.types import Answer
from r1agent_indexes import PaperIndex
from r1agent_tools import read_page_tool, search_papers_tool
from tests.vllm.started import ROOT

_FILE = ROOT / "examples" / "papers" / "questions.toml"
_ABOUT_PAPERS = {"lookup", "synthesis", "contradiction", "chinese", "unanswerable"}


def assistant_of(
    model: BaseChatModel, index: PaperIndex, runs: Path | None = None
) -> ResearchAssistant:
    """Return an assistant that searches once and writes one draft."""
    return ResearchAssistant(
        model,
        [search_papers_tool(index.as_retriever(k=2)), read_page_tool(index.read_page)],
        page_text=lambda paper, page: index.read_page(paper, page).page_content,
        embeddings=index.embeddings,
        profile=replace(SMALL, passages=2, drafts=1),
        limits=Limits(tool_calls=1),
        runs_dir=runs,
    )


def questions(count: int) -> list[BatchItem]:
    """Return so many questions about the example papers, each with its own words."""
    found = tomllib.loads(_FILE.read_text(encoding="utf-8"))["question"]
    asked = [each["question"] for each in found if each["kind"] in _ABOUT_PAPERS]
    return [
        BatchItem(f"q{number:02}", asked[number % len(asked)] + " " * (number // len(asked)))
        for number in range(count)
    ]


def assert_honest(answer: Answer, papers: Path) -> None:
    """Every sentence is supported, and every quote stands on its page by another reader."""
    assert answer.outcome in {"answered", "not_in_papers", "failed"}
    assert answer.text
    assert all(claim.verdict.supported for claim in answer.claims)
    for citation in answer.citations:
        page = _page_by_pdfium(papers / citation.file, citation.page)
        assert _collapsed(citation.quote) in _collapsed(page)


def _page_by_pdfium(pdf: Path, page: int) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page - 1].get_textpage().get_text_range()


def _collapsed(text: str) -> str:
    """Drop white space and the hyphens of line ends, in which two readers of a PDF differ."""
    return re.sub(r"[\s\u00ad\ufffe-]+", "", text)
