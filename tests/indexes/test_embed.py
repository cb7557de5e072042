import numpy as np
import pytest

from r1agent_indexes import PaperIndex, PaperIndexError, SentenceEmbeddings, load_embeddings


def test_the_packaged_model_finds_meaning_and_gives_unit_vectors(tmp_path, papers):
    embeddings = load_embeddings("all-MiniLM-L6-v2")
    assert embeddings.model_name == "sentence-transformers/all-MiniLM-L6-v2"
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        assert index.search("depth of the aquifer", k=1)[0].metadata["file"] == "sand.pdf"
    vectors = np.array(embeddings.embed_documents(["short", "a much longer text " * 20]))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.allclose(embeddings.embed_query("short"), vectors[0], atol=1e-5)
    assert embeddings.embed_query("short") is embeddings.embed_query("short")


def test_a_model_that_is_not_there_is_said_in_one_sentence(tmp_path):
    with pytest.raises(PaperIndexError, match="cannot be loaded"):
        load_embeddings(str(tmp_path)).embed_query("x")


def test_documents_in_bfloat16_and_questions_in_float32_may_be_compared():
    texts = [
        f"Sentence {n} on label smoothing, with {n * 3} points. " * (n % 7 + 1) for n in range(40)
    ]
    plain, fast = load_embeddings(), load_embeddings()
    one_by_one = np.array([plain.embed_query(text) for text in texts])
    together = np.array(fast.embed_documents(texts))
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-6)
    assert (one_by_one * together).sum(axis=1).min() > 0.999


def test_length_is_counted_in_tokens_once_the_model_is_there():
    embeddings = SentenceEmbeddings()
    texts = ["x = y + z - 1", "internationalization"]
    assert embeddings.lengths(texts) == [13, 20]
    embeddings.embed_query("load")
    tokens = embeddings.lengths(texts)
    assert tokens[0] > tokens[1]
    assert embeddings.lengths(["word " * 5000]) == [256]
