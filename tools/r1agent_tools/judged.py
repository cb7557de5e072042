"""The code under judgement, in a confined process of its own, called through the host."""

import ast
from collections.abc import Sequence
from typing import Any, Self

from r1agent_tools.constants import is_constant
from r1agent_tools.planned_test import Outcome
from r1agent_tools.sandbox.capture import clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import NotPlainError, decode_value, encode_value
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.shown import show_call

_NO_ANSWER = "the solution ended its process, or ran too long"
_BROKEN = "the solution's process sent something that is no answer"
_PRINTED_CHARACTERS = 20_000
# With the name of an imported module, so that `if __name__ == "__main__"` blocks do not run. The
# solution may do with the function what it likes: what that returns is checked by the host.
_AS_A_MODULE = f"""
__name__ = "solution"
__import__("sys").modules[__name__] = __import__("sys").modules["__main__"]
def _judge_calls(name, arguments, keywords):
    import contextlib, io
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        returned = globals()[name](*arguments, **keywords)
    return [returned, printed.getvalue()[:{_PRINTED_CHARACTERS}]]
def _judge_reads(name):
    return globals()[name]
"""


class JudgedSolution:
    """One fresh process with the solution loaded, for one test."""

    def __init__(self, solution: str, sandbox: Sandbox) -> None:
        """Load `solution`; `problem` says what went wrong, empty where nothing did."""
        self._solution = solution
        self._sandbox = sandbox
        self._last_call: Frame | None = None
        self._lost = ""
        self._session = sandbox.new_session()
        self._session.run(_AS_A_MODULE)
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
        request = {"op": "call", "name": function, "arguments": arguments}
        answer = self._ask({**request, "keywords": ["dict", []]})
        if "returned" in answer:
            return decode_value(answer["returned"]), ""
        if "raised" in answer:
            name, text = answer["raised"]
            return None, f"{function} raised {name}: {text}"
        return None, str(answer["ended"])

    def test_from_outside(
        self, tests: str, name: str, *, constants: Sequence[str] = (), reads_one: bool = False
    ) -> Outcome:
        """Run one test in a second process, where stand-ins call the solution.

        Args:
            tests: Source that holds the test.
            name: Which one it is.
            constants: Names of the solution whose values the test gets a copy of.
            reads_one: The test reads one of these, so that it need not call a function.
        """
        values, problem = self._read(constants)
        if problem:
            return Outcome(False, problem)
        names = _defined_names(self._solution)
        request = {"op": "test", "tests": tests, "test": name, "names": names, "values": values}
        test_session = self._sandbox.new_session()
        try:
            verdict = test_session.exchange(request, answer_call=self._answer)
        finally:
            test_session.close()
        if self._lost:  # even if the test has swallowed the error
            return Outcome(False, self._lost, self._describe_last_call())
        outcome = _read_verdict(verdict)
        if outcome.passed and self._last_call is None and not reads_one:
            return Outcome(False, "the test never called the solution, so that it shows nothing")
        if outcome.passed or outcome.failing_input:
            return outcome
        return Outcome(False, outcome.message, self._describe_last_call())

    def test_inside(self, tests: str, name: str) -> Outcome:
        """Run one test in the solution's own process; the solution could deceive it."""
        request: Frame = {"op": "test", "tests": tests, "test": name, "names": None, "values": []}
        return _read_verdict(self._session.exchange(request))

    def _read(self, names: Sequence[str]) -> tuple[list[list[Any]], str]:
        """Return each constant's name with its coded value, and a problem or ""."""
        values: list[list[Any]] = []
        for name in names:
            value, problem = self.call("_judge_reads", encode_value([name]))
            if problem or not is_constant(value):
                return [], problem or f"the solution's `{name}` is no plain constant any more"
            values.append([name, encode_value(value)])
        return values, ""

    def _answer(self, question: Frame) -> Frame:
        """Pass one call on to the solution, decoding and coding again all that crosses."""
        self._last_call = _check_question(question)
        call = self._last_call
        arguments = [encode_value(call["name"]), call["arguments"], call["keywords"]]
        request = {"op": "call", "name": "_judge_calls", "arguments": ["list", arguments]}
        answer = self._ask({**request, "keywords": ["dict", []]})
        if "returned" not in answer:
            return answer
        match decode_value(answer["returned"]):
            case [value, str(printed)]:
                printed = clean_text(printed, _PRINTED_CHARACTERS)
                return {"returned": encode_value(value), "printed": printed}
        self._lost = _BROKEN
        return {"ended": _BROKEN}

    def _ask(self, request: Frame) -> Frame:
        """Return the checked answer to one call, or why there is none and will be none."""
        try:
            answer = None if self._lost else self._session.exchange(request)
            checked = {"ended": _NO_ANSWER} if answer is None else _check_answer(answer)
        except NotPlainError as error:
            checked = {"ended": f"the solution's value cannot be judged: {error}"}
        if "ended" in checked:
            self._lost = self._lost or str(checked["ended"])
        return checked

    def _describe_last_call(self) -> str | None:
        """Return the last call that a test made, as its author would write it."""
        if self._last_call is None:
            return None
        call = self._last_call
        try:
            arguments, keywords = decode_value(call["arguments"]), decode_value(call["keywords"])
        except NotPlainError:
            return None
        if type(arguments) is not list or type(keywords) is not dict:
            return None
        return clean_text(show_call(call["name"], arguments, keywords), 2000)


def _check_question(question: Frame) -> Frame:
    """Build a question from what a test asked; a model may have written that test.

    Raises:
        SandboxProtocolError: It is not a question that a stand-in asks.
    """
    match question:
        case {"call": str(name), "arguments": list(arguments), "keywords": list(keywords)}:
            return {"name": name, "arguments": arguments, "keywords": keywords}
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


def _read_verdict(verdict: Frame | None) -> Outcome:
    match verdict:
        case {"verdict": "passed"}:
            return Outcome(True)
        case {"verdict": "failed", "message": str(message), "failing_input": str(failing)}:
            return Outcome(False, clean_text(message, 2000), clean_text(failing, 2000))
        case {"verdict": "failed", "message": str(message)}:
            return Outcome(False, clean_text(message, 2000))
    return Outcome(False, "the test gave no verdict: its process ended or ran too long")


def _defined_names(solution: str) -> list[str]:
    """Return the functions and other names that the solution defines at its top level."""
    names: list[str] = []
    try:
        tree = ast.parse(solution)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []  # the tests will miss what they call
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign):
            names += [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.ImportFrom):
            names += [alias.asname or alias.name for alias in node.names if alias.name != "*"]
    return list(dict.fromkeys(name for name in names if not name.startswith("__")))
