"""A run's plan, thoughts, tool calls with their evidence, and judged sentences as lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.watching.thoughts import (
    ANSWERING,
    PLANNING,
    thinking_line,
    thought_line,
    thoughts_line,
)
from r1agent.report.watching.timeline import RUNNING, CallLine, ClaimLine, StepLine, Timeline
from r1agent.report.watching.whole_call import whole_call
from r1agent.words import counted

_LONG = 300
"""Characters that are shown of a text that can have any length, such as a question."""
_MARKS = {
    "waiting": ("·", "dim"),
    "running": ("▸", "cyan"),
    "stopped": ("✗", "yellow"),
    "supported": ("✓", "green"),
    "partly": ("~", "yellow"),
    "contradicted": ("✗", "red"),
    "unsupported": ("✗", "red"),
}


def trace(timeline: Timeline, *, full: bool = False) -> Iterator[RenderableType]:
    """Yield every step of a run, as `r1agent show` prints it.

    Args:
        timeline: The run.
        full: Whole texts, of tools and thoughts too, whatever their length.
    """
    yield question_line(timeline, full=full)
    yield from _thoughts(timeline, PLANNING, full=full)
    for step in timeline.steps:
        yield step_line(step, full=full)
        yield from _thoughts(timeline, step.number, full=full)
        for call in step.calls:
            yield from whole_call(call) if full else (call_line(call), *evidence_lines(call))
        yield from verdict_lines(step, full=full)
    yield from _thoughts(timeline, ANSWERING, full=full)
    yield from (claim_line(claim, full=full) for claim in timeline.claims)
    yield from (notice_line(notice, full=full) for notice in timeline.notices)


def question_line(timeline: Timeline, *, full: bool = False) -> RenderableType:
    """Show the question."""
    return Hanging("", Text(_cut(timeline.question, full=full), style="bold"))


def step_line(step: StepLine, *, brief: bool = False, full: bool = False) -> RenderableType:
    """Show a step of the plan with its mark, tool and time."""
    mark, style = _MARKS.get(step.state, ("?", "yellow"))
    body = Text(_cut(step.goal, full=full), style="dim" if step.state == "waiting" else "")
    details = [one_line(step.tool)]
    if step.ended:
        details.append(f"{step.ended - step.started:.0f} s")
    told = Text(f"  {' · '.join(filter(None, details))}", style="dim")
    return Hanging(f"{mark} {step.number or '+'} ", body, style=style, brief=brief, tail=told)


def call_line(call: CallLine, *, brief: bool = False) -> RenderableType:
    """Show a tool call in one line with its outcome."""
    body, told = Text(f"{one_line(call.tool)} {call.arguments}".rstrip()), Text()
    if call.ok is not None:
        many = counted(len(call.found), "passage") if call.found else ""
        outcome = many or shortened(call.outcome, 40 if brief else 60) or "done"
        told.append(f" → {outcome}", style="dim" if call.ok else "red")
        told.append(f" ({call.seconds:.1f} s)", style="dim")
    return Hanging("    ", body, brief=brief, tail=told)


def evidence_lines(call: CallLine) -> Iterator[RenderableType]:
    """Show the best passage that a call found by its first words, and where others stand."""
    if not call.found:
        return
    best, *others = call.found
    body = Text(f"{best.place(40)}: ", style="dim")
    body.append(f"“{best.words}”", style="italic")
    yield Hanging("      ", body, brief=True)
    if others:
        places = " · ".join(dict.fromkeys(other.place(30) for other in others))
        yield Hanging("      ", Text(f"then {places}", style="dim"), brief=True)


def verdict_lines(step: StepLine, *, full: bool = False) -> Iterator[RenderableType]:
    """Show what a step's verdict rests on, and its reasons."""
    if not step.rests_on and not step.reasons:
        return
    why = "; ".join(filter(None, [step.rests_on, *step.reasons]))
    text = f"{step.state}: {_cut(why, full=full)}"
    yield Hanging("    ", Text(text, style=_MARKS.get(step.state, ("", "dim"))[1]))


def claim_line(claim: ClaimLine, *, brief: bool = False, full: bool = False) -> RenderableType:
    """Show a judged sentence with its sources, or why it was left out."""
    mark, style = _MARKS[claim.support]
    told = Text()
    if claim.sources and not (brief and not claim.kept):
        told.append(f"  {'; '.join(map(one_line, claim.sources))}", style="dim")
    if not claim.kept:
        reasons = "" if brief or not claim.reasons else f": {'; '.join(claim.reasons)}"
        told.append(f"  left out, {claim.support}{_cut(reasons, full=full)}", style=style)
    body = Text(_cut(claim.text, full=full))
    return Hanging(f"{mark} ", body, style=style, brief=brief, tail=told)


def claims_line(timeline: Timeline) -> RenderableType:
    """Sum up the sentences judged so far."""
    kept = sum(claim.kept for claim in timeline.claims)
    judged = counted(len(timeline.claims), "sentence")
    body = Text(f"{judged} checked against the evidence, {kept} kept")
    return Hanging("✓ " if kept else "~ ", body, style="green" if kept else "yellow")


def notice_line(notice: str, *, brief: bool = False, full: bool = False) -> RenderableType:
    """Show something that went other than planned."""
    return Hanging("! ", Text(_cut(notice, full=full)), style="yellow", brief=brief)


def brief_trace(
    timeline: Timeline, *, calls: int = 3, claims: int = 4, notices: int = 2
) -> Iterator[RenderableType]:
    """Yield what fits a small screen: steps, what is new in the present one, last sentences."""
    for step in timeline.steps:
        if step.number == 0:
            continue
        yield step_line(step, brief=True)
        if step.state == RUNNING:
            yield from _newest(step.calls[-calls:])
    yield from _found_last(timeline)
    yield from _thinking(timeline)
    if timeline.claims and not timeline.finished:
        yield from (claim_line(claim, brief=True) for claim in timeline.claims[-claims:])
    if timeline.claims:
        yield claims_line(timeline)
    yield from (notice_line(notice, brief=True) for notice in timeline.notices[-notices:])


def _found_last(timeline: Timeline) -> Iterator[RenderableType]:
    """Show what the last search found, until a further step begins or a sentence is judged."""
    if timeline.current or timeline.claims or timeline.finished:
        return
    for call in [call for step in timeline.steps for call in step.calls][-1:]:
        yield from evidence_lines(call)


def _newest(calls: Sequence[CallLine]) -> Iterator[RenderableType]:
    """Show calls in a line each, and what the last one found."""
    yield from (call_line(call, brief=True) for call in calls)
    for call in calls[-1:]:
        yield from evidence_lines(call)


def _thinking(timeline: Timeline) -> Iterator[RenderableType]:
    """Show the present thought or how the last one ended; after the run, what all took."""
    if timeline.thinking:
        yield thinking_line(timeline.thinking)
    elif timeline.thoughts and timeline.finished:
        yield thoughts_line(timeline.thoughts)
    elif timeline.thoughts:
        yield thought_line(timeline.thoughts[-1])


def _thoughts(timeline: Timeline, during: str | int, *, full: bool) -> Iterator[RenderableType]:
    return (thought_line(one, full=full) for one in timeline.thoughts if one.during == during)


def _cut(text: str, *, full: bool) -> str:
    """Make a text one line, which is not longer than a reader of lines can want."""
    return one_line(text) if full else shortened(text, _LONG)
