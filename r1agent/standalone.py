"""A follow-up worded anew by the model, so that it stands alone: the schema and the prompt."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from r1agent.types import Answer, Citation


class StandaloneQuestion(BaseModel):
    """A follow-up that was worded anew."""

    question: str
    paper: int = 0
    """Number of the one paper that is meant; 0 for none in particular."""


def follow_up_prompt(text: str, before: str, answer: Answer, papers: Sequence[Citation]) -> str:
    """Ask for a question that can be understood without what was said before.

    Args:
        text: The question as the user wrote it.
        before: The question before it, standing alone itself.
        answer: The answer to that.
        papers: The first citation of each paper that was cited last.
    """
    listed = "\n".join(f"{n}. {one.title or one.file}" for n, one in enumerate(papers, 1))
    return f"""\
Someone asks one question after the other. Word the last one anew so that it can be understood
alone: say what "it", "that paper", "the second one" or "and for …?" stand for. Change nothing else.

Question before: {before}
Answer: {answer.text[:1000]}
Papers cited, by number:
{listed or "none"}

Last question: {text}

Reply with one JSON object: question, and paper (number of the one paper that it is about, or 0)."""
