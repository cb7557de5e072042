"""The index of a test collection."""

from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.beir import Titled
from r1agent.evaluate.collection_index import collection_folder, file_name, open_collection
from r1agent.testing import HashEmbeddings

DOCUMENTS = {
    "d1": Titled("Smoothing", "Label smoothing helps the student network."),
    "../d/2": Titled("Sand", "A pump lowers the water table in the sand."),
}


def test_documents_are_found_under_their_own_ids(tmp_path):
    with open_collection(DOCUMENTS, HashEmbeddings(), tmp_path) as index:
        assert next(iter(index.searched("pump water table"))) == "../d/2"
        assert next(iter(index.by_words("smoothing student"))) == "d1"
        meant = index.by_meaning("a pump lowers the water")
        assert max(meant, key=meant.get) == "../d/2"


def test_an_index_is_made_once(tmp_path):
    with open_collection(DOCUMENTS, HashEmbeddings(), tmp_path) as index:
        written = index.index.store.revision()
    with open_collection(DOCUMENTS, HashEmbeddings(), tmp_path) as index:
        assert index.index.store.revision() == written


def test_another_text_gets_another_folder(tmp_path):
    other = DOCUMENTS | {"d1": Titled("Smoothing", "It does not help.")}
    folders = {collection_folder(tmp_path, one, HashEmbeddings()) for one in (DOCUMENTS, other)}
    assert len(folders) == 2


def test_another_embedding_model_gets_another_folder(tmp_path):
    class Other(HashEmbeddings):
        model_name = "other"

    models = (HashEmbeddings(), Other())
    assert len({collection_folder(tmp_path, DOCUMENTS, one) for one in models}) == 2


@given(st.text(min_size=1, max_size=120))
def test_the_file_of_a_document_is_a_plain_name(document):
    name = file_name(document)
    assert name.isascii()
    assert not set(name) & set("/\\\0\n:")
    assert not name.startswith(".")
    assert len(name) <= 100


@given(st.sets(st.text(min_size=1, max_size=20), min_size=2, max_size=6))
def test_documents_have_files_of_their_own(documents):
    assert len({file_name(one) for one in documents}) == len(documents)
