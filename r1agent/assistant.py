"""The research assistant: from a question to an answer whose every sentence is proved.

Read `ResearchAssistant.ask` first; it is the whole loop in order.
"""

from __future__ import annotations

import uuid
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig

from r1agent.approval import OnPlan, approve
from r1agent.artifacts import document_to_json
from r1agent.audit import conclude, refused
from r1agent.checks.answers import with_what_was_asked
from r1agent.checks.judging import Judge
from r1agent.checks.standard import standard_checks
from r1agent.citations import CitationGate, PageText
from r1agent.contradictions import look_for_others
from r1agent.equality import SameValue
from r1agent.errors import ArgumentError, JournalError
from r1agent.evidence import gather
from r1agent.executor import Executor
from r1agent.given_examples import given_tests
from r1agent.journal import FORMAT, Journal, answer_to_json, find_run
from r1agent.models.awaited import told_awaited
from r1agent.models.beside import each_beside, told_beside
from r1agent.own_tools import OwnTool, as_tools
from r1agent.past import Past
from r1agent.planner import Planner
from r1agent.premises import corrected
from r1agent.profiles import Profile, profile_for
from r1agent.proving import Prover
from r1agent.remembered import RememberedEmbeddings
from r1agent.resume import RecordedRun
from r1agent.run import Limits, Listener, Run, answered_by, model_name_of
from r1agent.safety.suite import Safety
from r1agent.types import Answer, Event, Plan, Usage
from r1agent.verifier import Verifier
from r1agent.voting import prove_drafts
from r1agent.writer import Writer
from r1agent_tools import Sandbox


class ResearchAssistant(Runnable[str, Answer]):
    """Plan, act, verify each step, write, and let only proved sentences through.

    Also a LangChain `Runnable` from a question to an `Answer`; `events` yields a run live.

    Args:
        model: Any chat model; a reasoning model plans best.
        tools: What the model may call. `search_papers`, `read_page`, `python` and `unit_tests`
            get evidence of their own kind; any other LangChain tool, or any Python function with a
            docstring, can stand beside them.
        page_text: Reads a page by paper id and page number, for the gate's last look at a quote.
            Without it a quote is looked up in the passage it came from.
        embeddings: For the gate's check of closeness in meaning.
        judge: What judges whether quotes carry a sentence; by default `Floors`, without any model.
        sandbox: Where results of mathematics are compared; without it they agree by their digits.
        profile: How much to ask of the model; by default from the size in its name.
        limits: What one question may use.
        safety: What is screened and audited; see `Safety` for the defaults.
        runs_dir: Where each run is journaled; without it nothing is written.
        notices: Said at the start of every run and in its audit.
        made_with: JSON values by which `r1agent ask --resume` makes this assistant again.
        on_close: Called by `close`, to stop what was started for this assistant.
    """

    def __init__(
        self,
        model: BaseChatModel,
        tools: Sequence[OwnTool],
        *,
        page_text: PageText | None = None,
        embeddings: Embeddings | None = None,
        judge: Judge | None = None,
        sandbox: Sandbox | None = None,
        profile: Profile | None = None,
        limits: Limits | None = None,
        safety: Safety = Safety(),  # noqa: B008 - it is frozen
        runs_dir: Path | None = None,
        notices: Sequence[str] = (),
        made_with: Mapping[str, Any] | None = None,
        on_close: Callable[[], None] | None = None,
    ) -> None:
        if not isinstance(model, BaseChatModel):
            raise ArgumentError("model", f"is {model!r}; wanted a LangChain chat model.")
        self.model = model
        self.model_name = model_name_of(model)
        self.answered_by = answered_by(model)
        """The model, what runs it and where, for people."""
        self.tools = as_tools(tools)
        self.profile = profile or profile_for(self.model_name)
        self.limits = limits or Limits()
        self.safety = safety
        self.runs_dir = runs_dir
        self.notices = tuple(notices)
        self.made_with = dict(made_with or {})
        self.planner = Planner(self.tools)
        embeddings = RememberedEmbeddings(embeddings) if embeddings else None
        same_value = SameValue(sandbox) if sandbox else None
        verifier = Verifier(embeddings, same_value=same_value)
        self.executor = Executor(self.tools, self.planner, verifier, safety)
        self.writer = Writer()
        self.gate = CitationGate(standard_checks(embeddings, judge=judge), page_text)
        self.prover = Prover(self.gate, self.executor)
        self._on_close = on_close

    def ask(
        self,
        question: str,
        *,
        tests: str | None = None,
        on_event: Listener | None = None,
        on_plan: OnPlan | None = None,
        known: Sequence[Document] = (),
        within: str = "",
        spent: Mapping[str, Usage] | None = None,
        plan: Plan | None = None,
        past: Past | None = None,
    ) -> Answer:
        """Answer a question; every sentence of the answer passed the gate.

        Args:
            question: In English or Chinese; the answer comes in the same language.
            tests: Unit tests (plain asserts or `def test_…`) that judge code that is asked for;
                by default the examples in the question, where it asks for code and gives some.
            on_event: Called with each event as it happens.
            on_plan: Called with the plan; the plan that it returns is carried out.
            known: Passages that may be quoted beside those that are found.
            within: Search this file only.
            spent: What it cost to come to this question, by role; it counts with the run.
            plan: Carried out as it is; by default the model, or the question's kind, makes one.
            past: What a stopped run had done; `resume` finds it.

        Raises:
            PlanCancelledError: `on_plan` returned None.
            ModelServerError: The model's server cannot be used. The journal keeps what was done.
            JournalError: The run cannot be recorded.
        """
        if not isinstance(question, str):
            raise ArgumentError("question", f"is {question!r}; wanted one question, as text.")
        if tests is None and past is None:
            tests = given_tests(question)
        started = self._start(question, tests, on_event, known, within, spent or {}, plan, past)
        with closing(started) as run:
            if refusal := self.safety.refuses(run):
                return self._told(refused(run, refusal), run)
            first = self.planner.plan(run, plan)
            approved = approve(first, on_plan, self.executor.tools, run)
            trajectory = self.executor.carry_out(approved, run)
            evidence = gather(trajectory)
            evidence.add(self.safety.passages_of(known, run))
            proved = prove_drafts(self.writer, self.prover, run, evidence)
            asked = with_what_was_asked(proved, question)
            claims = self.safety.audited(asked, run, self.gate.entailment)
            look_for_others(claims, self.executor, run, evidence)
            answer = conclude(run, approved, trajectory, claims, evidence, self.gate)
            return self._told(corrected(answer, evidence, self.gate), run)

    def resume(
        self, run: str = "last", *, on_event: Listener | None = None, on_plan: OnPlan | None = None
    ) -> Answer:
        """Go on with a run that was killed or stopped; what it had done is not done again.

        Args:
            run: Its id, the beginning of it, or `last`.
            on_event: Called with each event, those of before first.
            on_plan: As in `ask`, where the run had not come as far.

        Raises:
            JournalError: There is no such run, it has ended, or it cannot be read.
        """
        if self.runs_dir is None:
            raise JournalError("No run is recorded without `runs_dir`, so none can be resumed.")
        past = Past.read(find_run(self.runs_dir, run))
        return self.ask(
            past.question,
            tests=past.tests,
            on_event=on_event,
            on_plan=on_plan,
            known=past.known,
            within=past.within,
            spent=past.spent,
            plan=past.plan,
            past=past,
        )

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer a question, as `ask` does."""
        return self._call_with_config(lambda question: self.ask(question, **kwargs), input, config)

    def batch(
        self,
        inputs: list[str],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> list[Answer]:
        """Answer several questions at once, in a list of their order; Ctrl-C cuts all of them.

        `{"max_concurrency": 8}` as `config` asks eight at once. `run_batch` keeps answers in a
        file and goes on after a stop.
        """
        _require_several(inputs)
        ask = partial(super().batch, inputs, config, return_exceptions=return_exceptions, **kwargs)
        return list(each_beside(ask))

    def batch_as_completed(  # type: ignore[override]  # langchain-core overloads it by the flag
        self,
        inputs: Sequence[str],
        config: RunnableConfig | Sequence[RunnableConfig] | None = None,
        *,
        return_exceptions: bool = False,
        **kwargs: Any,
    ) -> Iterator[tuple[int, Answer | Exception]]:
        """Yield the place of each question and its answer as they are done; see `batch`."""
        _require_several(inputs)
        told = {"return_exceptions": return_exceptions} | kwargs
        return each_beside(partial(super().batch_as_completed, inputs, config, **told))

    def events(self, question: str, *, tests: str | None = None) -> Iterator[Event]:
        """Yield the events of a run as they happen; the last one, `answered`, holds the answer.

        A run that is left before its end is cut at its next request to the model.
        """
        return told_beside(partial(self.ask, question, tests=tests))

    def aevents(self, question: str, *, tests: str | None = None) -> AsyncGenerator[Event, None]:
        """Yield the events of a run while the event loop goes on; see `events`."""
        return told_awaited(partial(self.ask, question, tests=tests))

    def close(self) -> None:
        """Stop the model server, the sandbox and the index that were started for this one."""
        if self._on_close is not None:
            self._on_close()

    def __enter__(self) -> Self:
        """Return the assistant."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Name the model and the tools."""
        tools = ", ".join(tool.name for tool in self.tools)
        return f"ResearchAssistant({self.model_name!r}, [{tools}])"

    def _told(self, answer: Answer, run: Run) -> Answer:
        run.emit("answered", answer=answer_to_json(answer))
        return answer

    def _start(
        self,
        question: str,
        tests: str | None,
        on_event: Listener | None,
        known: Sequence[Document],
        within: str,
        spent: Mapping[str, Usage],
        plan: Plan | None,
        past: Past | None,
    ) -> RecordedRun:
        new_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        run = RecordedRun(
            past.run if past else new_id,
            question,
            journal=self._journal(past.run if past else new_id),
            past=past,
            within=within,
            model=self.model,
            profile=self.profile,
            limits=self.limits,
            listeners=[] if on_event is None else [on_event],
            tests=tests,
            spent=spent,
        )
        run.emit(
            "started",
            run=run.id,
            question=question,
            model=self.model_name,
            tests=tests,
            known=[document_to_json(doc) for doc in known],
            within=within,
            spent={role: asdict(used) for role, used in spent.items()},
            plan=plan and [asdict(step) for step in plan.steps],
            made_with=self.made_with,
            journal=FORMAT,
        )
        for text in self.notices:
            run.notice(text)
        return run

    def _journal(self, run_id: str) -> Journal | None:
        return Journal(self.runs_dir / f"{run_id}.jsonl") if self.runs_dir is not None else None


def _require_several(questions: object) -> None:
    """Refuse one question in the place of several: its letters would be asked."""
    if isinstance(questions, str):
        raise ArgumentError("inputs", "is one question; wanted a list of them.")
