"""The stand-ins keep LangChain's contracts."""

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_tests.unit_tests import ChatModelUnitTests, EmbeddingsUnitTests

from r1agent.testing import HashEmbeddings, ScriptedChatModel


class TestScriptedChatModel(ChatModelUnitTests):
    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return ScriptedChatModel

    @property
    def chat_model_params(self) -> dict:
        return {"replies": ["Hello."]}

    @property
    def has_tool_calling(self) -> bool:
        return False

    @property
    def has_structured_output(self) -> bool:
        return False


class TestHashEmbeddings(EmbeddingsUnitTests):
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return HashEmbeddings

    @property
    def embedding_model_params(self) -> dict:
        return {"dimension": 64}


def test_replies_come_in_order_and_requests_are_kept():
    model = ScriptedChatModel(replies=["One.", "Two."])
    assert [model.invoke("a").content, model.invoke("b").content] == ["One.", "Two."]
    assert model.prompts == ["a", "b"]


def test_a_call_more_than_the_script_has_says_what_was_asked():
    with pytest.raises(ValueError, match=r"The script has 0 replies .* It asks: 'why'"):
        ScriptedChatModel(replies=[]).invoke("why")


def test_texts_alike_in_words_are_alike_in_vectors():
    embed = HashEmbeddings().embed_query
    assert embed("lowered errors") == embed("the error lowered")
    assert sum(x * x for x in embed("lowered errors")) == pytest.approx(1.0)


def test_a_text_without_words_has_the_zero_vector():
    assert HashEmbeddings(8).embed_query("…") == [0.0] * 8
