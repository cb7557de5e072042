"""The paths a confined program may read: the interpreter, its libraries, time zones."""

import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from r1agent_tools.sandbox.errors import SandboxUnavailableError

_SYSTEM_PATHS = (
    "/usr/lib",
    "/usr/lib32",
    "/usr/lib64",
    "/usr/local/lib",
    "/lib",
    "/lib64",
    "/usr/share/zoneinfo",
    "/usr/share/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
"""Device files that hold nothing of the user's."""


def import_paths() -> list[str]:
    """Return the folders that hold this interpreter's installed libraries.

    Only folders of that name: the project folder of an editable install is not among them.
    """
    folders = [Path(entry) for entry in sys.path if entry]
    return [
        str(folder)
        for folder in folders
        if folder.name in ("site-packages", "dist-packages") and folder.is_dir()
    ]


def readable_paths(extra: Sequence[str | Path] = ()) -> list[str]:
    """Return every path to open for reading, plus `extra`.

    Raises:
        SandboxUnavailableError: One of them is the home folder or holds it.
    """
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    native = [str(path) for path in Path(sys.base_prefix, "lib").glob("libpython*")]
    paths = [*standard, *native, *import_paths(), *_SYSTEM_PATHS, *(str(path) for path in extra)]
    resolved = list(dict.fromkeys(str(Path(path).resolve()) for path in paths))
    for path in resolved:
        _refuse_home(path)
    return resolved


def everyone_can_read(path: str) -> bool:
    """Tell whether any user of this machine can reach `path`, judging by its modes."""
    folder = Path(path)
    return all(parent.stat().st_mode & 0o001 for parent in folder.parents) and bool(
        folder.stat().st_mode & 0o004
    )


def _refuse_home(path: str) -> None:
    try:
        home = Path.home().resolve()
    except RuntimeError:  # a user id without a home folder
        return
    if home == Path("/") or not home.is_relative_to(path):
        return
    raise SandboxUnavailableError(
        f"A readable path is {path!r}, which holds the home folder {str(home)!r}. "
        "Name only the folders the program needs, not the home folder or one above it."
    )
