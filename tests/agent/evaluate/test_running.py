import threading

import pytest

from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.how import How
from r1agent.evaluate.running import evaluate
from r1agent.models.failures import RequestRefusedError
from tests.agent.evaluate.made_task import Doubling, MadeOpening, Numbers, Watching, table

LOST = ModelServerError("The server cannot be reached.")


def test_each_example_gets_a_row_in_the_order_of_the_data():
    found = evaluate(Numbers(5, judges=[Doubling()]), how=How(at_once=3))
    assert [row.example for row in found.scored[0].rows] == ["n0", "n1", "n2", "n3", "n4"]
    assert found.scored[0].figure(found.metrics[0]).value == 1.0
    assert found.scored[0].tokens == 15
    assert found.scored[0].kinds() == ["even", "odd"]


def test_several_examples_are_asked_at_once():
    together = threading.Barrier(3, timeout=20)

    class Waiting(Doubling):
        def __call__(self, example):
            together.wait()
            return super().__call__(example)

    found = evaluate(Numbers(6, judges=[Waiting()]), how=How(at_once=3))
    assert len(found.scored[0].rows) == 6


def test_without_a_model_only_those_systems_are_asked_that_need_none():
    found = evaluate(Numbers(judges=[Doubling("judge")], models=[Doubling("loop")]))
    assert [scored.name for scored in found.scored] == ["judge"]


def test_two_models_stand_side_by_side_and_are_open_one_at_a_time():
    first, second = MadeOpening("a", "one-1b"), MadeOpening("b", "two-1b")

    class Looking(Doubling):
        def __call__(self, example):
            assert [first.is_open, second.is_open].count(True) == 1
            return super().__call__(example)

    found = evaluate(Numbers(judges=[Doubling("judge")], models=[Looking("loop")]), [first, second])
    assert [one.name for one in found.scored] == ["judge", "loop · one-1b", "loop · two-1b"]
    assert found.notes == ("opened one-1b", "opened two-1b")


def test_two_servers_of_one_model_are_told_apart():
    openings = [MadeOpening("a", place="127.0.0.1:1"), MadeOpening("b", place="127.0.0.1:2")]
    found = evaluate(Numbers(models=[Doubling("loop")]), openings)
    assert [one.name for one in found.scored] == [
        "loop · scripted-1b at 127.0.0.1:1",
        "loop · scripted-1b at 127.0.0.1:2",
    ]


def test_a_model_that_is_named_twice_is_refused():
    with pytest.raises(EvaluationError, match="'a' is named 2 times"):
        evaluate(Numbers(), [MadeOpening("a"), MadeOpening("a")])


def test_a_system_knows_what_those_before_it_spent():
    task = Numbers(models=[Doubling("loop", tokens=7), Doubling("plain", tokens=1)])
    evaluate(task, [MadeOpening("a")])
    assert task.wanted[-1].spent == {"loop": 21.0, "plain": 3.0}


def test_what_is_wanted_reaches_the_task():
    task = Numbers()
    evaluate(task, how=How(without=("gate",), baseline=False))
    assert (task.wanted[0].without, task.wanted[0].baseline) == (("gate",), False)


def test_an_example_is_put_as_often_as_it_is_wanted_and_counts_once():
    found = evaluate(Numbers(2, judges=[Doubling()]), how=How(repeats=2))
    rows = found.scored[0].rows
    assert [(row.example, row.time) for row in rows] == [("n0", 1), ("n0", 2), ("n1", 1), ("n1", 2)]
    assert found.setting["repeats"] == "2"


def test_a_limit_takes_the_same_examples_each_time_and_says_so():
    one = evaluate(Numbers(50, judges=[Doubling()]), how=How(limit=5, seed=3))
    assert table(one) == table(evaluate(Numbers(50, judges=[Doubling()]), how=How(limit=5, seed=3)))
    assert one.notes == ("5 of 50 examples, drawn with seed 3.",)
    assert one.details == {"examples": 5, "examples in the data": 50}


def test_a_model_that_says_nonsense_fails_that_example_alone(tmp_path):
    task = Numbers(3, judges=[Doubling(does={"n1": ModelOutputError("no JSON")})])
    rows = evaluate(task, kept=tmp_path / "kept").scored[0].rows
    assert [row.outcome for row in rows] == ["answered", "failed", "answered"]
    assert dict(rows[1].measures) == {"right": 0.0}
    evaluate(task, kept=tmp_path / "kept")
    assert task.judges[0].asked.count("n1") == 1


def test_a_request_that_is_refused_fails_that_example_alone():
    task = Numbers(3, judges=[Doubling(does={"n1": RequestRefusedError("too long")})])
    assert [row.outcome for row in evaluate(task).scored[0].rows] == [
        "answered",
        "failed",
        "answered",
    ]


def test_an_example_on_which_the_server_fails_is_asked_again_after_the_others(tmp_path):
    system = Doubling(does={"n1": LOST})
    found = evaluate(Numbers(4, judges=[system]), kept=tmp_path / "kept")
    assert system.asked == ["n0", "n1", "n2", "n3", "n1"]
    assert [row.outcome for row in found.scored[0].rows][1] == "failed"
    assert "doubling: the server failed on 1 example, here counted as failed." in found.notes[0]

    well = Doubling()
    again = evaluate(Numbers(4, judges=[well]), kept=tmp_path / "kept")
    assert (well.asked, again.notes) == (["n1"], ())


def test_a_lost_server_stops_it_and_what_was_answered_is_kept(tmp_path):
    system = Doubling(does=dict.fromkeys(("n2", "n3", "n4", "n5"), LOST))
    with pytest.raises(ModelServerError, match="cannot be reached"):
        evaluate(Numbers(9, judges=[system]), kept=tmp_path / "kept")
    assert system.asked == ["n0", "n1", "n2", "n3", "n4"]
    well = Doubling()
    evaluate(Numbers(9, judges=[well]), kept=tmp_path / "kept")
    assert well.asked == ["n2", "n3", "n4", "n5", "n6", "n7", "n8"]


@pytest.mark.parametrize("stop_after", [1, 4, 5, 6, 9])
def test_a_stopped_evaluation_goes_on_to_the_same_table(tmp_path, stop_after):
    def task():
        return Numbers(4, judges=[Doubling("judge")], models=[Doubling("loop"), Doubling("plain")])

    whole = evaluate(task(), [MadeOpening("a")])
    with pytest.raises(KeyboardInterrupt):
        evaluate(
            task(),
            [MadeOpening("a")],
            kept=tmp_path / "kept",
            watch=Watching(stop_after=stop_after),
        )
    left = Watching()
    resumed = evaluate(task(), [MadeOpening("a")], kept=tmp_path / "kept", watch=left)
    assert table(resumed) == table(whole)
    assert len(left.rows) == 12 - stop_after


def test_no_model_is_opened_where_nothing_is_left_to_ask(tmp_path):
    opening = MadeOpening("a")
    task = Numbers(4, models=[Doubling("loop")])
    first = evaluate(task, [opening], kept=tmp_path / "kept")
    again = evaluate(task, [opening], kept=tmp_path / "kept")
    assert (opening.opened_times, len(task.models[0].asked)) == (1, 4)
    assert table(again) == table(first)


def test_a_larger_limit_asks_only_what_is_new(tmp_path):
    system = Doubling()
    evaluate(Numbers(20, judges=[system]), how=How(limit=5), kept=tmp_path / "kept")
    found = evaluate(Numbers(20, judges=[system]), how=How(limit=9), kept=tmp_path / "kept")
    assert len(system.asked) == len(set(system.asked)) == len(found.scored[0].rows) == 9


def test_another_temperature_is_refused_and_redo_begins_anew(tmp_path):
    task, kept = Numbers(3, models=[Doubling("loop")]), tmp_path / "kept"
    evaluate(task, [MadeOpening("a")], kept=kept)
    warm = MadeOpening("a", temperature=0.6)
    with pytest.raises(EvaluationError, match=r"its `temperature` was 0\.0, and is 0\.6 now"):
        evaluate(task, [warm], kept=kept)
    evaluate(task, [warm], How(redo=True), kept=kept)
    assert len(task.models[0].asked) == 6


def test_other_data_are_refused(tmp_path):
    evaluate(Numbers(3, judges=[Doubling()]), kept=tmp_path / "kept")
    with pytest.raises(EvaluationError, match="its `data` was"):
        evaluate(Numbers(4, judges=[Doubling()]), kept=tmp_path / "kept")


def test_whoever_watches_hears_of_every_system_and_row():
    watching = Watching()
    evaluate(Numbers(3, judges=[Doubling("one"), Doubling("two")]), watch=watching)
    assert watching.begun == [("one", 0, 3), ("two", 0, 3)]
    assert [row.example for row in watching.rows] == ["n0", "n1", "n2"] * 2


def test_a_bug_of_a_system_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        evaluate(Numbers(judges=[Doubling(does={"n1": ZeroDivisionError()})]), how=How(at_once=2))
