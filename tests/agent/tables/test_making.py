import json

import pytest
from filelock import FileLock

from r1agent.batch import BatchError, ThreadPool
from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.tables import Column, TableError, TableForm, kept_cells, make_table
from r1agent.tables.keeping import cells_named, forget
from tests.agent.tables.made_tables import (
    DATA,
    FAILED,
    FORM,
    SILENT,
    STUDENTS,
    Answers,
    answer,
    files,
    paper,
)

PAPERS = [paper("papers/a.pdf"), paper("papers/b.pdf")]
CODE = Column("Code", "Where is the code?")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "table.csv"


def made(assistant, out, papers=PAPERS, form=FORM, **options):
    return make_table(ThreadPool(assistant), papers, form, kept_cells(out), **options)


def test_every_paper_is_asked_every_question_within_its_own_file(out):
    assistant = Answers()
    table = made(assistant, out)
    assert assistant.asked == [
        ("a.pdf", DATA.question),
        ("a.pdf", STUDENTS.question),
        ("b.pdf", DATA.question),
        ("b.pdf", STUDENTS.question),
    ]
    assert files(table) == ["a.pdf", "b.pdf"]


def test_the_plan_of_a_cell_is_one_search(out):
    assistant = Answers()
    made(assistant, out)
    assert [step.tool for plan in assistant.plans for step in plan.steps] == ["search_papers"] * 4


def test_an_answered_cell_is_not_asked_again(out):
    made(Answers(), out)
    again = Answers()
    assert made(again, out).cells[0].sentences == "They used TidePool-30."
    assert again.asked == []


def test_an_added_column_is_asked_alone(out):
    made(Answers(), out)
    again = Answers()
    made(again, out, form=TableForm((CODE, *FORM.columns)))
    assert again.asked == [("a.pdf", CODE.question), ("b.pdf", CODE.question)]


def test_an_added_paper_is_asked_alone(out):
    made(Answers(), out)
    again = Answers()
    made(again, out, papers=[paper("papers/c.pdf"), *PAPERS])
    assert again.asked == [("c.pdf", DATA.question), ("c.pdf", STUDENTS.question)]


def test_a_changed_question_is_asked_again_and_the_old_answer_is_gone(out):
    made(Answers(), out)
    again = Answers({("a.pdf", "Which?"): SILENT})
    table = made(again, out, form=TableForm((Column("Data", "Which?"), STUDENTS)))
    assert again.asked == [("a.pdf", "Which?"), ("b.pdf", "Which?")]
    assert table.cells[0].sentences == "\u2013"


def test_a_table_that_was_cut_goes_on(out):
    cut = Answers({("b.pdf", DATA.question): KeyboardInterrupt()})
    with pytest.raises(KeyboardInterrupt):
        made(cut, out)
    again = Answers()
    made(again, out)
    assert again.asked == [("b.pdf", DATA.question), ("b.pdf", STUDENTS.question)]


def test_failed_cells_are_told_apart_and_tried_again(out):
    outcomes = {
        ("a.pdf", DATA.question): FAILED,
        ("a.pdf", STUDENTS.question): ModelOutputError("no JSON"),
        ("b.pdf", DATA.question): SILENT,
    }
    table = made(Answers(outcomes), out)
    assert [cell.sentences for cell in table.cells[:3]] == [
        "failed: No verified answer: no step worked.",
        "failed: no JSON",
        "\u2013",
    ]
    again = Answers()
    made(again, out)
    assert again.asked == [("a.pdf", DATA.question), ("a.pdf", STUDENTS.question)]


def test_a_lost_server_stops_the_table_and_keeps_the_cells_before(out):
    lost = {("b.pdf", one.question): ModelServerError("gone") for one in FORM.columns}
    lost |= {("c.pdf", DATA.question): ModelServerError("gone")}
    papers = [*PAPERS, paper("papers/c.pdf")]
    with pytest.raises(ModelServerError, match="gone"):
        made(Answers(lost), out, papers=papers)
    assert len(kept_cells(out).answers) == 2


def test_two_tables_cannot_fill_the_same_cells_at_once(out):
    with (
        FileLock(out.with_name(".table.cells.jsonl.lock")),
        pytest.raises(BatchError, match="Another r1agent is at work"),
    ):
        made(Answers(), out)


def test_a_table_in_another_format_shares_the_cells(out):
    made(Answers(), out)
    again = Answers()
    made(again, out.with_suffix(".html"))
    assert again.asked == []


def test_each_new_cell_is_told(out):
    seen = []
    made(Answers(), out, on_result=lambda result: seen.append(result.item.within))
    assert seen == ["a.pdf", "a.pdf", "b.pdf", "b.pdf"]


def test_papers_of_one_file_name_are_searched_by_their_folders(out):
    papers = [paper("x/2020/main.pdf"), paper("x/2021/main.pdf"), paper("x/a.pdf")]
    assistant = Answers()
    made(assistant, out, papers=papers, form=TableForm((DATA,)))
    assert [within for within, _ in assistant.asked] == ["2020/main.pdf", "2021/main.pdf", "a.pdf"]


def test_a_file_at_the_root_is_searched_by_its_whole_path(out):
    papers = [paper("/main.pdf"), paper("/x/main.pdf")]
    assistant = Answers()
    made(assistant, out, papers=papers, form=TableForm((DATA,)))
    assert [within for within, _ in assistant.asked] == ["/main.pdf", "x/main.pdf"]


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("data", [("a.pdf", DATA.question), ("b.pdf", DATA.question)]),
        ("a.pdf", [("a.pdf", DATA.question), ("a.pdf", STUDENTS.question)]),
        ("b.*/Students", [("b.pdf", STUDENTS.question)]),
    ],
)
def test_a_column_a_paper_or_one_cell_can_be_asked_again(out, name, asked):
    made(Answers(), out)
    forget(kept_cells(out), cells_named(name, PAPERS, FORM))
    again = Answers()
    made(again, out)
    assert again.asked == asked


def test_a_name_of_no_cell_is_refused_with_the_nearest():
    with pytest.raises(TableError, match=r"'Date' names no column and no paper.*Nearest: 'Data'"):
        cells_named("Date", PAPERS, FORM)


def test_a_file_of_another_job_is_refused(out):
    out.with_name(".table.cells.jsonl").write_text(
        json.dumps({"format": 1, "job": {"kind": "review"}}) + "\n"
    )
    with pytest.raises(BatchError, match="holds the work on something else"):
        kept_cells(out)


def test_the_model_that_answered_is_noted(out):
    assert made(Answers(), out).notes == ("Answered by made-1b.",)
    assert made(Answers(), out, papers=[]).notes == ()


def test_the_answers_are_those_of_the_assistant(out):
    told = answer("They used CIFAR-10.", quotes=["We used CIFAR-10."])
    table = made(Answers({("a.pdf", DATA.question): told}), out)
    assert table.records()[0] | {"Students": None, "Students unit": None} == {
        "file": "a.pdf",
        "title": "Distillation",
        "authors": "Ada Miller; Bo Chen",
        "year": 2020,
        "Data": "They used CIFAR-10.",
        "Data quote": "We used CIFAR-10.",
        "Data page": "p. 3",
        "Students": None,
        "Students unit": None,
        "Students sentence": "They used TidePool-30.",
        "Students quote": "They used TidePool-30.",
        "Students page": "p. 3",
    }
