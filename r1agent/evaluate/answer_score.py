"""How an answer to a question about papers is scored: right, abstained, and what it cites.

- An answer to a question that the papers answer is right where it holds one wording of every group
  that the key asks for, and a number within the tolerance where the key has one. To a question that
  they do not answer, only an abstention is right.
- An answer that failed is neither an attempt nor an abstention, so it is never right.
- A quote exists where it stands on the page that is named, word for word (`page_texts.py`); by its
  letters it exists also where signs and spaces differ, as they do between readers of PDFs.
- A gold page is cited where a citation names it, or a page that the key allows in its place.
- A right answer is grounded where one of its quotes exists and is of a gold file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict

from r1agent.evaluate.answer_text import says_one_of, states_number
from r1agent.evaluate.metrics import Metric, Share
from r1agent.evaluate.page_texts import PageTexts
from r1agent.evaluate.task import Measures
from r1agent.types import Outcome

_NoneIsEmpty = BeforeValidator(lambda value: () if value is None else value)


class Gold(BaseModel):
    """Where the papers say it."""

    model_config = ConfigDict(frozen=True)

    file: str
    page: int
    """Physical page, from 1."""
    alt_pages: Annotated[tuple[int, ...], _NoneIsEmpty] = ()
    """Pages that say it as well."""


class WantedNumber(BaseModel):
    """A number that a right answer states."""

    model_config = ConfigDict(frozen=True)

    value: float
    tolerance: float = 0.0


class AnswerKey(BaseModel):
    """What a right answer to one question is."""

    model_config = ConfigDict(frozen=True)

    answerable: bool = True
    gold: Annotated[tuple[Gold, ...], _NoneIsEmpty] = ()
    must_contain: Annotated[tuple[tuple[str, ...], ...], _NoneIsEmpty] = ()
    """Groups of wordings, of each of which one must stand in the answer."""
    numeric: WantedNumber | None = None

    @property
    def asks_for_anything(self) -> bool:
        """Whether there is any text that it does not fit."""
        return bool(self.must_contain) or self.numeric is not None

    def fits(self, text: str) -> bool:
        """Tell whether a text says all that it must."""
        said = all(says_one_of(text, group) for group in self.must_contain)
        number = self.numeric
        return said and (number is None or states_number(text, number.value, number.tolerance))


@dataclass(frozen=True, slots=True)
class Cited:
    """A quote and where it is said to stand."""

    file: str
    page: int
    quote: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a system said to one question."""

    text: str
    citations: Sequence[Cited]
    outcome: Outcome
    """A refusal is an abstention too."""


METRICS: tuple[Metric, ...] = (
    Share("accuracy", "answers that are right, of all", "correct"),
    Share(
        "precision", "answers that are right, of those attempted", "attempted_right", "attempted"
    ),
    Share(
        "wrong abstentions",
        "questions that the papers answer, abstained from",
        "abstained_wrong",
        "answerable",
        higher_is_better=False,
    ),
    Share(
        "right abstentions",
        "questions that the papers do not answer, abstained from",
        "abstained_right",
        "unanswerable",
    ),
    Share("quotes exist", "quotes that are on their page word for word", "quotes_exact", "quotes"),
    Share("gold page cited", "pages that hold the answer, cited", "gold_pages", "with_gold"),
    Share(
        "grounded",
        "answers that are right and quote a file that holds the answer",
        "grounded",
        "answerable",
    ),
    Share("failed", "answers that came to nothing, of all", "failed", higher_is_better=False),
    Share("gold file cited", "files that hold the answer, cited", "gold_files", "with_gold"),
    Share(
        "quotes exist, by letters",
        "quotes that are on their page by their letters and digits",
        "quotes_letters",
        "quotes",
    ),
)


def score_answer(key: AnswerKey, said: Said, pages: PageTexts) -> Measures:
    """Return what one answer adds to the metrics."""
    attempted, failed = said.outcome == "answered", said.outcome == "failed"
    abstained = not attempted and not failed
    right = (attempted and key.fits(said.text)) if key.answerable else abstained
    citations = () if failed else said.citations
    exact = [pages.holds(one.file, one.page, one.quote) for one in citations]
    files = {gold.file for gold in key.gold}
    proves = any(there and one.file in files for there, one in zip(exact, citations, strict=True))
    counted = {
        "correct": right,
        "attempted": attempted,
        "attempted_right": attempted and right,
        "answerable": key.answerable,
        "unanswerable": not key.answerable,
        "abstained_wrong": abstained and key.answerable,
        "abstained_right": abstained and not key.answerable,
        "quotes": len(citations),
        "quotes_exact": sum(exact),
        "quotes_letters": _by_letters(citations, exact, pages),
        "grounded": right and proves and key.answerable,
        "failed": failed,
    }
    return {name: float(count) for name, count in counted.items()} | _of_gold(key, citations)


def _by_letters(citations: Sequence[Cited], exact: Sequence[bool], pages: PageTexts) -> int:
    """Count the quotes whose letters are there; what is there word for word, is."""
    return sum(
        there or pages.holds_letters(one.file, one.page, one.quote)
        for there, one in zip(exact, citations, strict=True)
    )


def _of_gold(key: AnswerKey, citations: Sequence[Cited]) -> dict[str, float]:
    """Return the shares of gold files and gold pages that are cited, where there are any."""
    if not key.answerable or not key.gold:
        return {"with_gold": 0.0, "gold_files": 0.0, "gold_pages": 0.0}
    cited = {(one.file, one.page) for one in citations}
    files = {gold.file for gold in key.gold}
    cited_files = files & {file for file, _ in cited}
    cited_pages = [
        any((gold.file, page) in cited for page in (gold.page, *gold.alt_pages))
        for gold in key.gold
    ]
    return {
        "with_gold": 1.0,
        "gold_files": len(cited_files) / len(files),
        "gold_pages": sum(cited_pages) / len(cited_pages),
    }
