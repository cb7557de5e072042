"""How a run ended: answered, not in the papers, or failed; each told apart and explained."""

from dataclasses import replace

import pytest

from r1agent.audit import conclude
from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.numbers import NumberCheck
from r1agent.citations import CitationGate
from r1agent.profiles import LARGE, SMALL
from r1agent.types import (
    Claim,
    Computation,
    Plan,
    PlanStep,
    Step,
    ToolCall,
    ToolResult,
    Trajectory,
    Usage,
    Verdict,
)
from r1agent_tools import TestReport
from r1agent_tools.test_report import TestVerdict
from tests.agent.made_runs import citation, evidence_of, made_run, passage, searched_step

QUESTION = "What did dropout lower?"
GOOD = Claim(
    "Training took 90 minutes.",
    (citation("Training took 90 minutes on one graphics card."),),
    Verdict("supported", "quote on p. 1 of aa11.pdf"),
)
PARTLY = Claim(
    "Dropout of 0.5 lowered the error of every test.",
    (citation("Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %."),),
    Verdict("partly", "quote", ("the quote says less",)),
)
BAD = Claim("Penguins fly.", (), Verdict("unsupported", "nothing", ("no quote",)))


def step(tool, *reasons, artifact=None, arguments=None):
    verdict = Verdict("unsupported" if reasons else "supported", "exit", reasons)
    result = ToolResult(ToolCall(tool, arguments or {}), "", True, 0.1, artifact)
    return Step(PlanStep(f"Use {tool}", tool, "done"), (result,), verdict)


def ended(
    *claims,
    steps=(),
    passages=None,
    question=QUESTION,
    computations=(),
    profile=SMALL,
    abstained=False,
):
    run, _, _ = made_run(question, profile=profile)
    run.abstained = abstained
    steps = steps or (searched_step(passage()),)
    held = [passage()] if passages is None else passages
    evidence = evidence_of(*held, computations=computations)
    gate = CitationGate([NumberCheck(), EntailmentCheck()])
    return conclude(run, Plan(()), Trajectory(tuple(steps)), claims, evidence, gate)


def test_a_supported_sentence_answers():
    answer = ended(GOOD)
    assert (answer.outcome, answer.claims, answer.message) == ("answered", (GOOD,), "")
    assert answer.text == "Training took 90 minutes. [1]"


def test_what_failed_is_kept_apart_and_never_part_of_the_text():
    answer = ended(GOOD, BAD)
    assert answer.dropped == (BAD,)
    assert "Penguins" not in answer.text


def test_where_sentences_hold_in_part_their_quotes_answer():
    answer = ended(PARTLY, question="What did dropout of 0.5 lower the test error to?")
    assert answer.outcome == "answered"
    assert answer.text == (
        "No sentence written about these passages held up; they say, word for word: "
        "“Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %.” [1]"
    )


def test_where_no_sentence_holds_even_in_part_that_is_said_and_not_that_the_papers_are_silent():
    answer = ended(BAD, question="What did dropout of 0.5 lower the test error to?")
    said = "No sentence that the model wrote held up."
    assert (answer.outcome, answer.text) == ("not_in_papers", said)
    assert answer.extracts[0].quote.startswith("Dropout of 0.5")  # what is nearest is still told


def test_quotes_that_do_not_bear_on_the_question_are_no_answer():
    answer = ended(BAD, question="How do emperor penguins lower their metabolism in winter?")
    assert answer.outcome == "not_in_papers"


def test_a_silence_that_the_model_alone_found_is_called_its_own():
    answer = ended(question="What did dropout of 0.5 lower the test error to?", abstained=True)
    said = "The papers do not say, as the model reads them."
    assert (answer.outcome, answer.text) == ("not_in_papers", said)
    assert answer.extracts


def test_a_search_that_found_nothing_means_the_papers_do_not_say():
    answer = ended(passages=[])
    assert (answer.outcome, answer.text) == ("not_in_papers", "The papers do not say.")


def test_a_program_that_never_ran_well_means_failure_with_its_reason():
    answer = ended(steps=[step("python", "ZeroDivisionError: division by zero")], passages=[])
    assert answer.outcome == "failed"
    assert answer.text == "No verified answer: ZeroDivisionError: division by zero."


def test_no_sentence_stands_in_for_what_could_not_be_computed():
    failed = step("python", "two different numbers are needed")
    answer = ended(GOOD, steps=[searched_step(passage()), failed], question="What is 90 of 120?")
    assert (answer.outcome, answer.claims) == ("failed", ())
    assert answer.dropped[0].verdict.reasons == ("what was asked for could not be computed",)
    assert answer.text == "No verified answer: two different numbers are needed."


def test_a_plan_of_the_models_own_may_compute_a_part_in_vain():
    steps = [searched_step(passage()), step("python", "no output")]
    assert ended(GOOD, steps=steps, profile=LARGE).outcome == "answered"


def test_a_run_without_steps_failed():
    run, _, _ = made_run()
    gate = CitationGate([])
    answer = conclude(run, Plan(()), Trajectory(), [], evidence_of(), gate)
    assert answer.text == "No verified answer: no step could be carried out."


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        ([searched_step()], "这些论文没有给出答案。"),
        ([step("python", "没有输出")], "没有得到经过验证的答案:没有输出"),
    ],
)
def test_a_chinese_question_is_told_in_chinese(steps, text):
    assert ended(steps=steps, passages=[], question="企鹅冬天去哪里?").text == text


def test_chinese_words_tell_the_silences_apart_too():
    abstained = ended(question="企鹅冬天去哪里?", abstained=True)
    assert abstained.text == "按模型的理解,这些论文没有给出答案。"
    assert ended(BAD, question="企鹅冬天去哪里?").text == "模型写的句子没有一句通过核对。"


@pytest.mark.parametrize(
    ("claims", "rate", "confidence"),
    [
        ([GOOD], 1.0, "high"),
        ([GOOD, BAD], 0.5, "medium"),
        ([GOOD, BAD, BAD], 0.333, "low"),
        ([BAD], 0.0, "none"),
        ([], 0.0, "none"),
    ],
)
def test_confidence_follows_the_share_of_sentences_that_held(claims, rate, confidence):
    audit = ended(*claims).audit
    assert (audit.support_rate, audit.confidence) == (rate, confidence)


def test_sentences_that_all_rest_on_little_keep_confidence_from_being_high():
    assert ended(replace(GOOD, doubt="its only quote is short")).audit.confidence == "medium"


def test_a_step_that_failed_keeps_confidence_from_being_high():
    steps = [searched_step(passage()), step("python", "it printed nothing")]
    answer = ended(GOOD, steps=steps, profile=LARGE)
    assert answer.audit.confidence == "medium"
    assert answer.audit.not_found == ("Use python",)


def test_the_audit_names_checks_queries_model_and_how_entailment_was_judged():
    audit = ended(GOOD).audit
    assert audit.checks == ("quote on its page", "numbers", "entailment")
    assert audit.searched == ("dropout",)
    assert audit.model == "scripted-1b"
    assert audit.entailment == "word floor"


def test_the_audit_carries_notices_and_costs():
    run, _, _ = made_run(replies=["x"])
    run.notice("slow")
    run.notice("slow")
    run.complete("writer", "Write.", max_tokens=9)
    gate = CitationGate([])
    audit = conclude(run, Plan(()), Trajectory(), [], evidence_of(), gate).audit
    assert audit.notices == ("slow",)
    assert set(audit.usage) == {"writer"}
    assert audit.usage["writer"].calls == Usage(calls=1).calls


def test_code_is_shown_as_it_was_tested_and_only_where_its_tests_passed():
    arguments = {"solution": "def f(): ...", "tests": "assert f() is None"}
    passed = TestReport((TestVerdict("t", True, "", 0.0),), "separate process")
    failed = TestReport((TestVerdict("t", False, "boom", 0.0),), "separate process")
    good = step("unit_tests", artifact=passed, arguments=arguments)
    bad = step("unit_tests", "boom", artifact=failed, arguments=arguments)
    assert ended(GOOD, steps=[good]).code == "def f(): ..."
    assert ended(GOOD, steps=[bad]).code is None


def test_an_empty_reply_of_the_writer_is_not_laid_to_the_papers():
    computed = Computation("python", "print(1)", "1", "landlock=True")
    answer = ended(computations=[computed], passages=[], steps=[step("python")])
    assert answer.outcome == "failed"
