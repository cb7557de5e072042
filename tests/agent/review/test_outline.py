"""Sub-questions without a model, the papers that bear on each, and what is asked of them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.review import Outline, PlannedSection
from r1agent.review.grouping import bearing_on, outline_of
from r1agent.review.items import ids_of, items_of, whole_id
from r1agent.review.outline import SubQuestion
from r1agent.review.plain_questions import plain_questions
from r1agent.review.questions import SubQuestions, given_questions
from r1agent_indexes import Paper, PaperMetadata
from tests.agent.review.reviewer import made_index

text = st.text(max_size=20)
sections = st.lists(st.builds(PlannedSection, text, text, st.lists(text).map(tuple))).map(tuple)


def paper(id, path):
    return Paper(id, id, Path(path), PaperMetadata("T"), 1, 1)


def grouped(papers, *questions):
    asked = SubQuestions(tuple(SubQuestion(one, one) for one in questions), "given")
    return outline_of(asked, papers, "topic")


def files_of(index, section):
    names = {one.id: one.file for one in index.papers()}
    return [names[one] for one in section.papers]


@given(st.builds(Outline, text, sections, st.lists(text).map(tuple), text, text))
def test_an_outline_comes_back_from_json_as_it_was(outline):
    assert Outline.from_json(json.loads(json.dumps(outline.to_json()))) == outline


def test_a_paper_stands_where_it_bears_on_most(papers):
    outline = grouped(
        papers,
        "What did smoothing the teacher do to the student?",
        "What did dropout lower in the networks?",
    )
    assert set(files_of(papers, outline.sections[0])) == {"helps.pdf", "hurts.pdf"}
    assert files_of(papers, outline.sections[1]) == ["dropout.pdf"]


def test_papers_that_bear_on_no_question_are_outside(papers):
    outline = grouped(papers, "What did dropout lower in the networks?")
    names = {one.id: one.file for one in papers.papers()}
    assert "shells.pdf" in {names[one] for one in outline.outside}
    assert bearing_on(papers, "quantum chromodynamics on lattices") == {}


def test_the_first_plain_question_is_the_topic_where_that_is_a_question(papers):
    first, *_ = plain_questions(papers, "Does smoothing help?", most=3)
    assert first == SubQuestion("Findings", "Does smoothing help?")


def test_plain_questions_are_about_what_papers_share(tmp_path):
    lines = "Distillation of networks is told of here in a whole sentence."
    titles = ["Temperature in Distillation", "Temperature and Augmentation", "Networks", "Cost"]
    pdfs = {f"{place}.pdf": [title, lines] for place, title in enumerate(titles)}
    pdfs["4.pdf"] = ["Labels", lines]
    with made_index(tmp_path, pdfs) as index:
        asked = plain_questions(index, "distillation of networks", most=5)
    assert [one.heading for one in asked] == [
        "Findings",
        "Temperature",
        "Methods and data",
        "Limits",
    ]
    assert asked[1].question == (
        "What do the papers report about distillation of networks and temperature?"
    )


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_there_are_no_more_plain_questions_than_asked_for(papers, most):
    assert 1 <= len(plain_questions(papers, "smoothing", most=most)) <= most


def test_a_chinese_topic_gets_chinese_questions(papers):
    assert plain_questions(papers, "标签平滑", most=3)[0].heading == "主要发现"


def test_own_questions_are_asked_once_and_keep_known_headings():
    known = [SubQuestion("Short", "What is it?")]
    assert given_questions(["What is it?", " ", "Why?", "Why?"], known) == (
        SubQuestion("Short", "What is it?"),
        SubQuestion("Why?", "Why?"),
    )


def test_a_section_asks_its_question_over_all_papers_and_then_within_each():
    section = PlannedSection("H", "Why?", ("a", "b", "gone"))
    outline = Outline("t", (section,), ("a", "b", "gone"))
    at_hand = [paper("a", "/x/one.pdf"), paper("b", "/x/two.pdf")]
    items = items_of(outline, at_hand, each=6)
    assert [item.within for item in items] == ["", "one.pdf", "two.pdf"]
    assert {item.question for item in items} == {"Why?"}
    assert items[0].plan.steps[0].tool == "search_papers"
    ids = [item.id for item in items]
    assert ids_of(section, [*ids, "other:a"]) == ids
    assert ids[0] == whole_id(section)


def test_papers_in_files_of_the_same_name_are_told_apart_by_their_folders():
    section = PlannedSection("H", "Why?", ("a", "b"))
    at_hand = [paper("a", "/x/2020/main.pdf"), paper("b", "/x/2021/main.pdf")]
    items = items_of(Outline("t", (section,), ("a", "b")), at_hand, each=2)
    assert [item.within for item in items] == ["", "2020/main.pdf", "2021/main.pdf"]
