import json

import pytest

from r1agent.evaluate import datasets
from tests.agent.cli.commands import run
from tests.agent.evaluate.served_files import served


@pytest.fixture
def server(monkeypatch):
    with served(rows=b"{}\n") as state:
        monkeypatch.setattr(datasets, "list_datasets", lambda: [state.dataset()])
        yield state


def test_known_data_sets_are_listed_with_licence_source_and_checksum():
    shown = run("eval", "datasets").stdout
    assert "· humaneval" in shown
    assert "MIT" in shown
    assert "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef" in shown


def test_the_list_says_what_is_on_this_machine(server, tmp_path):
    assert json.loads(run("eval", "datasets", "--json", "--to", tmp_path).stdout)[0]["path"] is None
    run("eval", "fetch", "small", "--to", tmp_path)
    (row,) = json.loads(run("eval", "datasets", "--json", "--to", tmp_path).stdout)
    assert row["path"] == str(tmp_path / "small")
    assert len(server.asked) == 1


def test_fetch_prints_the_path_and_says_what_comes_next(server, tmp_path):
    result = run("eval", "fetch", "small", "--to", tmp_path)
    assert result.exit_code == 0
    assert result.stdout == f"{tmp_path / 'small'}\n"
    assert "Licence: MIT. Next: `r1agent eval math" in result.stderr


def test_quiet_says_nothing_but_the_path(server, tmp_path):
    assert run("eval", "fetch", "small", "--to", tmp_path, "--quiet").stderr == ""


def test_a_server_that_refuses_ends_with_one_sentence(server, tmp_path):
    server.status = 404
    result = run("eval", "fetch", "small", "--to", tmp_path, "--plain")
    assert result.exit_code == 1
    assert "error: Could not fetch `small`: 127.0.0.1 answered 404." in result.stderr


def test_an_unknown_name_is_refused_before_anything_is_asked(tmp_path):
    result = run("eval", "fetch", "humanevil", "--to", tmp_path)
    assert result.exit_code == 1
    assert "Did you mean `humaneval`?" in result.stderr
    assert list(tmp_path.iterdir()) == []
