"""Putting examples to a system."""

from put import put

from r1agent.evaluate.task import Example, Output

EXAMPLES = [Example(str(number), "question") for number in range(6)]


class Echo:
    """Says the id of each example."""

    name, model = "echo", ""

    def __call__(self, example):
        return Output({"id": example.id})


def score(example, output):
    return {"right": float(output.said["id"] == example.id)}


def test_answers_come_in_the_order_of_the_examples_however_many_are_asked_at_once():
    rows = put(Echo(), EXAMPLES, score, at_once=3)
    assert [row.example for row in rows] == EXAMPLES
    assert [row.measures for row in rows] == [{"right": 1.0}] * 6


def test_the_time_of_each_answer_is_kept():
    assert all(row.seconds >= 0 for row in put(Echo(), EXAMPLES, score))
