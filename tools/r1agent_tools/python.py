"""The tool that runs Python in a sandbox."""

import threading
from pathlib import Path

from langchain_core.tools import BaseTool, ToolException, tool

from r1agent_tools.sandbox.data_files import name_data_files
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.sandbox.result import Artifact, ExecutionResult

_CHARACTERS_FOR_THE_MODEL = 4_000
_FILES_NAMED = 20
_HINTS = {
    "PermissionError": "The sandbox refuses this: there are no processes, no network, and no "
    "files outside the working folder.",
    "FileNotFoundError": "There are no files outside the working folder, the libraries and the "
    "data folder.",
    "EOFError": "There is no input: `input()` and stdin are empty.",
    "MemoryError": "The memory limit was hit; use less data at once.",
}


def python_tool(
    sandbox: Sandbox, *, runs: int | None = None, data: str | Path | None = None
) -> BaseTool:
    """Build the tool that runs Python in `sandbox`.

    Args:
        sandbox: Where the programs run.
        runs: How often the tool may be called, None for no bound; each result tells the model how
            many runs are left.
        data: The sandbox's data folder, whose files are named in the tool's description and, as
            `data`, in its `metadata`.

    Raises:
        OSError: The data folder cannot be read.
    """
    allowance = _Allowance(runs)

    @tool("python", response_format="content_and_artifact", parse_docstring=True)
    def python(code: str) -> tuple[str, ExecutionResult]:
        """Run Python and return what it prints and the value of its last expression.

        Allowed: the standard library, numpy, scipy, sympy, pandas, matplotlib where installed.
        Allowed: files in the working folder; figures are kept as PNG.
        Refused: subprocesses, network, other files, input(); long runs are ended.

        Args:
            code: Statements to run; names defined by earlier calls are still there.
        """
        notice = allowance.take()
        result = sandbox.run(code)
        return "\n".join(filter(None, (_describe(result), notice))), result

    if data is not None:
        files = name_data_files(data)
        summary, _, rest = python.description.partition("\n")
        python.description = f"{summary} It can read in os.environ['DATA']: {files}.\n{rest}"
        python.metadata = {"data": files}
    python.handle_tool_error = True
    python.handle_validation_error = str  # the default hides which argument was wrong
    return python


class _Allowance:
    """Counts the runs that are left, in whatever threads they are made."""

    def __init__(self, runs: int | None) -> None:
        self._left = runs
        self._lock = threading.Lock()

    def take(self) -> str:
        """Use one run and return what to tell the model, empty without a bound."""
        with self._lock:
            if self._left is None:
                return ""
            if self._left <= 0:
                raise ToolException("No run of Python is left. Answer with what you have.")
            self._left -= 1
            return f"{self._left} {'run' if self._left == 1 else 'runs'} left."


def _describe(result: ExecutionResult) -> str:
    """Return what the model is told: output, value, error, and what to do about it."""
    parts = [_cut(result.stdout), _cut(result.stderr)]
    if result.value is not None:
        parts.append(_cut(f"=> {result.value}"))
    if result.exception is not None and result.exception not in result.stderr:
        parts.append(result.exception)
    if result.artifacts:
        parts.append(f"Files: {', '.join(map(_name_file, result.artifacts[:_FILES_NAMED]))}")
    parts += [hint for name, hint in _HINTS.items() if (result.exception or "").startswith(name)]
    if result.limit_hit:
        parts.append(f"The limit `{result.limit_hit}` was hit.")
    if result.session_ended:
        parts.append("The session ended: names of earlier calls are gone.")
    text = "\n".join(part.rstrip() for part in parts if part.strip())
    return text or "The program ran and printed nothing; print what you want to see."


def _name_file(artifact: Artifact) -> str:
    return f"{artifact.name} ({artifact.media_type}, {len(artifact.data):,} bytes)"


def _cut(text: str) -> str:
    """Keep the beginning and the end: an error stands in the last lines."""
    if len(text) <= _CHARACTERS_FOR_THE_MODEL:
        return text
    half = _CHARACTERS_FOR_THE_MODEL // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n[{left_out} characters left out]\n{text[-half:]}"
