"""seccomp: a filter in the kernel that lets only known system calls through.

Classic BPF, built here instruction by instruction: `seccomp(2)` and `linux/filter.h`.
"""

import ctypes
import errno
import os
import struct
from collections.abc import Callable

from r1agent_tools.sandbox.kernel import Machine, machine, system_call
from r1agent_tools.sandbox.seccomp_policy import ALLOWED, ANSWERS
from r1agent_tools.sandbox.system_calls import NUMBERS

_AUDIT_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SECCOMP_CALL = {"x86_64": 317, "aarch64": 277}
_SET_MODE_FILTER, _ALL_THREADS = 1, 1
_X32_BIT = 0x40000000

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _MASK, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x54, 0x06
_ALLOW, _KILL_PROCESS, _ERROR = 0x7FFF0000, 0x80000000, 0x00050000
_CALL_OFFSET, _ARCHITECTURE_OFFSET = 0, 4

Instruction = tuple[int, int, int, int]
"""Code, jump if true, jump if false, operand: `struct sock_filter`."""


def install_filter() -> str:
    """Filter every thread of this process for good and return a phrase for the report.

    Raises:
        OSError: The kernel has no seccomp filters, or `no_new_privs` is not set.
    """
    family = machine()
    if family is None:
        raise OSError(errno.ENOSYS, "no system-call table for this processor")
    program = build_filter(family, process_id=os.getpid())
    packed = b"".join(struct.pack("=HBBI", *instruction) for instruction in program)
    buffer = ctypes.create_string_buffer(packed, len(packed))
    header = _Program(len(program), ctypes.addressof(buffer))
    system_call(SECCOMP_CALL[family], _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(header))
    return f"{family}, {len(ALLOWED)} calls allowed"


def build_filter(family: Machine, *, process_id: int) -> list[Instruction]:
    """Return the whole program for one processor family and one process."""
    column = 0 if family == "x86_64" else 1
    program = _check_architecture(family)
    for name, numbers in NUMBERS.items():
        number = numbers[column]
        if number is not None:
            program += _when_call_is(number, _body(name, process_id))
    program.append((_RETURN, 0, 0, _ERROR | errno.ENOSYS))
    return program


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def _check_architecture(family: Machine) -> list[Instruction]:
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE_OFFSET),
        (_EQUAL, 1, 0, _AUDIT_ARCHITECTURE[family]),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _CALL_OFFSET),
    ]
    if family == "x86_64":
        program += [(_AT_LEAST, 0, 1, _X32_BIT), (_RETURN, 0, 0, _KILL_PROCESS)]
    return program


def _when_call_is(number: int, body: list[Instruction]) -> list[Instruction]:
    return [(_EQUAL, 0, len(body), number), *body]


def _body(name: str, process_id: int) -> list[Instruction]:
    if name in ALLOWED:
        return [(_RETURN, 0, 0, _ALLOW)]
    if name in ANSWERS:
        return [_refuse(ANSWERS[name])]
    return _CHECKS[name](process_id)


def _refuse(number: int) -> Instruction:
    return (_RETURN, 0, 0, _ERROR | number)


def _low(argument: int) -> Instruction:
    """Load the low half of an argument; both architectures are little-endian."""
    return (_LOAD, 0, 0, 16 + 8 * argument)


def _high(argument: int) -> Instruction:
    return (_LOAD, 0, 0, 20 + 8 * argument)


def _one_of(argument: int, values: list[int], *, otherwise: int = errno.EPERM) -> list[Instruction]:
    """Allow the call when a 32-bit argument is one of `values`."""
    tests = [(_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [_low(argument), *tests, _refuse(otherwise), (_RETURN, 0, 0, _ALLOW)]


def _is_null(argument: int) -> list[Instruction]:
    """Allow the call when a pointer argument is NULL."""
    return [
        _low(argument),
        (_EQUAL, 0, 2, 0),
        _high(argument),
        (_EQUAL, 1, 0, 0),
        _refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _threads_only(_: int) -> list[Instruction]:
    clone_thread, namespaces = 0x00010000, 0x7E020080
    return [
        _low(0),
        (_ANY_BIT, 0, 1, clone_thread),
        (_ANY_BIT, 0, 1, namespaces),
        _refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _open_flags(argument: int) -> list[Instruction]:
    """Refuse O_TRUNC on a file opened for reading: Landlock before version 3 lets it through."""
    return [
        _low(argument),
        (_ANY_BIT, 0, 3, os.O_TRUNC),
        (_MASK, 0, 0, os.O_ACCMODE),
        (_EQUAL, 0, 1, os.O_RDONLY),
        _refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _file_control(_: int) -> list[Instruction]:
    """Allow what manages descriptors; F_SETOWN and F_SETSIG would kill other processes."""
    set_flags, o_async = 4, 0x2000
    duplicate, get_fd, set_fd, get_flags, locks = 0, 1, 2, 3, [5, 6, 7, 36, 37, 38]
    plain = [duplicate, get_fd, set_fd, get_flags, *locks, 1030, 1032]
    check_async = [
        _low(2),
        (_ANY_BIT, 0, 1, o_async),
        _refuse(errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return [_low(1), (_EQUAL, 0, len(check_async), set_flags), *check_async, *_one_of(1, plain)]


def _self_limits(process_id: int) -> list[Instruction]:
    """Allow reading this process's own limits, never setting any."""
    read_only = _is_null(2)
    own = [_low(0), (_EQUAL, 2, 0, 0), (_EQUAL, 1, 0, process_id), _refuse(errno.EPERM)]
    return [*own, *read_only]


def _stream_pair(_: int) -> list[Instruction]:
    """Allow unix stream pairs; a datagram pair can send to any socket by its path."""
    kind = [_low(1), (_MASK, 0, 0, 0xF), (_EQUAL, 1, 0, 1), _refuse(errno.EPERM)]
    unix = [_low(0), (_EQUAL, 1, 0, 1), _refuse(errno.EPERM)]
    return [*unix, *kind, (_RETURN, 0, 0, _ALLOW)]


# TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
_TERMINAL_QUESTIONS = [0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451]
# PDEATHSIG and DUMPABLE are absent: the program may not undo its own confinement.
_HARMLESS_PRCTL = [3, 15, 16, 21, 23, 30, 39, 0x53564D41]

_CHECKS: dict[str, Callable[[int], list[Instruction]]] = {
    "open": lambda _: _open_flags(1),
    "openat": lambda _: _open_flags(2),
    "truncate": lambda _: [_refuse(errno.EPERM)],  # by path; ftruncate does the same work
    "clone": _threads_only,
    "kill": lambda process_id: _one_of(0, [process_id]),
    "tgkill": lambda process_id: _one_of(0, [process_id]),
    "fcntl": _file_control,
    "ioctl": lambda _: _one_of(1, _TERMINAL_QUESTIONS, otherwise=errno.ENOTTY),
    "prctl": lambda _: _one_of(0, _HARMLESS_PRCTL),
    "prlimit64": _self_limits,
    "sched_setaffinity": lambda process_id: _one_of(0, [0, process_id]),
    "socketpair": _stream_pair,
    "sendto": lambda _: _is_null(4),
}
"""Calls whose arguments decide; each check is given this process's id."""
