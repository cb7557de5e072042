"""The source of a LaTeX document with the files that it inputs, from its own folder only."""

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from r1agent_indexes.reading.blocks import RefusedFileError

_INPUT = re.compile(
    r"\\(?:(?:input|include|subfile)\s*\{([^{}\n]+)\}|input\s+([\w./-]+))"  # not \includegraphics
)
_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%.*?(?:\n[ \t]*|\Z)")
_NEVER_SET = re.compile(r"\\iffalse\b.*?\\fi\b|\\begin\{comment\}.*?\\end\{comment\}", re.DOTALL)
_COMMAND = re.compile(
    r"\\(?:(?:re)?newcommand\*?\s*\{?\s*|def\s*)\\([A-Za-z]+)\s*\}?\s*"
    r"\{((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)\}"
)
_NESTED = 3
_DEEPEST = 8
_LARGEST = 16 << 20
"""Bytes of source in all."""


def latex_source(path: Path) -> str:
    """Return the source without comments, the files it inputs in their places.

    Files outside the document's folder are never read; they are left out.

    Raises:
        RefusedFileError: It is no document by itself, or too large.
    """
    root = path.resolve().parent
    source = _whole(path.resolve(), root, 0, set())
    if r"\begin{document}" not in source:
        raise RefusedFileError(
            r"holds no \begin{document}: it is a part that is read with the file that inputs it"
        )
    return _expanded(source)


def _expanded(source: str) -> str:
    """Put in what commands without arguments stand for, as the document defines them."""
    for _ in range(_NESTED):
        bodies = {one[1]: one[2] for one in _COMMAND.finditer(source)}
        body = source.partition(r"\begin{document}")[2]
        used = [name for name in bodies if re.search(rf"\\{name}(?![A-Za-z])", body)]
        if not used:
            break
        head = source[: -len(body)]
        pattern = re.compile(rf"\\({'|'.join(used)})(?![A-Za-z])(?:\{{\}})?")
        source = head + pattern.sub(partial(_body, bodies), body)
        if len(source) > _LARGEST:
            raise RefusedFileError("defines commands that blow up to too much text")
    return source


def _body(bodies: Mapping[str, str], match: re.Match[str]) -> str:
    return bodies[match[1]]


def _whole(path: Path, root: Path, depth: int, seen: set[Path]) -> str:
    seen.add(path)
    if path.stat().st_size > _LARGEST or len(seen) > 500:
        raise RefusedFileError(f"is larger than {_LARGEST >> 20} MB of LaTeX source")
    text = _without_comments(_decoded(path.read_bytes()))

    def inputted(match: re.Match[str]) -> str:
        part = _inside(root, (match[1] or match[2]).strip())
        if part is None or depth >= _DEEPEST or part in seen:
            return ""
        return _whole(part, root, depth + 1, seen)

    return _INPUT.sub(inputted, text)


def _inside(root: Path, name: str) -> Path | None:
    """Return the file that is meant, None if it is not there or outside the folder."""
    for candidate in (root / f"{name}.tex", root / name):
        try:
            resolved = candidate.resolve()
            if resolved.is_relative_to(root) and resolved.is_file():
                return resolved
        except (OSError, ValueError):
            return None
    return None


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")  # what LaTeX files were written in before 2018


def _without_comments(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _NEVER_SET.sub("", _COMMENT.sub(r"\1", text))
