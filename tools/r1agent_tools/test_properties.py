"""Property tests: let hypothesis search for a failing input, and keep the smallest it found.

hypothesis runs in the process of the test, where the judged functions are stand-ins. It is set to
search the same way each time and to keep no database.
"""

import ast
import functools
from collections.abc import Callable
from typing import Any

from r1agent_tools.shown import show_names
from r1agent_tools.stand_ins import CandidateError, SolutionEndedError

EXAMPLES = 100
"""Inputs that hypothesis tries, where the test's own `settings` do not say."""


class SolutionError(Exception):
    """The judged code raised an exception of its own, which hypothesis may shrink."""


def prepare_properties(tests: ast.Module) -> None:
    """Set hypothesis to search reproducibly, where `tests` import it and it is installed."""
    if "hypothesis" not in _imported(tests):
        return
    try:
        import hypothesis
    except ModuleNotFoundError:  # the import in the tests says so at its own line
        return
    hypothesis.settings.register_profile(
        "judge",
        derandomize=True,
        database=None,
        deadline=None,
        max_examples=EXAMPLES,
        report_multiple_bugs=False,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[phase for phase in hypothesis.Phase if phase.name != "explain"],
    )
    hypothesis.settings.load_profile("judge")


def watch_examples(test: Callable[..., object], seen: list[str]) -> None:
    """Let a `@given` test leave the last input that failed in `seen`.

    The last one is the smallest: hypothesis runs it once more when it has found it. A test that
    is no property test is left as it is.
    """
    handle = getattr(test, "hypothesis", None)
    if not getattr(test, "is_hypothesis_test", False) or handle is None:
        return
    handle.inner_test = _watched(handle.inner_test, seen)


def _watched(inner: Callable[..., object], seen: list[str]) -> Callable[..., object]:
    from hypothesis.errors import HypothesisException

    @functools.wraps(inner)
    def watched(*arguments: Any, **keywords: Any) -> object:
        shown = show_names({name: keywords[name] for name in keywords if name != "self"})
        try:
            return inner(*arguments, **keywords)
        except HypothesisException:  # such as an assumption that does not hold
            raise
        except SolutionEndedError:
            seen[:] = [shown]
            raise
        except CandidateError as error:
            seen[:] = [shown]
            raise SolutionError(str(error)) from None
        except Exception:
            seen[:] = [shown]
            raise

    return watched


def _imported(tests: ast.Module) -> set[str]:
    """Return the first parts of the names of the imported modules."""
    nodes = list(ast.walk(tests))
    names = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return {name.split(".")[0] for name in names}
