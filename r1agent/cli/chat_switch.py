"""`/index` and `/model`: which papers are searched and what answers, and others in their place."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from r1agent.cli.chat_session import ChatSession
from r1agent.cli.ending import say
from r1agent.cli.screen import show
from r1agent.cli.session import open_index
from r1agent.errors import SettingsError
from r1agent.words import counted

if TYPE_CHECKING:
    from r1agent.settings import Settings

_LISTED = 50


def index(session: ChatSession, folder: str) -> None:
    """List the papers that are searched, or search those of another index."""
    if folder:
        with _answering(session):
            session.assistants.use_index(Path(folder).expanduser())
        session.conversation.answer_with(session.assistants.current, other_papers=True)
        say(f"Searching {_papers(session)} from now on.")
        return
    if session.settings.index is None:
        say("No index: questions are answered without papers. `/index DIR` takes one.")
        return
    from r1agent.cli.papers import paper_line

    with open_index(session.settings) as opened:
        papers = opened.papers(session.assistants.where)
    show(*map(paper_line, papers[:_LISTED]))
    if len(papers) > _LISTED:
        more = f"{len(papers) - _LISTED} more; `r1agent index list --index"
        say(f"… and {more} {session.settings.index}` lists all.")


def model(session: ChatSession, wanted: str) -> None:
    """Say what answers and what else could, or have another model or server answer."""
    if not wanted:
        _models(session)
        return
    first, _, second = wanted.partition(" ")
    is_server = first.startswith(("http://", "https://"))
    with _answering(session):
        if is_server:
            session.assistants.use_model(base_url=_checked(first), model=second.strip() or None)
        else:
            _require_served(session, wanted)
            session.assistants.use_model(model=wanted)
    say(f"Answering with {session.assistants.current.answered_by} from now on.")


@contextmanager
def _answering(session: ChatSession) -> Iterator[None]:
    """Have the assistant answer that is there afterwards, also where the switch failed."""
    try:
        yield
    finally:
        session.conversation.answer_with(session.assistants.current)


def known_models(settings: Settings) -> list[str]:
    """Return the models of the server, or those that could be loaded here."""
    from r1agent.models import list_models, probe

    if settings.base_url is None:
        return [entry.name for entry in list_models()]
    key = settings.api_key.get_secret_value() if settings.api_key else None
    return list(probe(settings.base_url, key).models)


def _models(session: ChatSession) -> None:
    from r1agent.report.printable import one_line

    current = session.assistants.current
    say(f"Answering with {current.answered_by}.")
    for name in known_models(session.settings):
        show(("* " if name == current.model_name else "  ") + one_line(name))


def _require_served(session: ChatSession, name: str) -> None:
    """Refuse a model that the server does not have, before the present one is given up.

    Raises:
        SettingsError: The server says which models it has, and this is none of them.
    """
    served = known_models(session.settings) if session.settings.base_url else []
    if served and name not in served:
        raise SettingsError(
            f"The server has no model {name!r}. It has {', '.join(map(repr, served[:10]))}; "
            "another server is taken by its address, such as `/model http://127.0.0.1:8000/v1`."
        )


def _checked(url: str) -> str:
    """Return the address as the settings hold it.

    Raises:
        SettingsError: It is none.
    """
    from r1agent.settings import load_settings

    return str(load_settings(Path(os.devnull), base_url=url).base_url)


def _papers(session: ChatSession) -> str:
    with open_index(session.settings) as opened:
        return counted(len(opened.papers(session.assistants.where)), "paper")
