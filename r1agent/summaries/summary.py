"""Ask every aspect of every paper, and put the answers together as a report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from r1agent.batch.items import BatchItem, BatchResult
from r1agent.batch.kept import KeptAnswers, answer_items
from r1agent.batch.pool import Pool
from r1agent.reports import Entry, Report, Section
from r1agent.summaries.aspects import Aspect
from r1agent.summaries.chosen import PaperToSummarize
from r1agent.types import Answer, Citation, Claim, Verdict
from r1agent.words import counted

_ELSEWHERE = "it does not rest on a quote of this paper"
_AUTHORS = 3


def summarize(
    pool: Pool,
    papers: Sequence[PaperToSummarize],
    kept: KeptAnswers,
    *,
    on_result: Callable[[BatchResult], None] | None = None,
    notes: Sequence[str] = (),
    redo: bool = False,
) -> Report:
    """Summarize each paper: question, method, data, findings and limits, each with quotes.

    What `kept` answers already is not asked again, except what failed; hold `kept.locked()`
    meanwhile. What a paper does not say is said to be missing.

    Args:
        pool: What answers the questions.
        papers: In the order of the report; see `papers_of`.
        kept: Where answers are kept as they come.
        on_result: Called in this thread with each new result.
        notes: Said once, above everything.
        redo: Ask what `kept` answers too.

    Raises:
        ModelServerError: The server failed for three questions in a row.
    """
    for item in waiting(papers, kept, redo=redo):
        kept.answers.pop(item.id, None)  # in the file it stands until there is a new one
    reasons: dict[str, str] = {}

    def heard(result: BatchResult) -> None:
        if result.answer is None:
            reasons[result.item.id] = result.reason
        if on_result is not None:
            on_result(result)

    answers = answer_items(pool, items_of(papers), kept, on_result=heard)
    return report_of(papers, answers, reasons=reasons, notes=notes)


def items_of(papers: Sequence[PaperToSummarize]) -> list[BatchItem]:
    """Return the questions, paper by paper, each with its searches."""
    return [_item(paper, aspect) for paper in papers for aspect in paper.aspects]


def waiting(
    papers: Sequence[PaperToSummarize], kept: KeptAnswers, *, redo: bool = False
) -> list[BatchItem]:
    """Return the questions that `kept` does not answer yet, or whose answer failed.

    Args:
        papers: What is summarized.
        kept: What was answered before.
        redo: Return all questions.
    """
    return [item for item in items_of(papers) if redo or not _is_kept(kept.answers.get(item.id))]


def _is_kept(answer: Answer | None) -> bool:
    return answer is not None and answer.outcome != "failed"


def report_of(
    papers: Sequence[PaperToSummarize],
    answers: Mapping[str, Answer],
    *,
    reasons: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
) -> Report:
    """Put answers together: a section a paper, an entry an aspect.

    Args:
        papers: In the order of the report.
        answers: By the ids of `items_of`.
        reasons: Why others have no answer.
        notes: Said once, above everything, before what every run was told.
    """
    shared = _shared_notices(answers.values())
    sections = tuple(_section(paper, answers, reasons or {}, shared) for paper in papers)
    title = f"Summaries of {counted(len(papers), 'paper')}"
    return Report("summaries", title, sections, (*notes, *shared))


def _shared_notices(answers: Collection[Answer]) -> tuple[str, ...]:
    """Return the notices that are in every answer, such as which papers were searched."""
    noticed = [answer.audit.notices for answer in answers]
    return (
        tuple(one for one in noticed[0] if all(one in each for each in noticed)) if noticed else ()
    )


def _item(paper: PaperToSummarize, aspect: Aspect) -> BatchItem:
    return BatchItem(
        paper.item(aspect),
        aspect.ask(paper.topic),
        within=paper.within,
        plan=aspect.plan(paper.topic),
    )


def _section(
    paper: PaperToSummarize,
    answers: Mapping[str, Answer],
    reasons: Mapping[str, str],
    shared: Collection[str],
) -> Section:
    told = [(aspect, answers.get(paper.item(aspect))) for aspect in paper.aspects]
    entries = (
        Entry(_told(answer, paper, shared), aspect.label) for aspect, answer in told if answer
    )
    open_ones = (
        f"{aspect.label}: not answered, {reasons.get(paper.item(aspect), 'it was not asked')}"
        for aspect, answer in told
        if answer is None
    )
    return Section(_heading(paper), tuple(entries), tuple(open_ones))


def _heading(paper: PaperToSummarize) -> str:
    """Return title, authors, year and file."""
    about = paper.paper.metadata
    more = " et al." if len(about.authors) > _AUTHORS else ""
    by = ", ".join(about.authors[:_AUTHORS]) + more
    year = f"({about.year})" if about.year is not None else ""
    parts = (about.title.rstrip("."), " ".join(filter(None, (by, year))), paper.within)
    return ". ".join(filter(None, parts))


def _told(answer: Answer, paper: PaperToSummarize, shared: Collection[str]) -> Answer:
    """Return the answer as the summary shows it: from this paper, or said to be missing."""
    answer = _of_this_paper(answer, paper)
    notices = tuple(one for one in answer.audit.notices if one not in shared)
    answer = replace(answer, audit=replace(answer.audit, notices=notices, not_found=()))
    if answer.outcome != "not_in_papers":
        return answer
    message = _silent(sure=not answer.dropped, chinese=paper.chinese)
    return replace(answer, extracts=(), contradictions=(), message=message)


def _of_this_paper(answer: Answer, paper: PaperToSummarize) -> Answer:
    """Hold back what rests on anything else, such as a page that the model asked for by itself."""
    own = tuple(claim for claim in answer.claims if _is_of(paper, claim.citations))
    others = tuple(_held_back(claim) for claim in answer.claims if claim not in own)
    extracts = tuple(one for one in answer.extracts if _is_of(paper, [one]))
    silent = answer.outcome == "answered" and not own and not extracts
    return replace(
        answer,
        outcome="not_in_papers" if silent else answer.outcome,
        claims=own,
        dropped=(*answer.dropped, *others),
        extracts=extracts,
    )


def _is_of(paper: PaperToSummarize, citations: Sequence[Citation]) -> bool:
    """Tell whether there are quotes and all are of this paper; ids are beginnings of hashes."""
    sources = [citation.paper for citation in citations]
    return bool(sources) and all(map(paper.paper.sha256.startswith, sources))


def _held_back(claim: Claim) -> Claim:
    return replace(claim, verdict=Verdict("unsupported", claim.verdict.rests_on, (_ELSEWHERE,)))


def _silent(*, sure: bool, chinese: bool) -> str:
    """Say that the paper does not say; less surely where sentences were written and left out."""
    if chinese:
        return "论文没有说明。" if sure else "就所查到的内容,论文没有说明。"
    return "The paper does not say." if sure else "The paper does not say, as far as was found."
