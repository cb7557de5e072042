"""Name the files of the user's data folder to a model, as names that nobody vouches for."""

import os
import stat
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from r1agent_tools.sandbox.capture import clean_name
from r1agent_tools.sandbox.folder_walk import walk_folder

_MOST_NAMED = 30
_MOST_LOOKED_AT = 5_000
_LONGEST_NAME = 100


def name_data_files(folder: str | Path) -> str:
    """Return the files of a folder and of its subfolders in one line, such as "'a.csv', 'b.csv'".

    At most thirty are named, each in quotes that it cannot close. No link is followed or named,
    and nothing hidden; a file with a very long name is not named either.

    Raises:
        OSError: The folder cannot be read.
    """
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        names = list(islice(_names(top), _MOST_NAMED + 1))
    finally:
        os.close(top)
    if not names:
        return "no files"
    others = " and others" if len(names) > _MOST_NAMED else ""
    return ", ".join(map(repr, names[:_MOST_NAMED])) + others


def _names(top: int) -> Iterator[str]:
    """Yield the names of plain files among the first entries of the open folder."""
    for entry in islice(walk_folder(top, most=_MOST_LOOKED_AT), _MOST_LOOKED_AT):
        hidden = "/." in f"/{entry.path}"
        if stat.S_ISREG(entry.status.st_mode) and not hidden and len(entry.path) <= _LONGEST_NAME:
            yield clean_name(entry.path)
