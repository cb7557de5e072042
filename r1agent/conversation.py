"""Questions that build on each other: what was asked and cited before is remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langchain_core.documents import Document
from pydantic import BaseModel

from r1agent.approval import OnPlan
from r1agent.assistant import ResearchAssistant
from r1agent.errors import ModelOutputError
from r1agent.follow_up import FollowUp, depends, papers_of, resolve
from r1agent.run import BudgetSpentError, Listener, Run
from r1agent.types import Answer, Citation, Usage

REMEMBERED = 8
"""Cited passages that later questions may quote again; the latest are kept."""
_TOKENS = 200
_LONGEST = 600


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation and its answer."""

    text: str
    """As the user wrote it."""
    understood: FollowUp
    answer: Answer


class Conversation:
    """Ask an assistant one question after the other; follow-ups are made to stand alone.

    Args:
        assistant: Answers the questions.
    """

    def __init__(self, assistant: ResearchAssistant) -> None:
        self.assistant = assistant
        self.turns: list[Turn] = []
        self._passages: dict[str, Document] = {}
        self._spent: dict[str, Usage] = {}

    def ask(
        self,
        text: str,
        *,
        tests: str | None = None,
        on_event: Listener | None = None,
        on_plan: OnPlan | None = None,
        on_understood: Callable[[FollowUp], None] | None = None,
    ) -> Answer:
        """Answer a question; it may point at what was asked and cited before.

        Args:
            text: The question, such as "And for CIFAR?".
            tests: As in `ResearchAssistant.ask`.
            on_event: As in `ResearchAssistant.ask`.
            on_plan: As in `ResearchAssistant.ask`.
            on_understood: Called with what is asked instead, where that differs from `text`.
        """
        understood = self.understand(text)
        if understood.follows and on_understood is not None:
            on_understood(understood)
        spent, self._spent = self._spent, {}
        answer = self.assistant.ask(
            understood.question,
            tests=tests,
            on_event=on_event,
            on_plan=on_plan,
            known=self._known(understood),
            within=understood.file,
            spent=spent,
        )
        self.turns.append(Turn(text, understood, answer))
        self._remember(answer)
        return answer

    def understand(self, text: str) -> FollowUp:
        """Return the question that `text` asks, standing alone.

        A model that plans freely words it anew; for a small one rules do. What that cost is told
        with the next answer.
        """
        if not self.turns or not depends(text):
            return FollowUp(text, follows=False)
        last = self.turns[-1]
        by_rules = resolve(text, last.understood.question, self._cited())
        if not self.assistant.profile.plans_freely:
            return by_rules
        return self._worded_anew(text, last) or by_rules

    def forget(self) -> None:
        """Begin anew: nothing that was asked or cited is remembered."""
        self.turns.clear()
        self._passages.clear()

    def _cited(self) -> tuple[Citation, ...]:
        """The citations of the latest answer that has any."""
        return next((t.answer.citations for t in reversed(self.turns) if t.answer.citations), ())

    def _worded_anew(self, text: str, last: Turn) -> FollowUp | None:
        """Have the model write the question; None where what it wrote cannot be used."""
        assistant, papers = self.assistant, papers_of(self._cited())
        run = Run(
            "follow-up",
            text,
            model=assistant.model,
            profile=assistant.profile,
            limits=assistant.limits,
            spent=self._spent,
        )
        self._spent = run.usage
        try:
            prompt = follow_up_prompt(text, last, papers)
            filled = run.fill("follow_up", prompt, StandaloneQuestion, max_tokens=_TOKENS)
        except (ModelOutputError, BudgetSpentError):
            return None
        question = " ".join(filled.question.split())
        if not question or len(question) > _LONGEST:
            return None
        meant = papers[filled.paper - 1].file if 0 < filled.paper <= len(papers) else ""
        return FollowUp(question, meant, question != text.strip() or bool(meant))

    def _known(self, understood: FollowUp) -> Sequence[Document]:
        if not understood.follows:
            return ()
        passages = list(self._passages.values())[::-1]
        if not understood.file:
            return passages
        return [doc for doc in passages if doc.metadata.get("file") == understood.file]

    def _remember(self, answer: Answer) -> None:
        """Keep the passages that the answer cites, the latest last."""
        cited = {citation.passage for citation in answer.citations}
        found = [
            one.artifact for one in answer.trajectory.results if isinstance(one.artifact, list)
        ]
        for doc in (doc for artifact in found for doc in artifact if isinstance(doc, Document)):
            if doc.id in cited:
                self._passages.pop(doc.id, None)
                self._passages[doc.id] = doc
        for passage in list(self._passages)[:-REMEMBERED]:
            del self._passages[passage]


class StandaloneQuestion(BaseModel):
    """A follow-up that was worded anew."""

    question: str
    paper: int = 0
    """Number of the one paper that is meant; 0 for none in particular."""


def follow_up_prompt(text: str, last: Turn, papers: Sequence[Citation]) -> str:
    """Ask for a question that can be understood without what was said before."""
    listed = "\n".join(f"{n}. {one.title or one.file}" for n, one in enumerate(papers, 1))
    return f"""\
Someone asks one question after the other. Word the last one anew so that it can be understood
alone: say what "it", "that paper", "the second one" or "and for …?" stand for. Change nothing else.

Question before: {last.understood.question}
Answer: {last.answer.text[:1000]}
Papers cited, by number:
{listed or "none"}

Last question: {text}

Reply with one JSON object: question, and paper (number of the one paper that it is about, or 0)."""
