"""The example columns over the example papers, with a scripted model and everything else real."""

from dataclasses import replace

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.batch import ThreadPool
from r1agent.paper_search import PaperSearch
from r1agent.profiles import SMALL
from r1agent.tables import TableError, TableForm, kept_cells, make_table, read_form
from r1agent.tables.papers import papers_of
from r1agent.testing import ScriptedChatModel
from r1agent_indexes import PaperFilter
from r1agent_indexes.errors import PaperNotFoundError
from r1agent_tools import read_page_tool, search_papers_tool
from tests.agent.tables.made_tables import DATA

SENTENCES = [
    "They trained 50 students of 0.27 million parameters [1].",
    "40 students were trained in all [1].",
    "They trained 80 students in all [1].",
]


@pytest.fixture
def form(request):
    return read_form(request.config.rootpath / "examples" / "columns.yaml")


def assistant(index, replies):
    return ResearchAssistant(
        ScriptedChatModel(replies=replies),
        [search_papers_tool(PaperSearch(index)), read_page_tool(index.read_page)],
        page_text=lambda paper, page: index.read_page(paper, page).page_content,
        embeddings=index.embeddings,
        profile=replace(SMALL, drafts=1),
    )


def test_a_column_of_numbers_is_read_from_each_paper_itself(papers_index, form, tmp_path):
    students = replace(form, columns=(form.column("Students"),))
    table = make_table(
        ThreadPool(assistant(papers_index, SENTENCES)),
        papers_of(papers_index, form),
        students,
        kept_cells(tmp_path / "t.csv"),
    )
    assert [record["Students"] for record in table.records()] == [50.0, 40.0, 80.0]
    for row in table.rows:
        for citation in row.cells[0].citations:
            assert citation.paper == row.paper.id
            page = papers_index.read_page(citation.paper, citation.page).page_content
            assert page[citation.start : citation.end] == citation.quote


def test_the_patterns_of_a_form_name_its_papers(papers_index, form):
    found = [paper.file[:2] for paper in papers_of(papers_index, form)]
    assert found == ["01", "02", "07"]
    assert len(papers_of(papers_index, TableForm((DATA,)))) == 8


def test_a_filter_leaves_out_more_papers(papers_index, form):
    found = papers_of(papers_index, form, PaperFilter(years=(2022, None)))
    assert [paper.file[:2] for paper in found] == ["02", "07"]


def test_a_pattern_that_fits_no_paper_is_refused(papers_index):
    with pytest.raises(PaperNotFoundError, match=r"None of the 8 papers fits file '99-\*'"):
        papers_of(papers_index, TableForm((DATA,), papers=("01-*", "99-*")))


def test_patterns_and_a_filter_that_share_no_paper_are_refused(papers_index):
    with pytest.raises(TableError, match=r"No paper fits both `papers` of the columns \('01-\*'\)"):
        papers_of(papers_index, TableForm((DATA,), papers=("01-*",)), PaperFilter(files=("02-*",)))
