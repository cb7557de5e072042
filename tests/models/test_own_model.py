"""A chat model of the user's own that fails: a sentence, whatever its client raises."""

import json
import socket

import pytest
from langchain_core.exceptions import ContextOverflowError, ModelAuthenticationError
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

from r1agent import ResearchAssistant
from r1agent.errors import ModelServerError
from r1agent.models.failures import RequestRefusedError
from r1agent.models.writing import complete
from r1agent.profiles import LARGE
from tests.models.model_servers import http_server, send

KEY = "sk-very-secret"
MESSAGES = [HumanMessage("Why?")]
TOLD = {
    401: "was refused its API key (",
    403: "was refused its API key (",
    404: "names a model or an address that its server does not have (",
    429: "is over the limit of its server (",
    500: "met an error of its server (",
    418: "failed (",
}


def own(address):
    return ChatOpenAI(base_url=f"{address}/v1", model="m", api_key=KEY, max_retries=0, timeout=20)


def failing(status, said="no"):
    body = json.dumps({"error": {"message": said, "type": "x"}})
    return http_server(lambda request: send(request, body, status=status))


def nowhere():
    """Return an address at which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.mark.parametrize("status", TOLD)
@pytest.mark.parametrize("on_text", [None, lambda text: None], ids=["at once", "streamed"])
def test_what_a_server_refuses_is_told_in_a_sentence(status, on_text):
    with failing(status) as address, pytest.raises(ModelServerError) as caught:
        complete(own(address), MESSAGES, max_tokens=9, on_text=on_text)
    assert f"The chat model ChatOpenAI {TOLD[status]}" in str(caught.value)


@pytest.mark.parametrize("on_text", [None, lambda text: None], ids=["at once", "streamed"])
def test_a_server_that_is_not_there_is_told_in_a_sentence(on_text):
    with pytest.raises(ModelServerError, match=r"cannot reach its server \(.+\)\. Start the"):
        complete(own(nowhere()), MESSAGES, max_tokens=9, on_text=on_text)


@pytest.mark.parametrize("status", [400, 422])
def test_a_request_that_is_refused_as_it_is_can_be_made_otherwise(status):
    with failing(status) as address, pytest.raises(RequestRefusedError, match="refused the req"):
        complete(own(address), MESSAGES, max_tokens=9)


def test_a_key_that_a_server_repeats_is_not_shown():
    with failing(401, f"wrong key {KEY}") as address, pytest.raises(ModelServerError) as caught:
        complete(own(address), MESSAGES, max_tokens=9)
    assert KEY not in str(caught.value)
    assert "wrong key ***" in str(caught.value)


def lab_notes(query: str) -> str:
    """Look into the notes.

    Args:
        query: What for.
    """
    return query


def test_an_assistant_of_ones_own_model_ends_in_the_same_sentence():
    with pytest.raises(ModelServerError, match="cannot reach its server"):
        ResearchAssistant(own(nowhere()), [lab_notes], profile=LARGE).ask("Why?")


class Failing(BaseChatModel):
    """A model of another provider, which raises langchain-core's own errors."""

    error: Exception

    @property
    def _llm_type(self):
        return "failing"

    def _generate(self, messages, stop=None, run_manager=None, **options):
        raise self.error


def test_errors_of_other_providers_are_told_too():
    with pytest.raises(ModelServerError, match="Failing was refused its API key"):
        complete(Failing(error=ModelAuthenticationError("no")), MESSAGES, max_tokens=9)
    with pytest.raises(RequestRefusedError, match="too long"):
        complete(Failing(error=ContextOverflowError("too long")), MESSAGES, max_tokens=9)


def test_a_bug_of_a_model_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        complete(Failing(error=ZeroDivisionError()), MESSAGES, max_tokens=9)
