"""A run as HTML while it goes on, and folded once it has ended, for a notebook's cell."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.report.notebook.step_tree import call_heading, step_heading, step_tree
from r1agent.report.page.markup import NOTHING, Html, folded, listed, said, spaced, tag, text
from r1agent.report.printable import shortened
from r1agent.report.watching.timeline import RUNNING, StepLine, Timeline
from r1agent.words import counted

_CALLS = 3
"""How many calls of the step under way are shown."""
_WORDS = 80
"""Characters of the best passage, and of its title."""
_NOTICES = 2
_TAIL = 160
"""Characters of a thought's end that are shown; what it came to stands there."""


def loading_to_html(what: str, fraction: float | None, detail: str, seconds: float) -> Html:
    """Write what is being loaded, and how far, where known."""
    bar = NOTHING if fraction is None else tag("progress", max="1", value=f"{fraction:.3f}")
    return tag("div", spaced([text(what), bar, _small(f"{detail} {seconds:.0f} s")]))


def running_to_html(timeline: Timeline, seconds: float) -> Html:
    """Write the plan as far as it is, the last calls, and what is going on now.

    Nothing in it folds: it is drawn anew all the time, which would close what was opened.
    """
    steps = (line for step in timeline.steps if step.number for line in _step(step))
    thoughts = (_line(_small(f"◦ …{one[-_TAIL:]}")) for one in _latest_thought(timeline))
    notices = (_line(_small(f"! {each}")) for each in timeline.notices[-_NOTICES:])
    now = spaced([text(f"{timeline.activity} …"), _small(f"{seconds:.0f} s")])
    shown = [*steps, *thoughts, *_judged(timeline), *notices, _line(now)]
    return tag("div", *shown, class_="r1agent-run")


def run_to_html(timeline: Timeline, seconds: float) -> Html:
    """Write a run that has ended: a line, with its steps and what was left out folded into it."""
    calls = sum(len(step.calls) for step in timeline.steps)
    ended = "Done" if timeline.finished else "Stopped"
    steps = counted(sum(step.number > 0 for step in timeline.steps), "step")
    heading = f"{ended} after {seconds:.0f} s: {steps}, {counted(calls, 'tool call')}"
    dropped = [f"{one.text} ({'; '.join(one.reasons)})" for one in timeline.claims if not one.kept]
    inside = [
        step_tree(timeline.steps),
        _thoughts(timeline),
        *_judged(timeline),
        listed(text(f"Left out: {each}") for each in dropped),
        listed(map(text, timeline.notices)),
    ]
    return folded(_small(heading), *inside, class_="r1agent-run")


def lost_to_html(ended: str, seconds: float) -> Html:
    """Write that something ended in which no question was asked."""
    return tag("div", _small(f"{ended} after {seconds:.0f} s."))


def _step(step: StepLine) -> Iterator[Html]:
    yield _line(step_heading(step))
    if step.state == RUNNING:
        for call in step.calls[-_CALLS:]:
            yield tag("div", tag("code", text(call_heading(call))), style="margin-left:1.5em")
        for best in [call.found[0] for call in step.calls[-1:] if call.found]:
            quote = f"“{shortened(best.words, _WORDS)}” {best.place(_WORDS)}"
            yield tag("div", _small(quote), style="margin-left:3em")


def _thoughts(timeline: Timeline) -> Html:
    """Write what the model thought, in a fold; empty where it told nothing of that."""
    if not timeline.thoughts:
        return NOTHING
    heading = f"{counted(len(timeline.thoughts), 'thought')} of the model"
    return folded(text(heading), *(said(one.text, "p") for one in timeline.thoughts))


def _latest_thought(timeline: Timeline) -> list[str]:
    """Return the thought that goes on, or else the last one, in a list of one at most."""
    if timeline.thinking:
        return [timeline.thinking]
    return [one.text for one in timeline.thoughts[-1:]]


def _judged(timeline: Timeline) -> Iterator[Html]:
    if timeline.claims:
        kept = sum(claim.kept for claim in timeline.claims)
        judged = counted(len(timeline.claims), "sentence")
        yield _line(text(f"{judged} checked against the evidence, {kept} kept"))


def _line(content: Html) -> Html:
    return tag("div", content)


def _small(said: str) -> Html:
    return tag("small", text(said), style="opacity:0.75")
