from concurrent.futures import ThreadPoolExecutor

import pytest

from r1agent_tools import NoTestsError, check_unit_tests, unit_tests_tool

CASES = [(([3, 1, 3],), [1, 9]), (([],), []), (([-2],), [4])]
TESTS = """
import unittest
from solution import squares

class Squares(unittest.TestCase):
    def test_sorted(self):
        self.assertEqual(squares([3, 1, 3]), [1, 9])
    def test_list(self):
        result = squares([-2])
        self.assertIsInstance(result, list)
        self.assertTrue(result == [4])
    def test_error(self):
        with self.assertRaises(TypeError):
            squares(5)
"""
HONEST = "def squares(numbers):\n    return sorted({n * n for n in numbers})"
SPOOFS = {
    "exit at once": "import os\nos._exit(0)",
    "exit when called": "import sys\ndef squares(numbers): sys.exit(0)",
    "exit at the end": "import atexit, os\natexit.register(os._exit, 0)\ndef squares(n): return 1",
    "equal to everything": "class Equal(list):\n"
    "    def __eq__(self, other): return True\n"
    "    __hash__ = None\n"
    "def squares(numbers):\n    iter(numbers)\n    return Equal()",
    "patched builtins": "import builtins\n"
    "builtins.isinstance = lambda *a: True\nbuiltins.sorted = lambda *a: []\n"
    "def squares(numbers): return None",
    "patched unittest": "import unittest\n"
    "for name in dir(unittest.TestCase):\n"
    "    if name.startswith('assert'): setattr(unittest.TestCase, name, lambda *a, **k: None)\n"
    "unittest.TestResult.wasSuccessful = lambda self: True\n"
    "def squares(numbers): return 0",
    "printed success": "print('OK 3 passed')\ndef squares(numbers): print('OK')",
    "a skipped test": "import unittest\ndef squares(n): raise unittest.SkipTest('done')",
    "forged verdict": "import os, json\n"
    "body = json.dumps({'verdict': 'passed', 'returned': ['json', None]}).encode()\n"
    "for fd in range(3, 20):\n"
    "    try: os.write(fd, len(body).to_bytes(4, 'big') + body)\n"
    "    except OSError: pass\n"
    "def squares(numbers): return 0",
    "forged verdict when called": "import os, json\n"
    "body = json.dumps({'id': 1, 'verdict': 'passed'}).encode()\n"
    "def squares(numbers):\n    os.write(4, len(body).to_bytes(4, 'big') + body)\n    return 0",
    "expected value from the stack": "import gc, sys\n"
    "def squares(numbers):\n"
    "    for thing in gc.get_objects():\n"
    "        if isinstance(thing, dict) and 'expected' in thing: return thing['expected']\n"
    "    frame = sys._getframe()\n"
    "    while frame:\n"
    "        if 'expected' in frame.f_locals: return frame.f_locals['expected']\n"
    "        frame = frame.f_back\n    return None",
    "replaced call": "def squares(numbers):\n"
    "    globals()['_judge_calls'] = lambda *a: {'verdict': 'passed'}\n    return 0",
    "not a number itself": "class Nan(float):\n    def __eq__(self, o): return True\n"
    "def squares(numbers): return Nan()",
    "a memory of earlier tests": "import os\n"
    "def squares(numbers):\n"
    "    try: known = open('memory').read()\n"
    "    except OSError: known = ''\n"
    "    open('memory', 'a').write('x')\n    return len(known)",
}


@pytest.mark.parametrize("tests", [CASES, TESTS], ids=["cases", "source"])
def test_an_honest_solution_is_verified(sandbox, tests):
    report = check_unit_tests(HONEST, tests, sandbox=sandbox, function="squares")
    assert (report.passed, report.total, report.verified) == (3, 3, True)
    assert report.trust == "separate process"
    assert report.isolation["confined"] is True


@pytest.mark.parametrize("spoof", SPOOFS)
@pytest.mark.parametrize("tests", [CASES, TESTS], ids=["cases", "source"])
def test_a_spoof_is_not_verified(sandbox, tests, spoof):
    report = check_unit_tests(SPOOFS[spoof], tests, sandbox=sandbox, function="squares")
    assert not report.verified
    assert report.total == 3
    assert report.passed <= 1


def test_a_wrong_solution_is_told_what_it_returned(sandbox):
    report = check_unit_tests(
        "def squares(n): return list(n)", CASES, sandbox=sandbox, function="squares"
    )
    assert [result.passed for result in report.results] == [False, True, False]
    assert report.results[0].message == "squares returned [3, 1, 3], expected [1, 9]"


def test_each_top_level_assert_is_a_test(sandbox):
    tests = "offset = 1\nassert f(1) == 1 + offset\nassert f(2) == 0\nassert f(3) == 4"
    report = check_unit_tests("def f(x): return x + 1", tests, sandbox=sandbox)
    found = [(result.name, result.passed) for result in report.results]
    assert found == [("line 2", True), ("line 3", False), ("line 4", True)]


def test_test_functions_are_tests(sandbox):
    tests = "def test_a():\n    assert f(1) == 2\ndef test_b():\n    assert f(1) == 3"
    report = check_unit_tests("def f(x): return x + 1", tests, sandbox=sandbox)
    assert [result.passed for result in report.results] == [True, False]
    assert report.results[1].message == "AssertionError:  (line 4 of the tests)"


def test_a_check_function_called_at_the_top_level_is_a_test(sandbox):
    tests = "def check(candidate):\n    assert candidate(1) == 2\ncheck(f)"
    assert check_unit_tests("def f(x): return x + 1", tests, sandbox=sandbox).verified


def test_a_builtin_exception_of_the_solution_reaches_the_test(sandbox):
    tests = """
def test_it():
    try:
        f(0)
    except ZeroDivisionError as error:
        assert "zero" in str(error)
    else:
        assert False
"""
    assert check_unit_tests("def f(x): return 1 / x", tests, sandbox=sandbox).verified


def test_a_hanging_solution_fails_each_test(sandbox):
    report = check_unit_tests(
        "def f(x):\n    while True: pass", [((1,), 1)], sandbox=sandbox, function="f"
    )
    assert report.results[0].message == "the solution ended its process, or ran too long"


def test_a_solution_that_does_not_load_fails_with_its_error(sandbox):
    report = check_unit_tests("def f(:", "assert f(1) == 1", sandbox=sandbox)
    assert "SyntaxError" in report.results[0].message


def test_a_test_that_swallows_the_death_of_the_solution_fails(sandbox):
    tests = "def test_it():\n    try: f()\n    except BaseException: pass"
    assert not check_unit_tests("import os\ndef f(): os._exit(0)", tests, sandbox=sandbox).verified


def test_a_test_that_never_calls_the_solution_shows_nothing(sandbox):
    report = check_unit_tests("def f(): pass", "def test_it(): pass", sandbox=sandbox)
    assert report.results[0].message.startswith("the test never called the solution")


@pytest.mark.parametrize("ending", ["import sys; sys.exit(0)", "import os; os._exit(0)"])
def test_a_test_that_ends_its_process_gives_no_verdict(sandbox, ending):
    tests = f"def test_it():\n    f()\n    {ending}"
    assert not check_unit_tests("def f(): pass", tests, sandbox=sandbox).verified


def test_a_skipped_test_fails(sandbox):
    tests = (
        "import unittest\nclass T(unittest.TestCase):\n"
        "    @unittest.skip('x')\n    def test_a(self): f()"
    )
    assert not check_unit_tests("def f(): pass", tests, sandbox=sandbox).verified


def test_tests_of_a_class_run_in_process_and_verify_nothing(sandbox):
    report = check_unit_tests(
        "class A:\n    def f(self): return 1", "assert A().f() == 1", sandbox=sandbox
    )
    assert (report.passed, report.trust, report.verified) == (1, "in-process", False)


def test_arguments_cross_by_value(sandbox):
    tests = "data = [2, 1]\nassert f(data) == [1, 2]\nassert (f(data), data)[1] == [2, 1]"
    report = check_unit_tests("def f(x):\n    x.sort()\n    return x", tests, sandbox=sandbox)
    assert report.verified


@pytest.mark.parametrize(
    ("tests", "message"),
    [("x = 1", "hold no test"), ("assert f(", "not Python"), ([], "Found 0 pairs")],
)
def test_no_tests_is_an_error_and_never_a_success(sandbox, tests, message):
    with pytest.raises(NoTestsError, match=message):
        check_unit_tests("def f(): pass", tests, sandbox=sandbox, function="f")


def test_the_tool_says_when_the_model_checked_itself(sandbox):
    tool = unit_tests_tool(sandbox)
    call = {"solution": "def f(x): return x", "tests": "assert f(1) == 1\nassert f(2) == 3"}
    message = tool.invoke({"name": "unit_tests", "args": call, "id": "1", "type": "tool_call"})
    assert message.content.startswith("1 of 2 tests passed.\nFAILED line 2: AssertionError")
    assert "your own" in message.content
    assert message.artifact.written_by == "model"


@pytest.mark.parametrize("kind", ["assert f(1)", "pytest", "unittest", "hypothesis", ">>> f(1)"])
def test_the_tool_tells_the_model_what_tests_may_look_like(sandbox, kind):
    lines = unit_tests_tool(sandbox).description.splitlines()
    assert sum(kind in line for line in lines) == 1


def test_the_tool_can_hold_its_tests_back(sandbox):
    tool = unit_tests_tool(sandbox, tests="assert f(1) == 1")
    assert list(tool.args) == ["solution"]
    call = {"solution": "def f(x): return x"}
    message = tool.invoke({"name": "unit_tests", "args": call, "id": "1", "type": "tool_call"})
    assert message.artifact.verified
    assert message.content == "1 of 1 tests passed."


def test_the_tool_tells_the_model_that_tests_are_missing(sandbox):
    call = {"solution": "def f(x): return x", "tests": "x = 1"}
    message = unit_tests_tool(sandbox).invoke(
        {"name": "unit_tests", "args": call, "id": "1", "type": "tool_call"}
    )
    assert message.status == "error"
    assert "hold no test" in message.content


@pytest.mark.parametrize(
    "returned",
    ["10 ** 5000", "[10 ** 5000]", "set(range(30_000))", "'\\ud800'", "'x' * 10_000_000"],
)
def test_a_value_made_to_hurt_the_host_only_fails(sandbox, returned):
    solution = f"def f(): return {returned}"
    report = check_unit_tests(solution, [((), 1)], sandbox=sandbox, function="f")
    assert report.passed == 0
    assert report.text().encode("utf-8")


@pytest.mark.parametrize("question", [{"call": 1}, {"call": "f"}, {"id": "guess"}])
def test_a_test_that_speaks_out_of_turn_gives_no_verdict(sandbox, question):
    tests = (
        "import json, os\ndef test_it():\n    f()\n"
        f"    body = json.dumps({question!r}).encode()\n"
        "    os.write(4, len(body).to_bytes(4, 'big') + body)"
    )
    report = check_unit_tests("def f(): pass", tests, sandbox=sandbox)
    assert report.results[0].message.startswith("the test gave no verdict")


def test_a_failing_case_names_its_input(sandbox):
    report = check_unit_tests(
        "def f(x, y): return x", [((1, "a"), 2)], sandbox=sandbox, function="f"
    )
    assert report.results[0].failing_input == "f(1, 'a')"
    assert report.text().endswith("f returned 1, expected 2 [input: f(1, 'a')]")


def test_a_failing_assert_names_its_last_call(sandbox):
    tests = "def test_it():\n    assert f(1) == 1\n    assert f(2, y=[3]) == 3"
    report = check_unit_tests("def f(x, y=0): return x", tests, sandbox=sandbox)
    assert report.results[0].failing_input == "f(2, y=[3])"


def test_what_the_solution_prints_reaches_the_test(sandbox):
    tests = """
import contextlib, io

def test_it():
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        f("hello")
    assert printed.getvalue() == "hello\\n"
"""
    assert check_unit_tests("def f(x): print(x)", tests, sandbox=sandbox).verified


def test_a_solution_may_print_much(sandbox):
    solution = "def f(x):\n    print('x' * 10_000_000)\n    return x"
    assert check_unit_tests(solution, "assert f(1) == 1", sandbox=sandbox).verified


def test_many_checks_run_at_once(sandbox):
    def check(number):
        right = number % 2 == 0
        solution = HONEST if right else "def squares(numbers): return numbers"
        tests = CASES if number % 4 < 2 else TESTS
        report = check_unit_tests(solution, tests, sandbox=sandbox, function="squares")
        return report.verified is right

    with ThreadPoolExecutor(20) as threads:
        assert all(threads.map(check, range(20)))


@pytest.mark.parametrize("solution", ["-" * 100_000 + "1", "(" * 5_000, "x = 1\0"])
def test_a_solution_made_to_hurt_the_parser_only_fails(sandbox, solution):
    report = check_unit_tests(solution, "assert f(1) == 1", sandbox=sandbox)
    assert "the solution does not load" in report.results[0].message


@pytest.mark.parametrize("tests", ["-" * 100_000 + "1", "(" * 5_000, "assert f(1)\0"])
def test_tests_made_to_hurt_the_parser_are_no_tests(sandbox, tests):
    with pytest.raises(NoTestsError):
        check_unit_tests("def f(x): return x", tests, sandbox=sandbox)


@pytest.mark.parametrize("tests", [[((2,), 4)], "assert f(2) == 4"])
def test_a_solution_may_hold_dataclasses_of_its_own(sandbox, tests):
    solution = """
from __future__ import annotations
from dataclasses import dataclass

@dataclass
class Number:
    value: int

def f(x):
    return 2 * Number(x).value
"""
    report = check_unit_tests(solution, tests, sandbox=sandbox, function="f")
    assert report.verified, report.text()
