"""What crosses between this process and a session that runs elsewhere: JSON, checked and bounded.

Whatever arrives comes from a place that runs hostile programs. It is data: it is never unpickled,
each field is of a known type or the session is ended, and no text is longer than its limit.
"""

import base64
import binascii
from dataclasses import asdict
from typing import Any

from r1agent_tools.sandbox.capture import clean_name, clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame, parse_object
from r1agent_tools.sandbox.limits import MB, Limits
from r1agent_tools.sandbox.result import Artifact, ExecutionResult

_MOST_ARTIFACTS = 200
_NOTE_CHARACTERS = 200
_MESSAGE_CHARACTERS = 2000


def most_bytes(limits: Limits) -> int:
    """Return how large a reply may be: three texts, the judge's frames, and coded artifacts."""
    texts = 3 * 12 * (limits.output_characters + _NOTE_CHARACTERS)
    return 8 * MB + texts + limits.artifacts_mb * MB * 3 // 2


def parse_reply(body: bytes | str) -> Frame:
    """Return the JSON object in `body`.

    Raises:
        SandboxProtocolError: It is something else.
    """
    return parse_object(body, "a reply")


def encode_result(result: ExecutionResult) -> Frame:
    """Return a result as JSON values; `read_result` is the other end."""
    return {
        "stdout": result.stdout,
        "stderr": result.stderr,
        "value": result.value,
        "exception": result.exception,
        "limit_hit": result.limit_hit,
        "session_ended": result.session_ended,
        "memory_mb": result.memory_mb,
        "artifacts": [
            {
                "name": artifact.name,
                "media_type": artifact.media_type,
                "data": base64.b64encode(artifact.data).decode("ascii"),
            }
            for artifact in result.artifacts
        ],
        "artifacts_left_out": list(result.artifacts_left_out),
    }


def read_result(
    reply: Frame, *, limits: Limits, seconds: float, isolation: dict[str, object]
) -> ExecutionResult:
    """Build a result from a reply that may have been made to mislead.

    Args:
        reply: What arrived.
        limits: Bounds of its texts and artifacts.
        seconds: How long the run took as seen from here.
        isolation: What is known of the session's protection, from before its first program.

    Raises:
        SandboxProtocolError: A field is missing, unknown, or of another type.
    """
    coded = reply.get("result")
    if not isinstance(coded, dict):
        raise SandboxProtocolError("a reply holds no result")
    characters = limits.output_characters
    return ExecutionResult(
        stdout=_text(coded, "stdout", characters + _NOTE_CHARACTERS) or "",
        stderr=_text(coded, "stderr", characters + _NOTE_CHARACTERS) or "",
        value=_text(coded, "value", characters + _NOTE_CHARACTERS),
        exception=_text(coded, "exception", _MESSAGE_CHARACTERS),
        seconds=seconds,
        limit_hit=_limit(coded.get("limit_hit"), limits),
        session_ended=coded.get("session_ended") is not False,
        isolation=isolation,
        artifacts=_artifacts(coded.get("artifacts", []), limits),
        artifacts_left_out=_names(coded.get("artifacts_left_out", [])),
        memory_mb=_megabytes(coded.get("memory_mb", 0.0)),
    )


def _text(coded: dict[str, Any], name: str, characters: int) -> str | None:
    value = coded.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise SandboxProtocolError(f"`{name}` of a result is a {type(value).__name__}, not text")
    return clean_text(value, characters)


def _limit(found: object, limits: Limits) -> str | None:
    if found is None or (isinstance(found, str) and found in asdict(limits)):
        return found
    raise SandboxProtocolError("a result names a limit that does not exist")


def _megabytes(found: object) -> float:
    if isinstance(found, int | float) and 0 <= found < 1e9:
        return float(found)
    raise SandboxProtocolError("a result states no memory in megabytes")


def _artifacts(coded: object, limits: Limits) -> tuple[Artifact, ...]:
    if not isinstance(coded, list) or len(coded) > _MOST_ARTIFACTS:
        raise SandboxProtocolError("a result has no list of artifacts, or too long a one")
    artifacts = tuple(_artifact(item) for item in coded)
    if sum(len(artifact.data) for artifact in artifacts) > limits.artifacts_mb * MB:
        raise SandboxProtocolError(f"artifacts are larger than {limits.artifacts_mb} MB")
    return artifacts


def _artifact(coded: object) -> Artifact:
    match coded:
        case {"name": str(name), "media_type": str(media_type), "data": str(data)}:
            if "\0" in name or not set(name.split("/")).isdisjoint(("", ".", "..")):
                raise SandboxProtocolError("an artifact's name is no path below a folder")
            return Artifact(clean_name(name), _decode(data), clean_text(media_type, 100))
    raise SandboxProtocolError("an artifact has no name, media type or data")


def _names(coded: object) -> tuple[str, ...]:
    if not isinstance(coded, list) or len(coded) > _MOST_ARTIFACTS:
        raise SandboxProtocolError("a result has no list of files left out, or too long a one")
    return tuple(clean_name(name) for name in coded)


def _decode(data: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SandboxProtocolError("an artifact's data is not base64") from error
