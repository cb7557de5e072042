"""Calls that ask for the same thing are told from calls that do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.calls import call_key
from r1agent_tools import LocalSandbox, read_page_tool, unit_tests_tool
from tests.agent.made_runs import passage, search_tool

SEARCH = search_tool(passage())
READ = read_page_tool(lambda _paper, _page: passage())
CODE = unit_tests_tool(LocalSandbox())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"query": "a b", "k": 5}, {"k": 5, "query": "a b"}),
        ({"query": "a b"}, {"query": "a b", "k": 6}),
        ({"query": "a b"}, {"query": "  a \n b "}),
        ({"query": "Dropout rate"}, {"query": "dropout Rate"}),
        ({"query": "a", "k": 5}, {"query": "a", "k": "5"}),
    ],
    ids=["order", "default", "white space", "capitals", "number as text"],
)
def test_searches_for_the_same_thing_are_alike(one, other):
    assert call_key(SEARCH, one) == call_key(SEARCH, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"query": "a b"}, {"query": "ab"}), ({"query": "a", "k": 5}, {"query": "a", "k": 4})],
)
def test_other_searches_are_not(one, other):
    assert call_key(SEARCH, one) != call_key(SEARCH, other)


def test_calls_of_two_tools_are_not_alike():
    assert call_key(SEARCH, {}) != call_key(READ, {})


def test_white_space_and_capitals_within_code_count():
    def key(solution):
        return call_key(CODE, {"solution": solution, "tests": "assert f(1)"})

    assert key("def f(x):\n    return x\n") == key("def f(x):\n    return x")
    assert key("if a:\n    b\nc") != key("if a:\n    b\n    c")
    assert key("a = A") != key("a = a")


@given(st.dictionaries(st.text(max_size=5), st.integers() | st.text() | st.none(), max_size=4))
def test_arguments_that_a_tool_refuses_have_a_key_too(arguments):
    assert call_key(READ, arguments) == call_key(READ, dict(reversed(arguments.items())))
