"""What a chat works on: the conversation, its record, and the assistant that answers."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from r1agent.cli.chat_assistants import Assistants
from r1agent.cli.chat_record import ChatRecord, PastChat, chats_of
from r1agent.cli.given import Given
from r1agent.conversation import Conversation

if TYPE_CHECKING:
    from r1agent.settings import Settings
    from r1agent.types import Answer


class ChatSession:
    """A conversation with what answers it and where it is kept.

    Args:
        given: What the user gave on the command line.
        assistants: Load and switch what answers.
        record: Where the conversation is kept.
        past: The conversation to go on with, if any.
    """

    def __init__(
        self, given: Given, assistants: Assistants, record: ChatRecord, past: PastChat | None
    ) -> None:
        self.given = given
        self.assistants = assistants
        self.record = record
        self.folder = chats_of(assistants.settings)
        self.conversation = Conversation(
            assistants.current, past.turns if past else (), past.unanswered if past else None
        )
        self.exported: set[Path] = set()
        """Files that this chat wrote, which it may write anew."""

    @property
    def settings(self) -> Settings:
        """The settings that count now."""
        return self.assistants.settings

    @property
    def last(self) -> Answer | None:
        """The last answer."""
        turns = self.conversation.turns
        return turns[-1].answer if turns else None

    def begin_anew(self) -> None:
        """Forget what was asked; the next question begins another conversation."""
        self.conversation.forget()
        self.record.close()
        self.record = ChatRecord(self.folder)

    def __enter__(self) -> Self:
        """Return the session."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop what was started for it."""
        self.record.close()
        self.assistants.close()
