"""Fit the weights of the floors on SciFact train, and say what cross-validation gives.

    python benchmarks/train_floors.py            # prints figures only
    python benchmarks/train_floors.py --write    # also writes r1agent/checks/floors.json

Claims and labels: SciFact (Wadden et al., "Fact or Fiction", EMNLP 2020), CC BY 4.0. Folds never
share an abstract. Only weights are kept, no text.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from results import ROOT
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from r1agent.checks.floors import features
from r1agent.checks.likeness import FEATURES
from r1agent.evaluate.problems.rows import read_rows
from r1agent_indexes import load_embeddings

Rows = NDArray[np.float64]
DATA = ROOT.parent / "shared" / "data" / "scifact"
PATH = ROOT / "r1agent" / "checks" / "floors.json"
PENALTY = 0.03  # inverse strength of L2 regularisation, from cross-validation
FOLDS = 8


@dataclass(frozen=True, slots=True)
class Pair:
    """A claim, the abstract that it is held against, and what experts say."""

    claim: str
    doc: str
    label: str


def main() -> None:
    """Fit both tables, with and without embeddings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the weights")
    arguments = parser.parse_args()
    rows = read_rows(DATA / "support_pairs_train.jsonl", "SciFact's support pairs")
    pairs = [Pair(row["claim"], str(row["doc_id"]), row["label"]) for row in rows]
    labels = np.array([pair.label for pair in pairs])
    groups = np.array([pair.doc for pair in pairs])
    documents = _abstracts()
    words = [features(pair.claim, documents[pair.doc], None) for pair in pairs]
    tables = {}
    for name, rows in {
        "words": np.array(words),
        "words_and_meaning": _with_meaning(pairs, documents),
    }.items():
        _cross_validate(name, rows, labels, groups)
        tables[name] = _fit(rows, labels)
    if arguments.write:
        note = {"source": "SciFact train, CC BY 4.0, by benchmarks/train_floors.py"}
        PATH.write_text(json.dumps(note | tables, indent=1) + "\n", encoding="utf-8")


def _abstracts() -> dict[str, list[str]]:
    """Read the sentences of every abstract, by its id."""
    rows = read_rows(DATA / "corpus.jsonl", "SciFact's abstracts")
    return {str(row["_id"]): row["sentences"] for row in rows}


def _with_meaning(pairs: list[Pair], documents: dict[str, list[str]]) -> Rows:
    embeddings = load_embeddings()
    named = sorted({pair.doc for pair in pairs})
    texts = [sentence for doc in named for sentence in documents[doc]]
    found = np.array(embeddings.embed_documents(texts), dtype=np.float32)
    ends = np.cumsum([len(documents[doc]) for doc in named])
    vectors = dict(zip(named, np.split(found, ends[:-1]), strict=True))
    claims = np.array(embeddings.embed_documents([pair.claim for pair in pairs]), dtype=np.float32)
    return np.array(
        [
            features(pair.claim, documents[pair.doc], vectors[pair.doc] @ claim)
            for pair, claim in zip(pairs, claims, strict=True)
        ]
    )


def _cross_validate(name: str, rows: Rows, labels: NDArray[Any], groups: NDArray[Any]) -> None:
    related, turned = np.zeros(len(rows)), np.zeros(len(rows))
    for train, test in GroupKFold(FOLDS).split(rows, labels, groups):
        one, other = _models(rows[train], labels[train])
        related[test] = one.predict_proba(rows[test])[:, 1]
        turned[test] = other.predict_proba(rows[test])[:, 1]
    supports, speaks = labels == "SUPPORT", labels != "NEI"
    support, against = related * (1 - turned), related * turned
    print(f"{name}: support against rest {roc_auc_score(supports, support):.3f}")
    print(f"  evidence against none {roc_auc_score(speaks, related):.3f}")
    by_support = roc_auc_score(supports[speaks], support[speaks])
    by_turn = roc_auc_score(supports[speaks], -turned[speaks])
    print(f"  support against refute {by_support:.3f} by support, {by_turn:.3f} by contradiction")
    for at in (0.3, 0.4, 0.5, 0.6):
        shares = [f"{np.mean(against[labels == one] > at):.3f} {one}" for one in np.unique(labels)]
        print(f"  contradicted at {at}: {', '.join(shares)}")


def _models(rows: Rows, labels: NDArray[Any]) -> tuple[Any, Any]:
    """What tells evidence from none, and refutation from support."""
    speaks = labels != "NEI"
    one = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=5_000))
    other = make_pipeline(StandardScaler(), LogisticRegression(C=PENALTY, max_iter=5_000))
    return one.fit(rows, speaks), other.fit(rows[speaks], labels[speaks] == "REFUTE")


def _fit(rows: Rows, labels: NDArray[Any]) -> dict[str, Any]:
    related, turned = _models(rows, labels)
    return {"related": _folded(related), "turned": _folded(turned)}


def _folded(model: Any) -> dict[str, Any]:
    """Weights for features as they are: the scaling is folded into them."""
    scaler, regression = model[0], model[1]
    weights = regression.coef_[0] / scaler.scale_
    bias = float(regression.intercept_[0] - weights @ scaler.mean_)
    names = [f"{kind} {name}" for kind in ("nearest", "mean") for name in FEATURES]
    names += ["words in all", "cosine"][: len(weights) - len(names)]
    return {
        "bias": round(bias, 5),
        "weights": [round(float(weight), 5) for weight in weights],
        "names": names,
    }


if __name__ == "__main__":
    main()
