"""Hostile programs: each prints BREACH where the sandbox let something through."""

# ruff: noqa: E501 - one program a line

import os
import socket
import subprocess
from pathlib import Path

import pytest

from r1agent_tools import Limits, LocalSandbox
from r1agent_tools.sandbox.bubblewrap import Bubblewrap, find_bubblewrap
from r1agent_tools.sandbox.layers import missing_layers

PROGRAMS = {
    "read /etc/passwd": "open('/etc/passwd').read(); print('BREACH')",
    "read a file of the host": "open(SECRET).read(); print('BREACH')",
    "list the host's folder": "import os; os.listdir(os.path.dirname(SECRET)); print('BREACH')",
    "read its own environment": "open('/proc/self/environ').read(); print('BREACH')",
    "read its parent's environment": "import os\nopen(f'/proc/{os.getppid()}/environ'); print('BREACH')",
    "open its parent's memory": "import os\nopen(f'/proc/{os.getppid()}/mem', 'r+b'); print('BREACH')",
    "read the host's environment": "open(f'/proc/{HOST}/environ'); print('BREACH')",
    "climb out by dots": "open('../../../../../../etc/hostname').read(); print('BREACH')",
    "write beside the host's file": "open(SECRET + '.new', 'w'); print('BREACH')",
    "write to the host's file": "open(SECRET, 'a'); print('BREACH')",
    "truncate by opening to read": "import os\nos.open(SECRET, os.O_RDONLY | os.O_TRUNC); print('BREACH')",
    "truncate by path": "import os\nos.truncate(SECRET, 0); print('BREACH')",
    "remove the host's file": "import os\nos.remove(SECRET); print('BREACH')",
    "rename the host's file in": "import os\nos.rename(SECRET, 'mine'); print('BREACH')",
    "link the host's file in": "import os\nos.link(SECRET, 'mine'); print('BREACH')",
    "make a symlink": "import os\nos.symlink(SECRET, 'link'); print('BREACH')",
    "make a fifo": "import os\nos.mkfifo('pipe'); print('BREACH')",
    "change the library": "import json\nopen(json.__file__, 'a'); print('BREACH')",
    "open an internet socket": "import socket\nsocket.socket(); print('BREACH')",
    "open a datagram socket": "import socket\nsocket.socket(type=socket.SOCK_DGRAM); print('BREACH')",
    "reach a listener": "import socket\nsocket.create_connection(('127.0.0.1', PORT)); print('BREACH')",
    "open a unix socket": "import socket\nsocket.socket(socket.AF_UNIX); print('BREACH')",
    "pair datagram sockets": "import socket\nsocket.socketpair(type=socket.SOCK_DGRAM); print('BREACH')",
    "open a netlink socket": "import socket\nsocket.socket(socket.AF_NETLINK, 3); print('BREACH')",
    "fork": "import os\nos.fork()\nprint('BREACH')",
    "fork by number": "r = libc.syscall(57 if X86 else 220, 17, 0, 0, 0, 0)\nif r >= 0: print('BREACH')",
    "run a program": "import os\nos.execv('/bin/echo', ['echo', 'BREACH'])",
    "run a subprocess": "import subprocess\nsubprocess.run(['/bin/echo', 'BREACH'])",
    "run a shell": "import os\nif os.system('true') == 0: print('BREACH')",
    "spawn a process": "import os\nos.posix_spawn('/bin/true', ['true'], {}); print('BREACH')",
    "start multiprocessing": "import multiprocessing as m\nm.Process(target=print).start(); print('BREACH')",
    "signal its parent": "import os\nos.kill(os.getppid(), 9); print('BREACH')",
    "signal the host": "os = __import__('os')\nos.kill(HOST, 0); print('BREACH')",
    "signal everybody": "import os\nos.kill(-1, 9); print('BREACH')",
    "signal through a descriptor": "import fcntl\nfcntl.fcntl(1, fcntl.F_SETOWN, VICTIM); print('BREACH')",
    "signal through ioctl": "import fcntl, struct\n"
    "fcntl.ioctl(1, 0x8901, struct.pack('i', VICTIM)); print('BREACH')",
    "ask for signals on input": "import fcntl\nfcntl.fcntl(1, fcntl.F_SETFL, 0x2000); print('BREACH')",
    "trace the host": "if libc.ptrace(16, HOST, 0, 0) == 0: print('BREACH')",
    "read the host's memory": "if libc.process_vm_readv(HOST, 0, 0, 0, 0, 0) >= 0: print('BREACH')",
    "become dumpable": "if libc.prctl(4, 1, 0, 0, 0) == 0: print('BREACH')",
    "outlive its parent": "if libc.prctl(1, 0, 0, 0, 0) == 0: print('BREACH')",
    "take back privileges": "if libc.setuid(0) == 0 and libc.setgid(0) == 0: print('BREACH')",
    "hold a capability": "import ctypes as c\nh = (c.c_uint32 * 2)(0x20080522, 0); d = (c.c_uint32 * 6)()\n"
    "if libc.capget(h, d) != 0 or any(d): print('BREACH')",
    "make namespaces": "if libc.unshare(0x10000000) == 0: print('BREACH')",
    "mount": "if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0: print('BREACH')",
    "change root": "import os\nos.chroot('.'); print('BREACH')",
    "make hidden memory": "if libc.memfd_create(b'x', 0) >= 0: print('BREACH')",
    "use io_uring": "if libc.syscall(425, 4, libc.malloc(4096)) >= 0: print('BREACH')",
    "use a key ring": "if libc.syscall(250 if X86 else 219, 0, -3, 0) >= 0: print('BREACH')",
    "load a kernel program": "if libc.syscall(321 if X86 else 280, 0, 0, 0) >= 0: print('BREACH')",
    "share memory": "if libc.shmget(0, 4096, 0o1600) >= 0: print('BREACH')",
    "raise its limits": "import resource as r\nr.setrlimit(r.RLIMIT_AS, (-1, -1)); print('BREACH')",
    "tie up the host's processor": "import os\nos.sched_setaffinity(HOST, {0}); print('BREACH')",
    "find open descriptors": "import os\nfor fd in range(5, 128):\n"
    "  try: os.fstat(fd); print('BREACH', fd)\n  except OSError: pass",
}

PRELUDE = """
import ctypes, platform
libc = ctypes.CDLL(None, use_errno=True)
X86 = platform.machine() == "x86_64"
"""


@pytest.fixture(scope="module", params=[True, False], ids=["namespaces", "without"])
def sandbox(request):
    if missing_layers():
        pytest.skip(f"no sandbox on this machine: {missing_layers()[0].found}")
    if request.param and not isinstance(find_bubblewrap(), Bubblewrap):
        pytest.skip(f"no namespaces on this machine: {find_bubblewrap().reason}")
    limits = Limits(wall_seconds=1.5, memory_mb=512, disk_mb=60)
    with LocalSandbox(limits=limits, namespaces=request.param) as built:
        yield built


@pytest.fixture(scope="module")
def targets(tmp_path_factory):
    secret = tmp_path_factory.mktemp("host") / "secret.txt"
    secret.write_text("canary-7719")
    victim = subprocess.Popen(["sleep", "600"])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield {
            "SECRET": str(secret),
            "HOST": os.getpid(),
            "VICTIM": victim.pid,
            "PORT": listener.getsockname()[1],
        }
    assert victim.poll() is None
    victim.kill()
    victim.wait()
    assert secret.read_text() == "canary-7719"
    assert [path.name for path in secret.parent.iterdir()] == ["secret.txt"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_hostile_program_gets_nothing(session, targets, name):
    names = "\n".join(f"{target} = {value!r}" for target, value in targets.items())
    result = session.run(f"{PRELUDE}\n{names}\n{PROGRAMS[name]}")
    text = f"{result.stdout}{result.stderr.replace(PROGRAMS[name], '')}{result.value}"
    printed = [line for line in text.splitlines() if line.startswith("BREACH")]
    assert printed == []
    assert "canary-7719" not in text


def test_modes_and_times_of_host_files_stay(session, tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    before = file.stat()
    result = session.run(
        f"import os\nos.chmod({str(file)!r}, 0o777)\nos.utime({str(file)!r}, (1, 1))"
    )
    assert result.ok  # pretended, so that libraries that call them go on
    assert file.stat() == before


@pytest.mark.parametrize(
    "message",
    [
        "b'\\xff\\xff\\xff\\xff' + b'A' * 1000",
        "len(b'[' * 200000).to_bytes(4, 'big') + b'[' * 200000",
        "(2).to_bytes(4, 'big') + b'[]'",
        "(2).to_bytes(4, 'big') + b'{}'",
        '(20).to_bytes(4, \'big\') + b\'{"id": "guess", "v":1}\'[:20]',
        "(6).to_bytes(4, 'big') + b'\\xff\\xfe\\xfd{}x'",
        "b'\\x80\\x04\\x95cos\\nsystem\\n(S\"true\"\\ntR.'",
    ],
)
def test_garbage_on_the_control_channel_ends_only_that_session(sandbox, session, message):
    result = session.run(f"import os\nos.write(4, {message})")
    assert result.session_ended
    assert "the session was ended" in result.exception
    assert sandbox.run("1 + 1").value == "2"


def test_a_second_answer_ends_the_session(session):
    session.run("import os")
    first = session.run("os.write(4, (9).to_bytes(4, 'big') + b'{\"id\": 1}')")
    assert first.session_ended


def test_sessions_cannot_read_each_other(sandbox, session):
    other = sandbox.new_session()
    folder = other.run("import os; open('own.txt', 'w').write('mine'); print(os.getcwd())")
    path = Path(folder.stdout.strip()) / "own.txt"
    assert session.run(f"open({str(path)!r})").exception.startswith("PermissionError")
    other.close()


def test_a_session_cannot_poison_the_next(sandbox, session):
    session.run("import builtins, json; builtins.len = lambda x: 0; json.dumps = None")
    other = sandbox.new_session()
    assert other.run("import json; len([1]), json.dumps(1)").value == "(1, '1')"
    other.close()


def test_half_characters_in_a_value_can_be_printed(session):
    result = session.run("class A:\n    def __repr__(self): return '\\ud800'\nA()")
    assert result.value == "?"


def test_a_request_that_is_too_long_ends_the_session_and_not_the_host(session):
    assert "do not fit" in session.run(f"x = '{'a' * 5_000_000}'").exception
