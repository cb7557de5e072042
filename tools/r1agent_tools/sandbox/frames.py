"""Bounded JSON messages over a pipe: four bytes of length, then that many bytes of JSON.

Both ends use this; what arrives at the host comes from a hostile program, so that every surprise
is a `SandboxProtocolError` and never a guess. Nothing here ever unpickles.
"""

import json
import os
import struct
from typing import Any

from r1agent_tools.sandbox.errors import SandboxProtocolError

MAXIMUM_BYTES = 4 * 1024 * 1024
_HEADER = struct.Struct("!I")

Frame = dict[str, Any]


def encode_frame(frame: Frame) -> bytes:
    """Return one message as bytes.

    Raises:
        SandboxProtocolError: The message is larger than the other end accepts.
    """
    body = json.dumps(frame).encode("ascii")
    if len(body) > MAXIMUM_BYTES:
        raise SandboxProtocolError(
            f"{len(body)} bytes do not fit into a message of {MAXIMUM_BYTES}"
        )
    return _HEADER.pack(len(body)) + body


def write_frame(fd: int, frame: Frame) -> None:
    """Write one message, waiting for the reader as long as it takes."""
    data = memoryview(encode_frame(frame))
    while data:
        data = data[os.write(fd, data) :]


def read_frame(fd: int) -> Frame | None:
    """Read one message, waiting as long as it takes; None at the end of the pipe."""
    reader = FrameReader()
    while True:
        chunk = os.read(fd, reader.wanted_bytes)
        if not chunk:
            return None
        frame = reader.feed(chunk)
        if frame is not None:
            return frame


class FrameReader:
    """Put one message together from the pieces in which it arrives."""

    def __init__(self) -> None:
        """Start with nothing read."""
        self._data = bytearray()

    @property
    def wanted_bytes(self) -> int:
        """How much to read next, so that the following message stays in the pipe."""
        return self._total - len(self._data)

    def feed(self, chunk: bytes) -> Frame | None:
        """Add a piece and return the message when it is whole.

        Raises:
            SandboxProtocolError: The length or the JSON is not what a sound process sends.
        """
        self._data += chunk
        if len(self._data) >= _HEADER.size and self._total > MAXIMUM_BYTES + _HEADER.size:
            raise SandboxProtocolError(f"a message claims {self._total} bytes")
        if self._total == _HEADER.size or len(self._data) < self._total:
            return None
        body = bytes(self._data[_HEADER.size : self._total])
        self._data.clear()
        return parse_object(body, "a message")

    @property
    def _total(self) -> int:
        if len(self._data) < _HEADER.size:
            return _HEADER.size
        return _HEADER.size + int(_HEADER.unpack_from(self._data)[0])


def parse_object(text: bytes | str, what: str) -> Frame:
    """Return the JSON object in `text`; `what` names it in the error, such as "a message".

    Raises:
        SandboxProtocolError: It is something else.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SandboxProtocolError(f"{what} is not JSON ({type(error).__name__})") from error
    if not isinstance(found, dict):
        raise SandboxProtocolError(f"{what} is a JSON {type(found).__name__}, not an object")
    return found
