"""No text is embedded twice while it is remembered, in whatever order and thread it comes."""

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from r1agent.remembered import RememberedEmbeddings
from r1agent.testing import HashEmbeddings


class Counting(HashEmbeddings):
    def __init__(self):
        super().__init__(8)
        self.embedded = []

    def embed_documents(self, texts):
        self.embedded += texts
        return super().embed_documents(texts)

    def embed_query(self, text):
        self.embedded.append(text)
        return super().embed_query(text)


@given(st.lists(st.lists(st.sampled_from("abcdef"), max_size=5), max_size=6), st.integers(1, 8))
def test_the_vectors_are_those_of_the_model_in_the_order_given(calls, size):
    remembered = RememberedEmbeddings(Counting(), texts=size)
    for texts in calls:
        assert remembered.embed_documents(texts) == HashEmbeddings(8).embed_documents(texts)


def test_a_text_is_embedded_once():
    model = Counting()
    remembered = RememberedEmbeddings(model)
    remembered.embed_documents(["a", "b", "a"])
    remembered.embed_documents(["b", "c"])
    for _ in range(2):
        remembered.embed_query("q")
    assert model.embedded == ["a", "b", "c", "q"]


def test_a_question_and_a_document_of_the_same_words_are_embedded_apart():
    model = Counting()
    remembered = RememberedEmbeddings(model)
    remembered.embed_documents(["a"])
    remembered.embed_query("a")
    assert model.embedded == ["a", "a"]


def test_what_was_used_longest_ago_is_forgotten():
    model = Counting()
    remembered = RememberedEmbeddings(model, texts=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        remembered.embed_query(text)
    assert model.embedded == ["a", "b", "c", "b"]


def test_threads_share_it():
    remembered = RememberedEmbeddings(Counting(), texts=3)
    texts = [str(number % 7) for number in range(400)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(remembered.embed_query, texts))
    assert found == [HashEmbeddings(8).embed_query(text) for text in texts]
