"""What counts as lost, as doubled, and as cut off."""

from serve_kills import Series, cut_off, doubled, ended_questions, figures_of, judge, missing

from r1agent.batch import BatchItem
from r1agent.journal import Journal
from r1agent.types import Event

ITEMS = [BatchItem("1", "One?"), BatchItem("2", "Two?"), BatchItem("3", "Three?")]


def test_a_question_without_an_answer_is_missing():
    assert missing(ITEMS, [{"id": "1"}, {"id": "3"}]) == ["2"]


def test_answers_beside_the_first_to_a_question_are_doubled():
    answers = [{"id": "1"}, {"id": "2"}, {"id": "1"}, {"id": "1"}]
    assert doubled(answers) == 2
    assert doubled(answers[:2]) == 0


def test_a_run_that_began_and_did_not_end_was_cut_off(tmp_path):
    for name, events in {
        "going": ["started", "notice"],
        "done": ["started", "answered"],
        "torn": ["started"],
    }.items():
        journal = Journal(tmp_path / f"{name}.jsonl")
        for event in events:
            journal.write(Event(event, 0.0, {"journal": 2}))
    with (tmp_path / "torn.jsonl").open("ab") as file:
        file.write(b'{"name": "answer')
    (tmp_path / "empty.jsonl").touch()
    assert sorted(cut_off(tmp_path)) == ["going", "torn"]


def test_the_question_of_a_run_that_ended_is_no_loss(tmp_path):
    journal = Journal(tmp_path / "done.jsonl")
    journal.write(Event("started", 0.0, {"question": "Two?"}))
    journal.write(Event("answered", 1.0, {}))
    Journal(tmp_path / "going.jsonl").write(Event("started", 0.0, {"question": "Three?"}))
    ended = ended_questions([tmp_path])
    assert ended == {"Two?"}
    series = Series()
    judge(ITEMS, [{"id": "1"}, {"id": "1"}], ended, series)
    assert series.lost == ["question 3"]
    assert series.unanswered == 1
    assert series.doubled == 1


def test_what_was_lost_before_stays_lost():
    series = Series(lost=["run x: why"])
    judge(ITEMS, [{"id": "1"}, {"id": "2"}, {"id": "3"}], set(), series)
    assert series.lost == ["run x: why"]


def test_no_folder_has_no_run(tmp_path):
    assert cut_off(tmp_path / "none") == []


def test_figures_are_sums_over_all_series():
    figures = figures_of(
        [
            Series(kills=3, calls=4, asked=12, cut_off=8, resumed=7, lost=["run x: why"]),
            Series(kills=2, calls=1, asked=12, doubled=1, unanswered=2),
        ]
    )
    assert figures == {
        "server_kills": 5,
        "runs_lost": 1,
        "answers_doubled": 1,
        "kills_unanswered": 2,
        "kills_runs_cut_off": 8,
        "kills_runs_resumed": 7,
        "kills_questions": 24,
        "kills_batch_calls": 5,
    }
