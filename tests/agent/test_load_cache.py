"""Requests are answered from the disk as the settings say, across assistants."""

import pytest

from r1agent.load import load_assistant
from r1agent.settings import load_settings
from tests.agent.cli.scripted_server import MATHEMATICS, scripted_server

QUESTION = "What is the sum of the whole numbers from 1 to 100?"


@pytest.fixture
def ask(tmp_path, sandbox):
    def ask_anew(address, **settings):
        made = load_settings(
            base_url=address, cache_dir=tmp_path / "cache", runs_dir=tmp_path / "runs", **settings
        )
        with load_assistant(made) as assistant:
            answer = assistant.ask(QUESTION)
        usage = answer.audit.usage.values()
        return sum(one.calls for one in usage), sum(one.from_cache for one in usage)

    return ask_anew


def test_the_same_question_again_asks_the_model_nothing(ask):
    with scripted_server(MATHEMATICS) as address:
        calls, cached = ask(address)
        assert (calls > 0, cached) == (True, 0)
        assert ask(address) == (0, calls)


def test_without_the_cache_the_model_is_asked_anew(ask):
    with scripted_server(MATHEMATICS) as address:
        first = ask(address, cache_requests=False)
        assert ask(address, cache_requests=False) == first
    assert first[1] == 0
