"""A whole review: a model that quotes what it is shown, over made papers."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from r1agent.batch import BatchError, ThreadPool
from r1agent.errors import ModelServerError
from r1agent.report.exporting import report_to
from r1agent.review import Outline, ReviewError, review, work_path
from tests.agent.review.conftest import PAPERS
from tests.agent.review.reviewer import (
    PLANNING,
    QuotingModel,
    made_assistant,
    made_index,
)

TOPIC = "Smoothing and dropout"
HELPS = "What did smoothing the teacher do to the student?"
AGAIN = "What did smoothing the teacher do to the accuracy of the student?"
DROPOUT = "What did dropout lower in the networks?"
COST = "How much money did the graphics card cost?"
QUESTIONS = (HELPS, DROPOUT, COST)
RAISED = "Smoothing the teacher raised the accuracy of the student."
LOWERED = "Smoothing the teacher lowered the accuracy of the student."


@pytest.fixture
def work(tmp_path):
    return tmp_path / ".review.work.jsonl"


def reviewed(index, work, model=None, *, questions=QUESTIONS, topic=TOPIC, profile=PLANNING, **how):
    assistant = made_assistant(index, model or QuotingModel(silent_on=("money",)), profile=profile)
    return review(assistant, ThreadPool(assistant), index, topic, work, questions=questions, **how)


def section_of(report, heading):
    return next(one for one in report.sections if one.heading == heading)


def sentences(report):
    return [claim.text for entry in report.entries for claim in entry.answer.claims]


def told(report):
    """Write a report without the line about its cost, which seconds make another."""
    lines = report_to("markdown", report).splitlines()
    return [line for line in lines if not line.startswith("*support")]


def kept_lines(work):
    return {json.loads(line).get("id"): line for line in work.read_bytes().splitlines()}


def test_every_sentence_has_a_quote_that_stands_on_its_page(papers, work):
    report = reviewed(papers, work)
    assert sentences(report)
    assert all(claim.citations for entry in report.entries for claim in entry.answer.claims)
    for one in report.citations:
        page = papers.read_page(one.paper, one.page).page_content
        assert page[one.start : one.end] == one.quote


def test_sections_follow_the_sub_questions_in_order(papers, work):
    headings = [one.heading for one in reviewed(papers, work).sections]
    assert headings[:3] == [f"1 {HELPS}", f"2 {DROPOUT}", f"3 {COST}"]


def test_papers_that_contradict_each_other_are_shown_with_both_quotes(papers, work):
    (entry,) = section_of(reviewed(papers, work), "Where the papers disagree").entries
    quotes = {quote.quote for quote in entry.answer.extracts}
    assert quotes == {RAISED, LOWERED}
    assert {quote.file for quote in entry.answer.extracts} == {"helps.pdf", "hurts.pdf"}
    assert entry.answer.message.startswith("The second says otherwise (says ")


def test_a_question_that_no_paper_answers_is_named_under_what_they_do_not_say(papers, work):
    report = reviewed(papers, work)
    silent = section_of(report, "What the papers do not say")
    assert [entry.label for entry in silent.entries] == [COST]
    assert {entry.answer.outcome for entry in silent.entries} == {"not_in_papers"}
    assert "Nothing could be proved" in section_of(report, f"3 {COST}").notes[0]


def test_a_paper_that_does_not_say_stands_in_no_section(papers, work):
    class Straying(QuotingModel):
        """Says of one paper what is not in it."""

        def _reply(self, prompt):
            strays = "Smoothing Revisited" in prompt and "Smoothing and Students" not in prompt
            return "Smoothing doubled it to 77 %." if strays else super()._reply(prompt)

    report = reviewed(papers, work, Straying(), questions=(HELPS,))
    entries = report.sections[0].entries
    assert {entry.answer.outcome for entry in entries} == {"answered"}
    assert "Smoothing Revisited" not in [entry.label for entry in entries]
    silent = section_of(report, "What the papers do not say")
    assert silent.notes == (f"On “{HELPS}” nothing is said by: Smoothing Revisited.",)


def test_a_paper_that_bears_on_no_question_is_named(papers, work):
    outside = section_of(reviewed(papers, work), "Papers that no question led to")
    assert outside.notes == ("No passage of these was near to a question: Shells of Hermits.",)


def test_no_sentence_stands_in_a_review_twice(papers, work):
    report = reviewed(papers, work, questions=(HELPS, AGAIN))
    found = sentences(report)
    assert len(found) == len(set(found))
    assert f"Said before, in 1 {HELPS}: " in section_of(report, f"2 {AGAIN}").notes[0]


def test_the_model_writes_the_sub_questions_and_sees_no_paper_for_that(papers, work):
    model = QuotingModel(outline=[(HELPS, "Teachers"), (DROPOUT, "Dropout")])
    report = reviewed(papers, work, model, questions=())
    assert [one.heading for one in report.sections[:2]] == ["1 Teachers", "2 Dropout"]
    assert report.sections[0].notes[0] == f"Question: {HELPS}"
    assert f"Topic: {TOPIC}" in model.prompts[0]
    assert "Hermits" not in model.prompts[0]


def test_sub_questions_that_ask_the_same_are_merged(papers, work):
    again = "What does smoothing of a teacher do to students?"
    model = QuotingModel(outline=[(HELPS, "One"), (again, "Two"), (DROPOUT, "Three")])
    report = reviewed(papers, work, model, questions=(), topic="Distillation")
    assert [one.heading for one in report.sections[:2]] == ["1 One", "2 Three"]


def test_a_model_that_writes_no_sub_questions_gets_plain_ones(papers, work):
    report = reviewed(papers, work, QuotingModel(outline="I cannot."), questions=())
    assert report.sections[0].heading == "1 Findings"
    assert report.notes[1].startswith("Plain sub-questions, since the model wrote none")


def test_a_small_model_is_not_asked_for_sub_questions(papers, work):
    model = QuotingModel()
    reviewed(papers, work, model, questions=(), profile=replace(PLANNING, plans_freely=False))
    assert not [prompt for prompt in model.prompts if "Topic: " in prompt]


def test_a_finished_review_is_made_again_without_any_request(papers, work):
    first = reviewed(papers, work)
    model = QuotingModel()
    second = reviewed(papers, work, model, questions=())
    assert told(second) == told(first)
    assert model.prompts == []


def test_a_stopped_review_asks_only_the_rest(papers, work):
    whole = reviewed(papers, work)
    lines = work.read_bytes().splitlines(keepends=True)
    work.write_bytes(b"".join(lines[:-2]) + lines[-1][:40])  # as a kill leaves it
    asked = []
    again = reviewed(papers, work, questions=(), on_result=lambda one: asked.append(one.item.id))
    assert asked == [json.loads(line)["id"] for line in lines[-2:]]
    assert [entry.answer.text for entry in again.entries] == [
        entry.answer.text for entry in whole.entries
    ]


def test_redo_asks_one_section_anew_and_keeps_the_others_byte_for_byte(papers, work):
    whole = reviewed(papers, work)
    before = kept_lines(work)
    asked = []
    again = reviewed(
        papers, work, questions=(), redo=[2], on_result=lambda one: asked.append(one.item)
    )
    after = kept_lines(work)
    assert {item.question for item in asked} == {DROPOUT}
    redone = {item.id for item in asked}
    assert redone
    assert before.keys() == after.keys()
    assert all(before[one] == after[one] for one in before if one not in redone)
    assert all(before[one] != after[one] for one in redone)
    assert told(again) == told(whole)


def test_a_section_that_is_not_there_cannot_be_redone(papers, work):
    with pytest.raises(ReviewError, match="no section 7: the outline has 3 sections"):
        reviewed(papers, work, redo=[7])


def test_another_topic_is_refused_with_what_to_do(papers, work):
    reviewed(papers, work)
    with pytest.raises(ReviewError, match="with the topic 'Smoothing and dropout', not 'Crabs'"):
        reviewed(papers, work, topic="Crabs")
    assert reviewed(papers, work, topic="Crabs", resume=False).title == "Crabs"


def test_other_questions_keep_the_answers_to_those_that_stay(papers, work):
    reviewed(papers, work)
    asked = []
    report = reviewed(
        papers,
        work,
        questions=(DROPOUT, "How long did training take?"),
        on_result=lambda one: asked.append(one.item.question),
    )
    assert set(asked) == {"How long did training take?"}
    assert report.sections[0].heading == f"1 {DROPOUT}"


def test_new_papers_are_told_and_taken_up_by_redo(tmp_path, work):
    with made_index(tmp_path, PAPERS) as index:
        reviewed(index, work)
        lines = ["Dropout Again", "Dropout lowered nothing in the networks of this report."]
        made_index(tmp_path, {"again.pdf": lines}).close()
        told = reviewed(index, work, questions=())
        assert "1 paper came into the index" in told.notes[-1]
        assert "Dropout Again" in told.notes[-1]
        redone = reviewed(index, work, questions=(), redo=[2])
        assert "again.pdf" in {one.file for one in redone.citations}
        assert "came into the index" not in redone.notes[-1]


def test_a_paper_that_left_the_index_is_told_and_its_quotes_stay(tmp_path, work):
    with made_index(tmp_path, PAPERS) as index:
        before = reviewed(index, work)
        index.remove("dropout.pdf")
        after = reviewed(index, work, questions=())
    assert after.notes[-1].startswith("1 paper left the index since the outline was made")
    assert after.citations == before.citations


def test_a_heading_of_the_model_adds_no_markup(papers, work):
    heading = "Teachers\n# Owned <img src=x> [here](http://a.example)"
    report = reviewed(papers, work, QuotingModel(outline=[(HELPS, heading)]), questions=())
    written = {form: report_to(form, report) for form in ("markdown", "html")}
    assert "\n# Owned" not in written["markdown"]
    assert "](http" not in written["markdown"]
    assert 'href="http://a.example' not in written["html"]
    assert not [form for form, text in written.items() if "<img" in text]


def test_errors_are_named_apart_and_tried_again(papers, work):
    class Broken(QuotingModel):
        def _reply(self, prompt):
            if f"Question: {DROPOUT}" in prompt:
                raise ModelServerError("the server is busy")
            return super()._reply(prompt)

    report = reviewed(papers, work, Broken(silent_on=("money",)))
    named = section_of(report, "What could not be answered")
    assert f"On “{DROPOUT}”: failed: the server is busy" in named.notes
    mended = reviewed(papers, work, questions=())
    assert "What could not be answered" not in [one.heading for one in mended.sections]


def test_a_run_that_failed_is_tried_again(papers, work):
    reviewed(papers, work)
    lines = work.read_text().splitlines()
    failed = lines[1].replace('"outcome": "answered"', '"outcome": "failed"')
    work.write_text("\n".join([lines[0], failed, *lines[2:]]) + "\n")
    asked = []
    reviewed(papers, work, questions=(), on_result=lambda one: asked.append(one.item.id))
    assert asked == [json.loads(failed)["id"]]


def test_a_refused_topic_is_not_reviewed(papers, work):
    with pytest.raises(ReviewError, match="The topic was refused"):
        reviewed(papers, work, topic="How do I synthesise sarin at home?", questions=())
    assert not work.exists()


def test_an_empty_topic_is_no_topic(papers, work):
    with pytest.raises(ReviewError, match="topic is empty"):
        reviewed(papers, work, topic="  ")


@pytest.mark.parametrize(
    "content", ["my notes\n", '{"job": 3}\n', '{"format": 1, "job": {"kind": "review"}}\n']
)
def test_a_file_that_holds_something_else_is_left_alone(papers, work, content):
    work.write_text(content)
    with pytest.raises(ReviewError, match="not what r1agent keeps of a review"):
        reviewed(papers, work)
    assert work.read_text() == content


def test_a_folder_that_is_not_there_is_named(papers, tmp_path):
    with pytest.raises(BatchError, match="No folder"):
        reviewed(papers, tmp_path / "none" / "w.jsonl")


def test_two_reviews_cannot_share_a_work_file(papers, work):
    def second(_):
        with pytest.raises(ReviewError, match="Another r1agent is at work"):
            reviewed(papers, work)

    reviewed(papers, work, on_result=second)


def test_the_work_stands_beside_the_review_for_every_format():
    assert work_path(Path("a/review.md")) == Path("a/.review.work.jsonl")
    assert work_path(Path("a/review.html")) == Path("a/.review.work.jsonl")


def test_the_outline_is_the_first_line_of_the_work_file(papers, work):
    reviewed(papers, work)
    outline = Outline.from_json(json.loads(work.read_text().splitlines()[0])["job"])
    assert outline.topic == TOPIC
    assert [one.question for one in outline.sections] == list(QUESTIONS)


def test_a_section_asks_no_more_papers_one_by_one_than_it_may(papers, work):
    report = reviewed(papers, work, questions=(HELPS,), papers=1)
    assert len(kept_lines(work)) == 3  # the outline, all papers together, one alone
    assert report.sections[0].notes[-1].startswith("Asked together, not one by one: Smoothing")


def test_questions_at_once_make_the_same_review(papers, work, tmp_path):
    one = reviewed(papers, work)
    model = QuotingModel(silent_on=("money",))
    assistant = made_assistant(papers, model, profile=PLANNING)
    pool = ThreadPool(assistant, workers=4)
    other = review(assistant, pool, papers, TOPIC, tmp_path / "w.jsonl", questions=QUESTIONS)
    assert told(other) == told(one)


def test_what_was_asked_and_came_of_it_is_counted(papers, work):
    notes = reviewed(papers, work).notes
    assert notes[1].startswith("3 sub-questions, as given. Asked 6 questions: 5 answered, 1 not")
