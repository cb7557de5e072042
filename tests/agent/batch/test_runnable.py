"""LangChain's own ways to ask an assistant many questions: a list, and results as they come."""

import os
import re
import signal
import threading
import time

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from r1agent.assistant import ResearchAssistant
from r1agent.errors import ModelServerError
from r1agent.models import chat_model
from r1agent.models.cancellation import RequestCancelledError
from r1agent.types import Answer, Audit, Plan, Trajectory
from tests.models.model_servers import http_server
from tests.models.streamed import Hanging

QUESTIONS = ["What is 1?", "What is 2?", "What is 3?"]


class Numbers(BaseChatModel):
    """Says the number it is asked for, once all that are to be asked together are asked."""

    together: int = 1
    _barrier: threading.Barrier

    def __init__(self, **fields):
        super().__init__(**fields)
        self._barrier = threading.Barrier(self.together, timeout=10)

    @property
    def _llm_type(self):
        return "numbers"

    def _generate(self, messages, stop=None, run_manager=None, **kwargs):
        self._barrier.wait()
        number = re.search(r"\d", messages[-1].content)[0]
        if number == "2":
            raise ModelServerError("no server for 2")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(number))])


class Asking(ResearchAssistant):
    """Asks the model the question itself."""

    def ask(self, question, **options):
        said = str(self.model.invoke(question).content)
        return Answer(
            "r", question, "answered", (), Plan(()), Trajectory(), Audit(0, "none"), message=said
        )


def test_a_list_of_questions_gives_a_list_of_answers_in_their_order():
    assistant = Asking(Numbers(), [])
    answers = assistant.batch(["What is 3?", "What is 1?"], {"max_concurrency": 1})
    assert [answer.text for answer in answers] == ["3", "1"]


def test_the_questions_of_a_list_are_asked_at_once():
    assistant = Asking(Numbers(together=3), [])
    said = assistant.batch(QUESTIONS, {"max_concurrency": 3}, return_exceptions=True)
    assert (said[0].text, said[2].text) == ("1", "3")
    assert isinstance(said[1], ModelServerError)


def test_a_failure_is_raised_unless_it_is_to_be_returned():
    with pytest.raises(ModelServerError, match="no server for 2"):
        Asking(Numbers(), []).batch(QUESTIONS, {"max_concurrency": 2})


def test_answers_come_as_they_are_done_with_the_places_of_their_questions():
    assistant = Asking(Numbers(together=3), [])
    config = {"max_concurrency": 3}
    said = dict(assistant.batch_as_completed(QUESTIONS, config, return_exceptions=True))
    assert sorted(said) == [0, 1, 2]
    assert (said[0].text, said[2].text) == ("1", "3")
    assert str(said[1]) == "no server for 2"


def test_closing_the_model_cuts_the_questions_of_a_list():
    server = Hanging()
    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m")
        assistant = Asking(model, [], on_close=model.close)

        def close():
            server.await_clients(3)
            assistant.close()

        closing = threading.Thread(target=close)
        closing.start()
        said = assistant.batch(QUESTIONS, {"max_concurrency": 3}, return_exceptions=True)
        closing.join()
        server.await_leaving(3, 10.0)
    assert [type(each) for each in said] == [RequestCancelledError] * 3


@pytest.mark.parametrize("how", ["batch", "batch_as_completed"])
def test_ctrl_c_cuts_the_questions_of_a_list(how):
    server = Hanging()

    def press():
        server.await_clients(3)
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    with http_server(server) as address:
        assistant = Asking(chat_model(f"{address}/v1", "m"), [])
        pressing = threading.Thread(target=press)
        pressing.start()
        with pytest.raises(KeyboardInterrupt):
            list(getattr(assistant, how)(["a", "b", "c", "d"], {"max_concurrency": 3}))
        server.await_leaving(3, 5.0)
        pressing.join()
        time.sleep(0.3)  # in which a worker would take the next question
    assert len(server.came) == 3
