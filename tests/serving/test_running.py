import json
import os
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

from r1agent.serving.running import default_folder, find_running, forget, list_running, record


@contextmanager
def sleeping(after: float = 0.0):
    """A real process that does nothing, in the place of a server; started so much later."""
    time.sleep(after)
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        yield child
    finally:
        child.kill()
        child.wait()


@pytest.fixture
def server():
    with sleeping() as child:
        yield child


def note(child, folder, name="r1", **more):
    return record(
        "http://127.0.0.1:8123/v1",
        api_key="hidden-key",
        model_name=name,
        pid=child.pid,
        folder=folder,
        **more,
    )


def test_what_was_recorded_is_found(server, tmp_path):
    noted = note(server, tmp_path, about="4bit, vLLM 0.32.0")
    found = find_running(folder=tmp_path)
    assert found == noted
    assert (found.base_url, found.model_name, found.pid, found.about) == (
        "http://127.0.0.1:8123/v1",
        "r1",
        server.pid,
        "4bit, vLLM 0.32.0",
    )
    assert found.api_key.get_secret_value() == "hidden-key"


def test_the_key_is_in_no_text_of_the_record_and_nobody_else_can_read_the_file(server, tmp_path):
    folder = tmp_path / "state" / "servers"
    noted = note(server, folder)
    assert "hidden-key" not in repr(noted) + str(noted)
    (file,) = folder.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_recording_again_replaces_the_file_and_leaves_no_draft(server, tmp_path):
    note(server, tmp_path, "first")
    note(server, tmp_path, "second")
    assert [file.suffix for file in tmp_path.iterdir()] == [".json"]
    assert find_running(folder=tmp_path).model_name == "second"


def test_a_server_that_died_is_forgotten(tmp_path):
    with sleeping() as child:
        note(child, tmp_path)
    assert find_running(folder=tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_died_and_was_not_waited_for_is_forgotten(server, tmp_path):
    note(server, tmp_path)
    server.kill()
    os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)
    assert find_running(folder=tmp_path) is None


def test_another_process_with_the_same_pid_is_not_the_server(server, tmp_path):
    note(server, tmp_path)
    (file,) = tmp_path.iterdir()
    values = json.loads(file.read_text())
    file.write_text(json.dumps(values | {"started": values["started"] - 3600}))
    assert find_running(folder=tmp_path) is None
    assert not file.exists()


def test_of_several_servers_the_latest_comes_first(tmp_path):
    with sleeping() as first, sleeping(after=0.1) as second:  # the kernel counts hundredths
        note(second, tmp_path, "second")
        note(first, tmp_path, "first")
        assert [each.model_name for each in list_running(folder=tmp_path)] == ["second", "first"]
        second.kill()
        second.wait()
        assert find_running(folder=tmp_path).model_name == "first"


def test_a_record_of_another_machine_is_passed_over_and_kept(server, tmp_path):
    note(server, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"host": "another"}))
    assert find_running(folder=tmp_path) is None
    assert file.exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"base_url": 1}', "\udcff"])
def test_a_damaged_record_is_no_error(text, tmp_path):
    (tmp_path / "here-1.json").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert find_running(folder=tmp_path) is None


def test_forgetting_takes_one_server_and_may_be_done_twice(tmp_path):
    with sleeping() as first, sleeping() as second:
        note(first, tmp_path, "first")
        gone = note(second, tmp_path, "second")
        forget(gone, folder=tmp_path)
        forget(gone, folder=tmp_path)
        assert find_running(folder=tmp_path).model_name == "first"


def test_without_a_folder_nothing_runs(tmp_path):
    assert list_running(folder=tmp_path / "none") == []


def test_records_lie_in_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    assert tmp_path in default_folder().parents
