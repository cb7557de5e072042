"""A conversation on the disk comes back as it was."""

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.cli.chat_record import ChatRecord, last_chat, read_chat
from r1agent.conversation import Conversation, Unanswered
from r1agent.errors import JournalError
from r1agent.follow_up import FollowUp
from r1agent.testing import ScriptedChatModel
from tests.agent.made_runs import ONE_DRAFT, passage, search_tool

LOWERED = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."
WAITING = Unanswered("And for CIFAR?", FollowUp("For CIFAR?", "a.pdf"), "20260101-000000-abcdef")
MADE_WITH = {"settings": {"index": "idx"}, "where": {"year_from": None}}


@pytest.fixture
def turn():
    model = ScriptedChatModel(replies=[LOWERED])
    assistant = ResearchAssistant(model, [search_tool(passage())], profile=ONE_DRAFT)
    conversation = Conversation(assistant)
    conversation.ask("What did dropout lower?")
    return conversation.turns[0]


def test_questions_answers_and_cited_passages_come_back(tmp_path, turn):
    record = ChatRecord(tmp_path)
    record.asked(Unanswered(turn.text, turn.understood), MADE_WITH)
    record.answered(turn)
    past = read_chat(record.path)
    assert past.unanswered is None
    assert past.made_with == MADE_WITH
    [back] = past.turns
    assert (back.text, back.understood) == (turn.text, turn.understood)
    assert back.answer.claims == turn.answer.claims
    assert [doc.id for doc in back.passages] == ["aa11:1"]


def test_a_question_without_an_answer_waits(tmp_path, turn):
    record = ChatRecord(tmp_path)
    record.answered(turn)
    record.asked(WAITING, MADE_WITH)
    past = read_chat(record.path)
    assert len(past.turns) == 1
    assert past.unanswered == WAITING


def test_what_was_taken_back_stays_away(tmp_path, turn):
    record = ChatRecord(tmp_path)
    record.answered(turn)
    record.answered(turn)
    record.undone()
    assert len(read_chat(record.path).turns) == 1


def test_a_line_that_a_kill_cut_short_is_left_out_and_taken_off(tmp_path, turn):
    record = ChatRecord(tmp_path)
    record.answered(turn)
    record.close()
    with record.path.open("ab") as file:
        file.write(b'{"answer": {"te')
    assert len(read_chat(record.path).turns) == 1
    again = ChatRecord(tmp_path, record.path)
    again.answered(turn)
    assert len(read_chat(record.path).turns) == 2


def test_nothing_is_written_before_the_first_question(tmp_path):
    ChatRecord(tmp_path / "chats").undone()
    assert last_chat(tmp_path / "chats") is None


def test_one_process_at_a_time_goes_on_with_a_conversation(tmp_path, turn):
    record = ChatRecord(tmp_path)
    record.answered(turn)
    with pytest.raises(JournalError, match="open in another"):
        ChatRecord(tmp_path, record.path)


@pytest.mark.parametrize(
    "line", ["nonsense", "[]", '{"chat": 99}', '{"asked": {}}', '{"answer": 1}']
)
def test_a_file_that_is_no_conversation_is_told(tmp_path, line):
    path = tmp_path / "x.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(JournalError, match="Begin a new one without `--resume`"):
        read_chat(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path, turn):
    (tmp_path / "chats").write_text("a file")
    with pytest.raises(JournalError, match="cannot be kept"):
        ChatRecord(tmp_path / "chats").answered(turn)
