"""The tool that runs Python in a sandbox."""

from langchain_core.tools import BaseTool, tool

from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.sandbox.result import ExecutionResult

_CHARACTERS_FOR_THE_MODEL = 4_000
_HINTS = {
    "PermissionError": "The sandbox refuses this: there are no processes, no network, and no "
    "files outside the working folder.",
    "EOFError": "There is no input: `input()` and stdin are empty.",
    "MemoryError": "The memory limit was hit; use less data at once.",
}


def python_tool(sandbox: Sandbox) -> BaseTool:
    """Build the tool that runs Python in `sandbox`."""

    @tool("python", response_format="content_and_artifact", parse_docstring=True)
    def python(code: str) -> tuple[str, ExecutionResult]:
        """Run Python and return what it prints and the value of its last expression.

        Allowed: the standard library, numpy, scipy, sympy where installed, files in this folder.
        Refused: subprocesses, network, other files, input(); long runs are ended.

        Args:
            code: Statements to run; names defined by earlier calls are still there.
        """
        result = sandbox.run(code)
        return _describe(result), result

    python.handle_tool_error = True
    python.handle_validation_error = str  # the default hides which argument was wrong
    return python


def _describe(result: ExecutionResult) -> str:
    """Return what the model is told: output, value, error, and what to do about it."""
    parts = [_cut(result.stdout), _cut(result.stderr)]
    if result.value is not None:
        parts.append(_cut(f"=> {result.value}"))
    if result.exception is not None and result.exception not in result.stderr:
        parts.append(result.exception)
    parts += [hint for name, hint in _HINTS.items() if (result.exception or "").startswith(name)]
    if result.limit_hit:
        parts.append(f"The limit `{result.limit_hit}` was hit.")
    if result.session_ended:
        parts.append("The session ended: names of earlier calls are gone.")
    text = "\n".join(part.rstrip() for part in parts if part.strip())
    return text or "The program ran and printed nothing; print what you want to see."


def _cut(text: str) -> str:
    """Keep the beginning and the end: an error stands in the last lines."""
    if len(text) <= _CHARACTERS_FOR_THE_MODEL:
        return text
    half = _CHARACTERS_FOR_THE_MODEL // 2
    left_out = len(text) - 2 * half
    return f"{text[:half]}\n[{left_out} characters left out]\n{text[-half:]}"
