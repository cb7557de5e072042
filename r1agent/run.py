"""One question on its way to an answer: clock, journal, budget, and each call to the model."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import BaseTool
from pydantic import BaseModel

from r1agent.calls import LOOKING, call_key
from r1agent.errors import ModelServerError
from r1agent.models.asking import takes_several
from r1agent.models.hearing import ThinkingHeard
from r1agent.models.structured import fill
from r1agent.models.terms import OverdueError, Terms, under
from r1agent.models.window import ContextWindow, window_of
from r1agent.models.writing import complete_several
from r1agent.profiles import Profile
from r1agent.types import Event, EventName, Usage

Listener = Callable[[Event], None]
OnUsage = Callable[[Usage], None]
Schema = TypeVar("Schema", bound=BaseModel)
T = TypeVar("T")


class BudgetSpentError(Exception):
    """A limit of the run is reached; the run goes on to answer with what there is."""


class PromptTooLongError(BudgetSpentError):
    """A request does not fit into the model's window; the run goes on with what there is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use; each limit ends it with what it has found so far."""

    tool_calls: int = 12
    tokens: int = 200_000
    """Prompt and completion tokens together."""
    seconds: float | None = None


class Run:
    """What the parts of the loop share while one question is answered.

    Args:
        run_id: Names the run in the journal.
        question: As the user asked it.
        model: Every request goes to it through `fill` and `complete`.
        profile: How to treat that model.
        limits: When to stop.
        listeners: Called with every event, in order; the journal is one of them.
        tests: Unit tests that the user gave, if any.
        spent: What was spent on the question before the run, by role.
    """

    def __init__(
        self,
        run_id: str,
        question: str,
        *,
        model: BaseChatModel,
        profile: Profile,
        limits: Limits,
        listeners: Sequence[Listener] = (),
        tests: str | None = None,
        spent: Mapping[str, Usage] | None = None,
    ) -> None:
        self.id = run_id
        self.question = question
        self.tests = tests
        self.profile = profile
        self.limits = limits
        self.model_name = model_name_of(model)
        self.engine = engine_of(model)
        self.usage: dict[str, Usage] = dict(spent or {})
        self.notices: list[str] = []
        self.tool_calls = 0
        self.ended_early = False
        """Whether a limit ended the run before it was done."""
        self.abstained = False
        """Whether the writer said that the papers do not answer."""
        self.window: ContextWindow = window_of(model)
        self._model = model
        self._prompts: Counter[str] = Counter()
        self._ahead: dict[tuple[str, str], deque[str]] = {}
        self._looked_up: dict[str, ToolMessage] = {}
        self._listeners = tuple(listeners)
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the run started."""
        return time.monotonic() - self._started

    @property
    def calls_left(self) -> int:
        """Tool calls that are left."""
        return self.limits.tool_calls - self.tool_calls

    @property
    def writes_ahead(self) -> bool:
        """Whether the server may write several texts from one request, as far as is known."""
        return takes_several(self._model)

    @property
    def repeats_itself(self) -> bool:
        """Whether the model says the same to the same prompt: another sample shows nothing new."""
        return getattr(self._model, "temperature", None) == 0

    def emit(self, name: EventName, **data: Any) -> None:
        """Tell every listener what happened."""
        self._tell(Event(name, round(self.seconds, 3), data))

    def notice(self, text: str, *, raised: bool = False) -> None:
        """Note something the reader should know; it is shown now and again in the audit.

        Args:
            text: What to note.
            raised: It is the error that ends the run, which whoever asked is told by that.
        """
        if text not in self.notices:
            self.notices.append(text)
            self.emit("notice", text=text, **({"raised": True} if raised else {}))

    def end_early(self, limit: BudgetSpentError) -> None:
        """Note that a limit was reached; what was found so far is what the answer rests on."""
        self.ended_early = True
        self.notice(f"Ended early: {limit}.")

    def fill(
        self,
        role: str,
        prompt: str,
        schema: type[Schema],
        *,
        max_tokens: int,
        sample: int | None = None,
    ) -> Schema:
        """Have the model fill in one schema.

        Args:
            role: Who asks; it has a budget for thoughts, and is named in the usage.
            prompt: The request.
            schema: What to fill.
            max_tokens: Limit of the answer, without thoughts.
            sample: Keeps independent answers to the same prompt apart in the cache; by default
                how often this run asked it before.

        Raises:
            ModelOutputError: The model's text did not fit the schema, twice.
            BudgetSpentError: A limit was reached, or the prompt is longer than the window.
        """
        thinking = self._thinking_tokens(role, prompt, max_tokens)
        filled = self._ask(
            role,
            self._terms(role, prompt, sample),
            lambda on_usage: fill(
                self._model,
                [HumanMessage(prompt)],
                schema,
                max_tokens=max_tokens + thinking,
                thinking_tokens=thinking or None,
                on_usage=on_usage,
                starts_in_thought=self.profile.starts_in_thought,
            ),
        )
        self._tell_thought(role, filled.thinking, filled.usage)
        return filled.value

    def complete(
        self, role: str, prompt: str, *, max_tokens: int, sample: int | None = None, ahead: int = 0
    ) -> str:
        """Have the model write free text; its thoughts are left out. See `fill`.

        Args:
            role: As in `fill`, like the others but the last.
            prompt: The request.
            max_tokens: Limit of the answer, without thoughts.
            sample: Keeps independent answers apart in the cache.
            ahead: How many more texts the same prompt will be asked for. A server that can writes
                them along with this one, so that it reads the prompt once; they wait for that.

        Raises:
            BudgetSpentError: A limit was reached, or the prompt is longer than the window.
        """
        if waiting := self._ahead.get((role, prompt)):
            self.check_deadline()
            self._prompts[prompt] += 1
            return waiting.popleft()
        thinking = self._thinking_tokens(role, prompt, max_tokens)
        first, *others = self._ask(
            role,
            self._terms(role, prompt, sample),
            lambda on_usage: complete_several(
                self._model,
                [HumanMessage(prompt)],
                1 + ahead,
                max_tokens=max_tokens + thinking,
                thinking_tokens=thinking or None,
                on_usage=on_usage,
                starts_in_thought=self.profile.starts_in_thought,
            ),
        )
        self._ahead[role, prompt] = deque(one.text for one in others)
        self._tell_thought(role, first.thinking, first.usage)
        return first.text

    def fits(self, prompt: str, reply_tokens: int) -> bool:
        """Tell whether a prompt and its reply fit into the model's window, as far as is known."""
        try:
            return under(Terms(self._deadline), lambda: self.window.holds(prompt, reply_tokens))
        except OverdueError:  # the request itself will say so
            return True

    def use_tool(self, tool: BaseTool, request: dict[str, Any]) -> ToolMessage:
        """Call a tool; a tool that only looks things up is asked the same thing once.

        Args:
            tool: Returns a message with text for the model and an artifact.
            request: A tool call as langchain-core has it.
        """
        if tool.name not in LOOKING:
            message: ToolMessage = tool.invoke(request)
            return message
        key = call_key(tool, request["args"])
        if key not in self._looked_up:
            self._looked_up[key] = tool.invoke(request)
        return self._looked_up[key]

    def check_budget(self) -> None:
        """Raise `BudgetSpentError` where a limit of tokens or seconds is reached."""
        spent = sum(one.prompt_tokens + one.completion_tokens for one in self.usage.values())
        if spent >= self.limits.tokens:
            raise BudgetSpentError(f"the limit of {self.limits.tokens} tokens is reached")
        self.check_deadline()

    def check_deadline(self) -> None:
        """Raise `BudgetSpentError` where the limit of seconds is reached."""
        if self.limits.seconds is not None and self.seconds >= self.limits.seconds:
            raise self._overdue()

    def _ask(self, role: str, terms: Terms, ask: Callable[[OnUsage], T]) -> T:
        """Make a request; its cost counts also where it fails or the deadline cuts it."""
        spent: list[Usage] = []
        try:
            return under(terms, lambda: ask(spent.append))
        except OverdueError:
            spent.append(Usage(calls=1, untold=1))
            raise self._overdue() from None
        except ModelServerError as error:
            self.notice(str(error), raised=True)
            raise
        finally:
            self._count(role, sum(spent, Usage()))
            self._note_cache()

    def _tell_thought(self, role: str, thinking: str, usage: Usage) -> None:
        """Tell what the model thought before a reply; no prompt and no sentence rests on it."""
        if not thinking:
            return
        tokens = usage.thinking_tokens
        seconds = round(usage.seconds * tokens / (usage.completion_tokens or 1), 3)
        self._thought({"role": role, "text": thinking, "tokens": tokens, "seconds": seconds})

    def _thought(self, told: dict[str, Any]) -> None:
        self.emit("thought", **told)

    def _terms(self, role: str, prompt: str, sample: int | None) -> Terms:
        before = self._prompts[prompt]
        self._prompts[prompt] += 1
        number = before if sample is None else sample
        watched = self._listeners and self.profile.thinking_for(role)
        listen = partial(self._listen, role) if watched else None
        return Terms(self._deadline, number, run=self.id, notice=self.notice, listen=listen)

    def _listen(self, role: str) -> ThinkingHeard:
        """Return what tells the listeners how the model thinks, while it does."""

        def tell(text: str) -> None:
            data = {"role": role, "text": text}
            self._tell(Event("thinking", round(self.seconds, 3), data))

        return ThinkingHeard(tell, starts_in_thought=self.profile.starts_in_thought)

    def _tell(self, event: Event) -> None:
        for listener in self._listeners:
            listener(event)

    @property
    def _deadline(self) -> float | None:
        seconds = self.limits.seconds
        return None if seconds is None else self._started + seconds

    def _thinking_tokens(self, role: str, prompt: str, max_tokens: int) -> int:
        """Return what thoughts may take: the role's budget, or what the window leaves of it."""
        self.check_budget()
        budget = self.profile.thinking_for(role)
        if self.fits(prompt, max_tokens + budget):
            return budget
        size, needed = self.window.tokens or 0, self.window.count(prompt) + max_tokens
        if needed > size:
            raise PromptTooLongError(
                f"a request of the {role} needs {needed:,} tokens, the model's window is {size:,}"
            )
        return size - needed

    def _overdue(self) -> BudgetSpentError:
        return BudgetSpentError(f"the limit of {self.limits.seconds:g} seconds is reached")

    def _note_cache(self) -> None:
        problem = getattr(getattr(self._model, "cache", None), "problem", None)
        if problem is not None:
            self.notice(problem)

    def _count(self, role: str, usage: Usage) -> None:
        self.usage[role] = self.usage.get(role, Usage()) + usage


def model_name_of(model: BaseChatModel) -> str:
    """Return the name under which a model is served, or its class where it has none."""
    return str(getattr(model, "model_name", type(model).__name__))


def engine_of(model: BaseChatModel) -> str:
    """Return what runs a model, such as `4 bits, on vLLM 0.32.0`; empty where it is not known."""
    return str((model.metadata or {}).get("engine", ""))


def answered_by(model: BaseChatModel) -> str:
    """Say which model answers, on what, and where, as far as that is known."""
    said = ", ".join(filter(None, (model_name_of(model), engine_of(model))))
    address = (model.metadata or {}).get("address", "")
    return f"{said} at {address}" if address else said
