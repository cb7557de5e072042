"""Nobody waits any more: vLLM stops computing, however the waiting ended."""

from __future__ import annotations

import signal
import subprocess
import threading
import time

import pytest
from langchain_core.messages import HumanMessage

from r1agent.models import chat_model
from r1agent.models.cancellation import RequestCancelledError
from r1agent.models.terms import OverdueError, Terms, under
from tests.agent.cli.commands import command, environment
from tests.vllm.started import wait_until_running

pytestmark = pytest.mark.vllm
ENDLESS = {
    "max_tokens": 3500,
    # No end is drawn, and every token is text: a stream says something from its first token on.
    "extra_body": {"min_tokens": 3500, "skip_special_tokens": False},
}
ASKED = [HumanMessage("Count for ever.")]


@pytest.fixture
def model(small):
    return chat_model(small.base_url, small.model_name, api_key=small.api_key)


@pytest.fixture(autouse=True)
def idle(small):
    wait_until_running(small.base_url, False)


def test_a_stream_that_is_left_is_aborted(small, model):
    stream = model.bind(**ENDLESS).stream(ASKED)
    next(stream)
    wait_until_running(small.base_url, True)
    stream.close()
    wait_until_running(small.base_url, False, 20)


def test_a_deadline_aborts_the_request_it_cuts(small, model):
    with pytest.raises(OverdueError):
        under(Terms(time.monotonic() + 3), lambda: model.bind(**ENDLESS).invoke(ASKED))
    wait_until_running(small.base_url, False, 20)


def test_closing_the_model_aborts_what_its_threads_wait_for(small, model):
    ended: list[BaseException] = []

    def ask() -> None:
        try:
            model.bind(**ENDLESS).invoke(ASKED)
        except RequestCancelledError as error:
            ended.append(error)

    asking = [threading.Thread(target=ask) for _ in range(3)]
    for one in asking:
        one.start()
    wait_until_running(small.base_url, True)
    model.close()
    for one in asking:
        one.join(20)
    assert len(ended) == 3
    wait_until_running(small.base_url, False, 20)


def test_ctrl_c_ends_the_command_and_the_work_of_the_server(small, tmp_path):
    words = ("ask", "Write a poem about the integers from 1 to 9999, one line each.", "-q")
    with subprocess.Popen(
        command(*words, "--base-url", small.base_url),
        cwd=tmp_path,
        env=environment(R1AGENT_API_KEY=small.api_key, HOME=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as child:
        wait_until_running(small.base_url, True, 120)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130, said
    wait_until_running(small.base_url, False, 20)
