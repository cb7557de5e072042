import json

import pytest
from loop_answers import ask, read_lines, score, scorer_lines
from loop_arms import Reply
from quotes import CORPUS

QUESTIONS = [{"id": f"q{number}", "question": f"Question {number}?"} for number in range(4)]


def row(name, outcome="answered"):
    return {"id": name, "answer": "Ten.", "citations": [], "outcome": outcome, "seconds": 1.0}


def test_each_question_is_asked_once_and_the_next_bench_asks_the_others(tmp_path):
    kept = tmp_path / "arm.jsonl"
    asked = []

    def arm(question):
        asked.append(question)
        return Reply("Ten.", (), "answered")

    ask(arm, QUESTIONS[:2], kept)
    answers = ask(arm, QUESTIONS, kept)
    assert sorted(asked) == [f"Question {number}?" for number in range(4)]
    assert [answer["id"] for answer in answers] == ["q0", "q1", "q2", "q3"]


def test_a_line_that_a_kill_tore_is_asked_again(tmp_path):
    kept = tmp_path / "arm.jsonl"
    kept.write_text(json.dumps(row("q0")) + '\n{"id": "q1", "ans', encoding="utf-8")
    asked = []

    def arm(question):
        asked.append(question)
        return Reply("Ten.", (), "answered")

    assert len(ask(arm, QUESTIONS[:2], kept)) == 2
    assert asked == ["Question 1?"]
    assert [line["id"] for line in read_lines(kept)] == ["q0", "q1"]


def test_an_error_ends_the_bench_and_the_next_one_asks_what_is_left(tmp_path):
    kept = tmp_path / "arm.jsonl"
    asked = []

    def arm(question):
        asked.append(question)
        if question == "Question 1?" and asked.count(question) == 1:
            raise ConnectionError("the server is gone")
        return Reply("Ten.", (), "answered")

    with pytest.raises(ConnectionError):
        ask(arm, QUESTIONS, kept)
    assert "q1" not in {line["id"] for line in read_lines(kept)}
    assert [row["id"] for row in ask(arm, QUESTIONS, kept)] == ["q0", "q1", "q2", "q3"]
    assert len(asked) == len(QUESTIONS) + 1


def test_a_failed_run_is_missing_and_a_refusal_is_an_abstention():
    rows = [row("a"), row("b", "failed"), row("c", "refused"), row("d", "not_in_papers")]
    assert [(line["id"], line["abstained"]) for line in scorer_lines(rows)] == [
        ("a", False),
        ("c", True),
        ("d", True),
    ]


@pytest.mark.skipif(not CORPUS.is_dir(), reason=f"no {CORPUS}")
def test_the_scorer_finds_the_answers_of_the_corpus_right(tmp_path):
    questions = read_lines(CORPUS / "questions.jsonl")[26:34]  # of several kinds
    answers = [
        row(one["id"], "answered" if one["answerable"] else "not_in_papers")
        | {"answer": one["answer"], "citations": one["gold"], "seconds": 2.0}
        for one in questions
    ]
    found = score(questions, answers, tmp_path, "gold")
    overall = found.report["overall"]
    assert (overall["n"], overall["accuracy"], overall["gold_page_recall"]) == (8, 1.0, 1.0)
    assert [each["id"] for each in found.rows] == [one["id"] for one in questions]
    assert found.seconds == 2.0
