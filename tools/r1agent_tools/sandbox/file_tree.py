"""The file tree of a process in namespaces, as arguments for bubblewrap."""

import os
from collections.abc import Iterator
from pathlib import Path


def file_tree(visible: list[str], *, writable: str) -> Iterator[str]:
    """Yield the arguments that show paths of the host in a new tree, each at its own place.

    Args:
        visible: Files and folders to show read-only; what is not there is left out. The
            symbolic links on the way to them are made again.
        writable: A folder, without links in its path, to show with the right to change it.
    """
    shown = _outermost({os.path.realpath(path) for path in visible if Path(path).exists()})
    links = {link: target for link, target in _links(visible).items() if not _beneath(link, shown)}
    for folder in _folders_above([*shown, *links, writable]):
        if not _beneath(folder, shown):
            yield from ("--perms", "0755", "--dir", folder)  # made by itself, it would be 0700
    for path in shown:
        yield from ("--ro-bind", path, path)
    for link, target in links.items():
        yield from ("--symlink", target, link)
    yield from ("--bind", writable, writable)


def _outermost(paths: set[str]) -> list[str]:
    """Return those paths that lie in no other of them."""
    kept: list[str] = []
    for path in sorted(paths):
        if not _beneath(path, kept):
            kept.append(path)
    return kept


def _beneath(path: str, folders: list[str]) -> bool:
    return any(Path(path).is_relative_to(folder) for folder in folders)


def _folders_above(paths: list[str]) -> list[str]:
    """Return every folder on the way to `paths`, each before what lies in it."""
    return sorted({str(parent) for path in paths for parent in Path(path).parents} - {"/"})


def _links(paths: list[str]) -> dict[str, str]:
    """Return each symbolic link on the way to `paths` with its target, such as /lib64."""
    links: dict[str, str] = {}
    for path in paths:
        here, names = Path("/"), list(Path(path).absolute().parts[1:])
        while names:
            step = Path(os.path.normpath(here / names.pop(0)))  # no link in `here`: `..` is safe
            if not step.is_symlink():
                here = step
                continue
            target = step.readlink()
            links[str(step)] = str(target)
            here = Path("/") if target.is_absolute() else here
            names = [*(part for part in target.parts if part != "/"), *names]
    return links
