"""A run's plan, steps, tool calls and judged sentences as terminal lines."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.watching.timeline import RUNNING, CallLine, ClaimLine, StepLine, Timeline
from r1agent.words import counted

_MARKS = {
    "waiting": ("·", "dim"),
    "running": ("▸", "cyan"),
    "stopped": ("✗", "yellow"),
    "supported": ("✓", "green"),
    "partly": ("~", "yellow"),
    "contradicted": ("✗", "red"),
    "unsupported": ("✗", "red"),
}


def trace(timeline: Timeline) -> Iterator[RenderableType]:
    """Yield every line of a run in full, as `r1agent show` prints it."""
    yield question_line(timeline)
    for step in timeline.steps:
        yield step_line(step)
        yield from (call_line(call) for call in step.calls)
        yield from verdict_lines(step)
    yield from (claim_line(claim) for claim in timeline.claims)
    yield from (notice_line(notice) for notice in timeline.notices)


def question_line(timeline: Timeline) -> RenderableType:
    """Show the question."""
    return Hanging("", Text(one_line(timeline.question), style="bold"))


def step_line(step: StepLine, *, brief: bool = False) -> RenderableType:
    """Show a step of the plan with its mark, tool and time."""
    mark, style = _MARKS.get(step.state, ("?", "yellow"))
    body = Text(one_line(step.goal), style="dim" if step.state == "waiting" else "")
    details = [one_line(step.tool)]
    if step.ended:
        details.append(f"{step.ended - step.started:.0f} s")
    body.append(f"  {' · '.join(filter(None, details))}", style="dim")
    return Hanging(f"{mark} {step.number or '+'} ", body, style=style, brief=brief)


def call_line(call: CallLine, *, brief: bool = False) -> RenderableType:
    """Show a tool call in one line with its outcome."""
    body = Text(f"{one_line(call.tool)} {call.arguments}".rstrip())
    if call.ok is not None:
        outcome = shortened(call.outcome, 60) or "done"
        body.append(f" → {outcome}", style="dim" if call.ok else "red")
        body.append(f" ({call.seconds:.1f} s)", style="dim")
    return Hanging("    ", body, brief=brief)


def verdict_lines(step: StepLine) -> Iterator[RenderableType]:
    """Show what a step's verdict rests on, and its reasons."""
    if not step.rests_on and not step.reasons:
        return
    reasons = "; ".join(one_line(reason) for reason in step.reasons)
    parts = [one_line(step.rests_on), reasons]
    text = f"{step.state}: {'; '.join(filter(None, parts))}"
    yield Hanging("    ", Text(text, style=_MARKS.get(step.state, ("", "dim"))[1]))


def claim_line(claim: ClaimLine) -> RenderableType:
    """Show a judged sentence with its sources, or why it was left out."""
    mark, style = _MARKS[claim.support]
    body = Text(one_line(claim.text))
    if claim.sources:
        body.append(f"  {'; '.join(map(one_line, claim.sources))}", style="dim")
    if not claim.kept:
        reasons = "; ".join(map(one_line, claim.reasons))
        body.append(f"  left out, {claim.support}{': ' + reasons if reasons else ''}", style=style)
    return Hanging(f"{mark} ", body, style=style)


def claims_line(timeline: Timeline) -> RenderableType:
    """Sum up the sentences judged so far."""
    kept = sum(claim.kept for claim in timeline.claims)
    judged = counted(len(timeline.claims), "sentence")
    body = Text(f"{judged} checked against the evidence, {kept} kept")
    return Hanging("✓ " if kept else "~ ", body, style="green" if kept else "yellow")


def notice_line(notice: str, *, brief: bool = False) -> RenderableType:
    """Show something that went other than planned."""
    return Hanging("! ", Text(one_line(notice)), style="yellow", brief=brief)


def brief_trace(
    timeline: Timeline, *, calls: int = 3, notices: int = 2
) -> Iterator[RenderableType]:
    """Yield what fits a small screen: every step in a line, the current step's last calls."""
    for step in timeline.steps:
        if step.number == 0:
            continue
        yield step_line(step, brief=True)
        if step.state == RUNNING:
            yield from (call_line(call, brief=True) for call in step.calls[-calls:])
    if timeline.claims:
        yield claims_line(timeline)
    yield from (notice_line(notice, brief=True) for notice in timeline.notices[-notices:])
