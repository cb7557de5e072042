"""`/why`: how a sentence is proved, or why sentences were left out."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.references import computations, judged_line, letter, marks, source
from r1agent.types import Answer, Citation, Claim, Verdict

_DONE = {"supported": "✓", "partly": "~", "contradicted": "✗", "unsupported": "✗"}


def proof(answer: Answer, number: int) -> RenderableType:
    """Build how sentence `number`, from 1, is proved: verdict, quotes, computations, checks."""
    return Group(*_proof(answer, number))


def left_out(answer: Answer) -> RenderableType:
    """Build which sentences were left out and why, or why there is no answer."""
    return Group(*_left_out(answer))


def _proof(answer: Answer, number: int) -> Iterator[RenderableType]:
    claim = answer.claims[number - 1]
    text = Text(one_line(claim.text))
    text.append(f" {marks(answer, claim)}", style="cyan")
    yield Hanging(f"{number}. ", text)
    if claim.original is not None:
        yield Hanging("   ", Text(f"judged as: {one_line(claim.original)}"))
    yield Hanging("   ", Text(_verdict(claim.verdict), style="green"))
    if claim.doubt:
        yield Hanging("   ", Text(f"low confidence: {one_line(claim.doubt)}", style="yellow"))
    for citation in claim.citations:
        yield from _quote(f"[{answer.citations.index(citation) + 1}]", citation)
    computed = computations(answer)
    for one in claim.computations:
        output = shortened(one.output, 300) or "no output"
        mark = f"   [{letter(computed.index(one))}] "
        yield Hanging(mark, Text(f"{one_line(one.tool)} → {output}"), style="cyan")
    yield from _others(answer, claim)
    yield Hanging("   ", Text(judged_line(answer), style="dim"))


def _others(answer: Answer, claim: Claim) -> Iterator[RenderableType]:
    """Say who contradicts the sentence."""
    for one in answer.contradictions:
        if one.claim in (claim.text, claim.original):
            yield Hanging("   ", Text(f"says otherwise ({one_line(one.reason)}):", style="yellow"))
            yield from _quote(f"[{answer.citations.index(one.citation) + 1}]", one.citation)


def _left_out(answer: Answer) -> Iterator[RenderableType]:
    if not answer.claims:
        yield from _no_answer(answer)
    if not answer.dropped:
        yield Hanging("", Text("No sentence was left out."))
    for claim in answer.dropped:
        yield Hanging(f"{_DONE[claim.verdict.support]} ", Text(one_line(claim.text)), style="red")
        yield Hanging("  ", Text(_verdict(claim.verdict), style="yellow"))
        for citation in claim.citations[:1]:
            yield from _quote("nearest quote:", citation, indent="  ")
    if len(answer.claims) == 1:
        yield Hanging("", Text("1 sentence shown: /why 1 says how it is proved.", style="dim"))
    if len(answer.claims) > 1:
        shown = f"{len(answer.claims)} sentences shown: /why 1 to /why {len(answer.claims)}"
        yield Hanging("", Text(f"{shown} say how each is proved.", style="dim"))


def _no_answer(answer: Answer) -> Iterator[RenderableType]:
    """Say what was looked for where no sentence is shown."""
    if answer.message:
        yield Hanging("", Text(one_line(answer.message)))
    for query in answer.audit.searched:
        yield Hanging("searched for: ", Text(f"“{one_line(query)}”"), style="dim")
    for goal in answer.audit.not_found:
        yield Hanging("not found: ", Text(one_line(goal)), style="dim")


def _verdict(verdict: Verdict) -> str:
    """Say it as `supported: rests on …; reasons`."""
    parts = [f"rests on {one_line(verdict.rests_on)}" if verdict.rests_on else ""]
    return (
        f"{verdict.support}: {'; '.join(filter(None, [*parts, *map(one_line, verdict.reasons)]))}"
    )


def _quote(mark: str, citation: Citation, *, indent: str = "   ") -> Iterator[RenderableType]:
    yield Hanging(f"{indent}{mark} ", Text(f"“{one_line(citation.quote)}”"), style="cyan")
    yield Hanging(indent + " " * (len(mark) + 1), Text(source(citation), style="dim"))
