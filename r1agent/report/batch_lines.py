"""The lines that a batch wrote as a report: of older ones what their text and quotes tell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, ValidationError

from r1agent.report.export_errors import ExportError
from r1agent.reports import Entry, Report, Section
from r1agent.safety.provenance import strip_marks
from r1agent.types import (
    Answer,
    Audit,
    Citation,
    Claim,
    Outcome,
    Plan,
    Support,
    Trajectory,
    Verdict,
)

_CITED = re.compile(r"(?P<sentence>.+?)(?P<marks>(?:\s*\[\d+\])+)(?=\s|$)", re.DOTALL)
_EXTRACT = re.compile(r"“.*?” \[\d+\]", re.DOTALL)


def batch_report(lines: Iterable[str], title: str) -> Report:
    """Build a report with a section for each line of a batch's answers.

    Where a line has no `claims`, its sentences are told apart by the marks in its text. Plans,
    steps and computations are not in such lines; `r1agent show RUN` has them.

    Raises:
        ExportError: A line does not hold an answer of a batch.
    """
    read = [_read(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    sections = tuple(Section(line.question, (Entry(_answer(line)),)) for line in read)
    return Report("batch", title, sections)


class _Quote(BaseModel):
    model_config = ConfigDict(extra="ignore")

    file: str
    page: int
    quote: str
    paper: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    venue: str | None = None
    citation_key: str | None = None
    page_label: str = ""


class _Sentence(BaseModel):
    model_config = ConfigDict(extra="ignore")

    sentence: str
    citations: tuple[int, ...] = ()
    support: Support = "supported"
    rests_on: str = ""


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore")

    question: str
    answer: str
    outcome: Outcome
    citations: tuple[_Quote, ...] = ()
    claims: tuple[_Sentence, ...] | None = None
    code: str | None = None
    run: str = ""
    audit: Audit = Audit(0.0, "none")


def _read(line: str, number: int) -> _Line:
    try:
        return _Line.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the line"
        raise ExportError(
            f"Line {number} holds no answer of a batch ({where}: {first['msg']}). Name the file "
            "that `r1agent batch` wrote, or the JSON of a report."
        ) from error


def _answer(line: _Line) -> Answer:
    quotes = [_citation(quote) for quote in line.citations]
    text = strip_marks(line.answer)
    claims = _claims(line, text, quotes)
    return Answer(
        run=line.run,
        question=line.question,
        outcome=line.outcome,
        claims=claims,
        plan=Plan(()),
        trajectory=Trajectory(),
        audit=line.audit,
        extracts=() if claims else tuple(quotes),
        code=line.code,
        message="" if claims else _EXTRACT.sub("", text).strip(),
    )


def _claims(line: _Line, text: str, quotes: Sequence[Citation]) -> tuple[Claim, ...]:
    if line.outcome != "answered":
        return ()
    if line.claims is not None:
        return tuple(_claim(sentence, quotes) for sentence in line.claims)
    if _in_quotes(text, quotes):
        return ()
    return tuple(_claim(sentence, quotes) for sentence in _sentences(text))


def _in_quotes(text: str, quotes: Sequence[Citation]) -> bool:
    """Tell whether an answer is quotes alone, which then stand in its text word for word."""
    marked = (f"“{quote.quote}” [{number}]" for number, quote in enumerate(quotes, 1))
    return bool(quotes) and all(one in text for one in marked)


def _sentences(text: str) -> list[_Sentence]:
    """Cut a text behind its marks; what comes after the last one has none."""
    found = list(_CITED.finditer(text))
    cut = [
        _Sentence(
            sentence=one["sentence"].strip(),
            citations=tuple(int(mark) for mark in re.findall(r"\d+", one["marks"])),
        )
        for one in found
    ]
    rest = text[found[-1].end() :].strip() if found else text.strip()
    return [*cut, _Sentence(sentence=rest)] if rest else cut


def _claim(told: _Sentence, quotes: Sequence[Citation]) -> Claim:
    cited = tuple(quotes[number - 1] for number in told.citations if 1 <= number <= len(quotes))
    rests_on = told.rests_on or ("a quote" if cited else "a computation")
    return Claim(told.sentence, cited, Verdict(told.support, rests_on))


def _citation(quote: _Quote) -> Citation:
    """Make a citation; where no paper is told, its file stands for it."""
    return Citation(
        passage="",
        quote=quote.quote,
        paper=quote.paper or quote.file,
        file=quote.file,
        title=quote.title,
        page=quote.page,
        page_label=quote.page_label or str(quote.page),
        start=0,
        end=len(quote.quote),
        authors=quote.authors,
        year=quote.year,
        doi=quote.doi,
        venue=quote.venue,
        citation_key=quote.citation_key,
    )
