"""Which pool a job gets, and what is refused before a cluster is asked for anything."""

from __future__ import annotations

import copy
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from r1agent import ResearchAssistant
from r1agent.batch import ThreadPool
from r1agent.batch.opening import pool_for, require_usable
from r1agent.batch.ray_node import NodeAssistant
from r1agent.errors import ModelServerError, SettingsError
from r1agent.settings import Settings
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from r1agent_indexes import ClusterError, PaperIndex
from tests.agent.cli.commands import environment
from tests.agent.cli.scripted_server import scripted_server

SERVED = Settings(base_url="http://10.0.0.7:8000/v1", api_key="a-secret")
FAR = "203.0.113.9"  # kept for documentation: nobody has it


def lab_notes(topic: str) -> str:
    """Read my lab notes on a topic."""
    return topic


@pytest.fixture
def assistant() -> ResearchAssistant:
    return ResearchAssistant(ScriptedChatModel(replies=[]), [])


def test_without_an_address_threads_of_this_process_answer(assistant):
    with pool_for(assistant, 3) as pool:
        assert isinstance(pool, ThreadPool)
        assert pool.assistant is assistant
        assert pool.workers.at_once == 3


def test_ray_is_not_loaded_unless_it_is_asked_for():
    code = "import sys, r1agent.batch.opening; print('ray' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True
    )
    assert done.stdout == "False\n", done.stderr


def test_an_address_where_no_cluster_is_says_what_to_give(assistant):
    with (
        pytest.raises(ClusterError, match=r"No Ray cluster .*127\.0\.0\.1:9.*Give `auto`"),
        pool_for(assistant, settings=SERVED, ray="127.0.0.1:9"),
    ):
        pass


def test_without_ray_the_error_says_what_to_install(assistant, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(ClusterError, match=r"pip install 'r1agent\[cluster\]'"),
        pool_for(assistant, settings=SERVED, ray="auto"),
    ):
        pass


def test_a_cluster_needs_a_server_that_all_nodes_reach_or_the_embedded_engine(assistant):
    with pytest.raises(SettingsError, match=r"no model server is named.*--base-url"):
        NodeAssistant.of(assistant, Settings(), None)
    with pytest.raises(SettingsError, match="no model server is named"):
        require_usable(Settings(), "auto")
    require_usable(Settings(), None)
    require_usable(SERVED, "auto")
    assert NodeAssistant.of(assistant, Settings(engine="embedded"), None)


def test_a_tool_of_ones_own_cannot_be_sent():
    assistant = ResearchAssistant(ScriptedChatModel(replies=[]), [lab_notes])
    with pytest.raises(SettingsError, match="Your tool `lab_notes` stays on this machine"):
        NodeAssistant.of(assistant, SERVED, None)


@pytest.mark.parametrize("name", ["base_url", "embedding_url", "reranker_url", "sandbox_url"])
def test_an_address_of_this_machine_alone_is_refused_for_other_nodes(assistant, name):
    settings = SERVED.model_copy(update={name: "http://user:pass@localhost:8000/v1"})
    there = NodeAssistant.of(assistant, settings, None)
    assert there.refuses("127.0.0.1") == ""
    refusal = there.refuses(FAR)
    assert f"`{name}` is 'http://localhost:8000/v1', which on the node {FAR} is" in refusal


def test_a_server_that_others_reach_is_fine_for_every_node(assistant):
    assert NodeAssistant.of(assistant, SERVED, None).refuses(FAR) == ""


def test_secrets_reach_the_nodes_and_are_not_shown(assistant):
    there = copy.deepcopy(NodeAssistant.of(assistant, SERVED, None))  # by what sending goes by
    assert there.settings.api_key.get_secret_value() == "a-secret"
    assert "a-secret" not in repr(there)


def test_paths_are_the_same_on_the_nodes_wherever_they_work(assistant, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = SERVED.model_copy(update={"index": Path("kd")})
    sent = NodeAssistant.of(assistant, settings, None).settings
    assert sent.index == tmp_path / "kd"
    assert "runs_dir" not in sent.model_fields_set  # each node has its own


@pytest.fixture
def index_folder(tmp_path):
    folder, paper = tmp_path / "index", tmp_path / "sums.md"
    paper.write_text("# On sums\n\nThe sum is 5050.\n")
    with PaperIndex.open(folder, embeddings=HashEmbeddings(), create=True) as index:
        index.add([paper])
    return folder


def test_an_index_that_a_node_has_not_is_named_with_what_to_do(assistant, index_folder):
    settings = SERVED.model_copy(update={"index": index_folder})
    there = NodeAssistant.of(assistant, settings, None)
    index_folder.rename(index_folder.with_name("elsewhere"))
    with pytest.raises(ClusterError, match=r"index' is not there\. It must be the same"):
        there()


def test_an_index_that_differs_on_a_node_is_refused(assistant, index_folder, tmp_path):
    settings = SERVED.model_copy(update={"index": index_folder})
    there = NodeAssistant.of(assistant, settings, None)
    (tmp_path / "more.md").write_text("# More\n\nThe product is 24.\n")
    with PaperIndex.open(index_folder, embeddings=HashEmbeddings()) as index:
        index.add([tmp_path / "more.md"])
    with pytest.raises(ClusterError, match=r"index' is another one\. It must be the same"):
        there()


def test_a_server_that_a_node_does_not_reach_is_named(assistant):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = Settings(base_url=f"http://127.0.0.1:{free.getsockname()[1]}/v1")
        with pytest.raises(ModelServerError, match="cannot be reached from there"):
            NodeAssistant.of(assistant, settings, None)()


def test_a_node_with_another_model_is_refused(assistant, tmp_path):
    with scripted_server() as address:
        settings = Settings(base_url=address, runs_dir=tmp_path, entailment="floors")
        with pytest.raises(SettingsError, match="model there is 'scripted', and here 'scripted-1b"):
            NodeAssistant.of(assistant, settings, None)()
