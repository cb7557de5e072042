"""The baseline: passages of one search in one prompt, with nothing checked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document
from langchain_core.messages import HumanMessage

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.systems.search import find_passages, search_of
from r1agent.evaluate.task import Example, Output
from r1agent.models import complete
from r1agent.models.window import ContextWindow, window_of
from r1agent.paper_search import DEPTH
from r1agent.prompts import passage_block

PASSAGES = 5
PLAIN = "plain"
SAME_TOKENS = "plain, same tokens"
_TOKENS = 350


@dataclass(frozen=True, slots=True)
class PlainRetrieval:
    """Show the model the first passages of one search in one prompt; it always answers.

    The passages are its citations, whole, since it names no quotes. They are as many as the
    window of the model holds, and five at most where no budget is given.
    """

    assistant: ResearchAssistant
    tokens: float | None = None
    """Passages are added until prompt and longest reply come to so many; None: five passages."""
    window: ContextWindow | None = None
    """That of the model, where it is known; by default what its server says."""

    @property
    def name(self) -> str:
        """With or without a budget."""
        return PLAIN if self.tokens is None else SAME_TOKENS

    @property
    def model(self) -> str:
        """The model of the assistant, which is asked directly."""
        return self.assistant.model_name

    def __call__(self, example: Example) -> Output:
        """Answer one question; `failed` where not even the question fits the model's window."""
        wanted = PASSAGES if self.tokens is None else DEPTH
        found = find_passages(search_of(self.assistant), example.question, wanted)
        shown = self._fitting(found, example.question)
        prompt = plain_prompt(shown, example.question)
        if not self._window.holds(prompt, self._reply_tokens):
            return Output(_said("", ()), "failed")
        completion = complete(
            self.assistant.model,
            [HumanMessage(prompt)],
            max_tokens=self._reply_tokens,
            thinking_tokens=self._thinking_tokens or None,
            starts_in_thought=self.assistant.profile.starts_in_thought,
        )
        return Output(_said(completion.text, shown), usage=completion.usage)

    def _fitting(self, found: Sequence[Document], question: str) -> Sequence[Document]:
        """Return the first passages that the budget asks for and the window holds."""
        window, reply, budget = self._window, self._reply_tokens, self.tokens

        def is_enough(passages: int) -> bool:
            prompt = plain_prompt(found[:passages], question)
            return budget is not None and window.count(prompt) + reply >= budget

        def is_too_much(passages: int) -> bool:
            return not window.holds(plain_prompt(found[:passages], question), reply)

        enough = 1 + bisect_left(range(1, len(found)), True, key=is_enough)
        return found[: bisect_left(range(1, enough + 1), True, key=is_too_much)]

    @property
    def _window(self) -> ContextWindow:
        return self.window or window_of(self.assistant.model)

    @property
    def _thinking_tokens(self) -> int:
        return self.assistant.profile.thinking_for("writer")

    @property
    def _reply_tokens(self) -> int:
        return _TOKENS + self._thinking_tokens


def plain_prompt(passages: Sequence[Document], question: str) -> str:
    """Ask for an answer from passages, in a few sentences."""
    return (
        f"{passage_block(passages)}Question: {question}\n\n"
        "Answer the question from the passages in one to four sentences."
    )


def _said(text: str, passages: Sequence[Document]) -> Mapping[str, Any]:
    cited = [
        {"file": one.metadata["file"], "page": one.metadata["page"], "quote": one.page_content}
        for one in passages
    ]
    return {"text": text, "citations": cited}
