"""Run cells of Python in one namespace, and call functions that they defined."""

import ast
import linecache
import sys
import traceback
from types import CodeType, ModuleType
from typing import Any

from r1agent_tools.sandbox.figures import prepare_figures, save_figures
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.plain_values import NotPlainError, decode_value, encode_value


class Notebook:
    """One `__main__` module whose names stay from cell to cell."""

    def __init__(self, *, characters: int) -> None:
        """Start with no names; cut values and messages to `characters`."""
        self._characters = characters
        self._cells = 0
        self._module = ModuleType("__main__")
        sys.modules["__main__"] = self._module
        sys.path.append("")  # the session's folder, last: its files shadow no library
        for fd, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
            stream = _open_stream(fd, mode)
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)
        prepare_figures()

    def run(self, code: str) -> Frame:
        """Run a cell; answer the repr of its last expression, or the exception it raised."""
        self._cells += 1
        name = f"<cell {self._cells}>"
        linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
        try:
            return {"value": self._value_and_figures(code, name)}
        except BaseException as error:  # noqa: BLE001 - SystemExit too is an answer here
            return self._failure(error)
        finally:
            self._flush()

    def call(self, name: str, arguments: list[Any], keywords: list[Any]) -> Frame:
        """Call a function of the namespace with coded plain values; answer a coded value."""
        try:
            function = getattr(self._module, name)
            returned = function(*decode_value(arguments), **decode_value(keywords))
            return {"returned": encode_value(returned)}
        except NotPlainError as error:
            return {"not_plain": str(error)}
        except BaseException as error:  # noqa: BLE001 - whatever it is, the caller is told
            return {"raised": [type(error).__name__, _text(error)[: self._characters]]}
        finally:
            self._flush()

    def _value_and_figures(self, code: str, name: str) -> str | None:
        try:
            return self._value(code, name)
        finally:
            save_figures()

    def _value(self, code: str, name: str) -> str | None:
        statements, last = _split_last_expression(code, name)
        exec(statements, self._module.__dict__)  # noqa: S102 - the sandbox exists for this line
        if last is None:
            return None
        value = eval(last, self._module.__dict__)  # noqa: S307 - and for this one
        return None if value is None else repr(value)[: self._characters]

    def _failure(self, error: BaseException) -> Frame:
        if not isinstance(error, SystemExit):
            cell_frames = error.__traceback__ and error.__traceback__.tb_next
            while cell_frames and cell_frames.tb_frame.f_code.co_filename == __file__:
                cell_frames = cell_frames.tb_next
            traceback.print_exception(type(error), error, cell_frames)
        return {"exception": _summary(error)[: self._characters]}

    def _flush(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()


def _open_stream(fd: int, mode: str) -> Any:
    """Open a standard stream anew: the inherited objects know other files under these numbers."""
    return open(fd, mode, buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)


def _split_last_expression(code: str, name: str) -> tuple[CodeType, CodeType | None]:
    """Compile a cell as statements plus, where it ends in one, the expression to show."""
    tree = ast.parse(code, name)
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return compile(tree, name, "exec"), None
    tree.body.pop()
    return compile(tree, name, "exec"), compile(ast.Expression(last.value), name, "eval")


def _summary(error: BaseException) -> str:
    text = _text(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _text(error: BaseException) -> str:
    """Return the error's message, whatever its class does when asked for it."""
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - hostile code wrote `__str__`
        return "(its message cannot be shown)"
