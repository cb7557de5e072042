"""The whole loop with nothing made up: embedded server, small model, embeddings, sandbox, PDFs."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pypdfium2
import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.journal import answer_from_json, read_journal
from r1agent.models import EmbeddedServer, chat_model, model_path
from r1agent.profiles import SMALL
from r1agent.run import Limits
from r1agent.types import Event
from r1agent_indexes import PaperIndex, load_embeddings
from r1agent_tools import (
    LocalSandbox,
    python_tool,
    read_page_tool,
    search_papers_tool,
    unit_tests_tool,
)
from r1agent_tools.sandbox.layers import missing_layers

PAPERS = Path(__file__).parents[2] / "examples" / "papers"
CHOSEN = ("01-label-smoothing-hurts-distillation.pdf", "04-data-augmentation-zh.pdf")
QUESTION = "How did students of the smoothed teacher do at temperature 8?"
WEIGHTS = model_path("smollm2-135m")
pytestmark = [
    pytest.mark.skipif(
        WEIGHTS is None, reason="no weights: run `r1agent models pull smollm2-135m` first"
    ),
    pytest.mark.skipif(bool(missing_layers()), reason="no sandbox on this machine"),
]


class World:
    """The real parts, one question asked, and what it gave."""

    def __init__(self, folder: Path) -> None:
        self.papers = folder / "papers"
        self.runs = folder / "runs"
        command = [sys.executable, str(PAPERS / "make_papers.py"), str(self.papers)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.index = PaperIndex.open(folder / "index", embeddings=load_embeddings(), create=True)
        self.index.add([self.papers / name for name in CHOSEN])
        self.seen: list[Event] = []

    def ask(self) -> None:
        """Ask the question; few passages and calls keep a model of this size quick."""
        assert WEIGHTS is not None
        with EmbeddedServer(WEIGHTS, context=4096, threads=2) as server, LocalSandbox() as sandbox:
            self.server = psutil.Process(server.pid)
            model = chat_model(
                server.base_url, server.model_name, api_key=server.api_key, temperature=0
            )
            assistant = ResearchAssistant(
                model,
                [
                    search_papers_tool(self.index.as_retriever(k=2)),
                    read_page_tool(self.index.read_page),
                    python_tool(sandbox),
                    unit_tests_tool(sandbox),
                ],
                page_text=lambda paper, page: self.index.read_page(paper, page).page_content,
                embeddings=self.index.embeddings,
                profile=replace(SMALL, passages=2),
                limits=Limits(tool_calls=1),
                runs_dir=self.runs,
            )
            self.answer = assistant.ask(QUESTION, on_event=self.seen.append)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    made.ask()
    yield made
    made.index.close()


def collapsed(text: str) -> str:
    """Drop white space and the hyphens of line ends, in which two readers of a PDF differ."""
    return re.sub(r"[\s\u00ad\ufffe-]+", "", text)


def page_by_pdfium(pdf: Path, page: int) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return document[page - 1].get_textpage().get_text_range()


def test_it_ends_with_a_well_formed_answer(world):
    answer = world.answer
    assert answer.outcome in {"answered", "not_in_papers", "failed"}
    assert answer.text
    assert all(claim.verdict.supported for claim in answer.claims)
    assert answer.trajectory.steps
    assert 0.0 <= answer.audit.support_rate <= 1.0
    assert sum(one.completion_tokens for one in answer.audit.usage.values()) > 0


def test_the_papers_were_searched(world):
    called = [event.data["tool"] for event in world.seen if event.name == "tool_called"]
    assert called == ["search_papers"]


def test_every_citation_is_verbatim_on_its_page_by_another_reader(world):
    for citation in world.answer.citations:
        page = page_by_pdfium(world.papers / citation.file, citation.page)
        assert collapsed(citation.quote) in collapsed(page)


def test_the_journal_is_complete(world):
    events = read_journal(world.runs / f"{world.answer.run}.jsonl")
    assert [event.name for event in events] == [event.name for event in world.seen]
    assert (events[0].name, events[-1].name) == ("started", "answered")
    assert answer_from_json(events[-1].data["answer"]).text == world.answer.text


def test_the_server_is_gone_afterwards(world):
    assert not world.server.is_running() or world.server.status() == psutil.STATUS_ZOMBIE
