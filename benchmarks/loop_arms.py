"""The ways of answering that a bench compares: the whole loop, the loop less a part, one prompt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Protocol

from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_core.tools import BaseTool

from r1agent.actions import ActionChooser
from r1agent.assistant import ResearchAssistant
from r1agent.checks.judging import Ask
from r1agent.citations import CitationGate, Draft
from r1agent.evidence import Evidence
from r1agent.models import complete
from r1agent.planner import Planner
from r1agent.prompts import passage_block
from r1agent.proving import Prover
from r1agent.run import Run
from r1agent.types import Claim, Plan, PlanStep, Step, Verdict

PASSAGES = 5
_TOKENS = 350

Cited = dict[str, str | int]
"""File, page and quote, as the scorer reads them."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What an arm said to one question."""

    text: str
    citations: tuple[Cited, ...]
    outcome: str


class Arm(Protocol):
    """Answers a question; called from several threads at once."""

    def __call__(self, question: str) -> Reply:
        """Answer one question."""
        ...


def arms_of(assistant: ResearchAssistant) -> dict[str, Callable[[], Arm]]:
    """Return how each arm is made, by name; all share the model, the papers and the limits."""
    return {
        "full": lambda: asking(assistant),
        "plain": lambda: PlainRetrieval(assistant.model, search_of(assistant)),
        "no_planner": lambda: asking(without_planner(assistant)),
        "no_gate": lambda: asking(without_gate(assistant)),
        "no_tools": lambda: asking(without_tools(assistant)),
    }


def asking(assistant: ResearchAssistant) -> Arm:
    """Return the arm that asks an assistant."""

    def ask(question: str) -> Reply:
        answer = assistant.ask(question)
        cited = tuple(_cited(one.file, one.page, one.quote) for one in answer.citations)
        return Reply(answer.text, cited, answer.outcome)

    return ask


def search_of(assistant: ResearchAssistant) -> BaseTool:
    """Return the tool that searches the papers.

    Raises:
        LookupError: The assistant has no papers.
    """
    found = [tool for tool in assistant.tools if tool.name == "search_papers"]
    if not found:
        raise LookupError("The assistant has no `search_papers`. Load it with an index.")
    return found[0]


class PlainRetrieval:
    """Show the model the first passages of one search in one prompt; it always answers.

    Nothing is checked. The passages are its citations, whole, since it names no quotes.
    """

    def __init__(self, model: BaseChatModel, search: BaseTool) -> None:
        self.model = model
        self.search = search

    def __call__(self, question: str) -> Reply:
        """Answer one question."""
        call = {"query": question, "k": PASSAGES}
        request = {"name": self.search.name, "args": call, "id": "1", "type": "tool_call"}
        passages: list[Document] = self.search.invoke(request).artifact
        prompt = (
            f"{passage_block(passages)}Question: {question}\n\n"
            "Answer the question from the passages in one to four sentences."
        )
        text = complete(self.model, [HumanMessage(prompt)], max_tokens=_TOKENS).text
        cited = tuple(
            _cited(doc.metadata["file"], doc.metadata["page"], doc.page_content) for doc in passages
        )
        return Reply(text, cited, "answered")


class OneSearchPlanner(Planner):
    """Give every question the plan of one search, and no other where that fails."""

    def plan(self, run: Run, given: Plan | None = None) -> Plan:
        """Return the one plan, whatever is given."""
        step = PlanStep("Find what the papers say about it", "search_papers", "passages bear on it")
        run.emit("planned", revision=0, steps=[{"goal": step.goal, "tool": step.tool}])
        return Plan((step,))

    def revise(self, plan: Plan, done: Sequence[Step], run: Run) -> Plan:
        """Return no steps."""
        return Plan((), plan.revision + 1)


class OpenGate(CitationGate):
    """Let every draft through with the quotes that were chosen for it."""

    def judge(
        self, draft: Draft, evidence: Evidence, *, question: str = "", ask: Ask | None = None
    ) -> Claim:
        """Return the claim as if it were supported."""
        shown = Verdict("supported", "nothing was checked")
        return Claim(draft.text, draft.citations, shown, draft.computations)


def without_planner(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the same assistant with one search as the plan of every question."""
    changed = copy(assistant)
    changed.planner = OneSearchPlanner(assistant.tools)
    changed.executor = copy(assistant.executor)
    changed.executor.planner = changed.planner
    changed.prover = Prover(assistant.gate, changed.executor)
    return changed


def without_gate(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the same assistant with every drafted sentence shown."""
    changed = copy(assistant)
    changed.gate = OpenGate((), assistant.gate.page_text)
    changed.prover = Prover(changed.gate, assistant.executor)
    return changed


def without_tools(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the same assistant with the search alone: no program, no tests, no whole pages."""
    changed = copy(assistant)
    changed.tools = (search_of(assistant),)
    changed.planner = Planner(changed.tools)
    changed.executor = copy(assistant.executor)
    changed.executor.planner = changed.planner
    changed.executor.tools = {tool.name: tool for tool in changed.tools}
    changed.executor.chooser = ActionChooser(changed.executor.tools)
    changed.prover = Prover(assistant.gate, changed.executor)
    return changed


def _cited(file: str, page: int, quote: str) -> Cited:
    return {"file": file, "page": page, "quote": quote}
