"""Questions about a folder of papers, from its files to the figures."""

import json
from itertools import islice

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.opening import AssistantOpening
from r1agent.evaluate.running import How, evaluate
from r1agent.evaluate.task import Output, Wanted
from r1agent.evaluate.tasks.papers import PapersTask
from tests.agent.evaluate.systems.assistants import PASSAGES, QUESTION, TRUE, made, python, replied

LINE = {
    "id": "q1",
    "question": QUESTION,
    "kind": "lookup",
    "answerable": True,
    "gold": [{"file": "a.pdf", "page": 1, "quote": "71.5 percent"}],
    "answer": "71.5 percent",
    "must_contain": [["71.5"]],
    "numeric": None,
    "language": "en",
}
UNANSWERABLE = {
    "id": "q2",
    "question": "How high was the accuracy of the smoothed teacher on Mars?",
    "kind": "unanswerable",
    "answerable": False,
    "gold": [],
}


@pytest.fixture
def folder(tmp_path):
    """Write questions, two pages and their texts; return the task over them."""

    def write(*lines, pages=True):
        (tmp_path / "papers").mkdir()
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        (tmp_path / "questions.jsonl").write_text(text)
        if pages:
            texts = [{"reader": passage.page_content} for passage in PASSAGES]
            (tmp_path / "pages.json").write_text(json.dumps({"a.pdf": texts}))
        return PapersTask(tmp_path)

    return write


def names(task, wanted):
    return [system.name for system in task.systems(wanted)]


def test_questions_are_read_with_their_kind_and_key(folder):
    first, second = folder(LINE, UNANSWERABLE).examples()
    assert (first.id, first.question, first.kind) == ("q1", QUESTION, "lookup")
    assert (second.kind, second.data["answerable"]) == ("unanswerable", False)
    assert first.data["must_contain"] == [["71.5"]]
    assert json.loads(json.dumps(first.data)) == first.data


def test_the_papers_are_beside_the_questions(folder):
    task = folder(LINE)
    assert task.papers == task.data / "papers"


def test_an_answer_is_compared_with_its_key_and_its_page(folder):
    task = folder(LINE)
    cited = [{"file": "a.pdf", "page": 1, "quote": "was 71.5 percent."}]
    output = Output({"text": "It was 71.5 percent.", "citations": cited, "code": None})
    told = task.score(task.examples()[0], output)
    assert (told["correct"], told["quotes_exact"], told["grounded"]) == (1, 1, 1)


def test_an_answer_that_holds_nothing_failed(folder):
    task = folder(LINE)
    assert task.score(task.examples()[0], Output({}, "failed"))["failed"] == 1


def test_the_loop_comes_first_then_the_baselines_then_what_is_left_out(folder):
    wanted = Wanted(made(), ("gate", "verify"), spent={"loop": 900.0})
    assert names(folder(LINE), wanted) == [
        "loop",
        "plain",
        "plain, same tokens",
        "loop without gate",
        "loop without verify",
    ]


def test_without_a_baseline_or_known_tokens_there_is_no_such_system(folder):
    task = folder(LINE)
    assert names(task, Wanted(made(), baseline=False, spent={"loop": 900.0})) == ["loop"]
    assert names(task, Wanted(made())) == ["loop", "plain"]


def test_the_budget_is_what_the_loop_spent_before(folder):
    spent = {}
    systems = folder(LINE).systems(Wanted(made(), spent=spent))
    assert [one.name for one in islice(systems, 2)] == ["loop", "plain"]
    spent["loop"] = 750.0
    assert next(systems).tokens == 750.0


def test_without_an_assistant_nothing_is_asked(folder):
    assert names(folder(LINE), Wanted()) == []


def test_an_assistant_without_papers_is_refused_before_anything_is_asked(folder):
    with pytest.raises(EvaluationError, match="no papers to search"):
        next(folder(LINE).systems(Wanted(made(tools=[python]))))


def test_a_part_that_is_not_there_is_refused_before_anything_is_asked(folder):
    with pytest.raises(EvaluationError, match="No reranker is set"):
        next(folder(LINE).systems(Wanted(made(), ("rerank",))))


def test_an_evaluation_shows_the_loop_beside_its_baselines(folder):
    assistant = made(
        replied(TRUE), replied("It was 81.5 percent."), replied("It was 71.5 percent.")
    )
    found = evaluate(folder(LINE), [AssistantOpening(assistant)], How(at_once=1))
    assert [one.name for one in found.scored] == [
        "loop · scripted-1b",
        "plain · scripted-1b",
        "plain, same tokens · scripted-1b",
    ]
    accuracy = found.metrics[0]
    assert [one.figure(accuracy).value for one in found.scored] == [1, 0, 1]
    assert [one.tokens for one in found.scored] == [110, 110, 110]


def test_there_is_nothing_to_tell_of_whole_data(folder):
    task = folder(LINE, UNANSWERABLE)
    (task.papers / "a.pdf").touch()
    assert task.notes == ()


def test_the_reader_is_told_where_quotes_were_looked_up_for_want_of_other_texts(folder):
    assert "without `pages.json`" in folder(UNANSWERABLE, pages=False).notes[0]


def test_the_reader_is_told_of_papers_that_only_a_key_names(folder):
    assert folder(LINE).notes == ("Named by a key, and not among the papers: a.pdf.",)


def test_of_many_such_papers_a_few_are_named(folder):
    gold = [{"file": f"{number}.pdf", "page": 1} for number in range(7)]
    (note,) = folder(LINE | {"gold": gold}).notes
    assert note.endswith(": 0.pdf, 1.pdf, 2.pdf, 3.pdf, 4.pdf and 2 more.")


def test_the_reader_is_told_of_questions_to_which_any_answer_is_right(folder):
    (note,) = folder({"id": "q1", "question": QUESTION}).notes
    assert note.startswith("1 question with neither `must_contain` nor `numeric`")


def test_what_a_line_leaves_empty_asks_for_nothing(folder):
    task = folder(LINE | {"must_contain": None, "gold": None})
    told = task.score(task.examples()[0], Output({"text": "Whatever."}))
    assert (told["correct"], told["with_gold"]) == (1, 0)


def test_a_folder_without_papers_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="has no folder `papers`"):
        PapersTask(tmp_path).examples()


def test_a_folder_without_questions_is_refused(tmp_path):
    (tmp_path / "papers").mkdir()
    with pytest.raises(EvaluationError, match=r"questions\.jsonl' is no file"):
        PapersTask(tmp_path).examples()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"question": None}, "line 2: `question`"),
        ({"gold": [{"file": "a.pdf"}]}, r"line 2: `gold\.0\.page`"),
        ({"numeric": {"value": "many"}}, r"line 2: `numeric\.value`"),
        ({"must_contain": "71.5"}, "line 2: `must_contain`"),
    ],
)
def test_a_question_of_another_form_is_named_by_its_line(folder, change, told):
    with pytest.raises(EvaluationError, match=told):
        folder(LINE, LINE | {"id": "q2"} | change).examples()


def test_two_questions_with_one_id_are_refused(folder):
    with pytest.raises(EvaluationError, match="two questions with the id 'q1'"):
        folder(LINE, LINE).examples()
