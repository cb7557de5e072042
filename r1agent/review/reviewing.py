"""A literature review: sub-questions, an outline, cited sections, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchResult, Pool
from r1agent.batch.kept import KeptAnswers
from r1agent.contradictions import judge_of_gate
from r1agent.reports import Report
from r1agent.review.grouping import outline_of
from r1agent.review.outline import Outline
from r1agent.review.questions import SubQuestions, given_questions, sub_questions
from r1agent.review.wanted import PAPERS, SECTIONS, Wanted
from r1agent.review.work import ReviewWork
from r1agent.review.work_file import kept_outline, locked
from r1agent.review.written import written
from r1agent.words import counted
from r1agent_indexes import PaperFilter, PaperIndex


def review(
    assistant: ResearchAssistant,
    pool: Pool,
    index: PaperIndex,
    topic: str,
    work: Path,
    *,
    questions: Sequence[str] = (),
    where: PaperFilter | None = None,
    sections: int = SECTIONS,
    papers: int = PAPERS,
    redo: Collection[int] = (),
    resume: bool = True,
    on_result: Callable[[BatchResult], None] | None = None,
) -> Report:
    """Review what the papers of an index say about a topic, every sentence with its quotes.

    The outline and each answer are kept in `work`, so that a stopped review goes on.

    Args:
        assistant: Makes the sub-questions, and says who contradicts whom.
        pool: Answers them, over the same papers.
        index: The papers.
        topic: In words, or a question.
        work: JSONL file; see `work_path` for where the command line keeps it.
        questions: Your own sub-questions, in order; by default the model's, or plain ones.
        where: The papers to review; the assistant must have been loaded with the same filter.
        sections: How many sub-questions, at most, where they are not given.
        papers: How many papers of a section are asked one by one.
        redo: Numbers of sections, from 1, that are grouped and asked anew.
        resume: Go on with what `work` holds; otherwise it is begun anew.
        on_result: Called with each new answer.

    Raises:
        ReviewError: No topic, or no such section; `work` is of another review or in use.
        PaperNotFoundError: No paper fits `where`.
        ModelServerError: The server cannot be used; what was answered is kept.
    """
    wanted = Wanted(topic, tuple(questions), where, sections, papers, frozenset(redo), resume)
    with open_review(assistant, index, wanted, work) as opened:
        opened.ask(pool, on_result=on_result)
        return written(opened, judge_of_gate(assistant.gate))


@contextmanager
def open_review(
    assistant: ResearchAssistant, index: PaperIndex, wanted: Wanted, work: Path
) -> Iterator[ReviewWork]:
    """Yield a review with its outline made, or found in `work`, before anything is asked.

    See `review` for what raises.
    """
    topic = wanted.subject
    with locked(work):
        if not wanted.resume:
            work.unlink(missing_ok=True)
        before = kept_outline(work, wanted)
        outline = before if _is_wanted(before, wanted) else None
        if outline is None:
            asked = _asked(assistant, index, topic, wanted, before)
            outline = outline_of(asked, index, topic, where=wanted.where)
        opened = _opened(before or outline, index, wanted, work)
        opened.outline = outline
        again = outline.numbered(wanted.redo)
        if again:
            same = SubQuestions(outline.sub_questions, outline.origin)
            grouped = outline_of(same, index, topic, where=wanted.where)
            outline = outline.with_papers_of(grouped, wanted.redo)
        if again or outline != before:
            opened.replan(outline, redo=again)
        opened.retry_failed()
        yield opened


def finished_review(index: PaperIndex, wanted: Wanted, work: Path) -> ReviewWork | None:
    """Return a review of which nothing is to be asked, so that no model is needed, or None.

    See `review` for what raises.
    """
    with locked(work):
        before = kept_outline(work, wanted) if wanted.resume and not wanted.redo else None
        if before is None or not _is_wanted(before, wanted):
            return None
        opened = _opened(before, index, wanted, work)
    return None if opened.waiting or opened.outcomes["failed"] else opened


def _opened(outline: Outline, index: PaperIndex, wanted: Wanted, work: Path) -> ReviewWork:
    kept = KeptAnswers(work, outline.to_json())
    at_hand = index.papers(wanted.where)
    papers = tuple(paper for paper in at_hand if paper.same_as is None)
    return ReviewWork(outline, kept, papers, wanted.papers)


def _is_wanted(before: Outline | None, wanted: Wanted) -> bool:
    """Tell whether an outline has the sub-questions that the user gave, if she gave any."""
    if before is None:
        return False
    given = given_questions(wanted.questions, before.sub_questions)
    return given in ((), before.sub_questions)


def _asked(
    assistant: ResearchAssistant,
    index: PaperIndex,
    topic: str,
    wanted: Wanted,
    before: Outline | None,
) -> SubQuestions:
    given = given_questions(wanted.questions, before.sub_questions if before else ())
    if given:
        return SubQuestions(given, f"{counted(len(given), 'sub-question')}, as given.")
    return sub_questions(assistant, index, topic, where=wanted.where, most=wanted.sections)
