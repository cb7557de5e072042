import pytest

from r1agent_tools import NoTestsError, check_docstrings, check_unit_tests

TESTS = """
Doubling works for numbers and texts.

>>> double(2)
4
>>> twice = double("ab")
>>> twice
'abab'
>>> double(None)
Traceback (most recent call last):
TypeError: unsupported operand type(s) for *: 'int' and 'NoneType'
"""
HONEST = "def double(x):\n    return 2 * x"
SPOOFS = {
    "a repr of its own": "class Any(int):\n"
    "    def __repr__(self): return '4'\n    def __eq__(self, other): return True\n"
    "def double(x): return Any()",
    "a display hook": "import sys\nsys.displayhook = lambda value: print(4)\n"
    "def double(x): return None",
    "a patched doctest": "import doctest\n"
    "doctest.OutputChecker.check_output = lambda *a: True\n"
    "doctest.DocTestRunner.run = lambda *a, **k: doctest.TestResults(0, 1)\n"
    "def double(x): return 0",
    "printing the output": "def double(x): print(4)",
    "no functions": "import sys\nsys.modules['solution'] = None",
    "counting": "calls = []\n"
    "def double(x):\n    calls.append(x)\n    return [None, 4, 'abab'][len(calls)]",
    "exit": "import os\ndef double(x): os._exit(0)",
}


def test_each_example_with_an_output_is_a_test(sandbox):
    report = check_unit_tests(HONEST, TESTS, sandbox=sandbox)
    assert [result.name for result in report.results] == ["example 4", "example 7", "example 9"]
    assert report.verified, report.text()


@pytest.mark.parametrize("spoof", SPOOFS)
def test_a_spoof_is_not_verified(sandbox, spoof):
    report = check_unit_tests(SPOOFS[spoof], TESTS, sandbox=sandbox)
    assert not report.verified
    assert report.passed <= 1


def test_a_wrong_value_is_shown_beside_the_expected_one(sandbox):
    report = check_unit_tests("def double(x): return x", ">>> double(2)\n4", sandbox=sandbox)
    assert report.results[0].message == "double(2): Expected: 4 Got: 2"
    assert report.results[0].failing_input == "double(2)"


def test_what_a_function_prints_is_its_output(sandbox):
    report = check_unit_tests(
        "def greet(name):\n    print('Hello', name)", ">>> greet('Ada')\nHello Ada", sandbox=sandbox
    )
    assert report.verified, report.text()


def test_options_of_doctest_hold(sandbox):
    tests = ">>> f(20)  # doctest: +ELLIPSIS\n[0, 1, ..., 19]"
    assert check_unit_tests("def f(n): return list(range(n))", tests, sandbox=sandbox).verified


def test_a_skipped_example_fails(sandbox):
    tests = ">>> f(1)  # doctest: +SKIP\n1"
    report = check_unit_tests("def f(x): return x", tests, sandbox=sandbox)
    assert report.results[0].message == "the example was skipped"


def test_an_exception_of_the_solution_names_itself(sandbox):
    report = check_unit_tests("def f(x): return 1 / x", ">>> f(0)\n1", sandbox=sandbox)
    assert report.results[0].message == "f(0) raised ZeroDivisionError: division by zero"


def test_an_example_that_never_calls_the_solution_shows_nothing(sandbox):
    report = check_unit_tests("def f(x): return x", ">>> 1 + 1\n2", sandbox=sandbox)
    assert not report.verified


def test_examples_may_stand_in_a_docstring_of_the_tests(sandbox):
    tests = 'def about():\n    """Doubles.\n\n    >>> double(2)\n    4\n    """'
    report = check_unit_tests(HONEST, tests, sandbox=sandbox)
    assert (report.verified, report.results[0].name) == (True, "about (line 1) example 3")


def test_python_with_an_error_of_syntax_is_no_text_with_examples(sandbox):
    tests = 'def test_a():\n    """\n    >>> double(2)\n    4\n    """\nassert double(2) == ('
    with pytest.raises(NoTestsError, match="not Python"):
        check_unit_tests(HONEST, tests, sandbox=sandbox)


@pytest.mark.parametrize("tests", [">>> double(2)", ">>>double(2)\n4", "   >>> x\n  4"])
def test_a_text_without_a_readable_example_is_an_error(sandbox, tests):
    with pytest.raises(NoTestsError):
        check_unit_tests(HONEST, tests, sandbox=sandbox)


OWN = '''
def double(x):
    """Double it.

    >>> double(2)
    4
    """
    return 2 * x

def half(x):
    """>>> half(2)
    1
    """
    return x / 2
'''


def test_docstrings_of_the_solution_are_self_consistency(sandbox):
    report = check_docstrings(OWN, sandbox=sandbox)
    assert [(result.name, result.passed) for result in report.results] == [
        ("double (line 2) example 3", True),
        ("half (line 10) example 1", False),
    ]
    assert (report.written_by, report.self_consistency) == ("solution", True)
    assert "the solution's own: they show self-consistency" in report.text()


def test_the_code_cannot_read_the_outputs_in_its_docstrings(sandbox):
    solution = (
        'def double(x):\n    """>>> double(2)\n    4\n    """\n'
        "    return int((double.__doc__ or '0 0').split()[-1])"
    )
    assert check_docstrings(solution, sandbox=sandbox).passed == 0


def test_a_solution_without_examples_has_no_tests(sandbox):
    with pytest.raises(NoTestsError, match="hold no test"):
        check_docstrings(HONEST, sandbox=sandbox)


def test_a_solution_that_is_not_python_has_no_docstrings(sandbox):
    with pytest.raises(NoTestsError, match="The solution is not Python"):
        check_docstrings("def f(:", sandbox=sandbox)
