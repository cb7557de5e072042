"""How the judges of entailment are measured."""

import json

import pytest
from loop_scifact import measure, sample

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.task import Example
from r1agent.testing import HashEmbeddings

EXAMPLES = [
    Example(str(number), f"claim {number}", kind)
    for number, kind in enumerate(["supported", "not enough information"] * 4)
]


def test_a_sample_takes_as_many_of_each_label_and_always_the_same():
    drawn = sample(EXAMPLES, 2)
    assert [one.kind for one in drawn] == ["supported"] * 2 + ["not enough information"] * 2
    assert drawn == sample(EXAMPLES, 2)


def test_without_a_limit_all_are_measured():
    assert sample(EXAMPLES, None) == EXAMPLES


def test_every_judge_gets_its_figures(tmp_path, monkeypatch):
    monkeypatch.setattr("loop_scifact.DATA", tmp_path)
    monkeypatch.delenv("R1AGENT_BASE_URL", raising=False)
    documents = [{"_id": str(number), "text": f"It helps {number} mice."} for number in range(3)]
    pairs = [
        {"claim_id": number, "claim": "It helps mice.", "doc_id": str(number), "label": label}
        for number, label in enumerate(["SUPPORT", "REFUTE", "NEI"])
    ]
    for name, rows in {"corpus": documents, "support_pairs_dev": pairs}.items():
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines, encoding="utf-8")
    figures = measure(embeddings=HashEmbeddings())
    assert figures["scifact_pairs"] == 3
    assert {f"{name}_support_auc" for name in ("scifact", "words_only", "cosine", "overlap")} <= (
        figures.keys()
    )
    assert "cosine_called_contradicted_nei" not in figures


def test_a_missing_shared_folder_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("loop_scifact.DATA", tmp_path / "nowhere")
    with pytest.raises(EvaluationError, match="is no file"):
        measure()
