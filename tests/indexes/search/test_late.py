import numpy as np
import pytest
from langchain_core.documents import BaseDocumentCompressor, Document

from r1agent_indexes import LateInteraction, SentenceEmbeddings, load_reranker
from r1agent_indexes.errors import EmbeddingModelError
from r1agent_indexes.search.late import max_similarity
from tests.indexes.made_pdfs import HashEmbeddings


class WordVectors:
    """Each word is a direction of its own."""

    def embed_tokens(self, texts):
        return [
            np.array([[float(word == one) for one in "abcd"] for word in text.split()], np.float32)
            for text in texts
        ]


def passages(*pairs):
    return [Document(page_content=text, metadata={"score": score}) for text, score in pairs]


def test_every_token_of_the_question_looks_for_its_nearest():
    question, passage = WordVectors().embed_tokens(["a b", "a c c"])
    assert max_similarity(question, passage) == 0.5


def test_a_passage_with_all_words_comes_first():
    reranker = LateInteraction(embeddings=WordVectors())
    found = reranker.compress_documents(passages(("c d", 0.5), ("a b", 0.4), ("a d", 0.3)), "a b")
    assert [one.page_content for one in found] == ["a b", "c d", "a d"]
    assert [one.metadata["score"] for one in found] == [0.75, 0.5, 0.25]


def test_no_passages_are_no_passages():
    assert LateInteraction(embeddings=WordVectors()).compress_documents([], "a") == []


def test_titles_are_read_too():
    titled = Document(page_content="d", metadata={"score": 0.5, "title": "a b"})
    other = Document(page_content="c d", metadata={"score": 0.5, "title": "d"})
    reranker = LateInteraction(embeddings=WordVectors())
    assert reranker.compress_documents([other, titled], "a b")[0] is not other


def test_late_is_refused_where_tokens_have_no_vectors():
    with pytest.raises(EmbeddingModelError, match="needs a vector for each token"):
        load_reranker("late", HashEmbeddings())


def test_the_default_model_gives_a_vector_for_each_token():
    embeddings = SentenceEmbeddings()
    assert isinstance(load_reranker("late", embeddings), BaseDocumentCompressor)
    one, two = embeddings.embed_tokens(["distillation", "The loss fell."])
    assert two.shape == (4, 384)
    np.testing.assert_allclose(np.linalg.norm(one, axis=1), 1, rtol=1e-5)
