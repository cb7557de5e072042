"""The sub-questions of a topic: from the user, from the model, or made without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.embeddings import Embeddings
from pydantic import BaseModel, Field, create_model

from r1agent.assistant import ResearchAssistant
from r1agent.checks.entailment import cosine
from r1agent.errors import ModelOutputError
from r1agent.report.printable import one_line, shortened
from r1agent.report.references import total_cost
from r1agent.review.outline import ReviewError, SubQuestion
from r1agent.review.plain_questions import plain_questions
from r1agent.run import BudgetSpentError, Run
from r1agent.words import content_words, is_chinese
from r1agent_indexes import PaperFilter, PaperIndex

_TOKENS = 600
_LONGEST_QUESTION, _LONGEST_HEADING = 300, 80
_SAME_WORDS = 0.75
"""Share of the words of two questions, those of the topic aside, from which they ask the same."""
_SAME_MEANING = 0.95


@dataclass(frozen=True, slots=True)
class SubQuestions:
    """The sub-questions of a topic, and where they came from."""

    questions: tuple[SubQuestion, ...]
    origin: str


def given_questions(
    questions: Sequence[str], known: Iterable[SubQuestion] = ()
) -> tuple[SubQuestion, ...]:
    """Return the user's own questions; each is the heading of its section, where none is known."""
    headings = {one.question: one.heading for one in known}
    asked = dict.fromkeys(one for one in map(one_line, questions) if one)
    return tuple(SubQuestion(headings.get(one, one), one) for one in asked)


def sub_questions(
    assistant: ResearchAssistant,
    index: PaperIndex,
    topic: str,
    *,
    where: PaperFilter | None = None,
    most: int,
) -> SubQuestions:
    """Split a topic up: by the model, or plainly where it cannot plan.

    The model sees the topic and nothing of the papers: their text never steers what is asked.

    Args:
        assistant: Its model is asked.
        index: What plain questions are made from, beside the topic.
        topic: Of the review.
        where: The papers that the review is about.
        most: How many questions, at most.

    Raises:
        ReviewError: The topic was refused.
        ModelServerError: The model's server cannot be used.
    """
    run = Run(
        "outline",
        topic,
        model=assistant.model,
        profile=assistant.profile,
        limits=assistant.limits,
    )
    if refusal := assistant.safety.refuses(run):
        raise ReviewError(f"The topic was refused: {refusal}")
    why = f"{assistant.model_name} is too small to plan."
    if assistant.profile.plans_freely:
        try:
            asked = _written(run, topic, most)
        except (ModelOutputError, BudgetSpentError) as error:
            why = f"the model wrote none that can be used: {error}"
        else:
            cost = total_cost(run.usage.values())
            by = f"Sub-questions by {assistant.model_name}"
            origin = f"{by} ({cost})." if cost else f"{by}."
            return SubQuestions(_merged(asked, topic, index.embeddings), origin)
    plain = plain_questions(index, topic, where=where, most=most)
    return SubQuestions(plain, f"Plain sub-questions, since {why}")


def _written(run: Run, topic: str, most: int) -> list[SubQuestion]:
    filled: Any = run.fill("planner", _prompt(topic, most), _schema(most), max_tokens=_TOKENS)
    asked = [_asked(one.heading, one.question) for one in filled.questions]
    usable = [one for one in asked if content_words(one.question)]
    if not usable:
        raise ModelOutputError("found no question, wanted one sentence for each section.")
    return usable


def _prompt(topic: str, most: int) -> str:
    language = "\n- Write in Chinese." if is_chinese(topic) else ""
    return f"""\
A researcher wants a review of what the papers in her collection say about a topic. Split the
topic into the questions that the sections of the review answer.

Rules:
- At most {most} questions, fewer where the topic is narrow. No two ask the same.
- Order them so that a later one builds on those before it.
- Each is one whole sentence that can be understood and searched for by itself.
- heading has two to six words.{language}

Topic: {topic}

Reply with one JSON object: thoughts (one sentence), then questions."""


def _schema(most: int) -> type[BaseModel]:
    question = create_model("Question", question=(str, ...), heading=(str, ...))
    return create_model(
        "Questions",
        thoughts=(str, ...),
        questions=(list[question], Field(min_length=1, max_length=most)),
    )


def _asked(heading: str, question: str) -> SubQuestion:
    asked = shortened(question, _LONGEST_QUESTION)
    return SubQuestion(shortened(heading, _LONGEST_HEADING) or asked, asked)


def _merged(
    asked: Sequence[SubQuestion], topic: str, embeddings: Embeddings
) -> tuple[SubQuestion, ...]:
    """Leave out questions that ask what one before them asks, by their words or their meaning."""
    kept: list[SubQuestion] = []
    for one in asked:
        if not any(_alike(one.question, other.question, topic, embeddings) for other in kept):
            kept.append(one)
    return tuple(kept)


def _alike(one: str, other: str, topic: str, embeddings: Embeddings) -> bool:
    known = set(content_words(topic))
    ours, theirs = (set(content_words(text)) for text in (one, other))
    if ours - known and theirs - known:
        own, others = ours - known, theirs - known
        return len(own & others) >= _SAME_WORDS * len(own | others) or _near(one, other, embeddings)
    return ours == theirs


def _near(one: str, other: str, embeddings: Embeddings) -> bool:
    vectors = [embeddings.embed_query(text) for text in (one, other)]
    return cosine(*vectors) >= _SAME_MEANING
