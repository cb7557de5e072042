import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.registry import TASKS, task_class
from r1agent.evaluate.tasks.math import MathTask


def test_a_task_is_found_by_its_name():
    assert task_class("math") is MathTask


@pytest.mark.parametrize("name", TASKS)
def test_every_task_has_a_module_of_its_name(name):
    assert task_class(name).__module__ == f"r1agent.evaluate.tasks.{name}"


def test_an_unknown_task_is_refused_with_those_near_it():
    with pytest.raises(EvaluationError, match=r"No task 'maths'\. Did you mean 'math'\?"):
        task_class("maths")
