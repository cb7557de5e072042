"""Conversations on the disk: a line for every question, answer and step back, as it happens."""

from __future__ import annotations

import fcntl
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from r1agent.artifacts import artifact_from_json, document_to_json
from r1agent.conversation import Turn, Unanswered
from r1agent.errors import JournalError
from r1agent.follow_up import FollowUp
from r1agent.journal import answer_from_json, answer_to_json
from r1agent.settings import Settings
from r1agent_indexes import PaperFilter

FORMAT = 1
_FOLDER = "chats"


@dataclass(frozen=True, slots=True)
class PastChat:
    """A conversation as its file tells it."""

    path: Path
    turns: tuple[Turn, ...] = ()
    unanswered: Unanswered | None = None
    made_with: Mapping[str, Any] | None = None
    """How to make its assistant again, as in `ResearchAssistant.made_with`."""

    @property
    def where(self) -> PaperFilter | None:
        """The papers that were searched; None for all."""
        where = (self.made_with or {}).get("where")
        return None if where is None else TypeAdapter(PaperFilter).validate_python(where)


class ChatRecord:
    """Append to the file of a conversation; it is made when the first question is asked.

    One process at a time writes to a conversation. A last line that a kill cut short is taken off.

    Args:
        folder: Where conversations are kept.
        path: The conversation to go on with; by default a new one.

    Raises:
        JournalError: The file cannot be written, or another process goes on with it.
    """

    def __init__(self, folder: Path, path: Path | None = None) -> None:
        self.path = path or _new_path(folder)
        self._file: int | None = None
        if path is not None:
            self._open()

    def asked(self, question: Unanswered, made_with: Mapping[str, Any]) -> None:
        """Note a question that is under way, and what answers it."""
        self._write({"asked": asdict(question), "made_with": dict(made_with)})

    def answered(self, turn: Turn) -> None:
        """Note a question with its answer."""
        self._write(
            {
                "text": turn.text,
                "understood": asdict(turn.understood),
                "answer": answer_to_json(turn.answer),
                "passages": [document_to_json(doc) for doc in turn.passages],
            }
        )

    def undone(self) -> None:
        """Note that the last question was taken back."""
        if self.path.exists():
            self._write({"undone": True})

    def close(self) -> None:
        """Let others go on with the conversation."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, values: dict[str, Any]) -> None:
        try:
            left = json.dumps(values).encode() + b"\n"
            file = self._open()
            while left:
                left = left[os.write(file, left) :]
        except OSError as error:
            raise self._unwritable(error) from error

    def _open(self) -> int:
        if self._file is not None:
            return self._file
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise self._unwritable(error) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            raise JournalError(
                "The last conversation is open in another `r1agent chat`. Leave that one first, "
                "or begin a new one without `--resume`."
            ) from None
        _begin(file)
        self._file = file
        return file

    def _unwritable(self, error: OSError) -> JournalError:
        return JournalError(
            f"The conversation cannot be kept in {str(self.path)!r}: {error.strerror}. "
            "Free some space or name another folder with `--runs-dir`."
        )


def read_chat(path: Path) -> PastChat:
    """Read a conversation; a last line that a kill cut short is left out.

    Raises:
        JournalError: The file cannot be read, or is no conversation.
    """
    try:
        lines = path.read_bytes().splitlines(keepends=True)
        return _told(path, [json.loads(line) for line in lines if line.endswith(b"\n")])
    except OSError as error:
        raise JournalError(f"No conversation at {str(path)!r}: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise JournalError(
            f"{str(path)!r} is not a conversation that this r1agent can read. Begin a new one "
            "without `--resume`, or update r1agent."
        ) from error


def chats_of(settings: Settings) -> Path:
    """Return the folder in which conversations are kept."""
    return settings.runs_dir / _FOLDER


def find_last(settings: Settings) -> PastChat:
    """Return the conversation that was gone on with last.

    Raises:
        JournalError: There is none, or it cannot be read.
    """
    path = last_chat(chats_of(settings))
    if path is None:
        raise JournalError(
            f"No conversation in {str(chats_of(settings))!r} yet. Begin one without `--resume`."
        )
    return read_chat(path)


def last_chat(folder: Path) -> Path | None:
    """Return the file of the conversation that was gone on with last."""
    found = folder.glob("*.jsonl") if folder.is_dir() else ()
    return max(found, key=lambda path: (path.stat().st_mtime_ns, path.name), default=None)


def _told(path: Path, lines: list[dict[str, Any]]) -> PastChat:
    turns: list[Turn] = []
    unanswered, made_with = None, None
    for line in lines:
        if line.get("chat", FORMAT) != FORMAT:
            raise ValueError(line["chat"])
        if "asked" in line:
            unanswered, made_with = _question(line["asked"]), line["made_with"]
        elif "answer" in line:
            turns.append(_turn(line))
            unanswered = None
        elif "undone" in line:
            del turns[-1:]
            unanswered = None
    return PastChat(path, tuple(turns), unanswered, made_with)


def _question(values: dict[str, Any]) -> Unanswered:
    return Unanswered(values["text"], FollowUp(**values["understood"]), values["run"])


def _turn(values: dict[str, Any]) -> Turn:
    return Turn(
        values["text"],
        FollowUp(**values["understood"]),
        answer_from_json(values["answer"]),
        tuple(artifact_from_json({"kind": "passages", "value": values["passages"]})),
    )


def _new_path(folder: Path) -> Path:
    return folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}.jsonl"


def _begin(file: int) -> None:
    """Take off a torn last line, and write the first line where there is none."""
    content = os.pread(file, os.fstat(file).st_size, 0)
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        os.truncate(file, whole)
    if not whole:
        os.write(file, json.dumps({"chat": FORMAT}).encode() + b"\n")
