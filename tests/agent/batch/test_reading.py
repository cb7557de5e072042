import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.batch import BatchError, BatchItem
from r1agent.batch.reading import read_items, read_questions


def test_plain_lines_and_objects_are_questions():
    items = read_items(['{"id": 7, "question": "Why?", "gold": []}\n', "\n", "How?\n"])
    assert items == [BatchItem("7", "Why?"), BatchItem("0ea5977074d1", "How?")]


def test_an_object_without_an_id_gets_that_of_its_text():
    assert read_items(['{"question": " How? "}']) == read_items(["How?"])


def test_a_table_is_known_by_its_header():
    lines = ["id,Question,topic\n", "a,Why?,x\n", ",How?,y\n", "\n", ",,\n"]
    assert read_items(lines) == [BatchItem("a", "Why?"), BatchItem("0ea5977074d1", "How?")]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_a_table_may_have_semicolons_or_tabs(delimiter):
    lines = [f"\ufeffid{delimiter}question\n", f"a{delimiter}Why, then?\n"]
    assert read_items(lines) == [BatchItem("a", "Why, then?")]


def test_a_cell_may_hold_commas_quotes_and_line_breaks():
    lines = [
        "id,question,tests\n",
        'a,"Why, ""so""\n',
        'and how?","assert f(1)\n',
        'assert f(2)"\n',
    ]
    assert read_items(lines) == [BatchItem("a", 'Why, "so"\nand how?', "assert f(1)\nassert f(2)")]


def test_a_question_with_commas_is_no_table():
    assert [item.question for item in read_items(["Is it a, b or c?\n"])] == ["Is it a, b or c?"]


@given(
    st.lists(
        st.tuples(st.text(min_size=1), st.text(min_size=1)).filter(
            lambda row: row[0].strip() and row[1].strip() and "\x00" not in row[0] + row[1]
        ),
        min_size=1,
        unique_by=lambda row: row[0].strip(),
    )
)
def test_what_the_csv_module_wrote_is_read_back(rows):
    file = io.StringIO(newline="")
    csv.writer(file).writerows([("id", "question"), *rows])
    read = read_items(io.StringIO(file.getvalue(), newline=""))
    assert read == [BatchItem(name.strip(), question.strip()) for name, question in rows]


@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, unique_by=str.strip))
def test_what_json_wrote_is_read_back(texts):
    rows = [{"id": str(number), "question": text} for number, text in enumerate(texts)]
    read = read_items([json.dumps(row) + "\n" for row in rows])
    assert [(item.id, item.question) for item in read] == [
        (row["id"], row["question"].strip()) for row in rows
    ]


@given(st.lists(st.text()))
def test_any_text_is_questions_or_a_clear_error(lines):
    try:
        items = read_items(lines)
    except BatchError as error:
        assert str(error).endswith((".", '"the ""best"" one".', "makes them."))  # noqa: PT017
    else:
        assert all(item.question for item in items)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "holds no question"),
        (["id,question\n"], "holds no question"),
        (["Why?", "Why?"], "Line 2 has the id"),
        (['{"id": "a"'], "Line 1 begins like JSON"),
        (['{"id": "a"}'], "Line 1 has the keys id; wanted `question`"),
        (['{"id": [], "question": "b"}'], "Line 1 has an `id` that is no text: []"),
        (['{"id": "a", "question": "b", "tests": 3}'], "`tests` that are no text"),
        (["[\n", '{"id": "a"}'], "Line 1 begins a JSON list"),
        (["id,question\n", "a,Why\n", "b,Is it a, or b?\n"], "Line 3 has 3 cells"),
        (["id,question\n", "a,\n"], "Line 2 has no question"),
        (["id,question\n", 'a,"1\n', '2"\n', 'b,"open\n'], "Line 4 begins a row that is no CSV"),
        (["id,question\n", "a,Why?\n", "a,How?\n"], "Line 3 has the id 'a' of line 2"),
    ],
)
def test_bad_lines_are_named(lines, said):
    with pytest.raises(BatchError) as caught:
        read_items(lines)
    assert said in str(caught.value)


def test_a_csv_file_without_the_column_is_refused(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("id,query\na,Why?\n")
    with pytest.raises(BatchError, match="Line 1 has no column `question`: 'id,query'"):
        read_questions(str(path), io.StringIO())


def test_a_file_is_read_by_its_suffix_or_its_first_line(tmp_path):
    for name, text in (("in.csv", "question\nWhy?\n"), ("in.txt", "Why?\n")):
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
        read = read_questions(str(tmp_path / name), io.StringIO())
        assert [item.question for item in read] == ["Why?"]


def test_a_dash_is_stdin():
    assert read_questions("-", io.StringIO("Why?\n"))[0].question == "Why?"


def test_what_is_no_text_is_refused(tmp_path):
    path = tmp_path / "in.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BatchError, match="is not UTF-8 text"):
        read_questions(str(path), io.StringIO())
    with pytest.raises(BatchError, match="cannot be read: No such file"):
        read_questions(str(tmp_path / "none"), io.StringIO())
