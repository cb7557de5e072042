import pytest
from langchain_core.documents import BaseDocumentCompressor, Document

from r1agent_indexes import PaperIndex, Patience, ServedReranker, load_reranker
from r1agent_indexes.errors import EmbeddingModelError
from tests.indexes.made_pdfs import HashEmbeddings
from tests.indexes.served.embedding_servers import (
    KEY,
    instead,
    model_server,
    one_too_few,
    status,
    web_page,
)

TEXTS = ["loss fell", "the water table", "pump", "the pump lowers the water table"]


def compressed(reranker, texts=TEXTS, query="the pump and the water table"):
    found = reranker.compress_documents([Document(text) for text in texts], query)
    return [(one.page_content, one.metadata["score"]) for one in found]


def test_passages_come_in_the_order_of_the_servers_scores(server):
    reranker = load_reranker("hash-64", HashEmbeddings(), url=server.address)
    assert isinstance(reranker, BaseDocumentCompressor)
    assert compressed(reranker) == [
        ("the pump lowers the water table", 0.666667),
        ("the water table", 0.5),
        ("pump", 0.166667),
        ("loss fell", 0.0),
    ]
    assert [sorted(body) for body in server.bodies] == [
        ["documents", "model", "query", "truncate_prompt_tokens"]
    ]


def test_without_a_name_the_server_decides(server):
    compressed(load_reranker(None, HashEmbeddings(), url=server.address))
    assert "model" not in server.bodies[0]


def test_many_passages_go_in_several_requests_and_none_is_lost(server):
    texts = [f"pump {n}" for n in range(150)]
    found = compressed(ServedReranker(base_url=server.address), texts)
    assert sorted(text for text, _ in found) == sorted(texts)
    assert [len(body["documents"]) for body in server.bodies] == [64, 64, 22]


def test_no_passages_need_no_server():
    assert ServedReranker(base_url="http://127.0.0.1:9").compress_documents([], "q") == []


def test_scores_of_any_size_are_kept(server):
    rows = [{"index": at, "relevance_score": score} for at, score in enumerate([-3.5, 7, 0.25])]
    server.faults.append(instead({"results": rows}))
    found = compressed(ServedReranker(base_url=server.address), ["a", "b", "c"])
    assert found == [("b", 7.0), ("c", 0.25), ("a", -3.5)]


async def test_it_can_be_awaited(server):
    documents = [Document(text) for text in TEXTS]
    found = await ServedReranker(base_url=server.address).acompress_documents(documents, "pump")
    assert found[0].page_content == "pump"


def test_a_busy_server_is_asked_again(server):
    server.faults += [status(429, Retry_After="0"), status(503, Retry_After="0")]
    assert len(compressed(ServedReranker(base_url=server.address))) == 4


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (one_too_few, "answered 3 rows for 4 texts"),
        (web_page, "wanted JSON. Check that `reranker_url`"),
        (status(500), "answered 500"),
        (instead({"results": [{"index": 0, "relevance_score": 1.0}] * 4}), "name each text once"),
        (instead({"results": [{"relevance_score": float("nan")}] * 4}), "no finite number"),
        (instead({"results": [{"relevance_score": None}] * 4}), "no finite number"),
        (instead({"results": [1, 2, 3, 4]}), "without a list `results`"),
    ],
)
def test_what_is_no_ranking_is_said(server, fault, found):
    server.faults.append(fault)
    reranker = ServedReranker(base_url=server.address, patience=Patience(timeout=5, attempts=1))
    with pytest.raises(EmbeddingModelError, match=found) as caught:
        compressed(reranker)
    assert str(caught.value).startswith("The reranking server at ")


def test_the_key_is_sent_and_not_shown():
    with model_server(key=KEY) as server:
        reranker = ServedReranker(base_url=server.address, api_key=KEY)
        assert len(compressed(reranker)) == 4
        wrong = ServedReranker(base_url=server.address)
        with pytest.raises(EmbeddingModelError, match="R1AGENT_RERANKER_KEY"):
            compressed(wrong)
    assert KEY not in repr(reranker)


def test_late_interaction_stays_on_this_machine(server):
    with pytest.raises(EmbeddingModelError, match="needs a vector for each token"):
        load_reranker("late", HashEmbeddings(), url=server.address)


def test_an_index_searches_with_a_served_reranker(tmp_path, papers, embeddings, server):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        reranker = ServedReranker(base_url=server.address)
        (first, *_) = index.search("the water table", k=3, reranker=reranker)
    assert first.metadata["file"] == "sand.pdf"
    assert first.metadata["score"] == 0.75
