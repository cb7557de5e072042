"""Steps are judged by what lies outside the model: passages, exits, values, tests."""

import pytest

from r1agent.equality import SameValue
from r1agent.testing import HashEmbeddings
from r1agent.types import PlanStep, ToolCall, ToolResult
from r1agent.verifier import Verifier, verify_agreement, verify_program, verify_tests
from r1agent_tools import ExecutionResult, TestReport
from r1agent_tools.test_report import TestVerdict
from tests.agent.made_runs import passage

SEARCH = PlanStep("Find it", "search_papers", "found")
COMPUTE = PlanStep("Compute it", "python", "printed")


def searched(query, *passages):
    call = ToolCall("search_papers", {"query": query})
    return [ToolResult(call, "", True, 0.0, list(passages))]


def ran(code, printed, **more):
    call = ToolCall("python", {"code": code})
    return ToolResult(call, printed, True, 0.0, ExecutionResult(stdout=printed, **more))


@pytest.mark.parametrize("embeddings", [None, HashEmbeddings()])
def test_passages_that_bear_on_the_query_verify_a_search(embeddings):
    verdict = Verifier(embeddings).verify(SEARCH, searched("dropout error", passage()), "q")
    assert verdict.supported
    assert verdict.rests_on == "1 passage of 1 paper"


@pytest.mark.parametrize("embeddings", [None, HashEmbeddings()])
def test_passages_about_something_else_do_not_verify_a_search(embeddings):
    found = searched("migration of emperor penguins", passage())
    verdict = Verifier(embeddings).verify(SEARCH, found, "q")
    assert verdict.reasons == ("no passage bears on 'migration of emperor penguins'",)


class NoDocuments(HashEmbeddings):
    """Refuse to embed what the search has measured already."""

    def embed_documents(self, texts):
        raise AssertionError(texts)


def measured(similarity):
    found = passage()
    found.metadata["similarity"] = similarity
    return found


@pytest.mark.parametrize(("similarity", "supported"), [(0.25, True), (0.24, False)])
def test_what_the_search_measured_is_not_measured_again(similarity, supported):
    found = searched("dropout error", measured(similarity))
    assert Verifier(NoDocuments()).verify(SEARCH, found, "q").supported is supported


@pytest.mark.parametrize(("similarity", "supported"), [(0.3, True), (0.2, False)])
def test_a_search_is_verified_by_the_similarity_that_it_measured(similarity, supported):
    asked = "Which ethics board approved it?"  # it may be put in words that no passage has
    found = searched(asked, measured(similarity))
    assert Verifier(NoDocuments()).verify(SEARCH, found, asked).supported is supported


def test_a_similarity_to_another_query_counts_for_nothing():
    found = searched("migration of emperor penguins", measured(0.2))
    earlier = searched("dropout error", measured(0.9))
    assert not Verifier(HashEmbeddings()).verify(SEARCH, [*earlier, *found], "q").supported


def test_a_question_is_looked_for_in_both_languages_and_one_of_them_may_find_it():
    chinese = searched("标签平滑的效果是什么", measured(0.45))
    english = searched("What is the effect of label smoothing", measured(0.2))
    assert Verifier(NoDocuments()).verify(SEARCH, [*chinese, *english], "q").supported


def test_a_search_without_passages_is_not_verified():
    assert Verifier().verify(SEARCH, searched("dropout"), "q").reasons == ("no passage was found",)


def test_a_program_that_fails_is_not_verified():
    verdict = verify_program(ExecutionResult(exception="ZeroDivisionError: division by zero"))
    assert verdict.reasons == ("ZeroDivisionError: division by zero",)


def test_a_program_at_its_limit_is_not_verified():
    verdict = verify_program(ExecutionResult(stdout="1", limit_hit="wall_seconds"))
    assert verdict.reasons == ("wall_seconds",)


def test_a_program_that_prints_nothing_is_not_verified():
    assert verify_program(ExecutionResult(stdout=" \n")).reasons == ("it printed nothing",)


def test_a_program_that_only_prints_text_of_its_own_is_not_verified():
    result = ExecutionResult(stdout="The answer is 42.\n")
    verdict = verify_program(result, 'print("The answer is 42.")')
    assert verdict.reasons == ("it prints what was written beforehand and computes nothing",)


def test_a_number_from_nowhere_in_a_program_is_not_verified():
    code = "print(152 - 66.5)"
    verdict = verify_program(ExecutionResult(stdout="85.5"), code, "It fell from 152 watts.")
    assert verdict.reasons == ("66.5 is neither in the question nor in the passages",)


def test_shares_and_neighbours_of_known_numbers_may_stand_in_a_program():
    code = "print(sum(range(1, 1001)) * 0.12)"
    known = "Sum the integers up to 1000, then take 12 %."
    assert verify_program(ExecutionResult(stdout="60060.0"), code, known).supported


def test_one_program_alone_proves_nothing_in_mathematics():
    verdict = Verifier().verify(COMPUTE, [ran("print(1+1)", "2")], "1 + 1?")
    assert verdict.reasons == ("one program alone proves nothing: 2",)


def test_two_programs_that_agree_are_proof():
    results = [ran("print(25*2)", "50"), ran("print(sum([25]*2))", "Sum: 50.0")]
    assert Verifier().verify(COMPUTE, results, "25 + 25?").supported


def test_two_programs_that_disagree_are_none():
    results = [ran("print(25*2)", "50"), ran("print(25+26)", "51")]
    verdict = Verifier().verify(COMPUTE, results, "25 + 25?")
    assert verdict.reasons == ("programs written apart disagree: 50, 51",)


def test_values_of_opposite_sign_do_not_agree():
    results = [ExecutionResult(stdout="-3"), ExecutionResult(stdout="3")]
    assert not verify_agreement(results).supported


def test_digits_within_mathematics_do_not_make_it_a_number():
    printed = [ExecutionResult(stdout="sqrt(2)"), ExecutionResult(stdout="2")]
    assert not verify_agreement(printed).supported


def test_two_forms_of_one_value_agree(sandbox):
    results = [ran("print(sqrt(1)/2)", "sqrt(1)/2"), ran("print(1/2)", "x = 0.5")]
    assert not Verifier().verify(COMPUTE, results, "Solve it.").supported
    verdict = Verifier(same_value=SameValue(sandbox)).verify(COMPUTE, results, "Solve it.")
    assert verdict.rests_on == "two programs that both found 0.5"


def test_values_on_lines_of_their_own_are_one_result(sandbox):
    same = SameValue(sandbox)
    roots = ExecutionResult(stdout="3.0\n2.0\n")
    assert not verify_agreement([roots, ExecutionResult(stdout="2\n")], same_value=same).supported
    verdict = verify_agreement([roots, ExecutionResult(stdout="[2, 3]")], same_value=same)
    assert verdict.rests_on == "two programs that both found [2, 3]"


def test_words_before_the_result_are_no_part_of_it():
    told = ExecutionResult(stdout="Adding up:\n50\n")
    assert verify_agreement([told, ExecutionResult(stdout="50")]).supported


def test_mathematics_is_told_as_it_was_printed():
    results = [ExecutionResult(stdout="2*sqrt(3)")] * 2
    assert verify_agreement(results).rests_on == "two programs that both found 2*sqrt(3)"


def test_the_verdict_says_how_many_programs_found_something_else():
    results = [ExecutionResult(stdout=text) for text in ("7\n", "9\n", "", "9\n")]
    assert verify_agreement(results).rests_on == "two of 3 programs, which both found 9"


def test_a_third_program_can_settle_it():
    values = [ExecutionResult(stdout=value) for value in ("50", "51", "50")]
    assert verify_agreement(values).supported


def test_words_agree_where_no_number_is_printed():
    assert verify_agreement([ExecutionResult(stdout="True"), ExecutionResult(value="True")])


FELL = {
    "question": "By how much did it fall?",
    "known": "It fell from 12.1 % to 10.4 %, see page 30.",
}


def test_over_numbers_of_papers_one_program_alone_proves_nothing_either():
    verdict = Verifier().verify(COMPUTE, [ran("print(12.1 - 10.4)", "1.7")], **FELL)
    assert verdict.reasons == ("one program alone proves nothing: 1.7",)


def test_two_programs_over_numbers_of_papers_that_agree_are_proof():
    results = [ran("print(12.1 - 10.4)", "1.7"), ran("a = 12.1\nb = 10.4\nprint(a - b)", "1.70")]
    verdict = Verifier().verify(COMPUTE, results, **FELL)
    assert verdict.rests_on == "two programs that both found 1.7"


@pytest.mark.parametrize("other", ["print(3.77 - 2.07)", "print(1.7 * 1)", "print(30 - 28.3)"])
def test_a_program_whose_numbers_or_operation_are_not_allowed_agrees_with_none(other):
    results = [ran(other, "1.7"), ran("print(12.1 - 10.4)", "1.7")]
    verdict = Verifier().verify(COMPUTE, results, **FELL)
    assert verdict.reasons == ("one program alone proves nothing: 1.7",)


def test_the_wrong_operation_is_named():
    verdict = Verifier().verify(COMPUTE, [ran("print(12.1 + 10.4)", "22.5")], **FELL)
    assert verdict.reasons == ("the program has no such step: a difference needs a subtraction",)


def report(*passed, trust="separate process"):
    results = tuple(TestVerdict(f"test_{n}", ok, "" if ok else "boom", 0.0) for n, ok in passed)
    return TestReport(results, trust)


def test_all_tests_passed_is_proof():
    verdict = verify_tests(report((1, True), (2, True)))
    assert (verdict.support, verdict.rests_on) == (
        "supported",
        "2 of 2 unit tests (separate process)",
    )


def test_a_failed_test_is_named_with_its_reason():
    assert verify_tests(report((1, True), (2, False))).reasons == ("test_2: boom",)


def test_the_input_for_which_a_test_failed_is_told():
    failed = TestVerdict("line 1", False, "found 4, wanted 6", 0.0, failing_input="double(3)")
    verdict = verify_tests(TestReport((failed,), "separate process"))
    assert verdict.reasons == ("line 1: found 4, wanted 6 for the input double(3)",)


def test_tests_in_the_process_of_the_code_are_no_proof():
    verdict = verify_tests(report((1, True), trust="in-process"))
    assert verdict.reasons == ("the tests could not be judged in a separate process",)


def test_no_tests_are_no_proof():
    assert not verify_tests(report()).supported
