"""The paths a confined program may read: the interpreter, its libraries, time zones."""

import os
import sys
import sysconfig
from collections.abc import Sequence
from importlib.machinery import PathFinder
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
_LINKS_TO_LIBRARIES = "/etc/alternatives"
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
"""Device files that hold nothing of the user's."""


def interpreter() -> str:
    """Return the path of this Python itself, behind the links of a virtual environment."""
    return os.path.realpath(sys.executable)


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


def installed(modules: Sequence[str]) -> list[str]:
    """Return those of the modules that programs find among the installed libraries."""
    folders = import_paths()
    return [name for name in modules if PathFinder.find_spec(name, folders) is not None]


def readable_paths(extra: Sequence[str | Path] = ()) -> list[str]:
    """Return every path to open for reading, plus `extra`, without symbolic links.

    Raises:
        SandboxUnavailableError: One of them is the home folder or holds it.
    """
    resolved = list(dict.fromkeys(str(Path(path).resolve()) for path in _named_paths(extra)))
    for path in resolved:
        _refuse_home(path)
    return resolved


def visible_paths(extra: Sequence[str | Path] = ()) -> list[str]:
    """Return what the trusted helper itself must find besides, where the rest is out of sight."""
    package = Path(__file__).resolve().parents[1]
    settings = Path(interpreter()).parent.parent / "pyvenv.cfg"
    own = [interpreter(), str(settings), str(package), _LINKS_TO_LIBRARIES]
    return [*_named_paths(extra), *own]


def data_folder(path: str | Path) -> str:
    """Return the full path of the user's data folder.

    Raises:
        SandboxUnavailableError: It is no folder, cannot be read, or holds the home folder.
    """
    folder = Path(path).resolve()
    if not folder.is_dir():
        found = "a file" if folder.exists() else "not there"
        raise SandboxUnavailableError(
            f"The data folder {str(folder)!r} is {found}. Give `data` a folder that is there."
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        raise SandboxUnavailableError(
            f"The data folder {str(folder)!r} may not be read by this user. Allow it with "
            "`chmod u+rx`, or give `data` another folder."
        )
    _refuse_home(str(folder))
    return str(folder)


def everyone_can_read(path: str, *, parents: bool = True) -> bool:
    """Tell whether any user of this machine can reach `path`, judging by its modes.

    Args:
        path: A file or folder that is there.
        parents: Whether the folders above it count too.
    """
    here = Path(path)
    above = here.parents if parents else []
    wanted = 0o005 if here.is_dir() else 0o004
    return all(folder.stat().st_mode & 0o001 for folder in above) and (
        here.stat().st_mode & wanted == wanted
    )


def _named_paths(extra: Sequence[str | Path]) -> list[str]:
    standard = [sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")]
    native = str(Path(sys.base_prefix, "lib"))  # also where conda keeps its shared libraries
    return [*standard, native, *import_paths(), *_SYSTEM_PATHS, *(str(path) for path in extra)]


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
