"""Ray beside threads: what counts as the same answer, and which turns are taken again."""

import re
from importlib.util import find_spec

import batch_ray
import psutil
import pytest
from batch_ray import Turn, figures_of, same, take_turns
from ray_nodes import ENVIRONMENT, TwoNodes

from r1agent.batch import BatchItem

ITEMS = [BatchItem(str(number), f"Number {number}?") for number in range(4)]


def row(number, answer=None, page=1):
    cited = [{"file": "a.pdf", "page": page, "quote": "It is so."}]
    return {"id": str(number), "answer": answer or f"It is {number}.", "citations": cited}


ROWS = [row(number) for number in range(4)]


def test_answers_are_the_same_in_any_order():
    assert same(ROWS[::-1], ROWS) == 1.0


def test_another_text_another_page_and_a_missing_line_are_not_the_same():
    assert same([row(0, "It is nine."), row(1, page=2), row(2)], ROWS) == 0.25


def test_figures_compare_both_sides_and_count_what_the_lost_node_cost():
    turns = [
        Turn("threads", 10.0, ROWS),
        Turn("nodes", 12.0, [*ROWS[:3], row(3, "It is nine.")]),
        Turn("nodes", 10.0, ROWS),
        Turn("threads", 12.0, ROWS),
        Turn("killed", 15.0, [row(0), row(1), row(1), row(3)]),
    ]
    assert figures_of(turns, ITEMS) == {
        "ray_same_answers": 0.75,
        "ray_time_ratio": 1.0,
        "ray_node_killed_lost": 1,
        "ray_node_killed_doubled": 1,
        "ray_node_killed_same_answers": 0.75,
        "ray_node_killed_s": 15.0,
        "ray_s": 11.0,
        "ray_threads_s": 11.0,
        "ray_threads_same_answers": 1.0,
    }


def test_an_interrupted_bench_goes_on_with_the_turns_that_are_left(tmp_path, monkeypatch):
    taken = []

    def take(side, _address, _items, _place):
        taken.append(side)
        if len(taken) == 2:
            raise KeyboardInterrupt
        return Turn(side, 1.0, ROWS)

    monkeypatch.setattr(batch_ray, "take_turn", take)
    order = ("threads", "nodes", "killed")
    with pytest.raises(KeyboardInterrupt):
        take_turns(ITEMS, order, tmp_path)
    turns = take_turns(ITEMS, order, tmp_path)
    assert taken == ["threads", "nodes", "nodes", "killed"]
    assert [turn.side for turn in turns] == list(order)
    assert all(turn.rows == ROWS for turn in turns)


@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is not installed")
def test_the_second_node_of_the_cluster_can_be_killed(monkeypatch):
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    with TwoNodes() as cluster:
        assert re.fullmatch(r"127\.0\.0\.1:\d+", cluster.address)
        assert raylets() == 2
        cluster.kill_second()
        assert raylets() == 1
    assert raylets() == 0


def raylets():
    """Count the nodes that this process has started, by what runs on each."""
    below = psutil.Process().children(recursive=True)
    return sum(one.name() == "raylet" and one.status() != psutil.STATUS_ZOMBIE for one in below)
