"""Whether a folder holds an index: told without what an index needs to be opened."""

from pathlib import Path
from shlex import quote

from r1agent_indexes.errors import IndexNotFoundError

DATABASE = "papers.sqlite"


def require_index(path: str | Path, *, create: bool = False) -> None:
    """Refuse a folder that holds no index, unless one is to be made there.

    Raises:
        IndexNotFoundError: There is none and `create` is not set, or it is a file.
    """
    folder = Path(path).expanduser()
    if (folder / DATABASE).is_file():
        return
    if folder.exists() and not folder.is_dir():
        raise IndexNotFoundError(f"{str(folder)!r} is a file; an index is a folder.")
    if not create:
        raise IndexNotFoundError(
            f"There is no index in {str(folder)!r}. Make one with "
            f"`r1agent index add PAPERS --index {quote(str(folder))}`, or in Python with "
            "`PaperIndex.open(…, create=True)`."
        )
