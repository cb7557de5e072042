"""Examples of an index."""

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.own.making import make_examples, some_of_each
from r1agent.evaluate.own.systems import QUESTION, WRITTEN
from r1agent.evaluate.planted.faults import Fault
from r1agent.evaluate.planted.judged import TRUE
from r1agent.testing import HashEmbeddings
from r1agent_indexes import PaperIndex
from tests.agent.evaluate.own.made_corpus import TEA
from tests.agent.made_runs import citation


@pytest.fixture(scope="module")
def made(papers_index):
    return make_examples(papers_index, count=10, papers=60, seed=0)


def of_kind(made, *kinds):
    return [one for one in made.examples if one.kind.startswith(kinds)]


def test_every_kind_is_made_of_the_example_papers(made):
    assert len(of_kind(made, TRUE)) == 10
    assert len([one for one in made.examples if "citation" in one.data]) == 20
    assert len(of_kind(made, QUESTION)) == 10
    assert len(of_kind(made, WRITTEN)) == 5
    assert len(of_kind(made, "unanswerable")) == 5


def test_ids_are_unique_and_the_same_each_time(made, papers_index):
    ids = [one.id for one in made.examples]
    assert len(set(ids)) == len(ids)
    again = make_examples(papers_index, count=10, papers=60, seed=0)
    assert [*again.examples] == [*made.examples]


def test_a_question_names_the_page_where_its_source_stands(made, papers_index):
    for one in of_kind(made, QUESTION):
        source = one.data["source"]
        page = papers_index.read_page(source["paper"], source["page"]).page_content
        assert 0 <= source["start"] < source["end"] <= len(page)


def test_no_word_of_a_foreign_term_is_found_in_the_index(made, papers_index):
    for one in of_kind(made, "unanswerable"):
        assert papers_index.store.search_keywords(one.data["term"], k=1) == []


def test_of_many_papers_some_are_drawn_and_it_is_said(papers_index):
    made = make_examples(papers_index, count=4, papers=2, seed=0)
    assert len({paper for paper, _ in made.corpus.pages}) == 2
    assert made.notes[0] == "Made from 2 papers drawn of 8; search is over all of them."


def test_what_cannot_be_made_of_chinese_papers_is_said(tmp_path):
    (tmp_path / "tea.md").write_text(f"# 绿茶\n\n{TEA}\n", encoding="utf-8")
    with PaperIndex.open(tmp_path / "i", embeddings=HashEmbeddings(), create=True) as index:
        index.add([tmp_path / "tea.md"])
        made = make_examples(index, count=10, papers=60, seed=0)
    assert any(note.startswith("The gate could not be measured") for note in made.notes)
    assert [one for one in made.examples if "citation" in one.data] == []


def test_an_index_without_papers_is_refused(tmp_path):
    with (
        PaperIndex.open(tmp_path / "i", embeddings=HashEmbeddings(), create=True) as index,
        pytest.raises(EvaluationError, match="holds no paper with text"),
    ):
        make_examples(index, count=10, papers=60, seed=0)


def test_kinds_of_faults_take_turns():
    faults = [Fault("unit", "a", citation("x"), 0)] + [
        Fault("number", "b", citation("x"), number) for number in range(5)
    ]
    assert sorted(one.kind for one in some_of_each(faults, count=3, seed=0)) == [
        "number",
        "number",
        "unit",
    ]
