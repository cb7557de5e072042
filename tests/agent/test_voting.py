"""Of answers drafted apart, the one that holds and that another agrees with is shown."""

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.profiles import LARGE, SMALL
from r1agent.testing import ScriptedChatModel
from r1agent.types import Citation, Claim, Verdict
from r1agent.voting import agrees, rest_on_the_same
from tests.agent.made_runs import passage, search_tool
from tests.agent.writing_server import counts, writing_server

QUESTION = "What did dropout lower?"
LOWERED = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."
SHORTER = "It lowered the test error, from 12.1 % to 10.4 % at 0.5 [1]."
WRONG = "Dropout lowered the calibration of emperor penguins [1]."
TRUE_BESIDE = "Training took 90 minutes on one graphics card [1]."


def asked(*replies, profile=SMALL, question=QUESTION):
    model = ScriptedChatModel(replies=list(replies))
    assistant = ResearchAssistant(model, [search_tool(passage())], profile=profile)
    return assistant.ask(question), model


def test_two_drafts_that_agree_are_enough():
    answer, model = asked(LOWERED, SHORTER)
    assert answer.text == LOWERED.replace(" [1].", ". [1]")
    assert len(model.prompts) == 2


def test_a_draft_that_does_not_hold_is_passed_over():
    answer, model = asked(WRONG, LOWERED, LOWERED)
    assert [claim.text for claim in answer.claims] == [LOWERED.replace(" [1]", "")]
    assert len(model.prompts) == 3


def test_what_one_draft_alone_says_is_not_shown_though_it_holds():
    answer, _ = asked(LOWERED, WRONG, TRUE_BESIDE)
    assert (answer.outcome, answer.claims) == ("not_in_papers", ())
    reasons = [reason for claim in answer.dropped for reason in claim.verdict.reasons]
    assert "answers drafted apart do not agree on it" in reasons


def test_sentences_after_one_that_does_not_hold_are_no_answer():
    answer, _ = asked(*[f"{WRONG} {TRUE_BESIDE}"] * 3)
    assert answer.claims == ()
    reasons = [reason for claim in answer.dropped for reason in claim.verdict.reasons]
    assert "the sentence that was to answer does not hold" in reasons


def test_drafts_that_are_silent_agree_with_each_other():
    answer, model = asked(*["The passages do not mention it."] * 2)
    assert (answer.outcome, len(model.prompts)) == ("not_in_papers", 2)


def test_a_large_model_writes_once():
    plan = '{"thoughts": "t", "steps": [{"goal": "g", "tool": "search_papers", "done_when": "d"}]}'
    answer, model = asked(plan, LOWERED, profile=LARGE)
    assert (answer.outcome, len(model.prompts)) == ("answered", 2)


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("It was 90 minutes on a graphics card.", True),
        ("On one graphics card it took 60 minutes.", False),
        ("Training took 90 epochs.", False),
    ],
)
def test_texts_agree_in_the_numbers_and_words_they_add_to_the_question(other, same):
    sentence = "Training took 90 minutes on one graphics card."
    assert agrees(sentence, other, "How long did training take?") is same


def claim(text, *quotes):
    cited = [Citation("aa:1", quote, "aa", "a.pdf", "A", 3, "3", 0, len(quote)) for quote in quotes]
    return Claim(text, tuple(cited), Verdict("supported", "words"))


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (claim("Only half an hour was needed.", "It took 30 minutes.", "Adam was used."), True),
        (claim("Only 20 minutes were needed.", "It took 30 minutes."), False),
        (claim("Only half an hour was needed.", "Adam was used.", "It took 30 minutes."), False),
        (claim("Only half an hour was needed."), False),
    ],
)
def test_claims_with_the_same_best_quote_and_numbers_are_one_answer(other, same):
    assert rest_on_the_same(claim("It was done soon.", "It took 30 minutes."), other) is same


def served(*texts, refuses=False):
    with writing_server(*texts, refuses=refuses) as (model, requests):
        answer = ResearchAssistant(model, [search_tool(passage())]).ask(QUESTION)
        return answer, requests


def test_a_server_writes_the_first_two_drafts_from_one_request():
    answer, requests = served(LOWERED, SHORTER)
    assert answer.text == LOWERED.replace(" [1].", ". [1]")
    assert counts(requests) == [2]
    assert answer.audit.usage["writer"].prompt_tokens == 7


def test_the_third_draft_is_asked_for_only_where_two_do_not_agree():
    answer, requests = served(WRONG, LOWERED, LOWERED)
    assert [claim.text for claim in answer.claims] == [LOWERED.replace(" [1]", "")]
    assert counts(requests) == [2, 1]


def test_a_server_that_writes_one_at_a_time_is_asked_one_at_a_time():
    answer, requests = served(LOWERED, SHORTER, refuses=True)
    assert (answer.outcome, counts(requests)) == ("answered", [1, 1])


class Killed(BaseException):
    """Stands in for a kill."""


def test_a_run_stopped_between_two_drafts_of_one_request_goes_on(tmp_path):
    def stop(event):
        drafts.append(event.name == "writing")
        if sum(drafts) == 2:
            raise Killed

    drafts = []
    with writing_server(LOWERED, WRONG, SHORTER) as (model, requests):
        options = {"runs_dir": tmp_path, "profile": SMALL}
        with pytest.raises(Killed):
            ResearchAssistant(model, [search_tool(passage())], **options).ask(
                QUESTION, on_event=stop
            )
        answer = ResearchAssistant(model, [search_tool(passage())], **options).resume()
    assert answer.text == LOWERED.replace(" [1].", ". [1]")
    assert counts(requests) == [2, 1]
    assert answer.audit.usage["writer"].calls == 2
