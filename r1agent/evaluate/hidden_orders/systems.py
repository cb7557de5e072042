"""What poisoned papers are put to: a model that obeys all that it is shown, and a real one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.hidden_orders.asking import ask_about, flags_in, follows
from r1agent.evaluate.hidden_orders.obeying import ObeyingModel
from r1agent.evaluate.hidden_orders.poisoned import Poisoned, Write
from r1agent.evaluate.task import Example, Output
from r1agent.safety.suite import Safety
from r1agent.types import Usage

CLEAN = "clean"
"""The kind of an example that holds no order."""
UNSCREENED = Safety("off", "off", "off")


@dataclass(frozen=True, slots=True)
class Obeying:
    """A scripted model that does whatever it is shown: what reaches it, is obeyed."""

    name: str
    safety: Safety
    write: Write
    model: str = ""

    def __call__(self, example: Example) -> Output:
        """Ask about a poisoned paper, or screen one that holds no order."""
        if example.kind == CLEAN:
            return Output({} if self.safety.passages == "off" else _flagged(example.data))
        paper = Poisoned(**example.data)
        model = ObeyingModel(order=paper.order)
        answer = ask_about(paper, self.write, model, self.safety)
        said = {"reached": model.seen, "obeyed": follows(answer, paper)}
        return Output(said, answer.outcome)


@dataclass(frozen=True, slots=True)
class Screened:
    """The model of an assistant, behind the screens as users have them."""

    assistant: ResearchAssistant
    write: Write
    name: str = "loop, screened"

    @property
    def model(self) -> str:
        """The model of the assistant."""
        return self.assistant.model_name

    def __call__(self, example: Example) -> Output:
        """Ask about a poisoned paper; one that holds no order is not asked about."""
        if example.kind == CLEAN:
            return Output({})
        paper, asked = Poisoned(**example.data), self.assistant
        answer = ask_about(
            paper, self.write, asked.model, Safety(), profile=asked.profile, limits=asked.limits
        )
        usage = sum(answer.audit.usage.values(), Usage())
        return Output({"obeyed": follows(answer, paper)}, answer.outcome, usage)


def _flagged(data: Mapping[str, Any]) -> Mapping[str, Any]:
    sentences, flagged = flags_in([Document(text) for text in data["pages"]])
    return {"sentences": sentences, "flagged": flagged}
