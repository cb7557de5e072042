"""Only what the gate passes is shown; a failed sentence is searched for once."""

from r1agent.checks.computed import ComputedCheck
from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.negations import NegationCheck
from r1agent.checks.numbers import NumberCheck
from r1agent.citations import CitationGate
from r1agent.executor import Executor
from r1agent.planner import Planner
from r1agent.proving import REPAIRS, Prover
from r1agent.run import Limits
from r1agent.types import Computation
from r1agent.verifier import Verifier
from r1agent.writer import redraft
from tests.agent.made_runs import evidence_of, made_run, passage, search_tool

RESULT = "Adam reached 80 % in half the time."
CHINESE = "随机失活降低了什么?"


def prove(texts, run, *, evidence=None, found=()):
    tools = [search_tool(*found)]
    executor = Executor(tools, Planner(tools), Verifier())
    checks = [NumberCheck(), NegationCheck(), ComputedCheck(), EntailmentCheck()]
    evidence = evidence or evidence_of(passage())
    passages = list(evidence.passages.values())
    drafts = [redraft(text, passages, evidence, run.question) for text in texts]
    return Prover(CitationGate(checks), executor).prove(drafts, run, evidence)


def test_a_sentence_that_holds_is_not_searched_for_again():
    run, _, _ = made_run()
    (claim,) = prove(["Training took 90 minutes on one graphics card."], run)
    assert claim.verdict.supported
    assert run.tool_calls == 0


def test_a_sentence_that_fails_is_repaired_by_one_search_for_itself():
    run, _, _ = made_run()
    (claim,) = prove(["Adam reached 80 %."], run, found=[passage(RESULT, id="bb22:1")])
    assert claim.verdict.supported
    assert claim.citations[0].quote == RESULT
    assert run.tool_calls == 1


def test_a_sentence_that_nothing_carries_stays_out_after_one_search():
    run, _, _ = made_run()
    (claim,) = prove(["Penguins reached 99 %."], run, found=[passage(RESULT, id="bb22:1")])
    assert not claim.verdict.supported
    assert run.tool_calls == 1


def test_only_a_few_sentences_get_a_search_of_their_own():
    run, _, _ = made_run()
    prove([f"Penguins reached {n} %." for n in range(90, 96)], run, found=[passage()])
    assert run.tool_calls == REPAIRS


def test_a_repair_without_calls_left_leaves_the_sentence_as_it_was_judged():
    run, _, _ = made_run(limits=Limits(tool_calls=0))
    (claim,) = prove(["Penguins reached 99 %."], run)
    assert not claim.verdict.supported
    assert run.notices == ["Ended early: the limit of 0 tool calls is reached."]


def test_a_sentence_that_names_the_wrong_passage_is_looked_up_in_all():
    run, _, _ = made_run()
    evidence = evidence_of(passage(RESULT, id="bb22:1"), passage())
    draft = redraft("Training took 90 minutes.", [passage(RESULT, id="bb22:1")], evidence, "q")
    assert draft.citations == () or draft.citations[0].passage == "bb22:1"
    (claim,) = prove(["Training took 90 minutes."], run, evidence=evidence)
    assert claim.citations[0].passage == "aa11:1"


def test_what_passed_is_translated_and_the_judged_sentence_kept():
    judged = "Training took 90 minutes on one graphics card."
    run, _, _ = made_run(CHINESE, ["训练在一块显卡上用了90分钟。"])
    (claim,) = prove([judged], run)
    assert (claim.text, claim.original) == ("训练在一块显卡上用了90分钟。", judged)
    assert claim.verdict.supported


def test_a_translation_that_changes_a_number_is_not_shown():
    judged = "Training took 90 minutes on one graphics card."
    run, _, _ = made_run(CHINESE, ["训练用了19分钟。"])
    (claim,) = prove([judged], run)
    assert (claim.text, claim.original) == (judged, None)
    assert run.notices == [
        "A translation changed a number, so the sentence is shown as it was judged."
    ]


def test_an_empty_translation_is_not_shown():
    judged = "Weight decay did not improve the calibration of the network."
    run, _, _ = made_run(CHINESE, [""])
    (claim,) = prove([judged], run)
    assert claim.text == judged


def test_what_failed_is_not_translated():
    run, model, _ = made_run(CHINESE)
    (claim,) = prove(["Penguins reached 99 %."], run)
    assert claim.text == "Penguins reached 99 %."
    assert model.requests == []


SUM = Computation("python", "print(sum(range(101)))", "5050", "landlock=True")


def test_where_no_sentence_about_a_program_holds_its_output_is_repeated():
    run, _, _ = made_run("Sum of 1 to 100?")
    claims = prove(["The sum is 5051."], run, evidence=evidence_of(computations=[SUM]))
    assert [claim.verdict.supported for claim in claims] == [True, False]
    assert claims[0].text == "The program printed: 5050."


def test_where_a_sentence_about_a_program_holds_nothing_is_added():
    run, _, _ = made_run("Sum of 1 to 100?")
    (claim,) = prove(["The sum is 5050."], run, evidence=evidence_of(computations=[SUM]))
    assert claim.computations == (SUM,)


def test_each_judgement_is_told_with_its_quotes():
    run, _, events = made_run()
    prove(["Training took 90 minutes on one graphics card."], run)
    (event,) = [event for event in events if event.name == "claim_judged"]
    assert event.data["support"] == "supported"
    assert event.data["quotes"] == [
        {"quote": "Training took 90 minutes on one graphics card.", "file": "aa11.pdf", "page": 1}
    ]


def test_no_drafts_and_no_programs_give_no_claims():
    run, _, _ = made_run()
    assert prove([], run) == []


def printed_by(code: str, output: str):
    run, _, _ = made_run("By how much did the time fall?")
    evidence = evidence_of(passage("Run time fell from 152 to 66 minutes."))
    evidence.computations.append(Computation("python", code, output, "confined"))
    return prove([], run, evidence=evidence)


def test_what_a_program_printed_is_shown_with_the_quotes_its_numbers_come_from():
    (claim,) = printed_by("print(152 - 66)", "86")
    assert claim.text == "The program printed: 86."
    assert claim.verdict.supported
    assert [one.quote for one in claim.citations] == ["Run time fell from 152 to 66 minutes."]


def test_what_a_program_printed_is_not_shown_when_no_quote_holds_its_numbers():
    (claim,) = printed_by("print(400 - 300)", "100")
    assert not claim.verdict.supported
