from dataclasses import fields

import pytest

from r1agent_tools import Limits, LocalSandbox, UnsafeSandboxWarning

_HITS = {
    "wall_seconds": (Limits(wall_seconds=0.3), "while True: pass"),
    "cpu_seconds": (Limits(cpu_seconds=1), "while True: pass"),
    "memory_mb": (Limits(memory_mb=64), "bytearray(100 << 20)"),
    "output_characters": (Limits(), "while True: print('x' * 100_000)"),
    "file_mb": (Limits(file_mb=1), "open('big', 'wb').write(bytes(2 << 20))"),
    "disk_mb": (
        Limits(disk_mb=2),
        "for name in 'abcd': open(name, 'wb').write(bytes(1 << 20))",
    ),
    "files": (Limits(files=50), "for number in range(60): open(str(number), 'w').close()"),
    "threads": (
        Limits(threads=4),
        "from threading import Thread; import time\n"
        "for _ in range(9): Thread(target=time.sleep, args=(5,), daemon=True).start()",
    ),
    "artifacts_mb": (Limits(artifacts_mb=1), "open('big', 'wb').write(bytes(2 << 20))"),
}


def test_every_limit_is_tested_here():
    assert set(_HITS) == {field.name for field in fields(Limits)}


@pytest.mark.parametrize("name", _HITS)
def test_a_limit_that_is_hit_is_reported_by_its_name(name):
    limits, code = _HITS[name]
    with LocalSandbox(limits=limits) as sandbox:
        result = sandbox.run(code)
    assert result.limit_hit == name
    assert result.ok == (name == "artifacts_mb")


def test_a_program_below_all_limits_hits_none():
    limits = Limits(
        wall_seconds=5,
        cpu_seconds=2,
        memory_mb=64,
        output_characters=10,
        file_mb=1,
        disk_mb=2,
        files=2,
        threads=2,
        artifacts_mb=1,
    )
    code = """
from threading import Thread
open('a', 'wb').write(bytes(900_000)); open('b', 'w').close()
thread = Thread(target=bytearray, args=(1_000_000,)); thread.start(); thread.join()
print('x' * 9)
"""
    with LocalSandbox(limits=limits) as sandbox:
        result = sandbox.run(code)
    assert (result.limit_hit, result.exception, result.stdout) == (None, None, "x" * 9 + "\n")


def test_files_of_several_calls_count_together():
    with LocalSandbox(limits=Limits(files=50)) as sandbox:
        session = sandbox.new_session()
        first = session.run("for number in range(30): open(f'a{number}', 'w').close()")
        second = session.run("for number in range(30): open(f'b{number}', 'w').close()")
    assert (first.limit_hit, second.limit_hit) == (None, "files")
    assert second.session_ended


def test_the_disk_of_several_calls_counts_together():
    with LocalSandbox(limits=Limits(disk_mb=4)) as sandbox:
        session = sandbox.new_session()
        hits = [
            session.run(f"open('{name}', 'wb').write(bytes(1 << 20))").limit_hit for name in "abcde"
        ]
    assert hits == [None, None, None, None, "disk_mb"]


def test_files_that_were_removed_again_do_not_count():
    with LocalSandbox(limits=Limits(files=50)) as sandbox:
        code = "import os\nfor number in range(40): open('a', 'w').close(); os.unlink('a')"
        assert [sandbox.run(code).limit_hit for _ in range(3)] == [None, None, None]


def test_space_behind_deleted_files_counts():
    code = """
files = []
for number in range(30):
    files.append(open(str(number), 'wb')); os.unlink(str(number))
    files[-1].write(bytes(1 << 20)); files[-1].flush()
import time; time.sleep(5)
"""
    with LocalSandbox(limits=Limits(disk_mb=2)) as sandbox:
        assert sandbox.run("import os\n" + code).limit_hit == "disk_mb"


def test_processor_time_is_named_even_where_its_signal_is_ignored():
    code = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass"
    with LocalSandbox(limits=Limits(cpu_seconds=1)) as sandbox:
        assert sandbox.run(code).limit_hit == "cpu_seconds"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(cpu_seconds=1), "while True: pass"),
        (Limits(memory_mb=64), "x = b'x' * (200 << 20)\nimport time; time.sleep(5)"),
        (Limits(threads=4), _HITS["threads"][1]),
        (Limits(files=50), _HITS["files"][1]),
    ],
    ids=["cpu_seconds", "memory_mb", "threads", "files"],
)
def test_limits_hold_without_a_sandbox_too(limits, code, request):
    with pytest.warns(UnsafeSandboxWarning), LocalSandbox(limits=limits, unsafe=True) as sandbox:
        assert sandbox.run(code).limit_hit == request.node.callspec.id


def test_threads_left_by_a_call_that_ended_are_counted(session):
    code = """
from threading import Thread; import time
try:
    for _ in range(50): Thread(target=time.sleep, args=(5,), daemon=True).start()
except RuntimeError as error:
    print(error)
"""
    result = session.run(code)
    assert result.limit_hit == "threads" or result.stdout == "can't start new thread\n"


def test_memory_that_a_subclass_of_memory_error_reports_is_named(session):
    result = session.run("class ArrayMemoryError(MemoryError): pass\nraise ArrayMemoryError('no')")
    assert result.limit_hit == "memory_mb"


def test_a_full_file_is_named_where_the_program_reports_it_in_its_own_words():
    code = """
try:
    open('big', 'wb').write(bytes(2 << 20))
except OSError:
    raise ValueError('3 requested and 1 written') from None
"""
    with LocalSandbox(limits=Limits(file_mb=1)) as sandbox:
        result = sandbox.run(code)
    assert (result.exception, result.limit_hit) == (
        "ValueError: 3 requested and 1 written",
        "file_mb",
    )


def test_a_long_value_is_cut_with_a_note(session):
    value = session.run("'é' * 3000").value
    assert value == "'" + "é" * 1999 + "\n[cut: 2000 characters kept]"


def test_a_value_as_long_as_allowed_is_whole(session):
    assert session.run("'x' * 1998").value == "'" + "x" * 1998 + "'"


def test_a_long_message_of_an_exception_is_cut_with_a_note(session):
    exception = session.run("raise ValueError('x' * 5000)").exception
    assert exception == "ValueError: " + "x" * 1988 + "\n[cut: 2000 characters kept]"


def test_a_value_of_many_megabytes_does_not_break_the_session():
    with LocalSandbox(limits=Limits(output_characters=5_000_000)) as sandbox:
        result = sandbox.run("'\\U0001f600' * 2_000_000")
        assert result.value.endswith("\n[cut: 262144 characters kept]")
        assert sandbox.run("1").value == "1"


def test_the_peak_of_memory_is_reported(session):
    before = session.run("1").memory_mb
    result = session.run("len(b'x' * (100 << 20))")
    assert 3 < before < 100
    assert 95 < result.memory_mb - before < 130


def test_the_peak_of_memory_stays_known_after_the_memory_is_given_back(session):
    session.run("len(b'x' * (100 << 20))")
    assert session.run("1").memory_mb > 100


def test_the_peak_of_memory_of_an_ended_program_is_known(session):
    result = session.run("import os, time\nx = b'x' * (100 << 20)\ntime.sleep(0.1)\nos._exit(1)")
    assert result.memory_mb > 100
