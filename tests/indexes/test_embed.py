import sys

import numpy as np
import pytest

from r1agent_indexes import PaperIndex, PaperIndexError, SentenceEmbeddings, load_embeddings
from r1agent_indexes.embed import power_of_two


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


def test_a_library_that_is_not_installed_is_said_in_one_sentence(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(PaperIndexError, match=r"pip install 'r1agent\[local\]'"):
        load_embeddings().embed_query("x")


def test_a_text_has_the_same_vector_alone_in_a_batch_and_in_another_process():
    """So that no ranking, and no verdict of the gate, hangs on what was embedded before."""
    texts = [
        f"Sentence {n} on label smoothing, with {n * 3} points. " * (n % 7 + 1) for n in range(40)
    ]
    one, other = load_embeddings(), load_embeddings()
    one_by_one = np.array([one.embed_query(text) for text in texts])
    together = np.array(other.embed_documents(texts))
    assert np.allclose(one_by_one, together, rtol=0, atol=1e-6)
    assert np.allclose(other.embed_documents(texts[3:5]), one_by_one[3:5], rtol=0, atol=1e-6)


def test_length_is_counted_in_tokens_once_the_model_is_there():
    embeddings = SentenceEmbeddings()
    texts = ["x = y + z - 1", "internationalization"]
    assert embeddings.lengths(texts) == [13, 20]
    embeddings.embed_query("load")
    tokens = embeddings.lengths(texts)
    assert tokens[0] > tokens[1]
    assert embeddings.lengths(["word " * 5000]) == [256]


def test_batches_have_few_shapes_so_that_memory_does_not_grow_with_the_papers():
    import torch

    shapes = set()

    def note(module, inputs):
        if isinstance(module, torch.nn.Embedding) and inputs[0].dim() == 2:
            shapes.add(tuple(inputs[0].shape))

    embeddings = load_embeddings()
    embeddings.embed_documents(["the choice of the number format"] * 16)
    hook = torch.nn.modules.module.register_module_forward_pre_hook(note)
    try:
        for count in (2, 3, 5, 7, 11, 13, 17, 19, 23):
            embeddings.embed_documents([f"word {n} " * (1 + 5 * n % 11) for n in range(count)])
    finally:
        hook.remove()
    texts = {rows for rows, _ in shapes}
    assert texts <= {1, 2, 4, 8, 16, 32}
    assert all(tokens % 16 == 0 for rows, tokens in shapes if rows > 1)


@pytest.mark.parametrize(("most", "power"), [(0, 1), (0.3, 1), (1, 1), (31.9, 16), (32, 32)])
def test_a_power_of_two_is_never_above_what_is_asked(most, power):
    assert power_of_two(most) == power
