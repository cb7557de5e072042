"""external.sqlite: which passages an external vector store was sent; derived, safe to delete."""

import json
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.disk import disk_errors

_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS sent (store TEXT, key INTEGER, point TEXT NOT NULL,"
    " certain INTEGER NOT NULL, PRIMARY KEY (store, key)) WITHOUT ROWID"
)
_POINTS = "SELECT key, point FROM sent WHERE store = ? AND key IN (SELECT value FROM json_each(?))"
Keys = NDArray[np.int64]


class SentPassages:
    """What one store holds, as far as this index knows."""

    def __init__(self, folder: Path, store: str) -> None:
        """Store the names; the file is made when something is sent."""
        self._folder, self._path, self._store = folder, folder / "external.sqlite", store
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def keys(self, *, certain: bool = False) -> Keys:
        """Return the keys of what the store may hold, or of what it holds for certain."""
        query = "SELECT key FROM sent WHERE store = ? AND certain >= ? ORDER BY key"
        found = self._rows(query, int(certain))
        return np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))

    def newest(self, count: int) -> list[str]:
        """Return the names of the passages that were sent last."""
        query = "SELECT point FROM sent WHERE store = ? AND certain ORDER BY key DESC LIMIT ?"
        return [row[0] for row in self._rows(query, count)]

    def points(self, keys: Sequence[int]) -> dict[int, str]:
        """Return the names that passages have in the store, without those never sent."""
        return dict(self._rows(_POINTS, json.dumps(list(keys))))

    def begin(self, points: dict[int, str]) -> None:
        """Remember what is about to be sent, so that a killed writer leaves no doubles."""
        self._write("INSERT OR REPLACE INTO sent VALUES (?, ?, ?, 0)", list(points.items()))

    def finish(self, keys: Sequence[int]) -> None:
        """Remember that the store has taken these passages."""
        query = "UPDATE sent SET certain = 1 WHERE store = ? AND key = ?"
        self._write(query, [(key,) for key in keys])

    def drop(self, keys: Sequence[int]) -> None:
        """Forget passages that were deleted in the store."""
        self._write("DELETE FROM sent WHERE store = ? AND key = ?", [(key,) for key in keys])

    def doubt(self) -> None:
        """Hold nothing for certain, so that everything is sent again."""
        self._write("UPDATE sent SET certain = 0 WHERE store = ?", [()])

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._db is not None:
                self._db.close()
            self._db = None

    def _rows(self, query: str, *values: object) -> list[Any]:
        if self._db is None and not self._path.is_file():
            return []
        with self._lock, disk_errors(self._folder):
            return self._opened().execute(query, (self._store, *values)).fetchall()

    def _write(self, query: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._lock, disk_errors(self._folder), self._opened() as db:
            db.executemany(query, [(self._store, *row) for row in rows])

    def _opened(self) -> sqlite3.Connection:
        if self._db is None:
            self._db = sqlite3.connect(self._path, check_same_thread=False, timeout=30)
            self._db.execute(_SCHEMA)
        return self._db
