import importlib.util
import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from r1agent_tools import (
    Limits,
    LocalSandbox,
    SandboxUnavailableError,
    UnsafeSandboxWarning,
    sandbox_layers,
)
from r1agent_tools.sandbox.layers import Layer
from r1agent_tools.sandbox.session import LocalSession


def test_a_run_returns_output_and_the_value_of_the_last_expression(session):
    result = session.run("import sys\nprint('out')\nprint('err', file=sys.stderr)\n40 + 2")
    assert (result.stdout, result.stderr, result.value) == ("out\n", "err\n", "42")
    assert result.ok


def test_names_stay_between_runs(session):
    session.run("x = 5")
    assert session.run("x * 2").value == "10"


def test_an_exception_is_named_and_traced_to_its_line(session):
    result = session.run("a = 1\na / 0")
    assert result.exception == "ZeroDivisionError: division by zero"
    assert "line 2, in <module>\n    a / 0" in result.stderr
    assert "r1agent_tools" not in result.stderr
    assert not result.ok


def test_a_syntax_error_is_an_exception_of_the_program(session):
    assert session.run("x = = 1").exception.startswith("SyntaxError")


def test_every_result_names_the_active_layers(session):
    isolation = session.run("1").isolation
    assert isolation["confined"] is True
    assert isolation["landlock"] >= 1
    assert isolation["capabilities"] == "none"
    assert isolation["self_test"] in ("8 refusals witnessed", "10 refusals witnessed")


def test_the_session_survives_an_interrupted_loop(session):
    session.run("kept = 1")
    result = session.run("while True: pass")
    assert result.limit_hit == "wall_seconds"
    assert result.exception == "TimeoutError: ended after 1.5 seconds"
    assert session.run("kept").value == "1"


def test_a_program_that_ignores_the_interrupt_is_killed(session):
    started = time.monotonic()
    result = session.run(
        "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass"
    )
    assert result.limit_hit == "wall_seconds"
    assert result.session_ended
    assert time.monotonic() - started < 4


def test_memory_beyond_the_limit_is_refused(session):
    result = session.run("hoard = bytearray(600 << 20)")
    assert result.limit_hit == "memory_mb"


def test_too_large_a_file_is_refused(session):
    result = session.run("open('big', 'wb').write(bytes(30 << 20))")
    assert result.limit_hit == "file_mb"


def test_filling_the_disk_ends_the_session(session):
    code = """
    for number in range(400):
        with open(f'f{number}', 'wb') as file:
            file.write(bytes(10 << 20))
    """
    assert session.run(textwrap.dedent(code)).limit_hit == "disk_mb"


def test_too_many_threads_are_ended_or_refused(session):
    code = "import threading, time\n" + (
        "for _ in range(200): threading.Thread(target=time.sleep, args=(9,)).start()\ntime.sleep(1)"
    )
    result = session.run(code)
    assert result.limit_hit == "threads" or "can't start new thread" in result.exception


def test_cpu_time_of_the_whole_session_is_limited():
    with LocalSandbox(limits=Limits(cpu_seconds=1)) as sandbox:
        assert sandbox.run("while True: pass").limit_hit == "cpu_seconds"


def test_output_is_cut_with_a_note(session):
    result = session.run("print('é' * 10_000)")
    assert result.stdout.startswith("é" * 2000)
    assert "[output cut: 2000 characters kept of 20001 bytes]" in result.stdout


def test_endless_output_ends_the_session(session):
    assert session.run("while True: print('x' * 10_000)").limit_hit == "output_characters"


def test_a_flood_on_a_closed_stream_cannot_hang_the_host(session):
    assert session.run("import os\nos.close(1); os.close(2)").ok


def test_input_is_empty(session):
    assert session.run("input()").exception == "EOFError: EOF when reading a line"


def test_exit_of_the_interpreter_ends_the_session_and_says_so(sandbox):
    sandbox.run("y = 1")
    result = sandbox.run("import os; os._exit(0)")
    assert result.exception == "the program ended the interpreter with status 0"
    assert result.session_ended
    assert sandbox.run("'y' in globals()").value == "False"


def test_output_before_the_end_of_the_process_is_kept(session):
    result = session.run("import os\nprint('last words', flush=True)\nos._exit(3)")
    assert result.stdout == "last words\n"
    assert result.exception == "the program ended the interpreter with status 3"


def test_a_crash_is_named(session):
    result = session.run("import ctypes; ctypes.string_at(0)")
    assert result.exception == "the program crashed with SIGSEGV"


def test_background_threads_use_no_time_between_runs(session):
    session.run("n = 0\ndef count():\n    global n\n    while True: n += 1")
    session.run("import threading; threading.Thread(target=count, daemon=True).start()")
    before = int(session.run("n").value)
    time.sleep(0.3)
    after = int(session.run("n").value)
    assert after - before < 5_000_000 * 0.2


def test_the_environment_holds_nothing_of_ours(session, monkeypatch):
    monkeypatch.setenv("API_KEY", "sk-secret")
    names = session.run("import os; sorted(os.environ)").value
    assert "API_KEY" not in names
    assert "OMP_NUM_THREADS" in names


def test_the_work_folder_is_private_writable_and_removed(sandbox):
    session = sandbox.new_session()
    folder = Path(session.run("import os; print(os.getcwd())").stdout.strip())
    assert session.run("open('a.txt', 'w').write('x'); os.listdir('.')").value == "['a.txt']"
    assert folder.stat().st_mode & 0o077 == 0
    session.close()
    assert not folder.exists()


def test_files_of_the_work_folder_shadow_no_library(session):
    session.run("open('wave.py', 'w').write('planted = 1')")
    assert session.run("import wave; hasattr(wave, 'planted')").value == "False"


@pytest.mark.parametrize("library", ["numpy", "sympy", "scipy"])
def test_an_installed_scientific_library_can_be_imported(library):
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed")
    with LocalSandbox(limits=Limits(wall_seconds=30)) as sandbox:
        assert sandbox.run(f"import {library}; {library}.__name__").value == f"'{library}'"


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("import asyncio\nasyncio.run(asyncio.sleep(0, 'done'))", "'done'"),
        ("import sqlite3; sqlite3.connect(':memory:').execute('select 1+1').fetchone()", "(2,)"),
        ("from pathlib import Path; Path('d').mkdir(); Path('d/f').write_text('hi')", "2"),
        ("import shutil; open('p','w').write('x'); shutil.copyfile('p', 'q')", "'q'"),
        ("import tempfile\nwith tempfile.TemporaryFile() as f: f.write(b'x')\n1", "1"),
        ("from concurrent.futures import ThreadPoolExecutor as P\nsum(P(2).map(abs, [-1]))", "1"),
        ("import zoneinfo, datetime as d; d.datetime.now(d.UTC).year > 2000", "True"),
        ("from dataclasses import dataclass\n@dataclass\nclass A:\n  x: int\nA(1)", "A(x=1)"),
    ],
)
def test_ordinary_work_runs(session, code, value):
    result = session.run(code)
    assert result.value == value, result.stderr


def test_extra_paths_can_be_read_but_not_written(tmp_path):
    (tmp_path / "data.csv").write_text("1,2")
    with LocalSandbox(extra_readable=[tmp_path]) as sandbox:
        tmp_path.chmod(0o755)
        assert sandbox.run(f"open({str(tmp_path / 'data.csv')!r}).read()").value == "'1,2'"
        refused = sandbox.run(f"open({str(tmp_path / 'data.csv')!r}, 'w')")
    assert "Permission denied" in refused.exception or "Read-only" in refused.exception


def test_the_home_folder_cannot_be_made_readable(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(SandboxUnavailableError, match="holds the home folder"):
        LocalSandbox(extra_readable=[tmp_path]).run("1")


def test_a_missing_layer_is_refused_with_a_remedy(monkeypatch):
    missing = Layer("Landlock", "no Landlock", "version 1 or newer", "Boot a newer kernel.", False)
    monkeypatch.setattr("r1agent_tools.sandbox.local.missing_layers", lambda: [missing])
    with pytest.raises(
        SandboxUnavailableError, match=r"Landlock: found no Landlock\. Boot a newer"
    ):
        LocalSandbox().run("1")


def test_a_layer_that_does_not_hold_is_refused_at_the_start(monkeypatch):
    monkeypatch.setattr(
        LocalSession, "self_test", lambda self, canary: {"read a file of the host": "allowed"}
    )
    with pytest.raises(SandboxUnavailableError, match="read a file of the host: allowed"):
        LocalSandbox().run("1")


def test_running_without_a_sandbox_is_loud_and_recorded():
    with pytest.warns(UnsafeSandboxWarning, match="without a sandbox"):
        result = LocalSandbox(unsafe=True).run("open('/etc/passwd').read(4)")
    assert result.value == "'root'"
    assert result.isolation["confined"] is False


def test_every_layer_is_reported_with_what_was_found(sandbox):
    layers = sandbox_layers()
    names = [layer.name for layer in layers]
    needed = ["operating system", "processor", "Landlock", "seccomp"]
    assert names == [*needed, "namespaces", "self-test"]
    assert all(layer.ok for layer in layers)


def test_threads_may_share_a_sandbox(sandbox):
    results = []

    def work(number):
        opened = sandbox.new_session()
        results.append(opened.run(f"{number} * 2").value)
        opened.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["0", "10", "12", "14", "2", "4", "6", "8"]


def test_a_session_outlives_the_thread_that_started_it(sandbox):
    sessions = []
    thread = threading.Thread(target=lambda: sessions.append(sandbox.new_session()))
    thread.start()
    thread.join()
    time.sleep(0.05)
    assert sessions[0].run("1 + 1").value == "2"
    sessions[0].close()


def test_many_sessions_leak_no_descriptor(sandbox):
    sandbox.new_session().close()
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(20):
        sandbox.new_session().close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_sandbox_starts_again_after_close():
    sandbox = LocalSandbox()
    sandbox.run("x = 1")
    sandbox.close()
    assert sandbox.run("'x' in globals()").value == "False"
    sandbox.close()


def test_nothing_is_left_when_the_host_is_killed():
    code = """
    import os, signal
    from r1agent_tools import LocalSandbox
    sandbox = LocalSandbox()
    session = sandbox.new_session()
    print(session.run("import os; print(os.getcwd())").stdout.strip(), flush=True)
    print(sandbox._zygote._process.pid, session._process_id, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    """
    host = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    folder, processes = host.stdout.splitlines()
    left = [Path(folder), *(Path(f"/proc/{process}") for process in processes.split())]
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(map(_is_there, left)):
        time.sleep(0.02)
    assert [path for path in left if _is_there(path)] == []


def _is_there(path: Path) -> bool:
    try:
        return (
            "zombie" not in (path / "status").read_text()
            if path.parts[1] == "proc"
            else (path.exists())
        )
    except OSError:
        return False


def test_limits_of_nothing_are_refused():
    with pytest.raises(ValueError, match="`memory_mb` is 0"):
        Limits(memory_mb=0)
