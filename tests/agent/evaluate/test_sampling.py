import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.sampling import sample
from r1agent.evaluate.task import Example

EXAMPLES = [Example(f"e{number}", "Why?") for number in range(20)]


def ids(examples):
    return [example.id for example in examples]


def test_a_sample_is_the_same_on_every_machine():
    assert ids(sample(EXAMPLES, 4, 0)) == ["e0", "e3", "e12", "e13"]


def test_another_seed_draws_others():
    assert ids(sample(EXAMPLES, 4, 1)) != ids(sample(EXAMPLES, 4, 0))


def test_no_limit_takes_all():
    assert sample(EXAMPLES, None, 0) == EXAMPLES
    assert sample(EXAMPLES, 99, 0) == EXAMPLES


@given(st.integers(1, 20), st.integers(1, 20), st.integers(0, 50))
def test_a_larger_sample_holds_a_smaller_one_in_the_order_of_the_data(one, other, seed):
    small, large = (
        ids(sample(EXAMPLES, min(one, other), seed)),
        sample(EXAMPLES, max(one, other), seed),
    )
    assert [name for name in ids(large) if name in small] == small
    assert len(large) == max(one, other)


def test_data_without_an_example_are_refused():
    with pytest.raises(EvaluationError, match="hold no example"):
        sample([], None, 0)


def test_an_id_that_comes_twice_is_refused():
    with pytest.raises(EvaluationError, match="2 examples have the id 'e1'"):
        sample([*EXAMPLES, Example("e1", "Why?")], 3, 0)
