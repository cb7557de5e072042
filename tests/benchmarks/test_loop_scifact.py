"""How the judges of entailment are measured."""

import json

import loop_scifact
import pytest
from loop_scifact import Pair, ScifactMissingError, auc, read_pairs, sample

PAIRS = [Pair(f"claim {n}", str(n), label) for n, label in enumerate(["SUPPORT", "NEI"] * 4)]


def test_the_area_is_the_chance_that_a_positive_scores_higher():
    assert auc([0.9, 0.8, 0.1], [True, False, False]) == 1.0
    assert auc([0.1, 0.9], [True, False]) == 0.0
    assert auc([0.5, 0.5], [True, False]) == 0.5


def test_a_sample_takes_as_many_of_each_label_and_always_the_same():
    drawn = sample(PAIRS, 2)
    assert [pair.label for pair in drawn] == ["SUPPORT", "SUPPORT", "NEI", "NEI"]
    assert drawn == sample(PAIRS, 2)


def test_pairs_are_read_as_the_shared_folder_has_them(tmp_path, monkeypatch):
    monkeypatch.setattr(loop_scifact, "DATA", tmp_path)
    row = {"claim_id": 1, "claim": "It helps.", "doc_id": 7, "label": "REFUTE"}
    (tmp_path / "support_pairs_dev.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert read_pairs("dev") == [Pair("It helps.", "7", "REFUTE")]


def test_a_missing_shared_folder_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(loop_scifact, "DATA", tmp_path / "nowhere")
    with pytest.raises(ScifactMissingError, match="Put the shared folder beside the project"):
        read_pairs("dev")
