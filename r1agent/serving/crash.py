"""Why vLLM did not start or ended: the line of its log that matters, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from r1agent.serving.crash_causes import CAUSES, SIGNALS, Cause

_PREFIX = re.compile(
    r"^(?:\([\w ]+(?: rank=\d+)? pid=\d+[^)]*\) ?)*(?:(?P<level>DEBUG|INFO|WARNING|ERROR|CRITICAL) "
    r"\d\d-\d\d \d\d:\d\d:\d\d (?:\[[^\]]*\]|\S+\]) ?)?(?:\[rank\d+\]: ?)?"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_FRAME = re.compile(r"^(?: {4}|  File |\s*[\^~]+\s*$|\s*$|Traceback \(most recent call last\))")
_SIGN = re.compile(r"Traceback \(most recent call last\)|^[\w.]+(?:Error|Exception)\b|: error: ")
_RAISED = re.compile(r"^(?:[\w]+\.)*\w*(?:Error|Exception|Interrupt|Exit)\b|: error: |^\[?E\d{4} ")
_EMPTY_WORDS = re.compile(
    r"See (?:root cause|stack trace)|in a background process|^KeyboardInterrupt|^SystemExit"
    r"|EngineDeadError|^(?:asyncio\.exceptions\.)?CancelledError|failed to start\.$"
)
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class CrashReport:
    """Why a vLLM server is not there."""

    kind: str
    """One word for programs, such as `memory`, `cache`, `port`; `unknown` where it is not known."""
    line: str
    """The line of the log that says it; empty where the log says nothing."""
    cause: str
    """What happened, as a sentence."""
    do: str
    """What to do about it, as a sentence."""

    def __str__(self) -> str:
        """Return all of it as one text."""
        said = f" ({self.line})" if self.line else ""
        return f"{self.cause.removesuffix('.')}{said}. {self.do}"


def explain_crash(log: str, exit_code: int | None) -> CrashReport:
    """Find why vLLM ended: its first error, not the many that follow from it.

    Args:
        log: What vLLM printed.
        exit_code: As its parent saw it: negative, or above 128, for a signal. None: it runs.
    """
    lines = list(_of_the_failure(log))
    for line in lines:
        if cause := _cause_of(line):
            return _report(cause, line)
    by_signal = _signal_of(log, exit_code)
    if by_signal is not None:
        return _report(by_signal, _last_error(lines))
    return CrashReport(
        kind="unknown",
        line=_last_error(lines) or _last_words(log),
        cause="vLLM ended" if exit_code is None else f"vLLM ended with exit code {exit_code}",
        do="Read its log from the first error on, and search for that line.",
    )


def _of_the_failure(log: str) -> Iterator[str]:
    """Yield what was said from the first sign of a failure on, without the stack's frames."""
    has_failed = False
    for raw in re.split(r"[\r\n]+", _COLOUR.sub("", log)):
        prefix = _PREFIX.match(raw)
        level, line = (prefix["level"], raw[prefix.end() :]) if prefix else (None, raw)
        has_failed = has_failed or level in {"ERROR", "CRITICAL"} or bool(_SIGN.search(line))
        is_said = level not in {"DEBUG", "INFO", "WARNING"} and not _FRAME.match(line)
        if has_failed and is_said:
            yield line.strip()


def _cause_of(line: str) -> Cause | None:
    return next((cause for cause in CAUSES if cause.pattern.search(line)), None)


def _report(cause: Cause, line: str) -> CrashReport:
    found = cause.pattern.search(line)
    values = found.groupdict(default="") if found else {}
    return CrashReport(cause.kind, _shown(line), cause.says.format(**values), cause.do)


def _signal_of(log: str, exit_code: int | None) -> Cause | None:
    """Return what a signal means that ended vLLM, or one of the processes that it started."""
    below = re.findall(r"Failed core proc\(s\): \{[^}]*: -(\d+)", log)
    code = exit_code or 0
    number = int(below[-1]) if below else -code if code < 0 else max(0, code - 128)
    return SIGNALS.get(number)


def _last_error(lines: list[str]) -> str:
    """Return the first exception that says something, else the last line that does."""
    raised = [line for line in lines if _RAISED.search(line) and not _EMPTY_WORDS.search(line)]
    telling = [line for line in lines if not _EMPTY_WORDS.search(line)]
    return _shown((raised[:1] or telling[-1:] or lines[-1:] or [""])[0])


def _last_words(log: str) -> str:
    lines = [line for line in re.split(r"[\r\n]+", _COLOUR.sub("", log)) if line.strip()]
    return _shown(lines[-1]) if lines else ""


def _shown(line: str) -> str:
    """Return `line` in a length and in characters that a terminal can take."""
    plain = "".join(letter if letter.isprintable() else " " for letter in line).strip()
    return plain if len(plain) <= _LONGEST else f"{plain[:_LONGEST]}…"
