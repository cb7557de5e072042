import json

import pytest

from r1agent.doctor import check_embeddings, check_index, check_reranker
from r1agent.settings import load_settings
from tests.agent.cli.commands import run
from tests.indexes.served.embedding_servers import KEY, model_server

TEXT = "# Pumps\n\nThe pump lowers the water table by 12 cm within an hour of pumping.\n"


@pytest.fixture
def papers(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "pumps.md").write_text(TEXT)
    (tmp_path / "papers" / "loss.md").write_text("# Loss\n\nThe loss of the model fell slowly.\n")


@pytest.fixture
def server(papers, monkeypatch):
    monkeypatch.setenv("R1AGENT_EMBEDDING_KEY", KEY)
    monkeypatch.setenv("R1AGENT_RERANKER_KEY", KEY)
    with model_server(key=KEY) as served:
        yield served


def test_an_index_is_built_and_searched_through_servers(server):
    url = server.address
    added = run("index", "add", "papers", "--index", "idx", "--embedding-url", url, "-q")
    assert added.exit_code == 0, added.output
    words = ("search", "the pump and the water", "--index", "idx", "--embedding-url", url, "--json")
    (first, _) = json.loads(run(*words).stdout)
    (again, _) = json.loads(run(*words, "--reranker-url", url).stdout)
    assert first["file"] == again["file"] == "pumps.md"
    assert again["score"] == 0.6
    assert set(server.keys) == {f"Bearer {KEY}"}


def test_the_settings_file_names_the_servers(server, tmp_path):
    names = ("embedding_url", "reranker_url")
    lines = [f'{name} = "{server.address}"\n' for name in names]
    (tmp_path / "r1agent.toml").write_text("".join(lines) + 'index = "idx"\n')
    assert run("index", "add", "papers", "-q").exit_code == 0
    assert json.loads(run("search", "pump", "--json").stdout)[0]["file"] == "pumps.md"


def test_doctor_has_each_server_do_its_work_once(server):
    url = server.address
    run("index", "add", "papers", "--index", "idx", "--embedding-url", url, "-q")
    settings = load_settings(index="idx", embedding_url=url, reranker_url=url)
    found = [check_embeddings(settings), *check_reranker(settings), check_index(settings)]
    assert [check.status for check in found] == ["ok", "ok", "ok"]
    assert found[0].found == "'hash-64' served, 64 numbers a text"


def test_a_server_that_is_gone_is_one_sentence_and_exit_1(papers):
    with model_server() as server:
        pass
    result = run("index", "add", "papers", "--index", "idx", "--embedding-url", server.address)
    assert result.exit_code == 1
    assert f"The embedding server at '{server.address}' is out of reach" in result.stderr


def test_doctor_says_what_is_wrong_with_a_server(papers):
    with model_server(key=KEY) as server:
        settings = load_settings(embedding_url=server.address, reranker_url=server.address)
        found = [check_embeddings(settings), *check_reranker(settings)]
    assert [check.status for check in found] == ["missing", "missing"]
    assert "R1AGENT_EMBEDDING_KEY" in found[0].found
    assert "R1AGENT_RERANKER_KEY" in found[1].found
