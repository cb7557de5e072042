"""Landlock: the kernel denies every file outside two short lists, TCP, and signals to others."""

import ctypes
import os
import stat
from collections.abc import Iterable

from r1agent_tools.sandbox.kernel import system_call

# The three calls have the same numbers on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_GIVE_VERSION = 1
_RULE_PATH_BENEATH = 1

_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_DIR, _REMOVE_FILE = (
    1 << 1,
    1 << 2,
    1 << 3,
    1 << 4,
    1 << 5,
)
_MAKE_DIR, _MAKE_REGULAR = 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_READ = _READ_FILE | _READ_DIR
# Left out on purpose: EXECUTE, and making of symlinks, fifos, sockets and devices.
_OWN = (
    _READ
    | _WRITE_FILE
    | _REMOVE_DIR
    | _REMOVE_FILE
    | _MAKE_DIR
    | _MAKE_REGULAR
    | _REFER
    | _TRUNCATE
)
_RIGHTS_OF_A_FILE = _READ_FILE | _WRITE_FILE | _TRUNCATE


class _RulesetAttributes(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # Python 3.13 and newer want the layout of packed structures named
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def landlock_abi() -> int:
    """Return the kernel's Landlock version, 0 where there is none.

    Asked of the kernel itself: files under /sys are absent in containers and on WSL2.
    """
    try:
        return system_call(_CREATE_RULESET, 0, 0, _GIVE_VERSION)
    except OSError:
        return 0


def restrict_files(readable: Iterable[str], *, own_folder: str, devices: Iterable[str]) -> int:
    """Confine the calling thread to these paths for good and return the version used.

    Args:
        readable: Files and folders that may be read.
        own_folder: The one folder that may be changed.
        devices: Device files that may be read and written, such as /dev/null.

    Raises:
        OSError: The kernel has no Landlock or refused a rule.
    """
    abi = system_call(_CREATE_RULESET, 0, 0, _GIVE_VERSION)
    handled = _handled_rights(abi)
    attributes = _RulesetAttributes(
        handled,
        0b11 if abi >= 4 else 0,  # TCP bind and connect, with no rule that allows any
        0b11 if abi >= 6 else 0,  # abstract unix sockets, signals
    )
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    ruleset = system_call(_CREATE_RULESET, ctypes.byref(attributes), size, 0)
    for path in readable:
        _allow(ruleset, path, _READ & handled)
    for path in devices:
        _allow(ruleset, path, _RIGHTS_OF_A_FILE & handled)
    _allow(ruleset, own_folder, _OWN & handled)
    system_call(_RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)
    return abi


def _handled_rights(abi: int) -> int:
    """Return all file rights that this version can deny."""
    bits = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    return (1 << bits) - 1


def _allow(ruleset: int, path: str, rights: int) -> None:
    """Allow `rights` on `path` and everything beneath it; skip a path that is not there."""
    try:
        fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, PermissionError):
        return
    if not stat.S_ISDIR(os.fstat(fd).st_mode):
        rights &= _RIGHTS_OF_A_FILE
    rule = _PathBeneath(rights, fd)
    system_call(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.byref(rule), 0)
    os.close(fd)
