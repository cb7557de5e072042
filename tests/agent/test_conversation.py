"""A conversation remembers what was asked and cited."""

import json

import pytest
from langchain_core.messages import AIMessage

from r1agent.assistant import ResearchAssistant
from r1agent.conversation import Conversation
from r1agent.journal import find_run
from r1agent.paper_search import PaperSearch
from r1agent.past import Past
from r1agent.profiles import LARGE
from r1agent.testing import ScriptedChatModel
from r1agent.types import Usage
from r1agent_tools import search_papers_tool
from tests.agent.made_runs import ONE_DRAFT, TEXT, passage, search_tool

FIRST = "What did dropout lower?"
LOWERED = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."
TOOK = "Training took 90 minutes on one graphics card [1]."


def made(*replies, profile=ONE_DRAFT, **options):
    model = ScriptedChatModel(replies=list(replies))
    return ResearchAssistant(model, [search_tool(passage())], profile=profile, **options)


def test_it_is_explained_by_the_question_before_and_the_user_is_told():
    told = []
    conversation = Conversation(made(LOWERED, TOOK))
    conversation.ask(FIRST, on_understood=told.append)
    answer = conversation.ask("How long did it take?", on_understood=told.append)
    assert answer.question == "How long did it take? (about dropout)"
    assert [one.question for one in told] == [answer.question]


def test_a_question_that_stands_alone_is_asked_as_it_is():
    conversation = Conversation(made(LOWERED, TOOK))
    conversation.ask(FIRST)
    assert conversation.ask("How long did training take?").question == "How long did training take?"


def test_passages_cited_before_can_be_quoted_again():
    assistant = made(LOWERED, TOOK)
    conversation = Conversation(assistant)
    conversation.ask(FIRST)
    other = passage("Nothing about training or graphics cards of any kind.", id="bb22:1")
    assistant.executor.tools["search_papers"] = search_tool(other)
    answer = conversation.ask("And how long did its training on a graphics card take?")
    assert [one.file for one in answer.citations] == ["aa11.pdf"]
    assert answer.citations[0].quote in TEXT


def test_a_question_that_stands_alone_gets_no_passages_of_before(tmp_path):
    assistant = made(LOWERED, LOWERED, runs_dir=tmp_path)
    conversation = Conversation(assistant)
    conversation.ask(FIRST)
    answer = conversation.ask("What did weight decay improve?")
    events = find_run(tmp_path, answer.run).read_text().splitlines()
    assert json.loads(events[0])["data"]["known"] == []


def test_that_paper_limits_the_search_to_it(papers_index):
    assistant = ResearchAssistant(
        ScriptedChatModel(
            replies=[
                "At temperature 8 the student of the smoothed teacher was worse by 2.40 "
                "percentage points [1].",
                "Nothing.",
            ]
        ),
        [search_papers_tool(PaperSearch(papers_index))],
        page_text=lambda paper, page: papers_index.read_page(paper, page).page_content,
        embeddings=papers_index.embeddings,
        profile=ONE_DRAFT,
    )
    conversation = Conversation(assistant)
    first = conversation.ask("How good was the student of the smoothed teacher at temperature 8?")
    file = first.citations[0].file
    answer = conversation.ask("Which seeds did that paper use?")
    found = [doc for one in answer.trajectory.results for doc in one.artifact]
    assert first.citations[0].title in answer.question
    assert {doc.metadata["file"] for doc in found} == {file}


def test_a_large_model_words_the_question_anew():
    plan = {"thoughts": "", "steps": [{"goal": "g", "tool": "search_papers", "done_when": "d"}]}
    anew = {"question": "How long did the training with dropout take?", "paper": 0}
    assistant = made(
        json.dumps(plan), LOWERED, json.dumps(anew), json.dumps(plan), TOOK, profile=LARGE
    )
    conversation = Conversation(assistant)
    conversation.ask(FIRST)
    answer = conversation.ask("And how long did it take?")
    assert answer.question == "How long did the training with dropout take?"
    assert FIRST in assistant.model.prompts[2]
    assert "Dropout in Small Networks" in assistant.model.prompts[2]


@pytest.mark.parametrize("reply", ["nonsense", json.dumps({"question": "  "})])
def test_where_a_large_model_cannot_word_it_the_rules_do(reply):
    plan = {"thoughts": "", "steps": [{"goal": "g", "tool": "search_papers", "done_when": "d"}]}
    conversation = Conversation(made(json.dumps(plan), LOWERED, reply, reply, profile=LARGE))
    conversation.ask(FIRST)
    understood = conversation.understand("How long did it take?")
    assert understood.question == "How long did it take? (about dropout)"


def test_forgotten_is_forgotten():
    conversation = Conversation(made(LOWERED))
    conversation.ask(FIRST)
    conversation.forget()
    assert not conversation.understand("How long did it take?").follows


def test_a_stopped_question_of_a_conversation_goes_on_with_what_was_known(tmp_path):
    assistant = made(LOWERED, TOOK, runs_dir=tmp_path)
    conversation = Conversation(assistant)
    conversation.ask(FIRST)

    def stop(event):
        if event.name == "planned":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        conversation.ask("How long did it take?", on_event=stop)
    past = Past.read(find_run(tmp_path, "last"))
    assert [doc.id for doc in past.known] == ["aa11:1"]
    assert assistant.resume().question == "How long did it take? (about dropout)"


def test_what_it_cost_to_word_a_question_anew_counts_with_its_answer(tmp_path):
    plan = {"thoughts": "", "steps": [{"goal": "g", "tool": "search_papers", "done_when": "d"}]}
    anew = AIMessage(
        json.dumps({"question": "How long did the training with dropout take?", "paper": 0}),
        usage_metadata={"input_tokens": 40, "output_tokens": 10, "total_tokens": 50},
    )
    replies = [json.dumps(plan), LOWERED, anew, json.dumps(plan), TOOK]
    conversation = Conversation(made(*replies, profile=LARGE, runs_dir=tmp_path))
    first = conversation.ask(FIRST)
    assert "follow_up" not in first.audit.usage
    answer = conversation.ask("And how long did it take?")
    assert answer.audit.usage["follow_up"].prompt_tokens == 40
    assert answer.audit.usage["follow_up"].calls == 1


def test_a_resumed_question_still_tells_what_wording_it_cost(tmp_path):
    assistant = made(LOWERED, runs_dir=tmp_path)

    def stop(event):
        if event.name == "planned":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        assistant.ask(FIRST, on_event=stop, spent={"follow_up": Usage(1, 40, 10)})
    answer = made(LOWERED, runs_dir=tmp_path).resume()
    assert answer.audit.usage["follow_up"] == Usage(1, 40, 10)


def test_every_wording_counts_with_the_next_answer():
    plan = {"thoughts": "", "steps": [{"goal": "g", "tool": "search_papers", "done_when": "d"}]}
    anew = json.dumps({"question": "How long did the training with dropout take?", "paper": 0})
    replies = [json.dumps(plan), LOWERED, anew, anew, json.dumps(plan), TOOK]
    conversation = Conversation(made(*replies, profile=LARGE))
    conversation.ask(FIRST)
    conversation.understand("And how long did it take?")
    answer = conversation.ask("And how long did it take?")
    assert answer.audit.usage["follow_up"].calls == 2


def stopped(conversation, question, at="planned"):
    """Ask, and stop as soon as an event of this name comes."""

    def stop(event):
        if event.name == at:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        conversation.ask(question, on_event=stop)


def test_undo_takes_back_what_the_last_answer_made_remembered(tmp_path):
    assistant = made(LOWERED, TOOK, LOWERED, runs_dir=tmp_path)
    conversation = Conversation(assistant)
    conversation.ask(FIRST)
    other = passage(id="bb22:1")
    assistant.executor.tools["search_papers"] = search_tool(other)
    conversation.ask("How long did training take?")
    assert conversation.undo().text == "How long did training take?"
    answer = conversation.ask("What did it lower?")
    assert answer.question == "What did it lower? (about dropout)"
    started = json.loads(find_run(tmp_path, answer.run).read_text().splitlines()[0])
    assert [doc["id"] for doc in started["data"]["known"]] == ["aa11:1"]


def test_there_is_nothing_to_undo_at_the_beginning():
    assert Conversation(made()).undo() is None


def test_a_stopped_question_waits_and_goes_on_where_it_was(tmp_path):
    assistant = made(LOWERED, runs_dir=tmp_path)
    conversation = Conversation(assistant)
    stopped(conversation, FIRST, at="writing")
    waiting = conversation.unanswered
    assert (waiting.text, waiting.run) == (FIRST, find_run(tmp_path, "last").stem)
    assert conversation.again().run == waiting.run
    assert conversation.unanswered is None
    assert [turn.text for turn in conversation.turns] == [FIRST]


def test_other_papers_let_a_stopped_question_begin_anew(tmp_path):
    conversation = Conversation(made(LOWERED, runs_dir=tmp_path))
    stopped(conversation, FIRST)
    before = conversation.unanswered.run
    conversation.answer_with(made(LOWERED, runs_dir=tmp_path), other_papers=True)
    assert conversation.again().run != before


def test_a_stopped_question_without_a_journal_begins_anew():
    conversation = Conversation(made(LOWERED))
    stopped(conversation, FIRST)
    assert conversation.again().question == FIRST


def test_again_asks_the_last_question_once_more():
    conversation = Conversation(made(LOWERED, LOWERED))
    conversation.ask(FIRST)
    conversation.again()
    assert [turn.text for turn in conversation.turns] == [FIRST, FIRST]


def test_a_conversation_is_taken_up_again():
    before = Conversation(made(LOWERED))
    before.ask(FIRST)
    conversation = Conversation(made(TOOK), before.turns)
    assert (
        conversation.ask("How long did it take?").question
        == "How long did it take? (about dropout)"
    )
