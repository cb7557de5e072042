"""Raw Linux calls that Python's standard library does not offer, through ctypes."""

import ctypes
import os
import platform
import sys
from typing import Literal

Machine = Literal["x86_64", "aarch64"]

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

# Looked up once, before any confinement: loading libc reads files.
_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def system_call(number: int, *arguments: object) -> int:
    """Call the kernel by `number`; raise OSError where it refuses."""
    wide = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return _checked(int(_libc.syscall(ctypes.c_long(number), *wide)))


def prctl(option: int, *arguments: int) -> int:
    """Change or read one attribute of this process; raise OSError where the kernel refuses."""
    padded = (*arguments, 0, 0, 0, 0)[:4]
    return _checked(int(_libc.prctl(option, *(ctypes.c_ulong(value) for value in padded))))


def machine() -> Machine | None:
    """Return the processor family when the filter has a table for it, else None."""
    found = platform.machine()
    if sys.platform != "linux" or sys.maxsize < 2**32:
        return None
    if found == "x86_64":
        return "x86_64"
    return "aarch64" if found in ("aarch64", "arm64") else None


def _checked(returned: int) -> int:
    if returned < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return returned
