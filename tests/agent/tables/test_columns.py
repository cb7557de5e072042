import json
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from r1agent.tables import Column, TableError, TableForm, read_form
from r1agent.tables.columns import parse_form

ONE = "columns:\n- name: Data\n  question: Which data set?\n"
KEYS = st.sampled_from(["columns", "title", "papers", "name", "question", "kind", "unit", "<<"])
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8), KEYS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)
TORN = st.builds(
    lambda place, text: f"{ONE[:place]}{text}{ONE[place:]}",
    st.integers(0, len(ONE)),
    st.text("-:[]{}&*!|>'\"%@`#?\n\t, ax", max_size=4),
)


def test_columns_have_names_and_questions_and_the_rest_has_defaults():
    assert parse_form(ONE) == TableForm((Column("Data", "Which data set?"),))


def test_every_key_is_read():
    form = parse_form(
        'title: Smoothing\npapers: ["01-*", old.pdf]\ncolumns:\n'
        '- {name: Time, question: "How long did it take?", kind: number, unit: ms}\n'
    )
    assert form == TableForm(
        (Column("Time", "How long did it take?", "number", "ms"),),
        "Smoothing",
        ("01-*", "old.pdf"),
    )


def test_values_stay_as_they_are_written():
    form = parse_form(
        "columns:\n- name: yes\n  question: 1.0\n- name: 2020-01-01\n  question: no\n"
    )
    assert form.columns == (Column("yes", "1.0"), Column("2020-01-01", "no"))


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path):
    for encoding in ("utf-8", "utf-8-sig"):
        (tmp_path / "c.yaml").write_text(ONE, encoding=encoding)
        assert read_form(tmp_path / "c.yaml").columns[0].name == "Data"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns.yaml is empty. Write `columns:`"),
        ("title: x\n", "line 1: there is no `columns`"),
        ("- a\n", "line 1: the file is a list; wanted keys"),
        ("colums: []\n", "line 1: `colums` is no key of the file. Did you mean `columns`?"),
        (ONE + "  questoin: x\n", "line 4: `questoin` is no key of a column. Did you mean `que"),
        (ONE + "  name: x\n", "line 4: `name` stands twice in a column"),
        (ONE + "- name: x\n", "line 4: a column has no `question`"),
        (ONE + "- question: x\n  name:\n", "line 5: `name` is empty"),
        (ONE + "- question: x\n  name: [a]\n", "line 5: `name` is a list; wanted one text"),
        (ONE + "- name: data\n  question: x\n", "line 4: The column name 'data' is taken"),
        (ONE + "- name: Data quote\n  question: x\n", "line 4: The column name 'Data quote' is"),
        (ONE + "- name: year\n  question: x\n", "line 4: The column name 'year' is taken"),
        (ONE + "  kind: nummer\n", "line 4: there is no kind 'nummer', only text and number. Did"),
        (ONE + "  unit: ms\n", "line 4: `unit` is for numbers only"),
        (ONE + f"- question: x\n  name: {'n' * 81}\n", "line 5: `name` has 81 characters"),
        (ONE + "papers: '*.pdf'\n", "line 4: `papers` is the text '*.pdf'; wanted a list"),
        (ONE + "papers: []\n", "line 4: `papers` is an empty list"),
        (ONE + "  kind: a: b\n", "line 4: this is no YAML (mapping values are not allowed here)"),
        (ONE + "\tx", "line 4: this is no YAML"),
        (ONE + "---\n" + ONE, "line 4: this is no YAML (but found another document)"),
        ("- " * 5000, "columns.yaml is no YAML"),
        ('"\\UFFFFFFFF"', "columns.yaml is no YAML"),
        ("a: \x07", "columns.yaml is no YAML"),
        ("#" * 100_001, "columns.yaml has 100,001 characters"),
    ],
    ids=lambda text: repr(text[:40]),
)
def test_what_is_wrong_is_told_with_its_line(text, said):
    with pytest.raises(TableError) as caught:
        parse_form(text)
    assert said in str(caught.value)


def test_no_object_is_built_from_a_tag():
    with pytest.raises(TableError, match=r"line 3: The tag 'tag:yaml\.org,2002:python/object"):
        parse_form("columns:\n- name: x\n  question: !!python/object/apply:os.getcwd []\n")


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    (tmp_path / "latin.yaml").write_bytes(b"title: Gr\xfc\xdfe\n")
    with pytest.raises(TableError, match="is not UTF-8 text"):
        read_form(tmp_path / "latin.yaml")
    with pytest.raises(TableError, match="cannot be read: No such file"):
        read_form(tmp_path / "none.yaml")
    with pytest.raises(TableError, match="cannot be read: Is a directory"):
        read_form(tmp_path)


def test_the_example_file_is_a_form(request):
    form = read_form(request.config.rootpath / "examples" / "columns.yaml")
    assert [column.kind for column in form.columns] == ["text", "number", "text", "text"]


def test_columns_that_cannot_be_told_apart_are_refused_from_python_too():
    with pytest.raises(TableError, match="The column name 'data' is taken"):
        TableForm((Column("Data", "x"), Column("data", "y")))


@given(st.one_of(st.text(), VALUES.map(json.dumps), TORN))
@example("&a [*a]")
@example("columns: &a\n- *a\n")
@example("? [a]\n: b\n")
@example("%TAG ! x\n--- !a b")
@example('columns: [{name: "\\ud800", question: "\\0"}]')
def test_any_text_is_columns_or_a_table_error(text):
    with suppress(TableError):
        form = parse_form(text)
        assert form.columns
        assert all(column.name and column.question for column in form.columns)
        assert form.headers == tuple(dict.fromkeys(form.headers))
