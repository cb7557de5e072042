from pathlib import Path

import pytest
from langchain_core.documents import Document

from r1agent_indexes import CrossEncoderReranker, PaperIndex, load_reranker
from r1agent_indexes.errors import EmbeddingModelError

WORDS = "[PAD] [UNK] [CLS] [SEP] [MASK] water table pump loss fell calibration".split()


def made_cross_encoder(folder: Path, *, labels: int) -> str:
    """Save a tiny cross-encoder with weights by chance."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=labels,
        initializer_range=1.0,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


@pytest.fixture
def reranker(tmp_path, embeddings):
    return load_reranker(made_cross_encoder(tmp_path / "model", labels=1), embeddings)


def test_a_cross_encoder_orders_passages_by_its_own_score(reranker):
    texts = ["water table", "loss fell", "pump", "calibration"]
    found = reranker.compress_documents([Document(text) for text in texts], "the loss")
    scores = [one.metadata["score"] for one in found]
    assert sorted(one.page_content for one in found) == sorted(texts)
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 4


def test_no_passages_need_no_model():
    assert CrossEncoderReranker(model_name="nowhere").compress_documents([], "q") == []


def test_a_missing_model_is_named(tmp_path):
    reranker = CrossEncoderReranker(model_name=str(tmp_path / "nowhere"))
    with pytest.raises(EmbeddingModelError, match=r"Reranker .*nowhere.* cannot be loaded"):
        reranker.compress_documents([Document("a")], "q")


def test_a_model_with_several_labels_is_refused(tmp_path, embeddings):
    reranker = load_reranker(made_cross_encoder(tmp_path / "model", labels=3), embeddings)
    with pytest.raises(EmbeddingModelError, match="gives 3 numbers a passage, wanted one"):
        reranker.compress_documents([Document("a")], "q")


def test_an_index_searches_with_a_reranker(tmp_path, papers, embeddings, reranker):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        plain = index.search("water table", k=3)
        found = index.as_retriever(k=3, reranker=reranker).invoke("water table")
        assert {one.id for one in found} == {one.id for one in plain}
        assert [one.metadata["score"] for one in found] != [one.metadata["score"] for one in plain]
