"""Questions that a model writes about a passage, kept only where they say it in other words."""

# ruff: noqa: RUF001 - Chinese marks

from __future__ import annotations

import re
from dataclasses import dataclass

from langchain_core.documents import Document
from langchain_core.messages import HumanMessage

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.own.overlap import MOST_SHARED, longest_shared_run
from r1agent.models import complete
from r1agent.prompts import passage_block
from r1agent.safety.passage_screen import screen_passages
from r1agent.types import Usage
from r1agent.words import content_words, is_chinese

_TOKENS = 80
_TRIES = 2
_LONGEST = 300  # characters
_FEWEST_NAMED = 2
"""Content words of the passage that a question must have, to name something that can be found."""
_POINTS_AT_IT = re.compile(
    r"\b(?:th(?:is|e|ese) (?:passage|text|excerpt|paragraph|section|table|figure|study|paper)s?|"
    r"above|below|the authors?)\b|本文|上文|该文|这段|此段|上述|作者",
    re.IGNORECASE,
)
_MARKS = ' *"“”'
_BEFORE = re.compile(
    rf"^[{_MARKS}#-]*(?:(?:question|问题|q)?\s*\d*\s*[:.)：])?[{_MARKS}]*", re.IGNORECASE
)
"""What may stand before a question: marks of Markdown, its number, the word itself."""


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """What a model wrote, and what it cost."""

    text: str
    """Empty where nothing that it wrote could be kept."""
    usage: Usage


def write_question(passage: Document, assistant: ResearchAssistant) -> WrittenQuestion:
    """Have the model of an assistant write a question that a passage answers.

    The passage is screened first, as every passage is that a model is shown. What it writes is kept
    by `is_usable`; it may try twice.
    """
    usage, thinking = Usage(), assistant.profile.thinking_for("writer")
    for prompt in _prompts(passage):
        completion = complete(
            assistant.model,
            [HumanMessage(prompt)],
            max_tokens=_TOKENS + thinking,
            thinking_tokens=thinking or None,
            starts_in_thought=assistant.profile.starts_in_thought,
        )
        usage += completion.usage
        question = question_in(completion.text)
        if is_usable(question, passage.page_content):
            return WrittenQuestion(question, usage)
    return WrittenQuestion("", usage)


def question_in(reply: str) -> str:
    """Return the first line of a reply that ends as a question; an empty text where none does."""
    lines = (_BEFORE.sub("", line).rstrip(_MARKS) for line in reply.splitlines())
    return next((line for line in lines if line.endswith(("?", "？"))), "")


def is_usable(question: str, passage: str) -> bool:
    """Tell whether a question says something findable, and says it in words of its own.

    It shares at most four words in a row with the passage, has two content words with it in
    common, and can be understood by one who has not the passage before him.
    """
    return (
        0 < len(question) <= _LONGEST
        and _POINTS_AT_IT.search(question) is None
        and longest_shared_run(question, passage) <= MOST_SHARED
        and len(set(content_words(question)) & set(content_words(passage))) >= _FEWEST_NAMED
    )


def _prompts(passage: Document) -> list[str]:
    """Return the prompt of each try; there is none where the whole passage is held back."""
    shown = screen_passages([passage]).passages
    if not shown:
        return []
    language = "Chinese" if is_chinese(passage.page_content) else "English"
    first = f"""\
{passage_block(shown)}Write one question in {language} that a passage above answers.
- Someone who searches many papers asks it: name what it is about.
- Use your own words; never more than {MOST_SHARED} words in a row of the passage.
- Do not speak of the passage, the text or the authors.
Reply with the question only."""
    again = f"{first}\nOnly the names and two or three other words may be those of the passage."
    return [first, again][:_TRIES]
