import os
import time
from pathlib import Path

import pytest

from r1agent_tools import DockerSandbox, Limits, SandboxUnavailableError
from tests.tools.fake_docker import READY, acting_docker, failing_docker, running_docker

LIMITS = Limits(wall_seconds=0.2, memory_mb=256, disk_mb=20, artifacts_mb=1, output_characters=2000)


def docker(program: str) -> DockerSandbox:
    return DockerSandbox(image="image:1", limits=LIMITS, program=program)


def test_the_container_has_no_network_no_rights_and_no_disk():
    command = DockerSandbox(image="image:1", runtime="runsc", limits=LIMITS).command("name")
    assert command[:2] == ["docker", "run"]
    image = command.index("image:1")
    options = command[2:image]
    assert {
        "--rm",
        "--interactive",
        "--init",
        "--read-only",
        "--name=name",
        "--runtime=runsc",
        "--pull=never",
        "--network=none",
        "--ipc=none",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--user=65534:65534",
        "--tmpfs=/work:rw,noexec,nosuid,nodev,size=52m,mode=0700,uid=65534,gid=65534",
        "--memory=564m",
        "--memory-swap=564m",
        "--cpus=1",
        "--pids-limit=516",
        "--log-driver=none",
        "--entrypoint=python3",
        "--env=HTTPS_PROXY=",
        "--env=https_proxy=",
    } <= set(options)
    assert all(option.startswith("--") for option in options)
    assert not any(word in " ".join(options) for word in ("--volume", "--mount", "privileged "))


def test_without_a_runtime_the_daemon_takes_its_own():
    command = DockerSandbox(image="image:1", limits=LIMITS).command("name")
    assert "--runtime" not in " ".join(command)
    assert "--pids-limit=24" in command


@pytest.mark.parametrize(
    ("words", "status", "remedy"),
    [
        ("Cannot connect to the Docker daemon at unix:///x.", 125, "Start the Docker daemon"),
        ("permission denied while trying to connect", 126, "Let this user reach"),
        ("Error response from daemon: No such image: image:1", 125, "`docker pull image:1`"),
        ("Unknown runtime specified runsc", 125, "Install the runtime"),
        ('exec: "python3": executable file not found in $PATH', 127, "Use an image with"),
        ("found Python 3.9, wanted 3.11 or newer", 1, "Use an image with"),
        ("", 1, "it said nothing"),
    ],
)
def test_what_keeps_a_container_from_starting_is_told_with_its_remedy(
    tmp_path, words, status, remedy
):
    with pytest.raises(SandboxUnavailableError) as caught:
        docker(failing_docker(tmp_path, words, status)).run("1")
    assert words in str(caught.value)
    assert f"exit status {status}" in str(caught.value)
    assert remedy in str(caught.value)


def test_a_missing_client_is_told(tmp_path):
    with pytest.raises(
        SandboxUnavailableError, match=r"No such file or directory\. Install Docker"
    ):
        docker(str(tmp_path / "docker")).run("1")


def test_a_session_that_is_not_confined_runs_nothing(tmp_path):
    attempts = {**READY["attempts"], "open an internet socket": "allowed"}
    program = acting_docker(tmp_path, "", ready={**READY, "attempts": attempts})
    with pytest.raises(SandboxUnavailableError, match=r"wrong outcome for \['open an internet"):
        docker(program).run("1")


def test_a_start_that_is_no_start_runs_nothing(tmp_path):
    with pytest.raises(SandboxUnavailableError, match="did not say that it is ready"):
        docker(acting_docker(tmp_path, "", ready={})).run("1")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("write(b'\\xff' * 8)", "claims"),
        ("write(b'\\0\\0\\0\\3abc')", "not JSON"),
        ("send({'result': {}})", "no piece"),
        ("send({'piece': 'abc', 'last': True})", "not JSON"),
        ("send({'piece': '[' * 200_000, 'last': True})", "RecursionError"),
        ("send({'piece': '[1]', 'last': True})", "a JSON list"),
        ("reply({'result': {}, 'id': 'guess'})", "another question"),
        ("reply({'id': read()['id']})", "no result"),
        ("reply({'result': {'stdout': 5}, 'id': read()['id']})", "a int, not text"),
        ("reply({'result': {'limit_hit': 'x'}, 'id': read()['id']})", "a limit"),
        ("reply({'result': {'memory_mb': -1}, 'id': read()['id']})", "memory"),
        ("reply({'result': {'artifacts': [1]}, 'id': read()['id']})", "an artifact"),
        (
            "reply({'result': {'artifacts': [{'name': '../x', 'media_type': '', 'data': ''}]},"
            " 'id': read()['id']})",
            "below a folder",
        ),
        (
            "reply({'result': {'artifacts': [{'name': 'x', 'media_type': '', 'data': '?'}]},"
            " 'id': read()['id']})",
            "not base64",
        ),
        (
            "data = 'A' * 2_000_000\n"
            "reply({'result': {'artifacts': [{'name': 'x', 'media_type': '', 'data': data}]},"
            " 'id': read()['id']})",
            "larger than 1 MB",
        ),
        ("while True: send({'piece': 'x' * 1_000_000, 'last': False})", "longer than"),
        ("pass", "process ended"),
    ],
)
def test_a_hostile_container_ends_its_session_and_no_more(tmp_path, act, said):
    with docker(acting_docker(tmp_path, act)) as sandbox:
        result = sandbox.run("1")
    assert said in result.exception
    assert result.session_ended
    assert not result.ok
    assert result.isolation["backend"] == "docker"


def test_a_text_of_a_container_is_cut(tmp_path):
    act = "reply({'result': {'stdout': 'x' * 10**6, 'session_ended': False}, 'id': read()['id']})"
    with docker(acting_docker(tmp_path, act)) as sandbox:
        assert len(sandbox.run("1").stdout) == 2200


@pytest.mark.parametrize(
    "act", ["time.sleep(60)", "while True: send({'piece': '', 'last': False})"]
)
def test_a_container_that_does_not_answer_is_killed(tmp_path, act):
    with docker(acting_docker(tmp_path, act)) as sandbox:
        started = time.monotonic()
        result = sandbox.run("1")
    assert result.limit_hit == "wall_seconds"
    assert time.monotonic() - started < 8
    (run, remove) = (tmp_path / "calls").read_text().splitlines()
    assert run.startswith("run ")
    assert remove.startswith("rm --force r1agent-")
    assert not _alive(int((tmp_path / remove.split()[-1]).read_text()))


def test_a_judges_request_to_a_hostile_container_has_no_answer(tmp_path):
    with docker(acting_docker(tmp_path, "reply({'answer': 5, 'id': read()['id']})")) as sandbox:
        assert sandbox.new_session().exchange({"op": "call"}) is None


def test_a_container_may_ask_only_where_questions_are_expected(tmp_path):
    with docker(acting_docker(tmp_path, "reply({'ask': {}, 'id': read()['id']})")) as sandbox:
        assert sandbox.new_session().exchange({"op": "call"}) is None


def test_a_new_container_follows_one_that_died(tmp_path):
    with docker(acting_docker(tmp_path, "pass")) as sandbox:
        sandbox.run("1")
        sandbox.run("1")
    calls = (tmp_path / "calls").read_text().splitlines()
    assert sum(call.startswith("run ") for call in calls) == 2


def test_closing_ends_every_container(tmp_path, sandbox):
    with docker(running_docker(tmp_path)) as containers:
        containers.run("x = 1")
        other = containers.new_session()
        names = [path for path in tmp_path.iterdir() if path.name.startswith("r1agent-")]
        processes = [int(path.read_text()) for path in names]
        assert [_alive(process) for process in processes] == [True, True]
    assert [_alive(process) for process in processes] == [False, False]
    assert other.run("1").session_ended


def test_a_word_of_the_client_on_stderr_does_not_disturb(tmp_path):
    act = """
    sys.stderr.write("WARNING: no swap limit\\n" * 100_000)
    sys.stderr.flush()
    reply({'result': {'value': '2', 'session_ended': False}, 'id': read()['id']})
    """
    with docker(acting_docker(tmp_path, act)) as sandbox:
        assert sandbox.run("1 + 1").value == "2"


def _alive(process: int) -> bool:
    status = Path(f"/proc/{process}/status")
    try:
        os.kill(process, 0)
        return "zombie" not in status.read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
