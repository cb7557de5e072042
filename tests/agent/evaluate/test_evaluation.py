"""What an evaluation came to: figures over rows, and differences over what both answered."""

from dataclasses import dataclass, field

from r1agent.evaluate.evaluation import Row, Scored
from r1agent.evaluate.metrics import Share
from r1agent.types import Usage

RIGHT = Share("accuracy", "right, of all", "right")


@dataclass
class Counted:
    """A metric that counts how often it is computed."""

    name: str = "counted"
    means: str = "right, of all"
    higher_is_better: bool = True
    measures: tuple[str, ...] = ("right",)
    calls: list[int] = field(default_factory=list)

    def of(self, drawn):
        self.calls.append(1)
        return RIGHT.of(drawn)


def scored(name, right, *, time=1):
    rows = [
        Row(
            example, "odd" if int(example) % 2 else "even", "answered", {"right": float(one)}, *cost
        )
        for example, one in right.items()
        for cost in [(Usage(), 1.0, time)]
    ]
    return Scored(name, "", rows)


def test_a_figure_is_computed_once_however_many_reports_ask():
    metric = Counted()
    loop, plain = scored("loop", {"1": 1, "2": 0}), scored("plain", {"1": 0, "2": 0})
    first = [loop.figure(metric), loop.figure(metric, kind="odd"), loop.difference(plain, metric)]
    computed = len(metric.calls)
    again = [loop.figure(metric), loop.figure(metric, kind="odd"), loop.difference(plain, metric)]
    assert [one.value for one in first] == [0.5, 1.0, 0.5]
    assert again == first
    assert len(metric.calls) == computed


def test_differences_from_two_systems_are_told_apart():
    loop = scored("loop", {"1": 1, "2": 1})
    assert loop.difference(scored("plain", {"1": 0, "2": 0}), RIGHT).value == 1.0
    assert loop.difference(scored("other", {"1": 1, "2": 1}), RIGHT).value == 0.0


def test_only_examples_that_both_answered_are_compared():
    loop, plain = scored("loop", {"1": 1, "2": 1}), scored("plain", {"2": 1, "3": 0})
    assert loop.difference(plain, RIGHT).value == 0.0
