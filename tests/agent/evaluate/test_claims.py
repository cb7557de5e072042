"""Claims with labels, in the forms that are about."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.claims import LABELS, read_claims, read_documents, read_label
from r1agent.evaluate.errors import EvaluationError

ROW = {"claim": "It helps.", "evidence": "It helps a lot.", "label": "SUPPORT"}
CORPUS = [
    {"_id": "7", "title": "On help", "text": "It helps. It works."},
    {"doc_id": 8, "title": "On harm", "abstract": ["It harms.", "It hurts."]},
]


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("SUPPORT", "SUPPORT"),
        ("Supports", "SUPPORT"),
        ("entailment", "SUPPORT"),
        ("REFUTES", "REFUTE"),
        ("CONTRADICT", "REFUTE"),
        ("Contradiction", "REFUTE"),
        ("NEI", "NEI"),
        ("NOT_ENOUGH_INFO", "NEI"),
        ("not enough information", "NEI"),
        ("Neutral", "NEI"),
        ("maybe", None),
        ("", None),
        (None, None),
    ],
)
def test_labels_are_read_by_what_they_mean(text, label):
    assert read_label(text) == label


@given(
    st.sampled_from(["support", "refutes", "contradict", "not enough info", "neutral"]),
    st.sampled_from([str.upper, str.lower, str.title]),
    st.sampled_from([" ", "_", "-"]),
)
def test_case_and_joints_of_a_label_do_not_matter(word, case, joint):
    assert read_label(case(word).replace(" ", joint)) == read_label(word)


@given(st.text(max_size=40))
def test_any_other_text_is_a_known_label_or_none(text):
    assert read_label(text) in (*LABELS, None)


def test_evidence_stands_in_the_row(tmp_path):
    [claim] = read_claims(write(tmp_path / "mine.jsonl", [ROW]))
    assert (claim.claim, claim.evidence, claim.label) == (
        "It helps.",
        "It helps a lot.",
        "SUPPORT",
    )


def test_evidence_may_be_sentences(tmp_path):
    row = ROW | {"evidence": ["It helps.", "It works."]}
    assert read_claims(write(tmp_path / "mine.jsonl", [row]))[0].evidence == "It helps. It works."


def test_evidence_may_be_a_document_of_the_corpus_beside_it(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    rows = [{"claim": "It helps.", "doc_id": doc, "label": "NEI"} for doc in ("7", 8)]
    claims = read_claims(write(tmp_path / "mine.jsonl", rows))
    assert [one.evidence for one in claims] == ["It helps. It works.", "It harms. It hurts."]


def test_a_folder_gives_the_pairs_of_its_split(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    row = {"claim_id": 1, "claim": "It helps.", "doc_id": "7", "label": "REFUTE"}
    write(tmp_path / "support_pairs_dev.jsonl", [row])
    [claim] = read_claims(tmp_path, "dev")
    assert (claim.id, claim.label) == ("1:7", "REFUTE")


def test_scifacts_claims_give_a_pair_for_each_document_that_they_cite(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    evidence = {"7": [{"sentences": [0], "label": "CONTRADICT"}]}
    row = {"id": 3, "claim": "It harms.", "evidence": evidence, "cited_doc_ids": [7, 8]}
    write(tmp_path / "claims_train.jsonl", [row])
    assert [(one.id, one.label) for one in read_claims(tmp_path, "train")] == [
        ("3:7", "REFUTE"),
        ("3:8", "NEI"),
    ]


def test_ids_that_are_not_unique_are_replaced_by_numbers(tmp_path):
    claims = read_claims(write(tmp_path / "mine.jsonl", [ROW | {"id": 1}] * 2))
    assert [one.id for one in claims] == ["1", "2"]


def test_the_documents_beside_a_file_are_read(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    assert read_documents(tmp_path / "mine.jsonl") == ["It helps. It works.", "It harms. It hurts."]


def test_a_file_without_a_corpus_has_no_documents(tmp_path):
    assert read_documents(write(tmp_path / "mine.jsonl", [ROW])) == []


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"evidence": "It helps.", "label": "NEI"}, "has no `claim`"),
        ({"claim": " ", "evidence": "It helps.", "label": "NEI"}, "has no `claim`"),
        ({"claim": "It helps.", "evidence": "It helps."}, "has no `label`"),
        (ROW | {"label": "maybe"}, "has the label 'maybe'"),
        (ROW | {"evidence": ""}, "neither `evidence` nor `doc_id`"),
        (ROW | {"evidence": {"text": "It helps."}}, "is no text"),
        ({"claim": "It helps.", "label": "NEI", "doc_id": "7"}, "has no `corpus.jsonl`"),
        ({"claim": "c", "cited_doc_ids": [1], "evidence": {"1": "x"}}, "not in SciFact's form"),
    ],
)
def test_a_row_of_another_form_is_refused_with_what_is_wanted(row, message, tmp_path):
    with pytest.raises(EvaluationError, match=message):
        read_claims(write(tmp_path / "mine.jsonl", [row]))


def test_a_document_that_is_not_there_is_named(tmp_path):
    write(tmp_path / "corpus.jsonl", CORPUS)
    row = {"claim": "It helps.", "doc_id": "99", "label": "NEI"}
    with pytest.raises(EvaluationError, match="'99'"):
        read_claims(write(tmp_path / "mine.jsonl", [row]))


def test_a_split_that_is_not_there_is_told_with_those_files_that_are(tmp_path):
    write(tmp_path / "claims_train.jsonl", [ROW])
    with pytest.raises(EvaluationError, match=r"found claims_train\.jsonl"):
        read_claims(tmp_path, "dev")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="is no file"):
        read_claims(tmp_path / "nothing.jsonl")
