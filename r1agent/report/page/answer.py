"""The answer on the page: sentences that open to their quotes, and who says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from r1agent.report.page.markup import (
    NOTHING,
    Html,
    code,
    folded,
    joined,
    listed,
    said,
    spaced,
    tag,
    text,
)
from r1agent.report.page.quotes import program_to_html, quote_to_html, quotes_of
from r1agent.report.references import computations, doubt, marks, message, nearest_line
from r1agent.report.watching.timeline import ClaimLine
from r1agent.types import Answer, Claim, Contradiction

_HOW = "Click a sentence, or press Enter on it, to see its quote. The arrow keys move."


def answer_to_html(answer: Answer) -> Html:
    """Write the sentences, or what stands in their place, and the code that was asked for."""
    if answer.claims:
        shown = joined(
            [
                tag("p", text(_HOW), class_="less screen"),
                tag(
                    "div",
                    spaced(_sentence(claim, answer) for claim in answer.claims),
                    class_="sentences prose",
                    role="group",
                    aria_label="Sentences of the answer",
                ),
            ]
        )
    else:
        quotes = joined(quote_to_html(each, answer) for each in answer.extracts)
        reason = said(message(answer), "p", class_=f"message {answer.outcome}")
        nearest = nearest_line(answer)
        above = tag("h3", text(nearest.rstrip(":"))) if nearest else NOTHING
        shown = joined([reason, above, quotes, _searched(answer)])
    program = joined([tag("h3", text("Code, as it was tested")), code(answer.code or "")])
    return joined([shown, program if answer.code else NOTHING])


def left_out_to_html(answer: Answer) -> Html:
    """Write the sentences that the gate held back, each with the reasons and its best quotes."""
    rows = [
        folded(
            _judged(claim.text, claim.verdict.support),
            listed(map(text, claim.verdict.reasons), class_="reasons"),
            _original(claim),
            quotes_of(claim, answer) or tag("p", text("No quote was near it."), class_="less"),
            class_="sentence out",
        )
        for claim in answer.dropped
    ]
    return tag("div", *rows, class_="sentences") if rows else NOTHING


def judged_to_html(claims: Sequence[ClaimLine]) -> Html:
    """Write the sentences of a run that was stopped, as far as they were judged."""
    rows = [
        folded(
            _judged(claim.text, claim.support),
            listed(map(text, claim.reasons), class_="reasons"),
            *(
                tag(
                    "figure",
                    tag("blockquote", said(f"“{quote}”", "p")),
                    tag("figcaption", said(source)),
                    class_="quote",
                )
                for quote, source in zip(claim.quotes, claim.sources, strict=True)
            ),
            class_="sentence" if claim.kept else "sentence out",
        )
        for claim in claims
    ]
    return tag("div", *rows, class_="sentences") if rows else NOTHING


def otherwise_to_html(answer: Answer) -> Html:
    """Write each sentence that another paper contradicts beside what that paper says."""
    return joined(_against(each, answer) for each in answer.contradictions)


def programs_to_html(answer: Answer) -> Html:
    """Write every program that a sentence rests on."""
    return joined(program_to_html(each, answer) for each in computations(answer))


def _searched(answer: Answer) -> Html:
    """Say what the papers were searched for, where nothing of them is shown."""
    queries = [text(f"“{query}”") for query in answer.audit.searched]
    if answer.extracts or not queries:
        return NOTHING
    return joined([tag("p", text("The papers were searched for:")), listed(queries)])


def _sentence(claim: Claim, answer: Answer) -> Html:
    numbers = marks(answer, claim)
    line = spaced(
        [
            joined([said(claim.text), tag("sup", text(numbers)) if numbers else NOTHING]),
            tag("small", text(doubt(claim))) if claim.doubt else NOTHING,
        ]
    )
    under = f"{claim.verdict.support.capitalize()}: {claim.verdict.rests_on}."
    return folded(
        line,
        tag(
            "div",
            quotes_of(claim, answer),
            *(program_to_html(each, answer) for each in dict.fromkeys(claim.computations)),
            _original(claim),
            tag("p", text(under), class_="less") if claim.verdict.rests_on else NOTHING,
            class_="under",
        ),
        class_="sentence",
    )


def _judged(sentence: str, support: str) -> Html:
    return spaced([said(sentence), tag("small", text(support), class_=f"badge {support}")])


def _original(claim: Claim) -> Html:
    if claim.original is None:
        return NOTHING
    return tag("p", spaced([text("Translated from:"), said(claim.original)]), class_="less")


def _against(contradiction: Contradiction, answer: Answer) -> Html:
    mine = [claim for claim in answer.claims if claim.text == contradiction.claim]
    quotes = joined(quotes_of(claim, answer) for claim in mine[:1])
    return tag(
        "article",
        tag(
            "div",
            tag("h3", text("The answer says")),
            said(contradiction.claim, "p"),
            quotes,
        ),
        tag(
            "div",
            tag("h3", text("Another paper says")),
            quote_to_html(contradiction.citation, answer),
            tag("p", spaced([tag("b", text("What differs:")), text(contradiction.reason)])),
        ),
        class_="against",
    )
