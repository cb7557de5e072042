from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes.served.batches import batches_of


@given(st.lists(st.text(max_size=20)), st.integers(1, 5), st.integers(1, 30))
def test_batches_hold_every_text_once_in_order_within_both_bounds(texts, most, characters):
    batches = list(batches_of(texts, most_texts=most, most_characters=characters))
    assert [text for batch in batches for text in batch] == texts
    assert all(1 <= len(batch) <= most for batch in batches)
    assert all(len(batch) == 1 or sum(map(len, batch)) <= characters for batch in batches)
