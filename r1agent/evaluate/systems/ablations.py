"""The loop without one of its parts, to see what that part is worth."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy

from langchain_core.tools import BaseTool

from r1agent.actions import ActionChooser
from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.systems.left_out import NoVerifier, OneStepPlanner, OpenGate
from r1agent.evaluate.systems.search import without_reranker
from r1agent.evaluate.task import Ablation
from r1agent.planner import Planner
from r1agent.proving import Prover

PARTS: tuple[Ablation, ...] = ("planner", "gate", "tools", "rerank", "verify")
_SEARCH = "search_papers"


def without_part(
    part: Ablation, assistant: ResearchAssistant, *, tool: str | None = None
) -> ResearchAssistant:
    """Return the same assistant without one part; model, papers and limits are shared.

    Args:
        part: What is left out.
        assistant: Is left as it is.
        tool: What the one step uses that stands in for a plan; see `without_planner`.

    Raises:
        EvaluationError: There is no such part, or this assistant does not have it.
    """
    if part == "planner":
        return without_planner(assistant, tool)
    if part == "gate":
        return without_gate(assistant)
    if part == "tools":
        return without_tools(assistant)
    if part == "rerank":
        return without_rerank(assistant)
    if part == "verify":
        return without_verify(assistant)
    raise EvaluationError(
        f"The loop has no part {part!r} that can be left out. Name one of: {', '.join(PARTS)}."
    )


def without_planner(assistant: ResearchAssistant, tool: str | None = None) -> ResearchAssistant:
    """Return the assistant with one step as the plan of every question.

    Args:
        assistant: Is left as it is.
        tool: What the step uses; by default the search where there are papers, otherwise the
            first tool.

    Raises:
        EvaluationError: The assistant does not have that tool, or none at all.
    """
    names = [one.name for one in assistant.tools]
    usual = _SEARCH if _SEARCH in names else "".join(names[:1])
    wanted = tool or usual
    if wanted not in names:
        raise EvaluationError(
            f"Without its planner the loop makes one step with {wanted or 'a tool'!r}, and this "
            f"assistant has {', '.join(names) or 'no tool'}. Keep the planner, or add that tool."
        )
    changed = copy(assistant)
    changed.planner = OneStepPlanner(assistant.tools, wanted)
    changed.executor = copy(assistant.executor)
    changed.executor.planner = changed.planner
    changed.prover = Prover(assistant.gate, changed.executor)
    return changed


def without_gate(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the assistant with every drafted sentence shown."""
    changed = copy(assistant)
    changed.gate = OpenGate((), assistant.gate.page_text)
    changed.prover = Prover(changed.gate, assistant.executor)
    return changed


def without_tools(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the assistant with the search alone: no program, no tests, no whole pages.

    Without papers it has nothing left that could prove a sentence, so each of its runs fails.
    """
    kept = [tool for tool in assistant.tools if tool.name == _SEARCH]
    return _with_tools(assistant, kept)


def without_rerank(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the assistant with what is found in the order of the index.

    Raises:
        EvaluationError: Its search has no reranker.
    """
    tools = [without_reranker(tool) if tool.name == _SEARCH else tool for tool in assistant.tools]
    if tools == list(assistant.tools):
        raise EvaluationError(
            "No reranker is set, so there is none to leave out. Name one as `reranker` in the "
            "settings (`R1AGENT_RERANKER=late`), or take `rerank` out of `--without`."
        )
    return _with_tools(assistant, tools)


def without_verify(assistant: ResearchAssistant) -> ResearchAssistant:
    """Return the assistant with each step done once it gave a result, whatever that is."""
    changed = copy(assistant)
    changed.executor = copy(assistant.executor)
    verifier = assistant.executor.verifier
    changed.executor.verifier = NoVerifier(verifier.embeddings, same_value=verifier.same_value)
    changed.prover = Prover(assistant.gate, changed.executor)
    return changed


def _with_tools(assistant: ResearchAssistant, tools: Iterable[BaseTool]) -> ResearchAssistant:
    """Return the assistant with other tools, for its planner and its executor."""
    changed = copy(assistant)
    changed.tools = tuple(tools)
    changed.planner = Planner(changed.tools)
    changed.executor = copy(assistant.executor)
    changed.executor.planner = changed.planner
    changed.executor.tools = {tool.name: tool for tool in changed.tools}
    changed.executor.chooser = ActionChooser(changed.executor.tools)
    changed.prover = Prover(assistant.gate, changed.executor)
    return changed
