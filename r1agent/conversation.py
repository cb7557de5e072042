"""Questions that build on each other: what was asked and cited before is remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from langchain_core.documents import Document

from r1agent.approval import OnPlan
from r1agent.assistant import ResearchAssistant
from r1agent.errors import JournalError, ModelOutputError
from r1agent.follow_up import FollowUp, depends, papers_of, resolve
from r1agent.journal import find_run
from r1agent.past import Past
from r1agent.run import BudgetSpentError, Listener, Run
from r1agent.standalone import StandaloneQuestion, follow_up_prompt
from r1agent.types import Answer, Citation, Event, Usage

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
    passages: tuple[Document, ...] = ()
    """The passages that the answer cites; later questions may quote them again."""


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question that was stopped, or whose server was lost."""

    text: str
    understood: FollowUp
    run: str = ""
    """Id of its run; empty where that had not begun."""


class Conversation:
    """Ask an assistant one question after the other; follow-ups are made to stand alone.

    Args:
        assistant: Answers the questions; another one may take its place.
        turns: What was asked before, when a conversation is taken up again.
        unanswered: The question that was stopped then.
    """

    def __init__(
        self,
        assistant: ResearchAssistant,
        turns: Sequence[Turn] = (),
        unanswered: Unanswered | None = None,
    ) -> None:
        self.assistant = assistant
        self.turns = list(turns)
        self.unanswered = unanswered
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
        self.unanswered = Unanswered(text, FollowUp(text, follows=False))
        understood = self.understand(text)
        if understood.follows and on_understood is not None:
            on_understood(understood)
        self.unanswered = Unanswered(text, understood)
        spent, self._spent = self._spent, {}
        answer = self.assistant.ask(
            understood.question,
            tests=tests,
            on_event=self._noting(on_event),
            on_plan=on_plan,
            known=self._known(understood),
            within=understood.file,
            spent=spent,
        )
        return self._took(text, understood, answer)

    def again(
        self,
        *,
        on_event: Listener | None = None,
        on_understood: Callable[[FollowUp], None] | None = None,
    ) -> Answer:
        """Go on with the question that was stopped, or ask the last one once more.

        What a stopped run had done is not done again, where its journal is there.

        Args:
            on_event: As in `ResearchAssistant.ask`.
            on_understood: As in `ask`.

        Raises:
            IndexError: Nothing was asked yet.
        """
        waiting = self.unanswered
        if waiting is None or not self._can_go_on(waiting.run):
            text = waiting.text if waiting else self.turns[-1].text
            return self.ask(text, on_event=on_event, on_understood=on_understood)
        answer = self.assistant.resume(waiting.run, on_event=on_event)
        return self._took(waiting.text, waiting.understood, answer)

    def undo(self) -> Turn | None:
        """Take back the last question with its answer; None where there is none.

        What was remembered of it is forgotten too.
        """
        self.unanswered = None
        return self.turns.pop() if self.turns else None

    def answer_with(self, assistant: ResearchAssistant, *, other_papers: bool = False) -> None:
        """Have another assistant answer from now on.

        Args:
            assistant: Answers the next questions.
            other_papers: It searches other papers, so that a stopped question begins anew.
        """
        self.assistant = assistant
        if other_papers and self.unanswered is not None:
            self.unanswered = replace(self.unanswered, run="")

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
        self.unanswered = None

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
            prompt = follow_up_prompt(text, last.understood.question, last.answer, papers)
            filled = run.fill("follow_up", prompt, StandaloneQuestion, max_tokens=_TOKENS)
        except (ModelOutputError, BudgetSpentError):
            return None
        question = " ".join(filled.question.split())
        if not question or len(question) > _LONGEST:
            return None
        meant = papers[filled.paper - 1].file if 0 < filled.paper <= len(papers) else ""
        return FollowUp(question, meant, question != text.strip() or bool(meant))

    def _known(self, understood: FollowUp) -> Sequence[Document]:
        """Return the passages that may be quoted again, the latest first."""
        if not understood.follows:
            return ()
        latest = {doc.id: doc for turn in reversed(self.turns) for doc in reversed(turn.passages)}
        passages = list(latest.values())[:REMEMBERED]
        if not understood.file:
            return passages
        return [doc for doc in passages if doc.metadata.get("file") == understood.file]

    def _noting(self, listener: Listener | None) -> Listener:
        """Return a listener that notes the id of the run and passes every event on."""

        def note(event: Event) -> None:
            if event.name == "started" and self.unanswered is not None:
                self.unanswered = replace(self.unanswered, run=str(event.data["run"]))
            if listener is not None:
                listener(event)

        return note

    def _took(self, text: str, understood: FollowUp, answer: Answer) -> Answer:
        self.turns.append(Turn(text, understood, answer, _cited_passages(answer)))
        self.unanswered = None
        return answer

    def _can_go_on(self, run: str) -> bool:
        runs_dir = self.assistant.runs_dir
        if not run or runs_dir is None:
            return False
        try:
            Past.read(find_run(runs_dir, run))
        except JournalError:
            return False
        return True


def _cited_passages(answer: Answer) -> tuple[Document, ...]:
    """Return the passages that an answer cites, in the order in which they were found."""
    cited = {citation.passage for citation in answer.citations}
    found = (one.artifact for one in answer.trajectory.results if isinstance(one.artifact, list))
    passages: dict[str, Document] = {}
    for doc in (doc for artifact in found for doc in artifact if isinstance(doc, Document)):
        if doc.id is not None and doc.id in cited:
            passages.pop(doc.id, None)
            passages[doc.id] = doc
    return tuple(passages.values())
