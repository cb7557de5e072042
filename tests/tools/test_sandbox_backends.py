"""What every sandbox does, wherever it runs the programs."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace

import pytest

from r1agent_tools import (
    DockerSandbox,
    ExternalSandbox,
    Limits,
    LocalSandbox,
    RemoteSandbox,
    Sandbox,
    check_unit_tests,
    open_sandbox,
)
from r1agent_tools.sandbox.serve import SandboxServer
from tests.tools.fake_docker import running_docker

IMAGE = os.environ.get("TEST_DOCKER_IMAGE", "python:3.12-slim")
LIMITS = Limits(wall_seconds=1.0, memory_mb=256, disk_mb=60, file_mb=20, output_characters=2000)
HONEST = "def squares(numbers):\n    return sorted({n * n for n in numbers})"
SPOOF = "class E(list):\n    def __eq__(self, other): return True\ndef squares(n): return E()"


@pytest.fixture(scope="module", params=["stand-in", "docker", "remote", "external"])
def backend(request, sandbox, tmp_path_factory) -> Iterator[Sandbox]:
    """Each backend in turn; the fixture `sandbox` skips where this machine can confine nothing."""
    match request.param:
        case "stand-in":
            program = running_docker(tmp_path_factory.mktemp("docker"))
            with DockerSandbox(image="image:1", limits=LIMITS, program=program) as built:
                yield built
        case "docker":
            _skip_without_docker()
            with DockerSandbox(image=IMAGE, limits=LIMITS) as built:
                yield built
        case "remote":
            with (
                SandboxServer(sandbox, token="a token") as server,
                RemoteSandbox(server.url, token="a token", limits=LIMITS) as built,
            ):
                yield built
        case "external":
            with ExternalSandbox(limits=LIMITS) as built:
                yield built


def _skip_without_docker() -> None:
    try:
        command = ["docker", "image", "inspect", IMAGE]
        subprocess.run(command, capture_output=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        pytest.skip(f"no Docker daemon with the image {IMAGE!r}")


def test_names_stay_between_runs(backend):
    first = backend.run("import sys\nx = 5\nprint('out')\nprint('err', file=sys.stderr)\nx")
    assert (first.stdout, first.stderr, first.value) == ("out\n", "err\n", "5")
    assert first.ok
    assert backend.run("x * 2").value == "10"


def test_an_exception_is_told_and_the_session_goes_on(backend):
    result = backend.run("y = 1\ny / 0")
    assert result.exception == "ZeroDivisionError: division by zero"
    assert "line 2, in <module>" in result.stderr
    assert backend.run("y").value == "1"


def test_the_backend_is_named_in_every_result(backend):
    result = backend.run("1")
    names = {DockerSandbox: "docker", RemoteSandbox: "remote", ExternalSandbox: "external"}
    assert result.isolation["backend"] == names[type(backend)]
    assert result.isolation == backend.isolation
    assert result.isolation["confined"] is not isinstance(backend, ExternalSandbox)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.socket()",
        "import os; os.fork()",
        "import os; os.kill(os.getppid(), 9)",
    ],
)
def test_network_and_processes_are_refused(backend, code):
    assert backend.run(code).exception.startswith("PermissionError")


def test_limits_are_named_where_they_are_hit(backend):
    assert backend.run("while True: pass").limit_hit == "wall_seconds"
    assert backend.run("hoard = bytearray(600 << 20)").limit_hit == "memory_mb"
    assert backend.run("open('big', 'wb').truncate(30 << 20)").limit_hit == "file_mb"


def test_filling_the_disk_ends_the_session(backend):
    code = "for number in range(400):\n    open(f'f{number}', 'wb').write(bytes(4 << 20))"
    result = backend.run(code)
    assert (result.limit_hit, result.session_ended) == ("disk_mb", True)


def test_a_program_that_cannot_be_interrupted_loses_its_session(backend):
    code = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    result = backend.run(code)
    assert (result.limit_hit, result.session_ended) == ("wall_seconds", True)
    assert backend.run("'code' in globals()").value == "False"


def test_a_program_that_ends_its_process_is_told(backend):
    result = backend.run("import os; os._exit(3)")
    assert "ended the interpreter with status 3" in result.exception
    assert result.session_ended


def test_files_come_back_as_artifacts(backend):
    data = bytes(range(256)) * 10_000
    result = backend.run("open('a.bin', 'wb').write(bytes(range(256)) * 10_000)")
    assert [(artifact.name, artifact.data) for artifact in result.artifacts] == [("a.bin", data)]
    assert result.memory_mb > 1


def test_nothing_a_program_prints_gets_into_the_conversation(backend):
    code = (
        "import os, json\n"
        "body = json.dumps({'piece': '{}', 'last': True}).encode()\n"
        "for fd in range(5, 40):\n"
        "    try: os.write(fd, len(body).to_bytes(4, 'big') + body)\n"
        "    except OSError: pass\n"
        "os.write(1, len(body).to_bytes(4, 'big') + body)\n'done'"
    )
    assert backend.run(code).value == "'done'"
    assert backend.run("1 + 1").value == "2"


def test_sessions_share_nothing(backend):
    one, other = backend.new_session(), backend.new_session()
    try:
        one.run("x = 'secret'\nopen('f', 'w').write(x)")
        assert other.run("'x' in globals()").value == "False"
        assert other.run("import os; os.path.exists('f')").value == "False"
    finally:
        one.close()
        other.close()
    assert one.run("1").exception == "the session has ended"


def test_the_judge_works_through_it(backend):
    tests = "assert squares([3, 1, 3]) == [1, 9]\nassert squares([]) == []"
    report = check_unit_tests(HONEST, tests, sandbox=backend)
    assert (report.passed, report.total, report.verified) == (2, 2, True)
    assert report.trust == "separate process"


def test_the_judge_compares_values_itself(backend):
    cases = [(([3, 1, 3],), [1, 9])]
    assert check_unit_tests(HONEST, cases, sandbox=backend, function="squares").verified
    report = check_unit_tests(SPOOF, cases, sandbox=backend, function="squares")
    assert (report.passed, report.verified) == (0, False)


def test_a_solution_that_hangs_in_a_test_fails(backend):
    tests = "assert f(1) == 1"
    report = check_unit_tests("def f(x):\n    while True: pass", tests, sandbox=backend)
    assert report.passed == 0


def test_a_sandbox_starts_again_after_close(backend):
    backend.run("z = 1")
    backend.close()
    assert backend.run("'z' in globals()").value == "False"


@pytest.mark.parametrize(
    ("name", "settings", "kind"),
    [
        ("local", {}, LocalSandbox),
        ("docker", {"image": "image:1", "runtime": "runsc"}, DockerSandbox),
        ("remote", {"url": "https://sandbox.example", "token": "x"}, RemoteSandbox),
        ("external", {"limits": replace(LIMITS, threads=2)}, ExternalSandbox),
    ],
)
def test_a_backend_is_opened_by_its_name(name, settings, kind):
    assert type(open_sandbox(name, **settings)) is kind


def test_an_unknown_backend_is_refused_with_those_that_are_known():
    with pytest.raises(
        ValueError, match=r"'dokcer' is not known\. Choose one of 'local', 'docker'"
    ):
        open_sandbox("dokcer")


def test_a_setting_that_a_backend_does_not_have_is_refused():
    with pytest.raises(TypeError, match="image"):
        open_sandbox("external", image="image:1")
