"""The research assistant: from a question to an answer whose every sentence is proved.

Read `ResearchAssistant.ask` first; it is the whole loop in order.
"""

from __future__ import annotations

import queue
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.tools import BaseTool

from r1agent.audit import conclude
from r1agent.checks.computed import ComputedCheck
from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.negations import NegationCheck
from r1agent.checks.numbers import NumberCheck
from r1agent.citations import CitationGate, PageText
from r1agent.evidence import gather
from r1agent.executor import Executor
from r1agent.journal import Journal, answer_to_json
from r1agent.planner import Planner
from r1agent.profiles import Profile, profile_for
from r1agent.proving import Prover
from r1agent.run import Limits, Listener, Run, model_name_of
from r1agent.types import Answer, Event
from r1agent.verifier import Verifier
from r1agent.writer import Writer


class ResearchAssistant(Runnable[str, Answer]):
    """Plan, act, verify each step, write, and let only proved sentences through.

    Also a LangChain `Runnable` from a question to an `Answer`; `events` yields a run live.

    Args:
        model: Any chat model; a reasoning model plans best.
        tools: What the model may call. `search_papers`, `read_page`, `python` and `unit_tests`
            get evidence of their own kind; any other LangChain tool can stand beside them.
        page_text: Reads a page by paper id and page number, for the gate's last look at a quote.
            Without it a quote is looked up in the passage it came from.
        embeddings: For the gate's check of closeness in meaning.
        profile: How much to ask of the model; by default from the size in its name.
        limits: What one question may use.
        runs_dir: Where each run is journaled; without it nothing is written.
        notices: Said at the start of every run and in its audit.
        on_close: Called by `close`, to stop what was started for this assistant.
    """

    def __init__(
        self,
        model: BaseChatModel,
        tools: Sequence[BaseTool],
        *,
        page_text: PageText | None = None,
        embeddings: Embeddings | None = None,
        profile: Profile | None = None,
        limits: Limits | None = None,
        runs_dir: Path | None = None,
        notices: Sequence[str] = (),
        on_close: Callable[[], None] | None = None,
    ) -> None:
        self.model = model
        self.model_name = model_name_of(model)
        self.tools = tuple(tools)
        self.profile = profile or profile_for(self.model_name)
        self.limits = limits or Limits()
        self.runs_dir = runs_dir
        self.notices = tuple(notices)
        self.planner = Planner(self.tools)
        self.executor = Executor(self.tools, self.planner, Verifier(embeddings))
        self.writer = Writer()
        self.gate = CitationGate(
            [NumberCheck(), NegationCheck(), ComputedCheck(), EntailmentCheck(embeddings)],
            page_text,
        )
        self.prover = Prover(self.gate, self.executor)
        self._on_close = on_close

    def ask(
        self, question: str, *, tests: str | None = None, on_event: Listener | None = None
    ) -> Answer:
        """Answer a question; every sentence of the answer passed the gate.

        Args:
            question: In English or Chinese; the answer comes in the same language.
            tests: Unit tests (plain asserts or `def test_…`) that judge code that is asked for.
            on_event: Called with each event as it happens.

        Raises:
            ModelServerError: The model's server cannot be used. The journal keeps what was done.
            JournalError: The run cannot be recorded.
        """
        run = self._start(question, tests, on_event)
        plan = self.planner.plan(run)
        trajectory = self.executor.carry_out(plan, run)
        evidence = gather(trajectory)
        drafts = self.writer.write(run, evidence)
        claims = self.prover.prove(drafts, run, evidence)
        answer = conclude(run, plan, trajectory, claims, evidence, self.gate)
        run.emit("answered", answer=answer_to_json(answer))
        return answer

    def invoke(self, input: str, config: RunnableConfig | None = None, **kwargs: Any) -> Answer:
        """Answer a question, as `ask` does."""
        return self._call_with_config(lambda question: self.ask(question, **kwargs), input, config)

    def events(self, question: str, *, tests: str | None = None) -> Iterator[Event]:
        """Yield the events of a run as they happen; the last one, `answered`, holds the answer."""
        happened: queue.SimpleQueue[Event | BaseException | None] = queue.SimpleQueue()

        def work() -> None:
            try:
                self.ask(question, tests=tests, on_event=happened.put)
                happened.put(None)
            except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
                happened.put(error)

        threading.Thread(target=work, name="r1agent-run", daemon=True).start()
        while (event := happened.get()) is not None:
            if isinstance(event, BaseException):
                raise event
            yield event

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

    def _start(self, question: str, tests: str | None, on_event: Listener | None) -> Run:
        run_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
        listeners = [] if on_event is None else [on_event]
        if self.runs_dir is not None:
            listeners.insert(0, Journal(self.runs_dir / f"{run_id}.jsonl").write)
        run = Run(
            run_id,
            question,
            model=self.model,
            profile=self.profile,
            limits=self.limits,
            listeners=listeners,
            tests=tests,
        )
        run.emit("started", run=run_id, question=question, model=self.model_name)
        for text in self.notices:
            run.notice(text)
        return run
