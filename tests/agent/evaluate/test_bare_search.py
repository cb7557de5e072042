"""The bare parts that a search stands beside."""

import pytest

from r1agent.evaluate.bare_search import BareMeaning, BareWords, fused
from r1agent.evaluate.beir import Titled
from r1agent.testing import HashEmbeddings

DOCUMENTS = {
    "d1": Titled("Smoothing", "Label smoothing helps the student network."),
    "d2": Titled("Sand", "A pump lowers the water table in the sand."),
    "d3": Titled("Music", "Students remember songs."),
}


class Counting(HashEmbeddings):
    """Counts the texts that it embeds."""

    texts = 0

    def embed_documents(self, texts):
        self.texts += len(texts)
        return super().embed_documents(texts)


def test_words_find_a_document_by_their_stems():
    pytest.importorskip("bm25s")
    assert list(BareWords(DOCUMENTS)("pumps")) == ["d2"]


def test_a_question_without_words_finds_nothing():
    pytest.importorskip("bm25s")
    assert BareWords(DOCUMENTS)("the of?") == {}


def test_meaning_ranks_every_document(tmp_path):
    found = BareMeaning(DOCUMENTS, HashEmbeddings(), tmp_path / "bare.npy")("water in the sand")
    assert next(iter(found)) == "d2"
    assert found.keys() == DOCUMENTS.keys()


def test_embeddings_are_kept(tmp_path):
    embeddings = Counting()
    for _ in range(2):
        BareMeaning(DOCUMENTS, embeddings, tmp_path / "bare.npy")
    assert embeddings.texts == 3


def test_fusion_sums_reciprocal_ranks():
    assert fused([{"a": 9.0, "b": 1.0}, {"b": 0.5}]) == {"a": 1 / 61, "b": 1 / 62 + 1 / 61}
