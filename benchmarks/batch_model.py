"""A model server that writes at once, and the same to the same prompt, in a process of its own.

What it writes is a sentence of the passages that it is shown. Which one depends on the whole of the
prompt: a search that found anything else, or in another order, would lead to another answer.

    python benchmarks/batch_model.py --delay 0.05
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from r1agent.words import split_sentences

MODEL = "scripted-32b"
"""A name by which r1agent asks as much as of a model that plans by itself."""
_STEP = {
    "goal": "Find what the papers say about it",
    "tool": "search_papers",
    "done_when": "passages mention it",
}
_LETTERS = re.compile(r"[^\W\d_]")
_FEWEST = 40  # letters: headings and cells of tables have less


@contextmanager
def scripted_model(*, delay: float = 0.0) -> Iterator[str]:
    """Yield the address of a server that runs while the block does.

    Args:
        delay: Seconds that each reply takes; any number of them are written at once.
    """
    command = [sys.executable, str(Path(__file__)), "--delay", str(delay)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ours
    try:
        if child.stdout is None or not (address := child.stdout.readline().strip()):
            raise RuntimeError("The scripted model server ended before it said where it is.")
        yield address
    finally:
        child.kill()
        child.communicate()


def reply_to(prompt: str) -> str:
    """Return what the model writes: a plan where one is asked for, else a sentence of a passage."""
    if "then steps" in prompt:
        return json.dumps({"thoughts": "One search will do.", "steps": [_STEP]})
    if "JSON object" in prompt:
        return json.dumps({"thoughts": "Enough was found.", "action": "finish", "query": ""})
    said = [
        f"{sentence.text} [{number}]"
        for number, text in enumerate(re.findall(r"<passage>(.*?)</passage>", prompt, re.S), 1)
        for sentence in split_sentences(text.strip())
        if len(_LETTERS.findall(sentence.text)) >= _FEWEST
    ]
    if not said:
        return "NOT IN PAPERS"
    digest = hashlib.sha256(prompt.encode()).digest()
    return said[int.from_bytes(digest[:8]) % len(said)]


def completion_of(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the reply to a request, with tokens as words."""
    prompt = str(request["messages"][-1]["content"])
    text = reply_to(prompt)
    read, written = len(prompt.split()), len(text.split())
    message = {"role": "assistant", "content": text}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {"index": place, "finish_reason": "stop", "message": message}
            for place in range(request.get("n") or 1)
        ],
        "usage": {
            "prompt_tokens": read,
            "completion_tokens": written,
            "total_tokens": read + written,
        },
    }


def main() -> None:
    """Serve until killed, and say where on the first line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that a reply takes")
    server = _Server(("127.0.0.1", 0), _handler(parser.parse_args().delay))
    print(f"http://127.0.0.1:{server.server_port}/v1", flush=True)
    server.serve_forever()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256  # of connections that come at once; beyond, they are reset


def _handler(delay: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle(self) -> None:
            """Answer one request after another, until the client goes or is killed."""
            with suppress(ConnectionResetError):
                super().handle()

        def do_GET(self) -> None:
            """Say which model is served."""
            found = self.path.endswith("/models")
            listed = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}
            self._send(listed if found else {}, 200 if found else 404)

        def do_POST(self) -> None:
            """Answer a chat request."""
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(delay)
            self._send(completion_of(request), 200)

        def _send(self, body: Mapping[str, Any], status: int) -> None:
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            with suppress(BrokenPipeError, ConnectionResetError):  # a client that was killed
                self.end_headers()
                self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


if __name__ == "__main__":
    main()
