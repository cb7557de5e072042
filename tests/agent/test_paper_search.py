"""The model may limit a search further than the user did, never less."""

import pytest

from r1agent.paper_search import PaperSearch
from r1agent_indexes import PaperFilter
from r1agent_indexes.errors import PaperNotFoundError
from r1agent_tools import PaperLimits

SURVEY = "08-survey-of-small-student-distillation.pdf"
SMOOTHING = "01-label-smoothing-hurts-distillation.pdf"


def files(passages):
    return {one.metadata["file"] for one in passages}


def test_without_limits_all_papers_are_searched(papers_index):
    found = PaperSearch(papers_index)("smoothed teacher student", PaperLimits())
    assert files(found) > {SURVEY, SMOOTHING}
    assert len({one.id for one in found}) == len(found)


def test_a_file_limits_the_search(papers_index):
    found = PaperSearch(papers_index)("smoothed teacher student", PaperLimits(file="08-*.pdf"))
    assert files(found) == {SURVEY}


def test_years_and_authors_limit_the_search(papers_index):
    search = PaperSearch(papers_index)
    paper = next(one for one in papers_index.papers() if one.metadata.year)
    year, author = paper.metadata.year, paper.metadata.authors[0]
    found = search("the", PaperLimits(year, year)) + search("results", PaperLimits(author=author))
    by_file = {one.file: one.metadata for one in papers_index.papers()}
    assert found
    assert all(
        by_file[file].year == year or author in by_file[file].authors for file in files(found)
    )


def test_the_model_cannot_leave_what_the_user_chose(papers_index):
    search = PaperSearch(papers_index, PaperFilter(files=("01-*.pdf", "02-*.pdf")))
    assert files(search("student", PaperLimits(file="0[18]-*.pdf"))) == {SMOOTHING}
    with pytest.raises(PaperNotFoundError):
        search("student", PaperLimits(file="08-*.pdf"))
