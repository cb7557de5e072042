"""Local HTTP servers for the tests: one that answers as told, a hub, and a package index."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def http_server(answer: Answer, port: int = 0) -> Iterator[str]:
    """Serve every request with `answer`; yield the server's address, on a free port by default."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer(self)

        do_POST = do_GET  # noqa: N815 - the name that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def send(
    request: BaseHTTPRequestHandler,
    body: str | bytes | dict[str, object],
    *,
    status: int = 200,
    kind: str = "application/json",
    **headers: str,
) -> None:
    data = json.dumps(body) if isinstance(body, dict) else body
    payload = data.encode() if isinstance(data, str) else data
    request.send_response(status)
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(payload)))
    for name, value in headers.items():
        request.send_header(name.replace("_", "-"), value)
    request.end_headers()
    request.wfile.write(payload)


def body_of(request: BaseHTTPRequestHandler) -> dict[str, object]:
    length = int(request.headers.get("Content-Length", 0))
    body: dict[str, object] = json.loads(request.rfile.read(length))
    return body


def completion(text: str, finish: str = "stop", **message: object) -> dict[str, object]:
    """Return the JSON of a chat completion."""
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10},
    }


def wheel(folder: Path, package: str, member: str, data: bytes) -> Path:
    """Write a wheel that pip takes, with `data` at `member`."""
    stem = f"{package.replace('-', '_')}-1.0"
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, data)
        archive.writestr(
            f"{stem}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n"
        )
        archive.writestr(
            f"{stem}.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return path


def package_index(wheels: Path, asked: list[str], *, slow: float = 0.0) -> Answer:
    """Answer as a simple package index over the wheels of a folder."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        path = request.path.strip("/")
        if path.endswith(".whl"):
            asked.append(path.rpartition("/")[2])
            _send_slowly(request, (wheels / asked[-1]).read_bytes(), slow)
            return
        prefix = path.rpartition("/")[2].replace("-", "_") + "-"
        names = [file.name for file in wheels.glob("*.whl") if file.name.startswith(prefix)]
        links = "".join(f'<a href="/files/{name}">{name}</a>' for name in names)
        send(request, f"<!DOCTYPE html><html><body>{links}</body></html>", kind="text/html")

    return answer


def _send_slowly(request: BaseHTTPRequestHandler, data: bytes, slow: float) -> None:
    import time

    request.send_response(200)
    request.send_header("Content-Type", "application/octet-stream")
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    stream = io.BytesIO(data)
    try:
        while block := stream.read(max(1, len(data) // 4)):
            request.wfile.write(block)
            time.sleep(slow / 4)
    except OSError:
        return


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
