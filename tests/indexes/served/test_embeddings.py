import copy
import logging
import time

import numpy as np
import pytest
from langchain_tests.integration_tests import EmbeddingsIntegrationTests
from langchain_tests.unit_tests import EmbeddingsUnitTests

from r1agent_indexes import PaperIndexError, Patience, ServedEmbeddings, load_embeddings
from r1agent_indexes.errors import EmbeddingModelError
from tests.indexes.made_pdfs import HashEmbeddings
from tests.indexes.served.embedding_servers import (
    KEY,
    closed,
    cut,
    dripping,
    instead,
    model_server,
    one_too_few,
    reversed_rows,
    status,
    web_page,
)

ONCE = Patience(timeout=5, attempts=1)
WORDS = ["the water table", "loss fell", "calibration of the pump"]


def unit(texts):
    vectors = np.array(HashEmbeddings().embed_documents(texts))
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class OfServer:
    """What both of langchain's suites need."""

    @pytest.fixture(autouse=True)
    def _served(self, server):
        self.address = server.address

    @property
    def embeddings_class(self):
        return ServedEmbeddings

    @property
    def embedding_model_params(self):
        return {"base_url": self.address, "model": "hash-64"}


class TestUnit(OfServer, EmbeddingsUnitTests):
    pass


class TestIntegration(OfServer, EmbeddingsIntegrationTests):
    pass


def test_vectors_are_those_of_the_model_at_unit_length_and_sent_packed(server):
    embeddings = ServedEmbeddings(server.address, "hash-64")
    assert np.allclose(embeddings.embed_documents(WORDS), unit(WORDS), atol=1e-6)
    assert np.allclose(embeddings.embed_query(WORDS[0]), unit(WORDS[:1])[0], atol=1e-6)
    assert {body["encoding_format"] for body in server.bodies} == {"base64"}
    assert {body["truncate_prompt_tokens"] for body in server.bodies} == {-1}
    assert embeddings.dimension == 64


def test_nothing_is_asked_before_the_first_text_and_no_question_twice(server):
    embeddings = ServedEmbeddings(server.address, "hash-64")
    assert embeddings.embed_documents([]) == []
    assert server.bodies == []
    assert embeddings.embed_query("a") is embeddings.embed_query("a")
    assert len(server.bodies) == 1


def test_many_texts_go_in_bounded_requests_a_few_at_once():
    texts = [f"word {n} " * (400 if n % 50 == 0 else 1) for n in range(300)]
    with model_server(delay=0.05) as server:
        embeddings = ServedEmbeddings(server.address, "hash-64", patience=Patience(at_once=3))
        found = embeddings.embed_documents(texts)
    assert np.allclose(found, unit(texts), atol=1e-6)
    assert max(len(body["input"]) for body in server.bodies) == 32
    assert 1 < server.at_once <= 3


def test_without_a_name_the_first_model_of_the_server_is_meant(server):
    embeddings = load_embeddings(url=server.address)
    assert embeddings.model_name == "hash-64"
    embeddings.embed_query("a")
    assert server.bodies[0]["model"] == "hash-64"


def test_prefixes_are_put_before_questions_and_documents(server):
    embeddings = ServedEmbeddings(
        server.address, "hash-64", query_prefix="query: ", document_prefix="passage: "
    )
    embeddings.embed_query("a")
    embeddings.embed_documents(["b", ""])
    assert [body["input"] for body in server.bodies] == [["query: a"], ["passage: b", "passage: "]]


def test_a_server_that_knows_none_of_vllms_fields_is_asked_without_them():
    with model_server(unknown=("truncate_prompt_tokens",)) as server:
        embeddings = ServedEmbeddings(server.address, "hash-64")
        for text in WORDS:
            assert np.allclose(embeddings.embed_query(text), unit([text])[0], atol=1e-6)
    assert ["truncate_prompt_tokens" in body for body in server.bodies] == [True] + [False] * 3


@pytest.mark.parametrize(
    "faults",
    [
        [status(429, Retry_After="0")],
        [status(500, Retry_After="0"), status(500, Retry_After="0")],
        [status(502, Retry_After="0"), status(503, Retry_After="0"), status(429, Retry_After="0")],
        [closed],
        [cut],
        [reversed_rows],
    ],
    ids=["429", "500 twice", "502, 503, 429", "closed", "cut", "order"],
)
def test_what_passes_is_outlasted_and_order_is_by_index(server, faults):
    server.faults += faults
    found = ServedEmbeddings(server.address, "hash-64").embed_documents(WORDS)
    assert np.allclose(found, unit(WORDS), atol=1e-6)
    assert server.faults == []


def test_the_pause_that_a_server_asks_for_is_kept(server):
    server.faults.append(status(429, Retry_After="1"))
    began = time.monotonic()
    ServedEmbeddings(server.address, "hash-64").embed_query("a")
    assert 1 <= time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("fault", "found"),
    [
        (status(500), r"answered 500\. Start it, see its log"),
        (status(429, Retry_After="3600"), "answered 429 and asks to wait 3600 s"),
        (closed, "is out of reach"),
        (cut, "is out of reach"),
        (web_page, "answered with 'text/html', wanted JSON. Check that `embedding_url`"),
        (one_too_few, "answered 2 rows for 3 texts"),
        (instead({"object": "list"}), "answered JSON without a list `data`"),
        (instead([1, 2]), "answered JSON without a list `data`"),
        (instead({"data": [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}] * 2}), "4 rows for 3"),
        (
            instead({"data": [{"embedding": [1.0]}, {"embedding": [1.0, 2.0]}, {"embedding": []}]}),
            r"vectors of \[0, 1, 2\] numbers, wanted one length",
        ),
        (instead({"data": [{"embedding": [1.0, float("nan")]}] * 3}), "not finite"),
        (instead({"data": [{"embedding": [1.0, float("inf")]}] * 3}), "not finite"),
        (instead({"data": [{"embedding": [0.0, 0.0]}] * 3}), "a vector of zeros"),
        (instead({"data": [{"embedding": "a!"}] * 3}), "no base64 of float32"),
        (instead({"data": [{"embedding": "AAA="}] * 3}), "no base64 of float32"),
        (instead({"data": [{"embedding": ["1"]}] * 3}), "no list of numbers"),
        (instead({"data": [{"embedding": [10**400]}] * 3}), "no list of numbers"),
        (instead({"data": [{}] * 3}), "no list of numbers"),
        (
            instead({"data": [{"index": 0, "embedding": [1.0]}] * 3}),
            "`index` does not name each text once",
        ),
    ],
)
def test_what_does_not_pass_is_said(server, fault, found):
    server.faults.append(fault)
    embeddings = ServedEmbeddings(server.address, "hash-64", patience=ONCE)
    with pytest.raises(EmbeddingModelError, match=found) as caught:
        embeddings.embed_documents(WORDS)
    assert str(caught.value).startswith(f"The embedding server at '{server.address}' ")


def test_a_model_of_another_dimension_in_mid_run_is_refused(server):
    embeddings = ServedEmbeddings(server.address, "hash-64", patience=ONCE)
    embeddings.embed_query("a")
    server.faults.append(instead({"data": [{"embedding": [1.0, 2.0]}]}))
    with pytest.raises(EmbeddingModelError, match="vectors of 2 numbers, after 64"):
        embeddings.embed_query("b")


def test_a_slow_server_is_given_up_in_time_and_not_asked_again(server):
    server.faults.append(dripping)
    patience = Patience(timeout=0.2, attempts=3)
    with pytest.raises(EmbeddingModelError, match=r"did not answer within 0\.2 s"):
        ServedEmbeddings(server.address, "hash-64", patience=patience).embed_query("a")
    assert len(server.bodies) == 1


def test_a_silent_server_is_given_up_in_time():
    with model_server(delay=1) as server:
        embeddings = ServedEmbeddings(server.address, "m", patience=Patience(timeout=0.2))
        with pytest.raises(EmbeddingModelError, match=r"did not answer within 0\.2 s"):
            embeddings.embed_query("a")


def test_no_server_is_said_with_what_to_do():
    with model_server() as server:
        pass
    embeddings = ServedEmbeddings(server.address, "m", patience=Patience(attempts=2))
    with pytest.raises(PaperIndexError, match=r"is out of reach .* Start it, .*`embedding_url`"):
        embeddings.embed_query("a")


def test_a_model_that_is_not_served_is_said_with_those_that_are(server):
    with pytest.raises(EmbeddingModelError, match=r"`bge` does not exist.*It serves 'hash-64'"):
        ServedEmbeddings(server.address, "bge").embed_query("a")


def test_a_server_without_models_is_said():
    with (
        model_server(names=()) as server,
        pytest.raises(EmbeddingModelError, match="without a mod"),
    ):
        ServedEmbeddings(server.address).embed_query("a")


def test_the_key_reaches_its_server_and_nothing_else(caplog):
    caplog.set_level(logging.DEBUG)
    with model_server(key=KEY) as server:
        embeddings = ServedEmbeddings(server.address, "hash-64", api_key=KEY)
        embeddings.embed_query("a")
        wrong = ServedEmbeddings(server.address, "hash-64", api_key=KEY + "!", patience=ONCE)
        with pytest.raises(EmbeddingModelError, match=r"401\. Put its key.*_EMBEDDING_KEY") as said:
            wrong.embed_query("a")
    assert KEY not in str(said.value) + repr(said.value.__cause__) + caplog.text
    assert KEY not in repr(embeddings) + str(vars(embeddings))


def test_a_password_in_the_address_is_not_shown():
    url = "http://me:hunter2@127.0.0.1:9/v1"
    with pytest.raises(EmbeddingModelError) as said:
        ServedEmbeddings(url, "m", patience=ONCE).embed_query("a")
    assert "'http://127.0.0.1:9/v1'" in str(said.value)
    assert "hunter2" not in str(said.value)


def test_no_proxy_stands_before_this_machine(server, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert len(ServedEmbeddings(server.address, "hash-64").embed_query("a")) == 64


def test_it_can_be_sent_to_another_process():
    with model_server(key=KEY) as server:
        embeddings = ServedEmbeddings(server.address, "hash-64", api_key=KEY, query_prefix="q ")
        again = copy.deepcopy(embeddings)  # what a worker is sent is made from the same state
        assert again.embed_query("a") == embeddings.embed_query("a")
