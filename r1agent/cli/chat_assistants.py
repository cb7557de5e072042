"""The assistant of a chat, and how another model, server or index takes its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from r1agent.assistant import ResearchAssistant
from r1agent.cli.ending import complain, say, user_errors
from r1agent.load import load_assistant
from r1agent.managed import OnProgress
from r1agent.models import ServedChatModel

if TYPE_CHECKING:
    from r1agent.cli.given import Given
    from r1agent.settings import Settings
    from r1agent_indexes import PaperFilter

_ENGINE = ("base_url", "model", "api_key")


class Assistants:
    """Load what answers, and switch it while the chat goes on.

    Args:
        given: Says how loading is shown.
        settings: What to begin with.
        where: The papers to search; None for all.
        on_progress: Called while the first assistant loads.

    Raises:
        R1AgentError: As `load_assistant`.
        PaperIndexError: As `load_assistant`.
    """

    def __init__(
        self,
        given: Given,
        settings: Settings,
        where: PaperFilter | None,
        on_progress: OnProgress,
    ) -> None:
        self.settings = settings
        self.where = where
        self._given = given
        self.current = load_assistant(settings, where=where, on_progress=on_progress)
        """What answers now."""
        self._owner = self.current
        """What started the engine, if anything was started."""

    def use_index(self, folder: Path) -> None:
        """Search other papers from now on; a model that this chat started stays loaded.

        Raises:
            PaperIndexError: The index cannot be used; the old one stays.
        """
        wanted = self.settings.model_copy(update={"index": folder})
        model = self._owner.model
        if self.settings.base_url is not None or not isinstance(model, ServedChatModel):
            self._replace(wanted)
            return
        engine = dict(zip(_ENGINE, (model.api_base, model.model_name, model.api_key), strict=True))
        assistant = self._load(wanted.model_copy(update=engine))
        _as_if_started_by(self._owner, assistant, folder)
        if self.current is not self._owner:
            self.current.close()
        self.current, self.settings = assistant, wanted

    def use_model(self, *, base_url: str | None = None, model: str | None = None) -> None:
        """Have another model answer, at this server or at another one.

        Raises:
            R1AgentError: It cannot be used; the old one stays.
        """
        server = {} if base_url is None else {"base_url": base_url}
        self._replace(self.settings.model_copy(update=server | {"model": model}))

    def close(self) -> None:
        """Stop what was started."""
        for assistant in {id(one): one for one in (self.current, self._owner)}.values():
            assistant.close()

    def _replace(self, wanted: Settings) -> None:
        """Load an assistant in the place of the present one, which is back where that fails.

        What this chat started is stopped first: two models rarely fit on one machine.
        """
        if self.settings.base_url is not None:
            assistant = self._load(wanted)
            self.close()
        else:
            self.close()
            ends: tuple[type[BaseException], ...] = (*user_errors(), KeyboardInterrupt)
            try:
                assistant = self._load(wanted)
            except ends:
                self._go_back(ends)
                raise
        self.current = self._owner = assistant
        self.settings = wanted

    def _go_back(self, ends: tuple[type[BaseException], ...]) -> None:
        """Load what answered before; where that fails too, nothing can answer and the chat ends."""
        say("Going back to what answered before.")
        try:
            self.current = self._owner = self._load(self.settings)
        except ends as error:
            complain(str(error) or "Stopped; `r1agent chat --resume` goes on.")
            raise typer.Exit(1) from None

    def _load(self, settings: Settings) -> ResearchAssistant:
        with self._given.view() as view:
            view.loading("Starting", None)
            return load_assistant(settings, where=self.where, on_progress=view.loading)


def _as_if_started_by(owner: ResearchAssistant, assistant: ResearchAssistant, index: Path) -> None:
    """Let an assistant that uses the engine of another one tell the same about it."""
    assistant.model.metadata = owner.model.metadata
    assistant.answered_by = owner.answered_by
    assistant.notices = owner.notices
    settings = dict(owner.made_with.get("settings", {}))
    assistant.made_with["settings"] = settings | {"index": str(index.absolute())}
