"""Test collections in BEIR's form."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.beir import read_collection, read_judgements
from r1agent.evaluate.errors import EvaluationError
from tests.agent.evaluate.made_collection import CORPUS, QRELS, QUERIES, lines, write_collection


def test_a_collection_holds_documents_questions_and_judgements(tmp_path):
    held = read_collection(write_collection(tmp_path))
    assert list(held.documents) == ["d1", "d/2", "d3"]
    assert held.documents["d1"].title == "Smoothing"
    assert held.questions == {"q1": "What does smoothing do?", "q2": "What lowers the water?"}
    assert held.judged == {"q1": {"d1": 2, "d3": 0}, "q2": {"d/2": 1}}


def test_files_may_be_gzipped(tmp_path):
    write_collection(tmp_path)
    (tmp_path / "corpus.jsonl").unlink()
    (tmp_path / "corpus.jsonl.gz").write_bytes(gzip.compress(lines(CORPUS).encode()))
    assert list(read_collection(tmp_path).documents) == ["d1", "d/2", "d3"]


def test_documents_without_a_text_are_left_out(tmp_path):
    write_collection(tmp_path, corpus=[*CORPUS, {"_id": "d4", "title": "Empty", "text": " "}])
    assert "d4" not in read_collection(tmp_path).documents


def test_only_the_questions_that_are_judged_are_asked(tmp_path):
    write_collection(tmp_path, queries=[*QUERIES, {"_id": "q9", "text": "Who asks?"}])
    assert "q9" not in read_collection(tmp_path).questions


@pytest.mark.parametrize(
    "text",
    [
        QRELS,
        QRELS.partition("\n")[2],
        "q1 0 d1 2\nq1 0 d3 0\nq2 0 d/2 1\n",
        "q1\t0\td1\t2\nq1\t0\td3\t0\nq2\t0\td/2\t1\n",
        "\ufeffq1 0 d1 2\r\n\r\nq1 0 d3 0\r\nq2 0 d/2 1.0\r\n",
    ],
)
def test_judgements_are_read_with_a_heading_without_and_as_trec_has_them(text, tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text(text, encoding="utf-8")
    assert read_judgements(path) == {"q1": {"d1": 2, "d3": 0}, "q2": {"d/2": 1}}


NAMES = st.text("abcXYZ019-_./", min_size=1, max_size=8)


@given(
    st.dictionaries(
        NAMES,
        st.dictionaries(NAMES, st.integers(-2, 4), min_size=1, max_size=4),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_what_is_written_is_read_again_in_both_forms(tmp_path_factory, judged, trec):
    path = tmp_path_factory.mktemp("qrels") / "test.tsv"
    parts = [
        [question, "0", doc, str(grade)] if trec else [question, doc, str(grade)]
        for question, grades in judged.items()
        for doc, grade in grades.items()
    ]
    joint = " " if trec else "\t"
    path.write_text("".join(joint.join(part) + "\n" for part in parts), encoding="utf-8")
    assert read_judgements(path) == judged


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("q1\td1\t1\nq1\td2\tyes\n", "Line 2 of"),
        ("q1 d1\nq1 1\n", "Line 2 of"),
        ("query-id\tcorpus-id\tscore\n", "holds no judgement"),
        ("", "holds no judgement"),
        ("q1\td1\tnan\nq1\td1\tinf\n", "Line 2 of"),
    ],
)
def test_judgements_of_another_form_are_refused(text, message, tmp_path):
    path = tmp_path / "test.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_judgements(path)


def test_a_split_that_is_not_there_is_told_with_those_that_are(tmp_path):
    with pytest.raises(EvaluationError, match="no split 'dev'; there are test"):
        read_collection(write_collection(tmp_path), "dev")


@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl"])
def test_a_missing_file_is_named(name, tmp_path):
    (write_collection(tmp_path) / name).unlink()
    with pytest.raises(EvaluationError, match=f"has no `{name}`"):
        read_collection(tmp_path)


def test_a_folder_without_judgements_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="has no judgements"):
        read_collection(tmp_path)


def test_a_row_without_an_id_is_refused(tmp_path):
    write_collection(tmp_path, corpus=[{"title": "A", "text": "b"}])
    with pytest.raises(EvaluationError, match="no `_id` or no `text`"):
        read_collection(tmp_path)


def test_judgements_of_questions_that_are_not_there_are_refused(tmp_path):
    write_collection(tmp_path, queries=QUERIES[:1])
    with pytest.raises(EvaluationError, match="name the question 'q2'"):
        read_collection(tmp_path)


def test_judgements_of_other_documents_are_refused(tmp_path):
    write_collection(tmp_path, corpus=[{"_id": "other", "title": "", "text": "Something."}])
    with pytest.raises(EvaluationError, match="none of the documents that are judged"):
        read_collection(tmp_path)
