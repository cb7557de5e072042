import json
import threading
from dataclasses import replace

import pytest
from filelock import FileLock

from r1agent.batch import BatchError, BatchItem, ThreadPool, run_batch
from r1agent.batch.files import read_items
from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.types import Answer, Audit, Citation, Claim, Plan, Trajectory, Usage, Verdict

QUOTE = Citation("p:1", "Six percent.", "p", "kd.pdf", "Distillation", 3, "3", 0, 12)
ANSWER = Answer(
    run="r1",
    question="",
    outcome="answered",
    claims=(Claim("It is six percent.", (QUOTE,), Verdict("supported", "a quote")),),
    plan=Plan(()),
    trajectory=Trajectory(),
    audit=Audit(1.0, "high"),
)
ITEMS = [BatchItem("a", "First?"), BatchItem("b", "Second?"), BatchItem("c", "Third?")]


class Answers:
    """An assistant that answers by question, or raises what stands there."""

    def __init__(self, **outcomes):
        self.outcomes = outcomes
        self.asked = []

    def ask(self, question, *, tests=None, within="", plan=None):
        self.asked.append(question)
        outcome = self.outcomes.get(question.rstrip("?"), ANSWER)
        if isinstance(outcome, BaseException):
            raise outcome
        return replace(outcome, question=question)


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def out(tmp_path):
    return tmp_path / "answers.jsonl"


def test_a_line_holds_what_a_scorer_reads(out):
    run_batch(ThreadPool(Answers()), ITEMS[:1], out)
    line = lines_of(out)[0]
    assert line | {"audit": None} == {
        "id": "a",
        "question": "First?",
        "answer": "It is six percent. [1]",
        "outcome": "answered",
        "citations": [{"file": "kd.pdf", "page": 3, "quote": "Six percent."}],
        "abstained": False,
        "code": None,
        "run": "r1",
        "audit": None,
    }


def test_quotes_stand_in_for_sentences_that_did_not_hold(out):
    quoted = replace(ANSWER, claims=(), extracts=(QUOTE,), message="They say:")
    run_batch(ThreadPool(Answers(First=quoted)), ITEMS[:1], out)
    assert lines_of(out)[0]["answer"] == "They say: “Six percent.” [1]"


def test_what_the_papers_do_not_say_is_an_abstention(out):
    silent = replace(ANSWER, outcome="not_in_papers", claims=(), message="The papers do not say.")
    run_batch(ThreadPool(Answers(First=silent)), ITEMS[:1], out)
    assert (lines_of(out)[0]["abstained"], lines_of(out)[0]["citations"]) == (True, [])


def test_finished_ids_are_not_asked_again(out):
    run_batch(ThreadPool(Answers()), ITEMS[:2], out)
    assistant = Answers()
    report = run_batch(ThreadPool(assistant), ITEMS, out)
    assert assistant.asked == ["Third?"]
    assert (report.done, report.failed, report.skipped) == (1, 0, 2)
    assert [line["id"] for line in lines_of(out)] == ["a", "b", "c"]


def test_beginning_anew_asks_everything(out):
    run_batch(ThreadPool(Answers()), ITEMS, out)
    assert run_batch(ThreadPool(Answers()), ITEMS, out, resume=False).done == 3
    assert len(lines_of(out)) == 3


def test_failures_are_listed_with_reasons_and_tried_again(out):
    failed = replace(ANSWER, outcome="failed", claims=(), message="No step worked.")
    assistant = Answers(First=failed, Second=ModelOutputError("no JSON"))
    report = run_batch(ThreadPool(assistant), ITEMS, out)
    assert (report.done, report.failed) == (1, 2)
    failures = out.with_name("answers.failed.jsonl")
    assert lines_of(failures) == [
        {"id": "a", "question": "First?", "reason": "No step worked."},
        {"id": "b", "question": "Second?", "reason": "no JSON"},
    ]
    assert run_batch(ThreadPool(Answers()), ITEMS, out).done == 2
    assert not failures.exists()


def test_a_lost_server_ends_the_batch_after_three_questions(out):
    lost = ModelServerError("no server")
    items = [*ITEMS, BatchItem("d", "Fourth?")]
    assistant = Answers(First=lost, Second=lost, Third=lost)
    with pytest.raises(ModelServerError, match="no server"):
        run_batch(ThreadPool(assistant), items, out)
    assert len(assistant.asked) == 3


def test_a_bug_in_the_assistant_is_not_hidden(out):
    for workers in (1, 2):
        with pytest.raises(ZeroDivisionError):
            run_batch(ThreadPool(Answers(First=ZeroDivisionError()), workers=workers), ITEMS, out)


def test_ctrl_c_keeps_every_finished_line(out):
    with pytest.raises(KeyboardInterrupt):
        run_batch(ThreadPool(Answers(Third=KeyboardInterrupt())), ITEMS, out)
    assert [line["id"] for line in lines_of(out)] == ["a", "b"]


def test_a_line_that_a_kill_tore_is_cut_off_and_asked_again(out):
    run_batch(ThreadPool(Answers()), ITEMS, out)
    content = out.read_bytes()
    out.write_bytes(content[:-40])
    assistant = Answers()
    run_batch(ThreadPool(assistant), ITEMS, out)
    assert assistant.asked == ["Third?"]
    assert out.read_bytes() == content


@pytest.mark.parametrize("content", ["my notes", "my notes\n", '{"other": 1}\n', "[]\n"])
def test_a_file_that_holds_something_else_is_left_alone(out, content):
    out.write_text(content)
    with pytest.raises(BatchError, match="holds something else"):
        run_batch(ThreadPool(Answers()), ITEMS, out)
    assert out.read_text() == content


def test_an_id_that_was_another_question_is_refused(out):
    run_batch(ThreadPool(Answers()), ITEMS, out)
    with pytest.raises(BatchError, match="answers another question under the id 'a'"):
        run_batch(ThreadPool(Answers()), [BatchItem("a", "Else?")], out)


def test_two_batches_cannot_write_one_file(out):
    with (
        FileLock(out.with_name(".answers.jsonl.lock")),
        pytest.raises(BatchError, match="Another batch is writing"),
    ):
        run_batch(ThreadPool(Answers()), ITEMS, out)


def test_several_workers_ask_at_once(out):
    together = threading.Barrier(3, timeout=10)

    class Waiting(Answers):
        def ask(self, question, *, tests=None, within="", plan=None):
            together.wait()
            return super().ask(question)

    seen = []
    report = run_batch(ThreadPool(Waiting(), workers=3), ITEMS, out, on_result=seen.append)
    assert report.done == 3
    assert {result.item.id for result in seen} == {"a", "b", "c"}
    assert {line["id"] for line in lines_of(out)} == {"a", "b", "c"}


def test_plain_lines_and_objects_are_questions():
    items = read_items(['{"id": 7, "question": "Why?", "gold": []}\n', "\n", "How?\n"])
    assert items == [BatchItem("7", "Why?"), BatchItem("0ea5977074d1", "How?")]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "holds no question"),
        (["Why?", "Why?"], "Line 2 has the id"),
        (['{"id": "a"'], "Line 1 begins like JSON"),
        (['{"id": "a"}'], "Line 1 has the keys id; wanted `id` and `question`"),
        (['{"id": "a", "question": "b", "tests": 3}'], "`tests` that are no text"),
    ],
)
def test_bad_lines_are_named(lines, said):
    with pytest.raises(BatchError) as caught:
        read_items(lines)
    assert said in str(caught.value)


def test_repeated_ids_are_refused(out):
    with pytest.raises(BatchError, match="the id 'a'"):
        run_batch(ThreadPool(Answers()), [ITEMS[0], ITEMS[0]], out)


def test_each_outcome_is_counted_and_only_failures_are_asked_again(out):
    outcomes = {
        "First": replace(ANSWER, outcome="refused", claims=(), message="Refused: no."),
        "Second": replace(ANSWER, outcome="not_in_papers", claims=(), message="They do not say."),
        "Third": replace(ANSWER, outcome="failed", claims=(), message="No verified answer."),
    }
    report = run_batch(ThreadPool(Answers(**outcomes)), ITEMS, out)
    assert report.outcomes == {"answered": 0, "not_in_papers": 1, "refused": 1, "failed": 1}
    assert (report.done, report.failed) == (2, 1)
    assert [line["outcome"] for line in lines_of(out)] == ["refused", "not_in_papers"]
    again = Answers(**outcomes)
    run_batch(ThreadPool(again), ITEMS, out)
    assert again.asked == ["Third?"]


def test_what_is_written_can_be_marked_and_quotes_stay_as_they_are(out):
    run_batch(
        ThreadPool(Answers()), ITEMS[:1], out, export=lambda text, answer: f"{text} <{answer.run}>"
    )
    line = lines_of(out)[0]
    assert line["answer"] == "It is six percent. [1] <r1>"
    assert line["citations"][0]["quote"] == "Six percent."


def test_what_the_answers_cost_is_summed_up_by_role(out):
    used = {"writer": Usage(2, 100, 20, 60), "planner": Usage(1, 10, 5)}
    answer = replace(ANSWER, audit=replace(ANSWER.audit, usage=used))
    report = run_batch(
        ThreadPool(Answers(First=answer, Second=answer, Third=ModelOutputError("no"))), ITEMS, out
    )
    assert report.usage == {"writer": Usage(4, 200, 40, 120), "planner": Usage(2, 20, 10)}
