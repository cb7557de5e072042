"""Namespaces around the sandbox, and the same things without them."""

import importlib.util
import json
import os
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path

import pytest

from r1agent_tools import Limits, LocalSandbox, SandboxUnavailableError, sandbox_layers
from r1agent_tools.sandbox import bubblewrap
from r1agent_tools.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from r1agent_tools.sandbox.layers import missing_layers

BOTH = pytest.mark.parametrize("namespaces", [True, False], ids=["namespaces", "without"])


@pytest.fixture(autouse=True)
def _needs_the_layers():
    if missing_layers():
        pytest.skip(f"no sandbox on this machine: {missing_layers()[0].found}")


@pytest.fixture(autouse=True)
def _needs_bubblewrap(request):
    if "machine" in request.fixturenames:
        return
    callspec = getattr(request.node, "callspec", None)
    found = find_bubblewrap()
    wanted = callspec is None or callspec.params.get("namespaces", True)
    if wanted and not isinstance(found, Bubblewrap):
        pytest.skip(f"no namespaces on this machine: {found.reason}")


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """Stand in for a machine with another bubblewrap, or with none."""

    def with_program(script: str | None) -> None:
        program = None
        if script is not None:
            program = tmp_path / "bwrap"
            program.write_text(f"#!/bin/sh\n{script}\n")
            program.chmod(0o755)
        monkeypatch.setattr(bubblewrap.shutil, "which", lambda name, path: program and str(program))
        monkeypatch.setattr(bubblewrap, "find_spec", lambda name: None)
        find_bubblewrap.cache_clear()

    yield with_program
    find_bubblewrap.cache_clear()


@pytest.fixture(scope="module")
def sandbox():
    with LocalSandbox(namespaces=True) as built:
        yield built


def test_every_result_names_the_namespaces(sandbox):
    names = sandbox.run("1").isolation["namespaces"]
    assert names.endswith("mount, pid, net, ipc, uts, cgroup")
    assert sandbox.isolation["self_test"] == "10 refusals witnessed"
    assert sandbox.isolation["landlock"] >= 1


def test_they_can_be_left_out():
    with LocalSandbox(namespaces=False) as sandbox:
        assert sandbox.isolation["namespaces"] == "none"
        assert sandbox.isolation["self_test"] == "8 refusals witnessed"


def test_they_are_taken_where_they_work():
    with LocalSandbox() as sandbox:
        assert "pid" in sandbox.isolation["namespaces"]


def test_paths_of_the_host_are_not_even_known(sandbox, tmp_path):
    (tmp_path / "file").write_text("x")
    paths = ["/etc/passwd", "/bin/sh", str(tmp_path), str(tmp_path / "file"), str(Path.home())]
    shown = [path for path in paths if path != "/root"]  # may lead to the interpreter
    assert sandbox.run(f"import os\n[p for p in {shown} if os.path.exists(p)]").value == "[]"


def test_processes_and_name_of_the_host_are_not_known(sandbox):
    result = sandbox.run("import os\nos.getppid(), os.uname().nodename")
    assert result.value == "(1, 'sandbox')"
    pids = [os.getpid(), os.getppid()]
    seen = sandbox.run(f"[p for p in {pids} if p > 9 and os.path.exists(f'/proc/{{p}}')]")
    assert seen.value == "[]"


def test_sessions_share_no_process_numbers_with_the_host(sandbox):
    session = sandbox.new_session()
    inside = int(session.run("import os\nos.getpid()").value)
    assert inside != session._process_id
    status = Path(f"/proc/{session._process_id}/status").read_text()
    assert f"\t{inside}\n" in next(line for line in status.splitlines(True) if "NSpid" in line)
    session.close()
    assert not Path(f"/proc/{session._process_id}").exists()


def test_the_host_reads_and_removes_the_work_folder(sandbox):
    session = sandbox.new_session()
    folder = Path(session.run("import os\nprint(os.getcwd())").stdout.strip())
    session.run("open('made.txt', 'w').write('here')")
    assert (folder / "made.txt").read_text() == "here"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    session.close()
    assert not folder.exists()


def test_nothing_outside_the_work_folder_can_be_written(sandbox):
    for path in ("/new", "/tmp/new", "/dev/new", "/dev/shm/new", "../new"):
        assert sandbox.run(f"open({path!r}, 'w')").exception.startswith(("Perm", "OSError", "File"))


def test_a_root_that_shows_the_host_is_refused_at_the_start(monkeypatch):
    tree = bubblewrap.file_tree

    def leaky(visible, *, writable):
        temporary = tempfile.gettempdir()
        yield from ("--ro-bind", temporary, temporary)
        yield from tree(visible, writable=writable)

    monkeypatch.setattr(bubblewrap, "file_tree", leaky)
    with pytest.raises(SandboxUnavailableError, match="see a file of the host: allowed"):
        LocalSandbox(namespaces=True).run("1")


def test_a_path_behind_a_link_is_found_at_both_places(tmp_path):
    tmp_path.chmod(0o755)
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("linked")
    (tmp_path / "link").symlink_to("real")
    with LocalSandbox(namespaces=True, extra_readable=[tmp_path / "link"]) as sandbox:
        for name in ("real", "link"):
            path = str(tmp_path / name / "a.txt")
            assert sandbox.run(f"open({path!r}).read()").value == "'linked'"


def test_where_bubblewrap_is_missing_the_remedy_is_named(machine):
    machine(None)
    with pytest.raises(SandboxUnavailableError, match=r"not installed\. Install it: `apt install"):
        LocalSandbox(namespaces=True).run("1")


def test_where_it_does_not_work_its_own_words_are_given(machine):
    machine("echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1")
    with pytest.raises(SandboxUnavailableError, match="setting up uid map: Permission denied"):
        LocalSandbox(namespaces=True).run("1")


def test_without_it_programs_run_and_the_result_and_the_doctor_say_so(machine):
    machine(None)
    with LocalSandbox() as sandbox:
        result = sandbox.run("1 + 1")
    assert (result.value, result.isolation["namespaces"]) == ("2", "none")
    row = next(layer for layer in sandbox_layers() if layer.name == "namespaces")
    assert row.ok
    assert row.found.startswith("none (bubblewrap is not installed): programs can learn which")
    assert "apt install bubblewrap" in row.do


def test_the_doctor_names_what_they_add():
    row = next(layer for layer in sandbox_layers() if layer.name == "namespaces")
    assert row.ok
    assert "pid, net, ipc" in row.found
    assert "out of sight" in row.found


@BOTH
def test_a_sandbox_outlives_the_thread_that_made_it(namespaces):
    made = []

    def make():
        sandbox = LocalSandbox(namespaces=namespaces)
        made.append((sandbox, sandbox.new_session()))

    threads = [threading.Thread(target=make) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(0.1)
    assert [session.run("6 * 7").value for _, session in made] == ["42"] * 3
    for sandbox, session in made:
        session.close()
        sandbox.close()


@BOTH
def test_nothing_survives_a_host_that_is_killed(namespaces):
    code = f"""
    import json, os, signal
    from r1agent_tools import LocalSandbox
    sandbox = LocalSandbox(namespaces={namespaces})
    sessions = [sandbox.new_session() for _ in range(3)]
    sessions[0].run("open('left.txt', 'w').write('x')")
    folder = sessions[0].run("import os; print(os.getcwd())").stdout.strip()
    print(json.dumps([folder, os.getpid()]), flush=True)
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGKILL)
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as host:
        folder, process = json.loads(host.stdout.readline())
        started = descendants(process)
        host.stdin.write("\n")
        host.stdin.close()
        host.wait()
    assert len(started) >= 4  # the helper and three workers
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and (alive(started) or Path(folder).parent.exists()):
        time.sleep(0.02)
    assert alive(started) == []
    assert not Path(folder).exists()
    assert not Path(folder).parent.exists()


@BOTH
def test_closing_leaves_no_process_and_no_folder(namespaces):
    others = set(descendants(os.getpid()))
    sandbox = LocalSandbox(namespaces=namespaces)
    session = sandbox.new_session()
    folder = Path(session.run("import os\nprint(os.getcwd())").stdout.strip())
    started = set(descendants(os.getpid())) - others
    sandbox.close()
    assert len(started) >= 2
    assert [process for process in started if Path(f"/proc/{process}").exists()] == []
    assert not folder.parent.exists()
    session.close()


@BOTH
def test_a_killed_helper_is_replaced_and_leaves_nothing(namespaces):
    others = set(descendants(os.getpid()))
    with LocalSandbox(namespaces=namespaces) as sandbox:
        session = sandbox.new_session()
        folder = Path(session.run("import os\nprint(os.getcwd())").stdout.strip())
        started = set(descendants(os.getpid())) - others
        helper = next(process for process in started if parent(process) == os.getpid())
        os.kill(helper, signal.SIGKILL)
        os.waitid(os.P_PID, helper, os.WEXITED | os.WNOWAIT)
        assert sandbox.run("6 * 7").value == "42"
        session.close()
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline and alive(started):
            time.sleep(0.02)
        assert alive(started) == []
        assert not folder.parent.exists()


@BOTH
def test_the_data_folder_is_found_read_and_not_changed(namespaces, tmp_path):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    with LocalSandbox(namespaces=namespaces, data=tmp_path) as sandbox:
        result = sandbox.run("import os\nopen(os.environ['DATA'] + '/table.csv').read()")
        assert result.value == r"'a,b\n1,2\n'", result.stderr
        assert sandbox.run("os.environ['DATA']").value == repr(str(tmp_path))
        assert sandbox.run("os.listdir(os.environ['DATA'])").value == "['table.csv']"
        for change in (
            "open(d + '/table.csv', 'a')",
            "open(d + '/new', 'w')",
            "os.mkdir(d + '/m')",
        ):
            result = sandbox.run(f"d = os.environ['DATA']\n{change}")
            assert "Permission denied" in result.exception or "Read-only" in result.exception
        assert sandbox.run("os.remove(d + '/table.csv')").exception is not None
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_a_data_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SandboxUnavailableError, match=r"is not there\. Give `data` a folder"):
        LocalSandbox(data=tmp_path / "missing").run("1")
    (tmp_path / "file").write_text("x")
    with pytest.raises(SandboxUnavailableError, match=r"is a file\. Give `data` a folder"):
        LocalSandbox(data=tmp_path / "file").run("1")


def test_the_home_folder_is_no_data_folder(monkeypatch, tmp_path):
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for folder in (tmp_path, tmp_path / "home"):
        with pytest.raises(SandboxUnavailableError, match="holds the home folder"):
            LocalSandbox(data=folder).run("1")


def test_without_a_data_folder_there_is_no_such_variable(sandbox):
    assert sandbox.run("import os\n'DATA' in os.environ").value == "False"


STACK = {
    "numpy": "import numpy as np\nround(float(np.linalg.det(np.array([[1., 2.], [3., 4.]]))), 6)",
    "scipy": "from scipy import optimize as o\nround(o.brentq(lambda x: x * x - 2, 0, 2), 6)",
    "sympy": "import sympy as s\nx = s.symbols('x')\ns.solve(x**2 - 5*x + 6, x)",
    "pandas": "import pandas as p\n"
    "p.DataFrame({'k': ['a', 'b', 'a'], 'v': [1, 2, 3]}).groupby('k').v.sum().to_dict()",
    "matplotlib": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('f.png')\n"
    "open('f.png', 'rb').read(4)",
}
VALUES = {
    "numpy": "-2.0",
    "scipy": "1.414214",
    "sympy": "[2, 3]",
    "pandas": "{'a': 4, 'b': 2}",
    "matplotlib": r"b'\x89PNG'",
}


@BOTH
@pytest.mark.parametrize("library", STACK)
def test_the_scientific_stack_works(namespaces, library):
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    with LocalSandbox(namespaces=namespaces, limits=Limits(wall_seconds=60)) as sandbox:
        result = sandbox.run(STACK[library])
    assert result.value == VALUES[library], result.stderr


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def descendants(process: int) -> list[int]:
    """Return the processes below `process` on this host, namespaces or not."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
    found, waiting = [], [process]
    while waiting:
        here = waiting.pop()
        children = [child for child, above in parents.items() if above == here]
        found += children
        waiting += children
    return found


def alive(processes) -> list[int]:
    """Return those that still run; a zombie waits only for its parent."""
    running = []
    for process in processes:
        try:
            state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if state != "Z":
            running.append(process)
    return running
