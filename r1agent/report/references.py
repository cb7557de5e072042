"""The numbers and words by which an answer points at its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from r1agent.report.printable import one_line
from r1agent.types import Answer, Audit, Citation, Claim, Computation, Usage
from r1agent.words import counted

OUTCOMES: dict[str, str] = {
    "answered": "answered",
    "not_in_papers": "not in the papers",
    "refused": "refused",
    "failed": "failed",
}
"""What the outcomes are called beside an answer and in a count."""

OUTCOME_STYLES: dict[str, str] = {
    "answered": "green",
    "not_in_papers": "yellow",
    "refused": "magenta",
    "failed": "red",
}


def computations(answer: Answer) -> tuple[Computation, ...]:
    """Return every distinct computation under the shown sentences; its place is its letter."""
    found = [computation for claim in answer.claims for computation in claim.computations]
    return tuple(dict.fromkeys(found))


def marks(answer: Answer, claim: Claim) -> str:
    """Return a sentence's marks: `[1][2]` for its quotes, `[a]` for its computations."""
    quotes = [f"[{answer.citations.index(citation) + 1}]" for citation in claim.citations]
    computed = computations(answer)
    programs = [f"[{letter(computed.index(each))}]" for each in claim.computations]
    return "".join(dict.fromkeys([*quotes, *programs]))


def letter(place: int) -> str:
    """Return a, b … z, a2, b2 … for places from 0."""
    turn, within = divmod(place, 26)
    return chr(ord("a") + within) + (str(turn + 1) if turn else "")


def source(citation: Citation) -> str:
    """Say where a quote stands: title, authors (year), file and page."""
    return f"{work(citation)}, {page(citation)}"


def work(citation: Citation) -> str:
    """Say which paper a quote is from: title, authors (year) and file."""
    file = one_line(citation.file)
    title = one_line(citation.title).rstrip(".")
    by = " ".join(filter(None, [_authors(citation.authors), _year(citation.year)]))
    return ". ".join(dict.fromkeys(filter(None, [title or file, by, file])))


def page(citation: Citation) -> str:
    """Say the page, with the printed number where it differs from the place in the file."""
    label = one_line(citation.page_label)
    printed = f" (printed {label})" if label and label != str(citation.page) else ""
    return f"p. {citation.page}{printed}"


def audit_line(answer: Answer) -> str:
    """Sum a run up in one line: id, support, confidence, model, calls, tokens and seconds."""
    audit = answer.audit
    calls = len(answer.trajectory.results)
    cached = sum(each.from_cache for each in audit.usage.values())
    parts = [
        *_judgement(answer),
        one_line(", ".join(filter(None, (audit.model, audit.engine)))),
        counted(calls, "tool call"),
        f"{tokens(audit):,} tokens",
        f"{counted(cached, 'request')} from the cache" if cached else "",
        f"{audit.seconds:.0f} s",
    ]
    return f"Run {answer.run}: {' · '.join(filter(None, parts))}"


def _judgement(answer: Answer) -> list[str]:
    """Say how well the answer is supported, or what else the run ended with."""
    if answer.outcome != "answered":
        return [ended_as(answer)]
    if not answer.claims:
        return ["quotes only"]
    return [f"support {answer.audit.support_rate:.0%}", f"confidence {answer.audit.confidence}"]


def ended_as(answer: Answer) -> str:
    """Say what a run ended with; that no sentence held is no silence of the papers."""
    if answer.outcome == "not_in_papers" and answer.dropped:
        return "no sentence held up"
    return OUTCOMES[answer.outcome]


def quotes_heading(answer: Answer) -> str:
    """Say what the quotes of an answer are to it."""
    proved = answer.claims or answer.outcome == "answered"
    return "References" if proved else "Nearest quotes"


def nearest_line(answer: Answer) -> str:
    """Return what stands above quotes that prove nothing; empty where there are none."""
    proved = answer.claims or answer.outcome == "answered"
    return "" if proved or not answer.extracts else f"{quotes_heading(answer)}:"


def message(answer: Answer) -> str:
    """Say what stands in the place of sentences; a refusal is called one."""
    said = one_line(answer.message) or f"No answer ({ended_as(answer)})."
    refusal = answer.outcome == "refused" and not said.lower().startswith(("refused", "拒"))
    return f"Refused: {said}" if refusal else said


def doubt(claim: Claim) -> str:
    """Say why a sentence that is shown rests on little; empty where it does not."""
    return f"(low confidence: {one_line(claim.doubt)})" if claim.doubt else ""


def judged_line(answer: Answer) -> str:
    """Say by which checks the sentences were judged, and what judged entailment."""
    audit = answer.audit
    by = f"; entailment by {one_line(audit.entailment)}" if audit.entailment else ""
    return f"Checked: {', '.join(map(one_line, audit.checks)) or 'nothing'}{by}."


def dropped_line(answer: Answer) -> str:
    """Say how many sentences the gate held back; empty where none."""
    if not answer.dropped:
        return ""
    those = counted(len(answer.dropped), "sentence")
    them = "it" if len(answer.dropped) == 1 else "them"
    return f"{those} left out: the evidence did not carry {them}."


def otherwise_lines(answer: Answer) -> list[str]:
    """Say, a line each, which paper contradicts a sentence, where, and in what."""
    return [
        f"Says otherwise: {one_line(one.citation.title or one.citation.file)}, "
        f"{page(one.citation)} [{answer.citations.index(one.citation) + 1}] "
        f"({one_line(one.reason)})"
        for one in answer.contradictions
    ]


def tokens(audit: Audit) -> int:
    """Add up the tokens of every role, prompt and completion."""
    return sum(map(_tokens, audit.usage.values()))


def usage_line(audit: Audit) -> str:
    """Say what each role cost, the dearest first; empty where nothing was asked of a model."""
    asked = {role: used for role, used in audit.usage.items() if used.calls}
    ordered = sorted(asked, key=lambda role: (-_tokens(asked[role]), role))
    said = (f"{one_line(role)} {_cost(asked[role])}" for role in ordered)
    return f"Tokens: {'; '.join(said)}." if asked else ""


def total_cost(usage: Iterable[Usage]) -> str:
    """Say what several roles or questions cost together; empty where nothing was asked."""
    whole = sum(usage, Usage())
    return _cost(whole) if whole.calls else ""


def _cost(used: Usage) -> str:
    """Say it as `3 requests, 4,100 read (61 % cached), 350 written (120 thought)`."""
    told = used.cached_tokens and used.prompt_tokens
    cached = f" ({used.cached_tokens / used.prompt_tokens:.0%} cached)" if told else ""
    thought = f" ({used.thinking_tokens:,} thought)" if used.thinking_tokens else ""
    untold = f", {used.untold:,} not told" if used.untold else ""
    read, written = f"{used.prompt_tokens:,} read", f"{used.completion_tokens:,} written"
    return f"{counted(used.calls, 'request')}{untold}, {read}{cached}, {written}{thought}"


def _tokens(used: Usage) -> int:
    return used.prompt_tokens + used.completion_tokens


def _authors(authors: Sequence[str]) -> str:
    names = [one_line(name) for name in authors]
    return f"{', '.join(names[:3])} et al." if len(names) > 3 else ", ".join(names)


def _year(year: int | None) -> str:
    return f"({year})" if year is not None else ""
