"""One address -> a file that is a PDF, going on where an earlier attempt ended."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from r1agent_indexes.bibliography.public_address import require_public, require_public_peer
from r1agent_indexes.bibliography.web_errors import TryAgainError, WebError
from r1agent_indexes.reading.pdf_process import PdfProcess

if TYPE_CHECKING:
    import httpx2

    from r1agent_indexes.bibliography.web import Web

_MOST_REDIRECTS = 8
_MARK = b"%PDF-"
_MARK_WITHIN = 1024
_SECONDS = 1800.0
"""For one file, at most; what has arrived is kept, and the next run goes on."""

OnBytes = Callable[[int, int | None], None]
"""Called with the bytes that have arrived and, where it is known, how many there are."""


@dataclass(frozen=True, slots=True)
class Download:
    """How files are fetched."""

    web: "Web"
    allowed: Collection[str] = ()
    """Hosts, with their ports, that may be within this machine or a private network."""
    most_bytes: int = 200 << 20

    def fetch(self, url: str, part: Path, on_bytes: OnBytes) -> str:
        """Bring `part` to a whole PDF and return the address that it came from at last.

        Raises:
            WebError: There is none, or it could not be had; what has arrived of one is kept.
        """
        came_from = str(self.web.repeated(lambda: self._attempt(url, part, on_bytes)))
        try:
            _require_pdf(part)
        except WebError:
            forget(part)
            raise
        _tag(part).unlink(missing_ok=True)
        return came_from

    def _attempt(self, url: str, part: Path, on_bytes: OnBytes) -> str:
        held, validator = _held(part, url)
        headers = {"Accept-Encoding": "identity"}
        if held:
            headers |= {"Range": f"bytes={held}-", "If-Range": validator}
        at = url
        for _ in range(_MOST_REDIRECTS + 1):
            require_public(at, self.allowed)
            with self.web.open(at, headers=headers) as response:
                require_public_peer(response, self.allowed)
                if not response.has_redirect_location:
                    self._take(response, url, part, held, on_bytes)
                    return at
                at = urljoin(at, response.headers["Location"])
        raise WebError(f"redirects more than {_MOST_REDIRECTS} times")

    def _take(
        self, response: "httpx2.Response", url: str, part: Path, held: int, on_bytes: OnBytes
    ) -> None:
        begin = _begin(response, part, held)
        length = response.headers.get("Content-Length", "")
        whole = begin + int(length) if length.isdigit() else None
        if whole is not None and whole > self.most_bytes:
            raise WebError(f"has {whole:,} bytes, more than the {self.most_bytes:,} allowed")
        _tag(part).write_text(f"{url}\n{_validator(response)}", encoding="utf-8")
        deadline = time.monotonic() + _SECONDS
        head = b""
        with part.open("r+b" if begin else "wb") as file:
            file.seek(begin)
            for block in response.iter_raw():
                file.write(block)
                head += block[: _MARK_WITHIN - len(head)]
                if not begin and len(head) == _MARK_WITHIN and _MARK not in head:
                    forget(part)
                    raise WebError(f"sent {_kind(response)}, wanted a PDF")
                if file.tell() > self.most_bytes:
                    forget(part)
                    raise WebError(f"sent more than the {self.most_bytes:,} bytes allowed")
                if time.monotonic() > deadline:
                    raise WebError(f"took more than {_SECONDS / 60:.0f} minutes; run it again")
                on_bytes(file.tell(), whole)


def forget(part: Path) -> None:
    """Delete what has arrived of a file."""
    part.unlink(missing_ok=True)
    _tag(part).unlink(missing_ok=True)


def _begin(response: "httpx2.Response", part: Path, held: int) -> int:
    """Return the byte of the file at which an answer begins."""
    status = response.status_code
    if status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {held}-"):
        return held
    if status in (206, 416):
        part.unlink(missing_ok=True)
        raise TryAgainError(f"answered {status} with another part than was asked for", seconds=0)
    if status == 200:
        return 0
    if status in (401, 402, 403):
        raise WebError(
            f"answered {status}: not open, or not to programs; fetch it with a browser",
            status=status,
        )
    there = ": there is nothing at this address" if status in (404, 410) else ", wanted 200"
    raise WebError(f"answered {status}{there}", status=status)


def _held(part: Path, url: str) -> tuple[int, str]:
    """Return how much of a file is here, and what tells whether the rest is of the same file."""
    if not part.exists() or not _tag(part).exists():
        return 0, ""
    of, _, validator = _tag(part).read_text(encoding="utf-8").partition("\n")
    return (part.stat().st_size, validator) if of == url and validator else (0, "")


def _validator(response: "httpx2.Response") -> str:
    etag = str(response.headers.get("ETag", ""))
    strong = etag if etag.startswith('"') else ""
    return strong or str(response.headers.get("Last-Modified", ""))


def _tag(part: Path) -> Path:
    return part.with_name(f"{part.name}.tag")


def _kind(response: "httpx2.Response") -> str:
    return str(response.headers.get("Content-Type", "no type")).partition(";")[0]


def _require_pdf(path: Path) -> None:
    """Refuse what does not open as a PDF; it is opened in a child process, with limits."""
    with path.open("rb") as file:
        head = file.read(_MARK_WITHIN)
    if _MARK not in head:
        raise WebError(f"sent {path.stat().st_size:,} bytes that are no PDF")
    with PdfProcess() as process:
        first = next(process.messages(path))
    if first["kind"] == "error":
        raise WebError(f"sent a PDF that does not open ({first['code']})")
