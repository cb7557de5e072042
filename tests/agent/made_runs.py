"""Passages, tools and runs made by hand, for the tests of single parts of the loop."""

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document
from langchain_core.messages import AIMessage
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool

from r1agent.evidence import Evidence
from r1agent.profiles import SMALL, Profile
from r1agent.run import Limits, Run
from r1agent.testing import ScriptedChatModel
from r1agent.types import (
    Citation,
    Computation,
    Event,
    PlanStep,
    Step,
    ToolCall,
    ToolResult,
    Verdict,
)
from r1agent_tools import search_papers_tool

ONE_DRAFT = replace(SMALL, drafts=1)
"""A small model that writes its answer once."""

TEXT = (
    "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %. "
    "Training took 90 minutes on one graphics card. "
    "Weight decay did not improve the calibration of the network."
)


def passage(text: str = TEXT, *, id: str = "aa11:1", page: int = 1, start: int = 0) -> Document:
    """Make a passage as the index gives it."""
    about = {
        "paper": id.partition(":")[0],
        "file": f"{id.partition(':')[0]}.pdf",
        "title": "Dropout in Small Networks",
        "authors": ["Ada Miller"],
        "year": 2020,
        "page": page,
        "page_label": str(page),
        "start": start,
        "end": start + len(text),
        "section": None,
    }
    return Document(id=id, page_content=text, metadata=about)


def citation(quote: str, *, of: Document | None = None, start: int | None = None) -> Citation:
    """Cite a quote as if it stood in a passage; whether it does is for the gate to find."""
    of = of or passage()
    about = of.metadata
    found = max(of.page_content.find(quote), 0) + about["start"] if start is None else start
    return Citation(
        passage=str(of.id),
        quote=quote,
        paper=about["paper"],
        file=about["file"],
        title=about["title"],
        page=about["page"],
        page_label=about["page_label"],
        start=found,
        end=found + len(quote),
    )


def evidence_of(*passages: Document, computations: Sequence[Computation] = ()) -> Evidence:
    """Collect passages and computations."""
    evidence = Evidence(computations=list(computations))
    evidence.add(passages)
    return evidence


def made_run(
    question: str = "What did dropout lower?",
    replies: Sequence[str | AIMessage] = (),
    *,
    profile: Profile = ONE_DRAFT,
    limits: Limits | None = None,
    tests: str | None = None,
) -> tuple[Run, ScriptedChatModel, list[Event]]:
    """Start a run over a scripted model; events are collected in the list."""
    model = ScriptedChatModel(replies=list(replies))
    events: list[Event] = []
    run = Run(
        "20260101-000000-abcdef",
        question,
        model=model,
        profile=profile,
        limits=limits or Limits(),
        listeners=[events.append],
        tests=tests,
    )
    return run, model, events


class FixedRetriever(BaseRetriever):
    """Return the same passages for every query, and keep the queries."""

    passages: list[Document]
    queries: list[str] = []  # noqa: RUF012 - pydantic copies the default

    def _get_relevant_documents(self, query, *, run_manager):
        self.queries.append(query)
        return self.passages


def search_tool(*passages: Document) -> BaseTool:
    """Build a search that always finds these passages."""
    return search_papers_tool(FixedRetriever(passages=list(passages)))


def searched_step(*passages: Document, query: str = "dropout", ok: bool = True) -> Step:
    """A search that was carried out and verified (or not)."""
    call = ToolCall("search_papers", {"query": query, "k": 5})
    verdict = (
        Verdict("supported", "passages") if ok else Verdict("unsupported", "the index", ("x",))
    )
    plan_step = PlanStep("Find dropout", "search_papers", "passages mention it")
    return Step(plan_step, (ToolResult(call, "text", True, 0.1, list(passages)),), verdict)
