"""A session's own folder: made empty and private, removed whatever the program left in it."""

import os
import secrets
import tempfile
from contextlib import suppress

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def create_work_folder(*, user: int | None, parent: str | None = None) -> str:
    """Return the path of a new private folder.

    Args:
        user: User id to give it to, None to keep it.
        parent: The folder to make it in, None for the system's temporary folder.
    """
    folder = os.path.realpath(tempfile.mkdtemp(prefix="r1agent-", dir=parent))
    if user is not None:
        os.chown(folder, user, user)
    return folder


def open_work_folder(folder: str) -> int:
    """Return a descriptor of `folder`, which stays the same folder whatever is renamed."""
    return os.open(folder, _DIRECTORY)


def remove_work_folder(folder: str) -> None:
    """Remove `folder` and all that is in it, following no link and however deep it goes.

    Call it when no program that could write there is alive. Subfolders are emptied by moving
    their content up, so that neither recursion nor open files grow with the depth.
    """
    try:
        top = os.open(folder, _DIRECTORY)
    except FileNotFoundError:
        return
    try:
        _empty(top)
    finally:
        os.close(top)
    os.rmdir(folder)  # noqa: PTH106 - the rest of this file works on descriptors too


def _empty(top: int) -> None:
    prefix = secrets.token_hex(8)  # no name that the program can have made
    moved = 0
    while names := os.listdir(top):
        for name in names:
            if not _unlink(name, top):
                moved = _flatten(name, top, prefix, moved)


def _unlink(name: str, folder: int) -> bool:
    """Remove a file and return True; return False where `name` is a folder."""
    try:
        os.unlink(name, dir_fd=folder)
    except IsADirectoryError:
        return False
    return True


def _flatten(name: str, top: int, prefix: str, moved: int) -> int:
    """Empty one subfolder into `top` and remove it; return the running count of moves."""
    os.chmod(name, 0o700, dir_fd=top)  # the program can make folders without any rights
    subfolder = os.open(name, _DIRECTORY, dir_fd=top)
    try:
        for child in os.listdir(subfolder):  # noqa: PTH208 - a descriptor, not a path
            if not _unlink(child, subfolder):
                os.chmod(child, 0o700, dir_fd=subfolder)
                moved += 1
                os.rename(child, f"{prefix}-{moved}", src_dir_fd=subfolder, dst_dir_fd=top)
    finally:
        os.close(subfolder)
    with suppress(FileNotFoundError):
        os.rmdir(name, dir_fd=top)
    return moved
