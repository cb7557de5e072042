"""JSON lines under a head that says what they are of, in a file that is only appended to."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


class KeptLines:
    """Append lines that outlive this process, and read those that are whole.

    The first line is the head, written with the first lines that are kept. A torn last line, as a
    kill leaves it, is passed over, and the next one is written in its place.

    Args:
        path: The file; made when something is first kept.
        head: Plain JSON values.
    """

    def __init__(self, path: Path, head: Mapping[str, Any]) -> None:
        self.path = path
        self.head = dict(head)
        self._end = 0

    def read(self) -> list[Any]:
        """Return the head that is there and the lines below it; nothing where there is no file.

        Raises:
            ValueError: A line is no JSON.
        """
        content = self.path.read_bytes() if self.path.exists() else b""
        self._end = content.rfind(b"\n") + 1
        return [json.loads(line) for line in content[: self._end].splitlines()]

    def append(self, line: Mapping[str, Any]) -> None:
        """Keep a line, also over the end of this process."""
        with self.path.open("r+b" if self.path.exists() else "xb") as file:
            file.truncate(self._end)
            file.seek(self._end)
            file.writelines(map(_encoded, [line] if self._end else [self.head, line]))
            file.flush()
            os.fsync(file.fileno())
            self._end = file.tell()

    def replace(self, lines: Iterable[Mapping[str, Any]]) -> None:
        """Keep these lines in place of all that were kept, at once."""
        beside = self.path.with_name(f"{self.path.name}.new")
        beside.write_bytes(b"".join(map(_encoded, [self.head, *lines])))
        beside.replace(self.path)


def _encoded(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line, ensure_ascii=True).encode() + b"\n"
