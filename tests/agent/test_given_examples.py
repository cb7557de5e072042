"""What a request says that a call returns is a unit test of the user's own."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.given_examples import MOST_EXAMPLES, given_tests

HEAD = "Write this function:\n```python\ndef f(x):\n    '''\n"


def asked(*lines):
    return HEAD + "".join(f"    {line}\n" for line in lines) + "    '''\n```"


@pytest.mark.parametrize(
    ("line", "test"),
    [
        ("f([1, 2]) == 3", "assert f([1, 2]) == 3"),
        ("f(2) = -1", "assert f(2) == -1"),
        ("f('a)b') => True", "assert f('a)b') == True"),
        ("f(2) ==> 'x'  ", "assert f(2) == 'x'"),
        ("f(2)-> 4.5", "assert f(2) == 4.5"),
        ("f((1, 2)) ➞ [(1, 2)]", "assert f((1, 2)) == [(1, 2)]"),
        ("For example, f(2) returns 4.", "assert f(2) == 4"),
        ("f(2) should return None", "assert f(2) == None"),
        ("f(2) # => 'Yes' # it starts with a letter", "assert f(2) == 'Yes'"),
        ("assert f(2) == 4", "assert f(2) == 4"),
        ('"""f(2) == 4"""', "assert f(2) == 4"),
        ("f() == (1), f((2)) == 3", "assert f(2) == 3"),
        (">>> f(x=2)\n    4", "assert f(x=2) == 4"),
        (">>> f('''a\n    ... b''')\n    [1,\n     2]", "assert f('a\\nb') == [1, 2]"),
    ],
)
def test_an_example_becomes_a_test(line, test):
    assert given_tests(asked(line)) == test


@pytest.mark.parametrize(
    "line",
    [
        "f(2) == 1 + 9 + 0 = 10",
        "f(x) == 3",
        "f(n - 1) == 3",
        "g(2) == 3",
        "f(2) is large",
        "f(2)",
        "f(2) == __import__('os').system('id')",
        "f(open('/etc/passwd')) == 3",
        "f(2) == 3\n    f(2) == 4",
        "The range is f(2",
    ],
)
def test_what_is_no_plain_example_is_left_out(line):
    assert given_tests(asked(line)) is None


def test_several_examples_are_tests_once_each_up_to_a_limit():
    lines = [f"f({n}) == {n}" for n in range(12)]
    tests = given_tests(asked(">>> f(0)\n    0", *lines, "f(1) == 1")).splitlines()
    assert len(tests) == len(set(tests)) == MOST_EXAMPLES
    assert tests[0] == "assert f(0) == 0"


def test_a_request_in_words_gives_examples_too():
    question = "Write a Python function add(a, b), such that add(1, 2) == 3"
    assert given_tests(question) == "assert add(1, 2) == 3"


@pytest.mark.parametrize(
    "question",
    [
        "What does f(2) == 4 mean in the paper?",
        "Fix this function: f(2) returns 5.\n```python\ndef f(x):\n    return x + 3\n```",
        "Write a function; now f(2) returns 5, but it should not.\n```python\ndef f(x): ...\n```",
        "",
    ],
)
def test_examples_of_what_code_does_and_should_not_are_no_tests(question):
    assert given_tests(question) is None


@given(st.text(), st.text())
def test_every_test_is_an_assert_over_literals(line, other):
    tests = given_tests(asked(line.replace("\n", " "), f"f(1) == {other}", "f(2) == 4")) or ""
    for node in ast.parse(tests).body:
        assert isinstance(node, ast.Assert)
        ast.literal_eval(node.test.comparators[0])


@given(st.recursive(st.integers() | st.booleans() | st.text(max_size=5), st.lists, max_leaves=6))
def test_any_value_comes_back_as_it_was(value):
    line = f"f({value!r}) == {value!r}"
    tests = given_tests(asked(line))
    if tests is None:  # a text of it may end the docstring's line, or be more than one line long
        assert len(line.splitlines()) > 1 or "'" in line or "#" in line or "`" in line
        return
    compared = ast.parse(tests).body[0].test
    assert ast.literal_eval(compared.left.args[0]) == value
    assert ast.literal_eval(compared.comparators[0]) == value
