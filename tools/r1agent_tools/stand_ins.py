"""Functions that stand in for the judged ones in the process of a test.

A stand-in sends its arguments to the host, which calls the real function in another process. What
comes back is plain data or a builtin exception, never an object of the judged code.
"""

import builtins
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import decode_value, encode_value

AskHost = Callable[[Frame], Frame]


class CandidateError(BaseException):
    """The judged code ended in a way that no test can expect, not even with `Exception`."""


class SolutionEndedError(CandidateError):
    """The judged code's process is gone, so that no further call can be answered."""


def solution_module(names: list[str], call: AskHost) -> ModuleType:
    """Return a module `solution` with a stand-in for each name, importable by the tests."""
    module = ModuleType("solution")
    for name in names:
        setattr(module, name, _stand_in(name, call))
    return module


def _stand_in(name: str, call: AskHost) -> Callable[..., Any]:
    def stand_in(*arguments: Any, **keywords: Any) -> Any:
        question = {
            "call": name,
            "arguments": encode_value(list(arguments)),
            "keywords": encode_value(keywords),
        }
        return _unpack(call(question))

    stand_in.__name__ = stand_in.__qualname__ = name
    return stand_in


def _unpack(answer: Frame) -> Any:
    """Print what the function printed; return its value, or raise its builtin exception."""
    if "returned" in answer:
        sys.stdout.write(answer.get("printed", ""))
        return decode_value(answer["returned"])
    if "raised" not in answer:
        raise SolutionEndedError(answer.get("ended", "the solution gave no answer"))
    name, text = answer["raised"]
    kind = getattr(builtins, name, None)
    if isinstance(kind, type) and issubclass(kind, Exception):
        raise _rebuild(kind, text)
    raise CandidateError(f"{name}: {text}")


def _rebuild(kind: type[Exception], text: str) -> BaseException:
    try:
        return kind(text)
    except TypeError:  # a class such as UnicodeDecodeError wants more than a message
        return CandidateError(f"{kind.__name__}: {text}")
