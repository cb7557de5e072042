"""What a bench keeps of one version of the code, so that it goes on after a stop."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

_UNUSED = ("cli", "report")
"""Folders of the agent on which no answer depends."""


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a JSONL file; none where it is missing."""
    if not path.is_file():
        return []
    text = path.read_text(encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]  # a kill may have torn the last one
    if len(whole) < len(text):
        path.write_text(whole, encoding="utf-8")
    return [json.loads(line) for line in whole.splitlines()]


def code_digest(root: Path) -> str:
    """Return eight digits that change with the code on which answers depend."""
    digest = hashlib.sha256()
    for package in ("r1agent", "tools/r1agent_tools", "indexes/r1agent_indexes"):
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root)
            if not set(name.parts) & set(_UNUSED):
                digest.update(f"{name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:8]
