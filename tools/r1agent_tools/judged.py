"""The code under judgement, in a confined process of its own, called through the host."""

import ast
from typing import Any, Self

from r1agent_tools.sandbox.capture import clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import NotPlainError, decode_value, encode_value
from r1agent_tools.sandbox.protocol import Sandbox

_NO_ANSWER = "the solution ended its process, or ran too long"
_BROKEN = "the solution's process sent something that is no answer"


class JudgedSolution:
    """One fresh process with the solution loaded, for one test."""

    def __init__(self, solution: str, sandbox: Sandbox) -> None:
        """Load `solution`; `problem` says what went wrong, empty where nothing did."""
        self._solution = solution
        self._sandbox = sandbox
        self._calls = 0
        self._lost = ""
        self._session = sandbox.new_session()
        # As an imported module sees itself: `if __name__ == "__main__"` blocks do not run.
        self._session.run("__name__ = 'solution'")
        loaded = self._session.run(solution)
        self.problem = "" if loaded.ok else f"the solution does not load: {loaded.exception}"

    def __enter__(self) -> Self:
        """Return the loaded solution."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._session.close()

    def call(self, function: str, arguments: list[Any]) -> tuple[Any, str]:
        """Call `function` with coded arguments; return its value, and a problem or ""."""
        answer = self._answer({"call": function, "arguments": arguments, "keywords": ["dict", []]})
        if "returned" in answer:
            return decode_value(answer["returned"]), ""
        if "raised" in answer:
            name, text = answer["raised"]
            return None, f"{function} raised {name}: {text}"
        return None, str(answer["ended"])

    def test_from_outside(self, tests: str, name: str) -> tuple[bool, str]:
        """Run one test in a second process, where stand-ins call the solution."""
        names = _defined_names(self._solution)
        session = self._sandbox.new_session()
        try:
            request = {"op": "test", "tests": tests, "test": name, "names": names}
            verdict = session.exchange(request, answer_call=self._answer)
        finally:
            session.close()
        if self._lost:  # even where the test swallowed the error
            return False, self._lost
        if verdict is not None and verdict.get("verdict") == "passed" and not self._calls:
            return False, "the test never called the solution, so that it shows nothing"
        return _read_verdict(verdict)

    def test_inside(self, tests: str, name: str) -> tuple[bool, str]:
        """Run one test in the solution's own process; the solution could deceive it."""
        request = {"op": "test", "tests": tests, "test": name, "names": None}
        return _read_verdict(self._session.exchange(request))

    def _answer(self, question: Frame) -> Frame:
        """Pass one call on to the solution, decoding and coding again all that crosses."""
        self._calls += 1
        request = _check_question(question)
        try:
            answer = None if self._lost else self._session.exchange(request)
            checked = {"ended": _NO_ANSWER} if answer is None else _check_answer(answer)
        except NotPlainError as error:
            checked = {"ended": f"the solution's value cannot be judged: {error}"}
        if "ended" in checked:
            self._lost = str(checked["ended"])
        return checked


def _check_question(question: Frame) -> Frame:
    """Build a request from what a test asked; a model may have written that test.

    Raises:
        SandboxProtocolError: It is not a question that a stand-in asks.
    """
    match question:
        case {"call": str(name), "arguments": list(arguments), "keywords": list(keywords)}:
            return {"op": "call", "name": name, "arguments": arguments, "keywords": keywords}
    raise SandboxProtocolError("a test asked for something else than a call")


def _check_answer(answer: Frame) -> Frame:
    """Build a new answer from what the judged process sent.

    Raises:
        NotPlainError: The value is not made of exact builtin types.
    """
    match answer:
        case {"returned": coded}:
            return {"returned": encode_value(decode_value(coded))}
        case {"raised": [str(name), str(text)]}:
            return {"raised": [clean_text(name, 100), clean_text(text, 2000)]}
        case {"not_plain": str(reason)}:
            raise NotPlainError(clean_text(reason, 500))
    return {"ended": _BROKEN}


def _read_verdict(verdict: Frame | None) -> tuple[bool, str]:
    match verdict:
        case {"verdict": "passed"}:
            return True, ""
        case {"verdict": "failed", "message": str(message)}:
            return False, clean_text(message, 2000)
    return False, "the test gave no verdict: its process ended or ran too long"


def _defined_names(solution: str) -> list[str]:
    """Return the functions and other names that the solution defines at its top level."""
    names: list[str] = []
    for node in ast.parse(solution).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.ImportFrom):
            names += [alias.asname or alias.name for alias in node.names if alias.name != "*"]
    return list(dict.fromkeys(name for name in names if not name.startswith("__")))
