import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr, SecretStr

from r1agent.evaluate.fresh_start import forgetting
from r1agent.models import ServedChatModel
from r1agent.testing import ScriptedChatModel


class Recorder(ServedChatModel):
    """Keeps what it would send."""

    _sent: list = PrivateAttr(default_factory=list)

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        self._sent.append(self._get_request_payload(messages, **kwargs))
        return ChatResult(generations=[ChatGeneration(message=AIMessage("Yes."))])


def model(**given):
    return Recorder(
        model_name="m", api_base="http://127.0.0.1:9/v1", api_key=SecretStr("none"), **given
    )


def test_the_embedded_engine_reads_a_prompt_whole_before_an_example():
    embedded = model(temperature=0, cache_identity="embedded m.gguf 1 1")
    with forgetting(embedded) as forget:
        embedded.invoke("One?")
        forget()
        embedded.invoke("Two?")
    embedded.invoke("Three?")
    assert [sent.get("extra_body") for sent in embedded._sent] == [
        {"id_slot": 0},
        {"id_slot": 0, "cache_prompt": False},
        {"id_slot": 0},
        None,
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"temperature": 0, "cache_identity": "vllm m"},
        {"temperature": 0.6, "cache_identity": "embedded m.gguf 1 1"},
    ],
)
def test_other_engines_and_sampled_answers_are_left_alone(given):
    other = model(**given)
    with forgetting(other) as forget:
        forget()
        other.invoke("One?")
    assert [sent.get("extra_body") for sent in other._sent] == [None]


def test_a_model_of_another_kind_is_left_alone():
    scripted = ScriptedChatModel(replies=["Yes."])
    with forgetting(scripted) as forget:
        forget()
    assert scripted.requests == []
