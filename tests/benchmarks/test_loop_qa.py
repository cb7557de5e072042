import json

import loop_qa
import pytest
from loop_arms import ArmTask, system_of
from loop_qa import Asked, figures_of

from r1agent.evaluate.answer_score import AnswerKey, Said, score_answer
from r1agent.evaluate.evaluation import Row, Scored
from r1agent.evaluate.page_texts import PageTexts
from r1agent.evaluate.task import Wanted
from r1agent.types import Usage
from tests.agent.evaluate.systems.assistants import PASSAGES, QUESTION, TRUE, made

OUTCOMES = {"right": "answered", "wrong": "answered", "abstained": "not_in_papers"}
KEY = AnswerKey(must_contain=(("right",),))
NO_PAGES = PageTexts(lambda file: ())


def scored(*marks, first=0, time=1):
    """A row for each of: right, wrong, abstained."""
    rows = [
        Row(
            f"q{number}",
            "lookup",
            OUTCOMES[mark],
            score_answer(KEY, Said(mark, (), OUTCOMES[mark]), NO_PAGES),
            Usage(),
            2.25,
            time,
        )
        for number, mark in enumerate(marks)
    ]
    return Scored("loop", "scripted-1b", rows[first:])


def test_figures_of_the_whole_loop_and_of_an_arm_have_the_agreed_names():
    figures = figures_of(
        {
            "full": scored("right", "abstained", "right", "wrong"),
            "plain": scored("right", "wrong", "wrong", "wrong"),
        }
    )
    assert figures["qa_accuracy"] == figures["qa_accuracy_lookup"] == 0.5
    assert figures["qa_precision"] == 0.667
    assert (figures["qa_attempted"], figures["qa_abstain_wrong"]) == (3, 1)
    assert (figures["qa_abstain_right"], figures["qa_failed"]) == (0, 0)
    assert (figures["qa_questions"], figures["qa_seconds"]) == (4, 2.2)
    assert (figures["gold_page_cited"], figures["quote_existence"]) == (0, 0)
    assert (figures["quotes_shown"], figures["quotes_wrong"]) == (0, 0)
    assert (figures["plain_accuracy"], figures["qa_minus_plain_accuracy"]) == (0.25, 0.25)
    assert figures["qa_minus_plain_precision"] == 0.417
    assert figures["qa_minus_plain_accuracy_low"] <= 0.25 <= figures["qa_minus_plain_accuracy_high"]


def test_an_arm_that_was_asked_fewer_questions_is_compared_on_those():
    whole = scored("wrong", "right", "right")
    figures = figures_of({"full": whole, "no_gate": scored("wrong", "right", "right", first=1)})
    assert figures["qa_accuracy"] == 0.667
    assert figures["qa_minus_no_gate_accuracy"] == 0.0


def test_a_question_that_was_asked_again_is_drawn_with_all_its_answers():
    once, again = scored("right", "wrong"), scored("right", "abstained", time=2)
    whole = Scored(once.system, once.model, [*once.rows, *again.rows])
    figures = figures_of({"full": whole, "no_gate": scored("wrong", "right")})
    assert figures["qa_questions"] == 4
    assert figures["qa_minus_no_gate_accuracy"] == 0.0
    assert figures["qa_minus_no_gate_precision"] == 0.167
    low, high = (figures[f"qa_minus_no_gate_accuracy_{end}"] for end in ("low", "high"))
    assert (low, high) == (-1.0, 1.0)


@pytest.mark.parametrize(
    ("arm", "name"),
    [
        ("full", "loop"),
        ("plain", "plain"),
        ("no_planner", "loop without planner"),
        ("no_gate", "loop without gate"),
        ("no_tools", "loop without tools"),
    ],
)
def test_each_arm_is_a_way_of_answering(arm, name):
    assert system_of(arm, made()).name == name


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    """Three questions over two pages, in place of the corpus."""
    folder = tmp_path / "corpus"
    (folder / "papers").mkdir(parents=True)
    lines = [
        {"id": f"q{number}", "question": QUESTION, "must_contain": [["71.5"]]}
        for number in range(3)
    ]
    text = "".join(f"{json.dumps(line)}\n" for line in lines)
    (folder / "questions.jsonl").write_text(text, encoding="utf-8")
    pages = {"a.pdf": [passage.page_content for passage in PASSAGES]}
    (folder / "pages.json").write_text(json.dumps(pages), encoding="utf-8")
    monkeypatch.setattr(loop_qa, "CORPUS", folder)
    return folder


def test_an_arm_gets_its_share_of_the_questions(corpus):
    assert [one.id for one in ArmTask(corpus, "no_gate", every=2).examples()] == ["q0", "q2"]
    assert [one.id for one in ArmTask(corpus, "full", limit=2).examples()] == ["q0", "q1"]
    assert [*ArmTask(corpus, "full").systems(Wanted())] == []


def test_what_was_answered_is_not_asked_again_and_the_next_bench_asks_the_rest(corpus, tmp_path):
    first, rest = made(*[TRUE] * 3), made(*[TRUE] * 3)
    for assistant, repeats in ((first, 1), (rest, 2)):
        found = Asked(assistant, tmp_path, None, fresh=False).scored("full", 1, repeats)
    assert sorted(row.time for row in found.rows) == [1, 1, 1, 2, 2, 2]
    assert [row.measures["correct"] for row in found.rows] == [1] * 6
    assert (len(first.model.requests), len(rest.model.requests)) == (3, 3)


def test_arms_are_kept_apart(corpus, tmp_path):
    names = [
        Asked(made(*[TRUE] * 2), tmp_path, None, fresh=False).scored(arm, 2, 1).system
        for arm in ("no_gate", "no_planner", "no_gate")
    ]
    assert names == ["loop without gate", "loop without planner", "loop without gate"]
