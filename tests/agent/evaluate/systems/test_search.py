"""The search of an assistant outside its loop, with and without its reranker."""

import pytest
from langchain_core.documents import BaseDocumentCompressor

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.systems.ablations import without_rerank
from r1agent.evaluate.systems.search import find_passages, search_of
from r1agent.paper_search import PaperSearch
from r1agent_indexes import PaperFilter
from r1agent_tools import search_papers_tool
from tests.agent.evaluate.systems.assistants import made, passage, python

QUERY = "accuracy of the student of the smoothed teacher"


class Reversed(BaseDocumentCompressor):
    """Puts the best passage last."""

    def compress_documents(self, documents, query, callbacks=None):
        return list(reversed(documents))


def searching(index, *options):
    tool = search_papers_tool(PaperSearch(index, *options))
    return made(tools=[tool, python])


def found(assistant, count=5):
    return [doc.id for doc in find_passages(search_of(assistant), QUERY, count)]


def test_more_passages_than_the_tool_gives_at_once_come_in_their_order():
    many = [passage(number, f"Teacher {number}.") for number in range(1, 50)]
    search = search_of(made(passages=many))
    assert find_passages(search, QUERY, 45) == many[:45]
    assert find_passages(search, QUERY, 99) == many


def test_without_its_reranker_a_search_has_the_order_of_the_index(papers_index):
    whole = searching(papers_index, None, Reversed())
    assert found(without_rerank(whole)) == found(searching(papers_index))
    assert found(whole) != found(searching(papers_index))


def test_without_its_reranker_a_search_stays_within_its_papers(papers_index):
    within = PaperFilter(files=("01-*.pdf",))
    whole = searching(papers_index, within, Reversed())
    assert found(without_rerank(whole)) == found(searching(papers_index, within))


def test_the_other_tools_stay(papers_index):
    whole = searching(papers_index, None, Reversed())
    assert without_rerank(whole).tools[1] is whole.tools[1]


@pytest.mark.parametrize("is_indexed", [True, False])
def test_where_no_reranker_is_set_there_is_none_to_leave_out(papers_index, is_indexed):
    whole = searching(papers_index) if is_indexed else made()
    with pytest.raises(EvaluationError, match="No reranker is set, so there is none to leave out"):
        without_rerank(whole)
