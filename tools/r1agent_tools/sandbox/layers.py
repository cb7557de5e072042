"""The layers the sandbox needs from the kernel, found by trying them and not by reading /sys."""

import ctypes
import platform
import sys
from dataclasses import dataclass

from r1agent_tools.sandbox.kernel import machine, system_call
from r1agent_tools.sandbox.landlock import landlock_abi
from r1agent_tools.sandbox.seccomp import SECCOMP_CALL

_ACTION_AVAILABLE = 2
_KILL_PROCESS = 0x80000000


@dataclass(frozen=True, slots=True)
class Layer:
    """One protection: what this machine has, what is wanted, what the user can do."""

    name: str
    found: str
    wanted: str
    do: str
    """Empty where nothing has to be done."""
    ok: bool


def kernel_layers() -> list[Layer]:
    """Return every layer that the sandbox cannot do without, in the order they are checked."""
    if sys.platform != "linux":  # of the others there is nothing to find
        return [_system_layer()]
    return [_system_layer(), _processor_layer(), _landlock_layer(), _seccomp_layer()]


def missing_layers() -> list[Layer]:
    """Return the layers this machine lacks; empty where the sandbox can run."""
    return [layer for layer in kernel_layers() if not layer.ok]


def _system_layer() -> Layer:
    ok = sys.platform == "linux"
    do = "" if ok else "Run r1agent in a Linux container or virtual machine."
    return Layer("operating system", f"{platform.system()} {platform.release()}", "Linux", do, ok)


def _processor_layer() -> Layer:
    ok = machine() is not None
    do = "" if ok else "Use a machine with one of these processors and 64-bit Python."
    return Layer("processor", platform.machine(), "x86_64 or aarch64", do, ok)


def _landlock_layer() -> Layer:
    abi, wanted = landlock_abi(), "version 1 or newer"
    if abi:
        return Layer("Landlock", f"version {abi}", wanted, "", ok=True)
    remedy = (
        "Boot a kernel of 5.13 or newer with `lsm=landlock,...` on its command line. Guests of "
        "gVisor and Apple's containers have no Landlock: run r1agent in another kind of container "
        "or in a virtual machine."
    )
    return Layer("Landlock", f"none in kernel {platform.release()}", wanted, remedy, ok=False)


def _seccomp_layer() -> Layer:
    ok = _has_seccomp()
    do = "" if ok else "Boot a kernel with CONFIG_SECCOMP_FILTER."
    return Layer("seccomp", "filters" if ok else "no filters", "filters", do, ok)


def _has_seccomp() -> bool:
    family = machine()
    if family is None:
        return False
    action = ctypes.c_uint32(_KILL_PROCESS)
    try:
        system_call(SECCOMP_CALL[family], _ACTION_AVAILABLE, 0, ctypes.byref(action))
    except OSError:
        return False
    return True
