"""Root's powers: give them up for good, and root's user id too where that is possible."""

import ctypes
import os
import secrets
import struct

from r1agent_tools.sandbox.kernel import (
    PR_CAP_AMBIENT,
    PR_CAP_AMBIENT_CLEAR_ALL,
    PR_CAPBSET_DROP,
    machine,
    prctl,
    system_call,
)

_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPGET = {"x86_64": 125, "aarch64": 90}
_VERSION_3 = 0x20080522
_KILL, _SETGID, _SETUID = 5, 6, 7
_LOWEST_PRIVATE_USER = 200_000


def can_switch_user() -> bool:
    """Tell whether this process may become another user and still signal it afterwards."""
    wanted = 1 << _KILL | 1 << _SETGID | 1 << _SETUID
    return os.geteuid() == 0 and _effective_capabilities() & wanted == wanted


def random_private_user() -> int:
    """Return a user id that nobody on this machine is likely to have."""
    return _LOWEST_PRIVATE_USER + secrets.randbelow(2**30)


def become_user(user: int) -> None:
    """Switch to `user` with no groups; there is no way back."""
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)


def drop_capabilities() -> None:
    """Empty every capability set of this thread.

    Raises:
        OSError: The kernel refused, or a capability is still there afterwards.
    """
    if _effective_capabilities():
        _drop_bounding_set()
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0))
    system_call(_CAPSET[_family()], header, ctypes.create_string_buffer(24))
    if _effective_capabilities():
        raise OSError("capabilities are still held after dropping them")


def _drop_bounding_set() -> None:
    """Drop each capability in turn; the kernel says EINVAL after the last one."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            # EINVAL: no more of them. EPERM: no right to narrow the set, which only execve
            # consults, and the filter refuses execve.
            return


def _effective_capabilities() -> int:
    header = ctypes.create_string_buffer(struct.pack("=Ii", _VERSION_3, 0))
    data = ctypes.create_string_buffer(24)
    system_call(_CAPGET[_family()], header, data)
    low, _, _, high, _, _ = struct.unpack("=6I", data.raw[:24])
    return int(low) | int(high) << 32


def _family() -> str:
    family = machine()
    if family is None:
        raise OSError("no system-call table for this processor")
    return family
