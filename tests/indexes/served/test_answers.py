import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes.served.answers import UnusableAnswerError, scores_in, vectors_in

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["data", "results", "index", "embedding", "relevance_score"]), inner
        )
    ),
    max_leaves=12,
)


@given(JSON, st.integers(1, 3))
def test_any_json_is_usable_or_refused(answer, count):
    try:
        vectors = vectors_in(answer, count)
    except UnusableAnswerError:
        pass
    else:
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    try:
        scores = scores_in(answer, count)
    except UnusableAnswerError:
        return
    assert len(scores) == count
    assert np.isfinite(scores).all()


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30, 1e300])
def test_vectors_of_any_size_become_unit_vectors(size):
    rows = [{"index": 1, "embedding": [0.0, size]}, {"index": 0, "embedding": [size, size]}]
    found = vectors_in({"data": rows}, 2)
    assert np.allclose(found, [[0.5**0.5, 0.5**0.5], [0, 1]])


def test_base64_is_float32_with_the_lowest_byte_first():
    packed = base64.b64encode(np.array([3, 4], dtype="<f4").tobytes()).decode()
    assert np.allclose(vectors_in({"data": [{"embedding": packed}]}, 1), [[0.6, 0.8]])
