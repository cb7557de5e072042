"""Confine this process for good, layer by layer; read this file to know the order and why."""

import os
import resource
import signal
from dataclasses import dataclass

from r1agent_tools.sandbox import capabilities, kernel, landlock, limits, seccomp
from r1agent_tools.sandbox.readable import DEVICES


@dataclass(frozen=True, slots=True)
class Confinement:
    """What one worker is given; everything else is taken away."""

    folder: str
    """The one folder it may change; also its working directory."""
    readable: list[str]
    user: int | None
    """User id to become, None to stay who we are."""
    kernel_limits: limits.KernelLimits


def confine(wanted: Confinement) -> dict[str, object]:
    """Apply every layer to this single-threaded process and return what is active.

    Raises:
        OSError: A layer could not be applied; the caller must end the process.
    """
    if len(os.listdir("/proc/self/task")) != 1:  # noqa: PTH208 - Landlock binds one thread only
        raise OSError("the worker has more than one thread before it is confined")
    os.chdir(wanted.folder)
    limits.apply_limits(wanted.kernel_limits, private_user=wanted.user is not None)
    if wanted.user is not None:
        capabilities.become_user(wanted.user)
    capabilities.drop_capabilities()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    # After the change of user, which clears it. The parent is the zygote's only thread.
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    abi = landlock.restrict_files(wanted.readable, own_folder=wanted.folder, devices=DEVICES)
    return {
        "confined": True,
        "landlock": abi,
        "seccomp": seccomp.install_filter(),  # last: it refuses the calls made above
        "capabilities": "none",
        "no_new_privileges": True,
        "user": os.getuid(),
    }


def limit_only(wanted: Confinement) -> dict[str, object]:
    """Apply resource limits and nothing else: the explicitly unsafe mode."""
    os.chdir(wanted.folder)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cpu = wanted.kernel_limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))  # the first one's signal names it
    return {"confined": False, "warning": "unsafe: the program has all rights of this user"}
