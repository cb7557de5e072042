"""Whether the gate, as users get it, rejects planted faults and lets true sentences through.

`make bench-loop PARTS=faults` measures on the 49 papers of the shared folder. To work on the
checks, measure on other texts and read what was missed:

    python benchmarks/loop_faults.py --dev --show negation
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from langchain_core.embeddings import Embeddings
from parts import print_table
from planted_faults import PLANTERS, WORDED, Fault, plant
from planted_pairs import Corpus, Pair, PapersMissingError, make_pairs, read_corpus
from results import Figures

from r1agent.checks.standard import standard_checks
from r1agent.citations import CitationGate, Draft
from r1agent.evidence import Evidence
from r1agent.types import Citation, Claim
from r1agent.words import split_sentences
from r1agent_indexes import load_embeddings

PAIRS = 300
SEED = 20260101


def measure(
    *, limit: int | None = None, dev: bool = False, gate: CitationGate | None = None, show: str = ""
) -> Figures:
    """Judge true pairs, and every fault that could be planted into each of them.

    Args:
        limit: Use only that many pairs.
        dev: Make them of the example papers and SciFact's training abstracts, to tune on.
        gate: Judge with it; by default with the checks of an assistant and packaged embeddings.
        show: Print the true sentences that were rejected (`true`), or the faults of one kind that
            were not.
    """
    corpus = read_corpus(dev=dev)
    pairs = make_pairs(corpus, count=PAIRS, seed=SEED)[:limit]
    faults = plant(pairs, corpus, seed=SEED)
    embeddings = None if gate else _Embedded(load_embeddings(), _texts(pairs, faults))
    judged = _Judge(gate, corpus, embeddings)
    rejected = [pair for pair in pairs if not judged.supports(pair.claim, pair.citation)]
    missed = [fault for fault in faults if judged.supports(fault.claim, fault.citation)]
    if show:
        _show(show, rejected, missed, judged)
    return _figures(pairs, rejected, faults, missed)


class _Judge:
    """The gate over a corpus whose passages are all evidence."""

    def __init__(
        self, gate: CitationGate | None, corpus: Corpus, embeddings: Embeddings | None = None
    ) -> None:
        self.gate = gate or CitationGate(standard_checks(embeddings))
        self.gate.page_text = lambda paper, page: corpus.pages[paper, page]
        self.evidence = Evidence(passages=corpus.passages)

    def judge(self, claim: str, citation: Citation) -> Claim:
        return self.gate.judge(Draft(claim, (citation,)), self.evidence)

    def supports(self, claim: str, citation: Citation) -> bool:
        return self.judge(claim, citation).verdict.supported


class _Embedded(Embeddings):
    """Embeddings made at once; one by one they would take most of the time."""

    def __init__(self, embeddings: Embeddings, texts: Sequence[str]) -> None:
        self.embeddings = embeddings
        self.vectors = dict(zip(texts, embeddings.embed_documents(list(texts)), strict=True))

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        for text in texts:
            if text not in self.vectors:
                self.vectors[text] = self.embeddings.embed_documents([text])[0]
        return [self.vectors[text] for text in texts]


def _texts(pairs: Sequence[Pair], faults: Sequence[Fault]) -> list[str]:
    """List what the gate will embed: the claims, and the sentences of the quotes."""
    claims = [one.claim for one in (*pairs, *faults)]
    quotes = [
        sentence.text
        for one in (*pairs, *faults)
        for sentence in split_sentences(one.citation.quote)
    ]
    return list(dict.fromkeys([*claims, *quotes]))


def _figures(
    pairs: Sequence[Pair],
    rejected: Sequence[Pair],
    faults: Sequence[Fault],
    missed: Sequence[Fault],
) -> Figures:
    planted = Counter(fault.kind for fault in faults)
    lost = Counter(fault.kind for fault in missed)
    figures: Figures = {
        "faults_total": len(faults),
        "faults_caught": len(faults) - len(missed),
        "faults_caught_share": round(1 - len(missed) / len(faults), 4),
        "true_total": len(pairs),
        "true_rejected": len(rejected),
        "true_rejected_share": round(len(rejected) / len(pairs), 4),
    }
    figures["faults_worded_total"] = sum(planted[kind] for kind in WORDED)
    figures["faults_worded_caught"] = sum(planted[kind] - lost[kind] for kind in WORDED)
    for kind in PLANTERS:
        figures[f"faults_total_{kind}"] = planted[kind]
        figures[f"faults_caught_{kind}"] = planted[kind] - lost[kind]
    return figures


def _show(kind: str, rejected: Sequence[Pair], missed: Sequence[Fault], judged: _Judge) -> None:
    if kind == "true":
        for pair in rejected:
            reasons = "; ".join(judged.judge(pair.claim, pair.citation).verdict.reasons)
            print(f"REJECTED {pair.claim}\n   QUOTE {pair.citation.quote!r}\n   {reasons}\n")
    for fault in missed:
        if kind in (fault.kind, "all"):
            print(f"MISSED {fault.kind}: {fault.claim}\n   QUOTE {fault.citation.quote!r}\n")


def main() -> int:
    """Measure as asked and print the table; nothing is written."""
    parser = argparse.ArgumentParser(description=__doc__, prog="loop_faults.py")
    parser.add_argument("--dev", action="store_true", help="on the texts to tune on")
    parser.add_argument("--limit", type=int, help="with at most so many pairs")
    parser.add_argument("--show", default="", help=f"true, all, {', '.join(PLANTERS)}")
    arguments = parser.parse_args()
    figures = measure(limit=arguments.limit, dev=arguments.dev, show=arguments.show)
    print_table("loop", "Planted faults", figures)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except PapersMissingError as error:
        sys.exit(f"error: {error}")
