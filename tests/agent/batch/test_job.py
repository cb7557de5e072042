import threading
from dataclasses import replace

import pytest
from filelock import FileLock

from r1agent.batch import BatchError, BatchItem, ThreadPool, run_batch
from r1agent.batch.files import read_before
from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.types import Usage
from tests.agent.batch.answers import ANSWER, ITEMS, QUOTE, Answers, ids_of, lines_of


@pytest.fixture
def out(tmp_path):
    return tmp_path / "answers.jsonl"


def test_a_line_holds_what_a_scorer_reads(out):
    run_batch(ThreadPool(Answers()), ITEMS[:1], out)
    line = lines_of(out)[0]
    cited = line.pop("citations")[0]
    assert {name: cited[name] for name in ("file", "page", "quote")} == {
        "file": "kd.pdf",
        "page": 3,
        "quote": "Six percent.",
    }
    assert {name: line[name] for name in ("id", "question", "answer", "outcome", "abstained")} == {
        "id": "a",
        "question": "First?",
        "answer": "It is six percent. [1]",
        "outcome": "answered",
        "abstained": False,
    }
    assert (line["code"], line["run"], line["audit"]["support_rate"]) == (None, "r1", 1.0)


def test_quotes_stand_in_for_sentences_that_did_not_hold(out):
    quoted = replace(ANSWER, claims=(), extracts=(QUOTE,), message="They say:")
    run_batch(ThreadPool(Answers(First=quoted)), ITEMS[:1], out)
    assert lines_of(out)[0]["answer"] == "They say: “Six percent.” [1]"


def test_a_citation_says_which_paper_it_is_from(out):
    known = {"year": 2019, "doi": "10.1/x", "venue": "Nature", "citation_key": "author2019"}
    quote = replace(QUOTE, authors=("A. Author", "B. Author"), **known)
    claim = replace(ANSWER.claims[0], citations=(quote,))
    run_batch(ThreadPool(Answers(First=replace(ANSWER, claims=(claim,)))), ITEMS[:1], out)
    assert lines_of(out)[0]["citations"] == [
        {
            "file": "kd.pdf",
            "page": 3,
            "page_label": "3",
            "quote": "Six percent.",
            "paper": "p",
            "title": "Distillation",
            "authors": ["A. Author", "B. Author"],
            "year": 2019,
            "doi": "10.1/x",
            "venue": "Nature",
            "citation_key": "author2019",
        }
    ]


def test_a_claim_has_the_numbers_of_its_citations(out):
    other = replace(QUOTE, quote="Seven.", start=20, end=26)
    claims = (
        ANSWER.claims[0],
        replace(ANSWER.claims[0], text="It is seven.", citations=(other, QUOTE)),
    )
    run_batch(ThreadPool(Answers(First=replace(ANSWER, claims=claims))), ITEMS[:1], out)
    told = {"support": "supported", "rests_on": "a quote"}
    assert lines_of(out)[0]["claims"] == [
        {"sentence": "It is six percent.", "citations": [1]} | told,
        {"sentence": "It is seven.", "citations": [2, 1]} | told,
    ]


def test_a_line_says_what_the_question_and_the_job_cost(out):
    used = {"writer": Usage(2, 100, 20, 60), "planner": Usage(1, 10, 5)}
    answer = replace(ANSWER, audit=replace(ANSWER.audit, usage=used))
    run_batch(ThreadPool(Answers(First=answer, Second=answer)), ITEMS[:2], out)
    lines = lines_of(out)
    assert (lines[0]["usage"]["calls"], lines[0]["usage"]["prompt_tokens"]) == (3, 110)
    assert lines[0]["audit"]["usage"]["writer"]["completion_tokens"] == 20
    assert [line["job"]["tokens"] for line in lines] == [135, 270]


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
    assert ids_of(out) == ["a", "b", "c"]


def test_to_look_at_the_answers_changes_nothing(out):
    run_batch(ThreadPool(Answers()), ITEMS, out)
    content = out.read_bytes()[:-40]
    out.write_bytes(content)
    assert read_before(out, ITEMS).finished == {"a", "b"}
    assert out.read_bytes() == content


@pytest.mark.parametrize("content", ["my notes", "my notes\n", '{"other": 1}\n', "[]\n"])
def test_a_file_that_holds_something_else_is_left_alone(out, content):
    out.write_text(content)
    with pytest.raises(BatchError, match="holds something else"):
        run_batch(ThreadPool(Answers()), ITEMS, out)
    assert out.read_text() == content


@pytest.mark.parametrize("torn", [b"{", b'{"i', b'{"id": "c", "ques'])
def test_a_line_may_be_torn_anywhere(out, torn):
    run_batch(ThreadPool(Answers()), ITEMS[:2], out)
    with out.open("ab") as file:
        file.write(torn)
    run_batch(ThreadPool(Answers()), ITEMS, out)
    assert ids_of(out) == ["a", "b", "c"]


def test_a_line_that_the_user_took_out_is_asked_again(out):
    run_batch(ThreadPool(Answers()), ITEMS, out)
    first, _, third = out.read_bytes().splitlines()
    out.write_bytes(first + b"\n\n" + third + b"\n")
    assistant = Answers()
    run_batch(ThreadPool(assistant), ITEMS, out)
    assert assistant.asked == ["Second?"]


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


def test_each_question_is_told_before_it_is_asked(out):
    told = []
    run_batch(
        ThreadPool(Answers()),
        ITEMS,
        out,
        on_begin=lambda item: told.append(f"begin {item.id}"),
        on_result=lambda result: told.append(f"end {result.item.id}"),
    )
    assert told == ["begin a", "end a", "begin b", "end b", "begin c", "end c"]


def test_repeated_ids_are_refused(out):
    with pytest.raises(BatchError, match="the id 'a'"):
        run_batch(ThreadPool(Answers()), [ITEMS[0], ITEMS[0]], out)


def test_each_outcome_is_counted(out):
    outcomes = {
        "First": replace(ANSWER, outcome="refused", claims=(), message="Refused: no."),
        "Second": replace(ANSWER, outcome="not_in_papers", claims=(), message="They do not say."),
        "Third": replace(ANSWER, outcome="failed", claims=(), message="No verified answer."),
    }
    report = run_batch(ThreadPool(Answers(**outcomes)), ITEMS, out)
    assert report.outcomes == {"answered": 0, "not_in_papers": 1, "refused": 1, "failed": 1}
    assert (report.done, report.failed) == (2, 1)
    assert [line["outcome"] for line in lines_of(out)] == ["refused", "not_in_papers"]


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


def test_the_report_says_how_many_sentences_held(out):
    dropped = replace(ANSWER, dropped=ANSWER.claims * 3)
    report = run_batch(ThreadPool(Answers(First=dropped)), ITEMS[:1], out)
    assert report.support_rate == 0.25
