"""The citation gate: no sentence passes whose quotes are not on their page or do not carry it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.finding import Check, Finding, Sources
from r1agent.checks.judging import Ask
from r1agent.evidence import Evidence
from r1agent.quotes import context_of
from r1agent.types import Citation, Claim, Computation, Verdict

PageText = Callable[[str, int], str]
"""Text of a page, by paper id and physical page."""

_ALIGNED = 90.0  # rapidfuzz's partial ratio, 0 to 100
_WIDEST = 20_000  # characters; aligning takes as long as quote times page
_YES_OR_NO = re.compile(r"^(?:yes|no)\s*[,;:–—-]\s*(?=\w+ \w+)", re.IGNORECASE)  # noqa: RUF001
"""What follows says the same in full, and `no` denies nothing of it."""
_UNSEEN = "\u00ad\u200b\u200c\u200d\ufeff\ufffe"
_DASHES = "-‐‑‒–—−"  # noqa: RUF001
_SAME_AS = dict.fromkeys(_DASHES, "-") | dict.fromkeys("‘’‚´`", "'") | dict.fromkeys("“”„«»", '"')  # noqa: RUF001
_ORDER = {"contradicted": 0, "unsupported": 1, "partly": 2}


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence as it was written, with what it is said to rest on."""

    text: str
    citations: tuple[Citation, ...]
    computations: tuple[Computation, ...] = ()


class CitationGate:
    """Judge drafts: place each quote on its page, then run every check.

    Args:
        checks: Run on each sentence, in order; all must be content.
        page_text: Reads a page of the index. Without it a quote is looked up in its passage.
    """

    def __init__(self, checks: Sequence[Check], page_text: PageText | None = None) -> None:
        self.checks = tuple(checks)
        self.page_text = page_text

    @property
    def entailment(self) -> str:
        """How entailment is judged, for the audit."""
        methods = (one.method for one in self.checks if isinstance(one, EntailmentCheck))
        return ", ".join(methods) or "not judged"

    def judge(
        self, draft: Draft, evidence: Evidence, *, question: str = "", ask: Ask | None = None
    ) -> Claim:
        """Return the claim with its verdict; every citation it keeps is verbatim on its page.

        Args:
            draft: The sentence and what it is said to rest on.
            evidence: What the run found; a citation of anything else is invented.
            question: Words that the sentence may take from it.
            ask: Asks the run's model, for a check that wants its judgement.
        """
        placed = [self.place(citation, evidence) for citation in draft.citations]
        citations = tuple(one for one in placed if isinstance(one, Citation))
        findings = [one for one in placed if isinstance(one, Finding)]
        if not citations and not draft.computations:
            findings.append(Finding("unsupported", "no quote and no tool result carries it"))
        else:
            sources = Sources(
                quotes=tuple(citation.quote for citation in citations),
                outputs=tuple(computation.output for computation in draft.computations),
                question=question,
                context=context_of(citations),
                surroundings=" ".join(
                    evidence.passages[one.passage].page_content for one in citations
                ),
                origins=tuple(citation.paper for citation in citations),
                papers=evidence.texts,
                ask=ask,
            )
            told = _YES_OR_NO.sub("", draft.text)
            found = (check.check(told, sources) for check in self.checks)
            findings += [finding for finding in found if finding is not None]
        verdict = _verdict(findings, citations, draft.computations)
        return Claim(draft.text, citations, verdict, draft.computations)

    def place(self, citation: Citation, evidence: Evidence) -> Citation | Finding:
        """Find the quote on its page and return it in the page's own words, or say why not."""
        passage = evidence.passages.get(citation.passage)
        if passage is None:
            return Finding("unsupported", f"passage {citation.passage!r} is not of this run")
        about = passage.metadata
        if (citation.paper, citation.page) != (about.get("paper", ""), about.get("page", 1)):
            return Finding("unsupported", "the quote is not from that paper and page")
        page, offset = passage.page_content, int(about.get("start", 0))
        if self.page_text is not None and citation.paper:
            page, offset = self.page_text(citation.paper, citation.page), 0
        span = locate(citation.quote, page, near=citation.start - offset)
        if span is None:
            return Finding("unsupported", "the quote is not on its page")
        start, end = span
        return replace(citation, quote=page[start:end], start=start + offset, end=end + offset)


def locate(quote: str, page: str, *, near: int = 0) -> tuple[int, int] | None:
    """Return the span of a quote on a page, or None where the page does not have it.

    Exact; then with white space, case, ligatures, accents and broken lines folded; then aligned at
    0.9 and widened to whole words (on a page of more than 20,000 characters only around `near`).
    """
    if not quote.strip():
        return None
    if near >= 0 and page[near : near + len(quote)] == quote:
        return near, near + len(quote)
    start = page.find(quote)
    if start >= 0:
        return start, start + len(quote)
    return _folded_span(quote, page) or _aligned(quote, page, near)


def _folded_span(quote: str, page: str) -> tuple[int, int] | None:
    """Find it whatever its white space, case, ligatures, accents, dashes and broken lines."""
    wanted, _ = _folded(quote)
    text, places = _folded(page)
    found = text.find(wanted) if wanted else -1
    if found < 0:
        return None
    return places[found], places[found + len(wanted) - 1] + 1


def _folded(text: str) -> tuple[str, list[int]]:
    """Return the text in plain small letters without white space, and where each of them was."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        if character in _UNSEEN or (character in _DASHES and text[place + 1 : place + 2] == "\n"):
            continue
        plain = _SAME_AS.get(character) or unicodedata.normalize("NFKD", character).casefold()
        for letter in plain:
            if not letter.isspace() and not unicodedata.combining(letter):
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def _aligned(quote: str, page: str, near: int) -> tuple[int, int] | None:
    from rapidfuzz.fuzz import partial_ratio_alignment

    first = max(0, min(near, len(page)) - _WIDEST // 2) if len(page) > _WIDEST else 0
    part = page[first : first + _WIDEST]
    if len(quote) > len(part):
        return None
    found = partial_ratio_alignment(quote, part, score_cutoff=_ALIGNED)
    if found is None or found.dest_start == found.dest_end:
        return None
    start, end = first + found.dest_start, first + found.dest_end
    while start > 0 and page[start - 1].isalnum() and page[start].isalnum():
        start -= 1
    while end < len(page) and page[end - 1].isalnum() and page[end].isalnum():
        end += 1
    return start, end


def _verdict(
    findings: list[Finding], citations: Sequence[Citation], computations: Sequence[Computation]
) -> Verdict:
    quotes = [f"quote on p. {one.page} of {one.file}" for one in citations]
    rests_on = "; ".join(quotes + [f"result of `{one.tool}`" for one in computations]) or "nothing"
    if not findings:
        return Verdict("supported", rests_on)
    worst = min(findings, key=lambda finding: _ORDER[finding.support])
    return Verdict(worst.support, rests_on, tuple(finding.reason for finding in findings))
