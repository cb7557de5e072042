"""The child process that parses papers: JSON lines in, JSON lines out.

It is started by path with `python -I -B`. A request is `{"path": …, "kind": …}`; replies are
`info`, one `page` each, then `end` or `error`; `again` says that the pages so far are read anew.
A request of the kind "marked" has `marks` too, and its reply is `marked` before `end`.
Only parsers are imported here, each with the first file that needs it, and nothing that opens a
connection.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

Message = dict[str, Any]


def main() -> None:
    """Answer requests until standard input ends."""
    memory = int(sys.argv[1])
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    replies = _claim_stdout()
    _limit(memory)
    for line in sys.stdin:
        request = json.loads(line)
        for message in _read(request):
            replies.write(json.dumps(message) + "\n")
            replies.flush()


def _claim_stdout() -> TextIO:
    """Keep the pipe for replies and send whatever libraries print to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return replies


def _limit(memory: int) -> None:
    """Bound memory, forbid writing files, and die with the parent."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _read(request: Message) -> Iterator[Message]:
    try:
        yield from _messages(Path(request["path"]), request)
    except MemoryError:
        yield {"kind": "error", "code": "memory"}
    except Exception as error:  # noqa: BLE001  (a parser may raise anything on a hostile file)
        detail = " ".join(str(error).split()) or "its parser does not say why"
        yield {"kind": "error", "code": "broken", "detail": detail}


def _messages(path: Path, request: Message) -> Iterator[Message]:
    kind = request["kind"]
    if kind == "marked":
        from r1agent_indexes.marking.annotations import marked_messages

        return marked_messages(path, request["marks"])
    if kind == "pdf":
        from r1agent_indexes.reading.pdfium_pages import pdf_messages

        return pdf_messages(path)
    from r1agent_indexes.reading.structured import structured_messages

    return structured_messages(path, kind)


if __name__ == "__main__":
    main()
