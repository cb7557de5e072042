"""The filter's program is run here by a small interpreter, so that both processors are tested."""

import errno
import struct

import pytest

from r1agent_tools.sandbox.seccomp import build_filter
from r1agent_tools.sandbox.seccomp_policy import ALLOWED, PRETENDED, REFUSED, UNSUPPORTED
from r1agent_tools.sandbox.system_calls import NUMBERS

ALLOW, KILL, ERROR = 0x7FFF0000, 0x80000000, 0x00050000
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
OWN = 4242


def decide(family, name, *arguments, architecture=None, number=None):
    if number is None:
        number = NUMBERS[name][0 if family == "x86_64" else 1]
    words = [value & (2**64 - 1) for value in (*arguments, 0, 0, 0, 0, 0, 0)[:6]]
    data = struct.pack("<IIQ6Q", number, architecture or ARCHITECTURES[family], 0, *words)
    program = build_filter(family, process_id=OWN)
    accumulator = position = 0
    while True:
        code, if_true, if_false, operand = program[position]
        position += 1
        match code:
            case 0x20:
                accumulator = int.from_bytes(data[operand : operand + 4], "little")
            case 0x54:
                accumulator &= operand
            case 0x06:
                return operand
            case 0x15:
                position += if_true if accumulator == operand else if_false
            case 0x45:
                position += if_true if accumulator & operand else if_false
            case 0x35:
                position += if_true if accumulator >= operand else if_false


@pytest.fixture(params=ARCHITECTURES)
def family(request):
    return request.param


@pytest.mark.parametrize(
    ("name", "arguments", "wanted"),
    [
        ("read", (), ALLOW),
        ("openat", (0, 0, 0), ALLOW),
        ("openat", (0, 0, 0o1000), ERROR | errno.EPERM),
        ("openat", (0, 0, 0o1001), ALLOW),
        ("execve", (), ERROR | errno.EPERM),
        ("socket", (2, 1, 0), ERROR | errno.EPERM),
        ("clone", (17,), ERROR | errno.EPERM),
        ("clone", (0x3D0F00,), ALLOW),
        ("clone", (0x10010000,), ERROR | errno.EPERM),
        ("kill", (OWN, 9), ALLOW),
        ("kill", (1, 9), ERROR | errno.EPERM),
        ("kill", (-1, 9), ERROR | errno.EPERM),
        ("tgkill", (1, 1, 9), ERROR | errno.EPERM),
        ("fcntl", (1, 8, OWN), ERROR | errno.EPERM),
        ("fcntl", (1, 4, 0o4000), ALLOW),
        ("fcntl", (1, 4, 0x2000), ERROR | errno.EPERM),
        ("fcntl", (1, 1030, 0), ALLOW),
        ("ioctl", (0, 0x5401), ALLOW),
        ("ioctl", (0, 0x5412), ERROR | errno.ENOTTY),
        ("prctl", (15,), ALLOW),
        ("prctl", (4, 1), ERROR | errno.EPERM),
        ("prlimit64", (0, 7, 0, 1), ALLOW),
        ("prlimit64", (OWN, 7, 0, 1), ALLOW),
        ("prlimit64", (0, 7, 1 << 40, 0), ERROR | errno.EPERM),
        ("prlimit64", (1, 7, 0, 1), ERROR | errno.EPERM),
        ("socketpair", (1, 0o2000001), ALLOW),
        ("socketpair", (1, 2), ERROR | errno.EPERM),
        ("socketpair", (2, 1), ERROR | errno.EPERM),
        ("sendto", (3, 1, 1, 0, 0), ALLOW),
        ("sendto", (3, 1, 1, 0, 1 << 40), ERROR | errno.EPERM),
        ("fchmodat", (), ERROR),
        ("setxattr", (), ERROR | errno.ENOTSUP),
    ],
)
def test_a_call_gets_what_the_policy_says(family, name, arguments, wanted):
    assert decide(family, name, *arguments) == wanted


def test_an_unknown_call_is_said_not_to_exist(family):
    assert decide(family, "", number=9999) == ERROR | errno.ENOSYS
    assert decide(family, "", number=435) == ERROR | errno.ENOSYS  # clone3


def test_another_architecture_is_killed(family):
    assert decide(family, "read", architecture=0x40000003) == KILL


def test_the_x32_calls_are_killed():
    assert decide("x86_64", "", number=0x40000000) == KILL


def test_every_call_of_the_policy_has_a_number_and_one_fate():
    groups = [ALLOWED, REFUSED, PRETENDED, UNSUPPORTED]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))
    assert frozenset().union(*groups) <= NUMBERS.keys()


def test_the_program_fits_into_the_kernel(family):
    assert len(build_filter(family, process_id=OWN)) < 4096
