"""Cases: arguments and the value that a function must give for them, compared by the host."""

from collections.abc import Sequence

from r1agent_tools.judged import JudgedSolution
from r1agent_tools.planned_test import NoTestsError, Outcome, PlannedTest
from r1agent_tools.sandbox.plain_values import NotPlainError, encode_value, same
from r1agent_tools.sandbox.protocol import Sandbox
from r1agent_tools.shown import show_call, show_value

Case = tuple[Sequence[object], object]
"""Arguments and the value that they must give."""


def plan_cases(
    solution: str, cases: Sequence[Case], *, function: str, tolerance: float, sandbox: Sandbox
) -> list[PlannedTest]:
    """Return one test for each case; the value it must give stays on the host.

    Raises:
        NoTestsError: Arguments are not plain data.
    """

    def plan(number: int, arguments: Sequence[object], expected: object) -> PlannedTest:
        name = f"case {number}"
        try:
            coded = encode_value(list(arguments))
        except NotPlainError as error:
            raise NoTestsError(f"The arguments of {name} cannot be sent: {error}.") from error

        def run() -> Outcome:
            with JudgedSolution(solution, sandbox) as judged:
                if judged.problem:
                    return Outcome(False, judged.problem)
                found, problem = judged.call(function, coded)
            if not problem and same(found, expected, tolerance=tolerance):
                return Outcome(True)
            wrong = f"{function} returned {show_value(found)}, expected {show_value(expected)}"
            return Outcome(False, problem or wrong, show_call(function, arguments, {}))

        return PlannedTest(name, run)

    return [plan(number, *case) for number, case in enumerate(cases, 1)]
