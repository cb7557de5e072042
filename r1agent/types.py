"""What a run is made of: plan, steps, claims with their citations, and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Support = Literal["supported", "partly", "contradicted", "unsupported"]
"""How well outside evidence carries a step or a claim."""

Outcome = Literal["answered", "not_in_papers", "refused", "failed"]
"""How a run ended. Only `answered` holds claims; the others are told apart everywhere."""

EventName = Literal[
    "started",
    "resumed",
    "planned",
    "thinking",
    "thought",
    "step_started",
    "tool_called",
    "tool_returned",
    "step_verified",
    "plan_revised",
    "writing",
    "claim_judged",
    "notice",
    "answered",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a run, as it is journaled and shown live.

    `thinking` is a piece of a thought that still goes on; it is shown, and not journaled.
    """

    name: EventName
    seconds: float
    """Since the run started."""
    data: dict[str, Any]
    """Plain JSON values."""


@dataclass(frozen=True, slots=True)
class PlanStep:
    """One thing to find out, the tool for it, and how one can tell that it is done."""

    goal: str
    tool: str
    done_when: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps that lead from the question to an answer."""

    steps: tuple[PlanStep, ...]
    revision: int = 0
    """0 for the first plan; counts up each time the plan had to change."""

    def _repr_html_(self) -> str:
        """Render in a notebook."""
        from r1agent.report.notebook.plan_html import plan_to_html

        return plan_to_html(self)

    def _repr_markdown_(self) -> str:
        """Render where Markdown is understood."""
        from r1agent.report.notebook.plan_markdown import plan_to_markdown

        return plan_to_markdown(self)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of one tool, as the model asked for it."""

    tool: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool call gave back."""

    call: ToolCall
    text: str
    """What the model is shown."""
    ok: bool
    """False where the call failed in a way that the model can mend."""
    seconds: float
    artifact: Any = None
    """The evidence itself (passages, `ExecutionResult`, `TestReport`); not journaled."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A judgement and what it rests on. `rests_on` never names the model's own opinion."""

    support: Support
    rests_on: str
    """What outside the model was looked at: a quote, an exit code, tests, a recomputed number."""
    reasons: tuple[str, ...] = ()
    """Why it is not `supported`; empty where it is."""

    @property
    def supported(self) -> bool:
        """Whether the evidence carries the whole of it."""
        return self.support == "supported"


@dataclass(frozen=True, slots=True)
class Step:
    """A plan step that was carried out: its tool results and the verdict on them."""

    plan_step: PlanStep
    results: tuple[ToolResult, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Trajectory:
    """All steps of a run, in order."""

    steps: tuple[Step, ...] = ()

    @property
    def results(self) -> tuple[ToolResult, ...]:
        """Every tool result of every step, in order."""
        return tuple(result for step in self.steps for result in step.results)

    def _repr_html_(self) -> str:
        """Render in a notebook."""
        from r1agent.report.notebook.trajectory_html import trajectory_to_html

        return trajectory_to_html(self)

    def _repr_markdown_(self) -> str:
        """Render where Markdown is understood."""
        from r1agent.report.notebook.trajectory_markdown import trajectory_to_markdown

        return trajectory_to_markdown(self)


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote and where it stands: `page_text[start:end] == quote`."""

    passage: str
    """Id of the passage it was taken from."""
    quote: str
    paper: str
    """Content-hash id of the paper."""
    file: str
    title: str
    page: int
    """Physical page, from 1."""
    page_label: str
    start: int
    end: int
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    venue: str | None = None
    """The journal or the proceedings that it came out in, where the file or an export says so."""
    citation_key: str | None = None
    """The paper's key in the user's reference manager, where an export of it named one."""


@dataclass(frozen=True, slots=True)
class Computation:
    """What a claim rests on when it was computed: the program or tests, and what they said."""

    tool: str
    code: str
    output: str
    isolation: str
    """The layers that confined the program, as the sandbox reported them."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of the answer, the evidence under it, and the gate's verdict."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict
    computations: tuple[Computation, ...] = ()
    original: str | None = None
    """The sentence that was judged, where `text` is its translation."""
    doubt: str = ""
    """Why a sentence that passed the gate rests on little; empty where it does not."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A passage of another paper that says otherwise than a sentence of the answer."""

    claim: str
    citation: Citation
    reason: str
    """What differs."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one role (planner, executor, writer …) cost."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    """Those of `prompt_tokens` that the server had in its prefix cache; of several texts from one
    request vLLM tells what a later one found, so also what the first had just read."""
    seconds: float = 0.0
    from_cache: int = 0
    """Requests besides `calls` that were answered from the disk, at no cost."""
    thinking_tokens: int = 0
    """Those of `completion_tokens` that went into thoughts."""
    untold: int = 0
    """Those of `calls` whose tokens nobody told: the reply was cut off, or came without a count."""

    def __add__(self, other: Usage) -> Usage:
        """Sum two costs."""
        return Usage(
            self.calls + other.calls,
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.seconds + other.seconds,
            self.from_cache + other.from_cache,
            self.thinking_tokens + other.thinking_tokens,
            self.untold + other.untold,
        )


@dataclass(frozen=True, slots=True)
class Audit:
    """What the reader should know about how the answer came about."""

    support_rate: float
    """Supported sentences of all that were written, 0 to 1; 0 when none was written."""
    confidence: Literal["high", "medium", "low", "none"]
    checks: tuple[str, ...] = ()
    """The checks that every shown sentence went through."""
    searched: tuple[str, ...] = ()
    """The queries that were run."""
    not_found: tuple[str, ...] = ()
    """Goals of steps whose evidence was not found."""
    notices: tuple[str, ...] = ()
    """What went other than planned: a limit reached, a suspicious passage, an unsafe sandbox."""
    usage: dict[str, Usage] = field(default_factory=dict)
    """By role."""
    seconds: float = 0.0
    model: str = ""
    engine: str = ""
    """What runs the model, such as `4 bits, on vLLM 0.32.0`, where that is known."""
    entailment: str = ""
    """How entailment was judged in this run."""

    def _repr_html_(self) -> str:
        """Render in a notebook."""
        from r1agent.report.notebook.audit_forms import audit_to_html

        return audit_to_html(self)

    def _repr_markdown_(self) -> str:
        """Render where Markdown is understood."""
        from r1agent.report.notebook.audit_forms import audit_to_markdown

        return audit_to_markdown(self)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question, with everything that proves it."""

    run: str
    """Id of the run; `r1agent show RUN` replays it."""
    question: str
    outcome: Outcome
    claims: tuple[Claim, ...]
    """The sentences shown; each passed the gate."""
    plan: Plan
    trajectory: Trajectory
    audit: Audit
    dropped: tuple[Claim, ...] = ()
    """Sentences that the gate did not let through, with its reasons; never part of `text`."""
    extracts: tuple[Citation, ...] = ()
    """The best quotes, shown in place of sentences when no sentence passed the gate."""
    contradictions: tuple[Contradiction, ...] = ()
    """Who says otherwise, among the passages that were found."""
    code: str | None = None
    """Program text that was asked for, as it was tested."""
    message: str = ""
    """One sentence for the reader where there are no claims: what was not found, or what failed."""

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every distinct citation that is shown; its place is its number."""
        cited = [citation for claim in self.claims for citation in claim.citations]
        against = [contradiction.citation for contradiction in self.contradictions]
        return tuple(dict.fromkeys([*cited, *self.extracts, *against]))

    @property
    def text(self) -> str:
        """The answer as one paragraph with numbered references.

        Without claims it is `message`, followed by the extracts where those are the answer.
        """
        numbers = {citation: number for number, citation in enumerate(self.citations, 1)}
        if self.claims:
            return " ".join(_with_references(claim, numbers) for claim in self.claims)
        quotes = [f"“{one.quote}” [{numbers[one]}]" for one in self.extracts]
        return " ".join([self.message, *quotes] if self.outcome == "answered" else [self.message])

    def __str__(self) -> str:
        """Return `text`."""
        return self.text

    def _repr_html_(self) -> str:
        """Render in a notebook."""
        from r1agent.report.notebook.answer_html import answer_to_html

        return answer_to_html(self)

    def _repr_markdown_(self) -> str:
        """Render where Markdown is understood."""
        from r1agent.report.markdown import answer_to_markdown

        return answer_to_markdown(self)


def _with_references(claim: Claim, numbers: dict[Citation, int]) -> str:
    marks = "".join(f"[{numbers[citation]}]" for citation in claim.citations)
    return f"{claim.text} {marks}" if marks else claim.text
